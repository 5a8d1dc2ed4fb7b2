"""Why an answer was of no use: a closed set of reasons, so that they can be counted."""

from enum import StrEnum


class RatingReason(StrEnum):
    """What a citizen says was wrong with an answer. Their own words may stand beside it."""

    WRONG = "wrong"
    """It is not right, or no longer."""

    OTHER_QUESTION = "other_question"
    """It answers another question."""

    INCOMPLETE = "incomplete"
    """Something is missing."""

    UNCLEAR = "unclear"
    """It is hard to understand."""

    OTHER = "other"
