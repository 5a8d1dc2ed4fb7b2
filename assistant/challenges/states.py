"""Where a challenge to an answer stands, and how it can be decided: closed sets."""

from enum import StrEnum


class ChallengeStatus(StrEnum):
    """Where a challenge stands. It is derived from what happened, never stored."""

    OPEN = "open"
    """Nobody has decided it."""
    DECIDED = "decided"
    ERASED = "erased"
    """The citizen deleted the conversation before it was decided."""


class Ruling(StrEnum):
    """How a challenge is decided."""

    UPHELD = "upheld"
    """The answer was wrong."""
    PARTLY = "partly"
    """Something in the answer was wrong, or missing."""
    NOT_UPHELD = "not_upheld"
    """The answer was right."""

    @property
    def corrects(self) -> bool:
        """Return whether the citizen is owed a corrected answer."""
        return self is not Ruling.NOT_UPHELD


class ChallengeMove(StrEnum):
    """What can happen to a challenge, as the outbox announces it."""

    MADE = "challenge.made"
    DECIDED = "challenge.decided"
    CLOSED = "challenge.closed"
    """Its conversation was deleted before anybody decided it."""
