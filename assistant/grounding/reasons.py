"""Why a statement may not be shown, in words for an adviser."""

from enum import StrEnum


class Ungrounded(StrEnum):
    """Why a statement may not be shown."""

    UNKNOWN_PASSAGE = "cites a passage that was not found for this question"
    NOT_IN_PASSAGE = "the passage does not say this"
    LEAD_NOT_IN_PASSAGE = "the passage does not introduce it like that"
    INSTRUCTION = "gives orders that are no guidance"
    LINK = "a link that the passage does not have"
    NUMBER = "a number, date or amount that the passage does not have"
    NUMBER_LEFT_OUT = "leaves out a number, date or amount"
    UNIT = "counts in another unit or currency than the passage"
    LIMIT = "before or after, over or under, is not as in the passage"
    NEGATION = "says not where the passage does not, or leaves it out"
    OPPOSITE = "uses the opposite of a word of the passage"
    MODALITY = "must, may, should or can is not as in the passage"
    CONDITION = "leaves out a condition, or changes it"
    ONLY = "leaves out “only”, or adds it"
    PLACE = "leaves out which part of the UK it is for"
    NAME = "a name that the passage does not have"
    PARTY = "somebody else does it than in the passage"
    WORDS = "mostly other words than the passage's"
