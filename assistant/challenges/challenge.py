"""A challenge to an answer, as plain values: where it stands, what is decided, the whole of it."""

from dataclasses import dataclass
from datetime import datetime

from assistant.challenges.states import ChallengeStatus, Ruling
from assistant.escalations.case_file import FoundPassage
from assistant.views import TurnView


@dataclass(frozen=True, slots=True)
class Challenge:
    """Where a challenge stands, without any text. `version` grows by one with each move.

    `reference` is what people say ("CH-1042"). `case_id` is the case that it is worked on in, ""
    where there is no contact centre. `record` is the record of the answer that is challenged,
    `made_record` and `decided_record` those of the challenge and of its decision, the latter "".
    `decided_by` is an identifier of a member of staff, "" while nobody has decided. `erased`: its
    conversation was deleted, so that its texts are gone.
    """

    reference: str
    conversation_id: str
    turn_id: str
    case_id: str
    version: int
    language: str
    made_at: datetime
    record: str
    made_record: str
    ruling: Ruling | None
    decided_at: datetime | None
    decided_by: str
    decided_name: str
    decided_record: str
    erased: bool

    @property
    def status(self) -> ChallengeStatus:
        """Return where it stands."""
        if self.ruling is not None:
            return ChallengeStatus.DECIDED
        return ChallengeStatus.ERASED if self.erased else ChallengeStatus.OPEN


@dataclass(frozen=True, slots=True)
class Decision:
    """How a challenge is decided, and why, in words for the citizen.

    `corrected` is the answer as it should have been: needed where the ruling corrects, else "".
    """

    ruling: Ruling
    reasons: str
    corrected: str = ""


@dataclass(frozen=True, slots=True)
class ChallengeFile:
    """A whole challenge for who decides it. `why` is the citizen's, masked.

    `turn` is the answer as the citizen saw it; `passages` what was found for it, where that was
    kept. `handled` says that the reader dealt with the conversation, so somebody else decides.
    """

    challenge: Challenge
    why: str
    turn: TurnView
    passages: tuple[FoundPassage, ...]
    decision: Decision | None
    handled: bool


@dataclass(frozen=True, slots=True)
class ChallengeFigures:
    """How many challenges were made, wait, and were decided how. Counts of everybody's.

    `erased`: the conversation was deleted before a decision. Who publishes them hides small
    numbers: one challenge in a week may be known to a neighbour.
    """

    made: int
    waiting: int
    erased: int
    by_ruling: dict[Ruling, int]
