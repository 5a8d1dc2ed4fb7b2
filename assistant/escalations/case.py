"""One case as its row says it stands, and one move that was made with it. Plain values."""

from dataclasses import dataclass
from datetime import datetime

from assistant.escalations.states import (
    CloseReason,
    EscalationReason,
    MoveKind,
    Priority,
    ShouldHaveAnswered,
    Status,
)


@dataclass(frozen=True, slots=True)
class Case:
    """Where a case stands, without any text. `version` grows by one with each move.

    `number` is what people say ("case 1042"). `holder_id` and `holder_name` are "" while nobody has
    it. `waiting_since`: the citizen waits for a person since then; None once a person has answered.
    `due_at` is when they should have heard, by the service levels. `guarded`: it takes two people
    to close; `proposed_by` is the first of them, or "". `file_record` is the record that holds its
    case file, `needs_record` the newest that holds the citizen's support needs, or "";
    `needs_acknowledged`: whoever has the case has acknowledged those.
    """

    id: str
    number: int
    conversation_id: str
    version: int
    status: Status
    reason: EscalationReason
    queue: str
    priority: Priority
    language: str
    guarded: bool
    opened_at: datetime
    waiting_since: datetime | None
    due_at: datetime | None
    waiting_for_citizen_since: datetime | None
    ended_at: datetime | None
    holder_id: str
    holder_name: str
    proposed_by: str
    file_record: str
    needs_record: str
    needs_acknowledged: bool


@dataclass(frozen=True, slots=True)
class CaseMove:
    """One move: who (an identifier and a first name, both "" for citizen and service) and when.

    `status` and `queue` are where it led. `why` is what its maker said, where it was read out of
    the vault, else "".
    """

    version: int
    kind: MoveKind
    status: Status
    queue: str
    staff_id: str
    first_name: str
    at: datetime
    record: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class Close:
    """How an adviser closes a case. `note` is for colleagues, and sealed."""

    reason: CloseReason
    should_have_answered: ShouldHaveAnswered
    note: str = ""


@dataclass(frozen=True, slots=True)
class QueueFilter:
    """Which cases to list. Empty fields do not filter; ended ones come only by status or number.

    `holder` is a member of staff's identifier ("mine"). `number` is the case's number as typed.
    """

    queue: str = ""
    status: Status | None = None
    holder: str = ""
    number: str = ""
    limit: int = 100
