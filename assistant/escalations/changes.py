"""What a move changes in a case's row: the rules of the clock, of who has it, of who must confirm.

The waiting clock starts when the citizen asks for a person or writes. Only a person's reply stops
it: no note, no automatic message, no transfer. A case that goes back to a queue always has a clock
running, so that none is forgotten there.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any, assert_never

from assistant.escalations.case import Case
from assistant.escalations.people import StaffMember
from assistant.escalations.states import MoveKind, Priority
from assistant.storage import as_text

Due = Callable[[Priority, str, datetime], datetime]
"""When somebody who waits since a moment should have heard from a person: by priority and queue."""

NO_CLOCK: dict[str, Any] = {"waiting_since": None, "due_at": None}
NOBODY: dict[str, Any] = {"holder_id": None, "holder_name": None}


def earliest(_priority: Priority, _queue: str, since: datetime) -> datetime:
    """Return the moment itself: due at once. For moves that start no clock."""
    return since


def changes(  # noqa: PLR0911
    case: Case, move: MoveKind, at: datetime, due: Due, to: StaffMember | None, queue: str
) -> dict[str, Any]:
    """Return the columns that the move changes, besides version, status and `ended_at`.

    `to` is who has the case from now on, where the move says so; `queue` where it is from now on.
    """
    match move:
        case MoveKind.CLAIMED:
            return _held_by(to)
        case MoveKind.HANDED_OVER:
            return {**_held_by(to), "proposed_by": None}
        case MoveKind.RELEASED | MoveKind.TRANSFERRED:
            since = case.waiting_since or at
            clock = _clock(since, due(case.priority, queue, since))
            return {**NOBODY, **_nobody_awaited(), **clock, "queue": queue}
        case MoveKind.REPLIED:
            awaited = {"waiting_for_citizen_since": as_text(at), "proposed_by": None}
            return {**NO_CLOCK, **awaited}
        case MoveKind.PROMISED:
            clock = {"waiting_since": None, "due_at": as_text(due(case.priority, queue, at))}
            return {**clock, **_nobody_awaited()}
        case MoveKind.CITIZEN_WROTE:
            clock = _clock(case.waiting_since or at, case.due_at or due(case.priority, queue, at))
            return {**clock, **_nobody_awaited()}
        case MoveKind.REOPENED:
            return {**NOBODY, **_nobody_awaited(), **_clock(at, due(case.priority, queue, at))}
        case MoveKind.RESOLVED | MoveKind.EXPIRED | MoveKind.ERASED:
            return {**NO_CLOCK, **_nobody_awaited()}
        case MoveKind.CLOSE_PROPOSED:
            return {"proposed_by": to.id if to else None}
        case MoveKind.CLOSE_DECLINED:
            return {"proposed_by": None}
        case MoveKind.OPENED | MoveKind.NEEDS_STATED | MoveKind.NEEDS_ACKNOWLEDGED:
            return {}
        case _:
            assert_never(move)


def silence(move: MoveKind, at: datetime) -> dict[str, Any]:
    """Return the columns of the conversation that the move changes.

    From the first claim on the assistant is silent, until the case ends or goes back to its queue.
    A transfer keeps it silent: the conversation stays among people.
    """
    match move:
        case MoveKind.CLAIMED | MoveKind.HANDED_OVER:
            return {"person_has_since": as_text(at)}
        case MoveKind.RELEASED:
            return {"person_has_since": None}
        case MoveKind.RESOLVED | MoveKind.EXPIRED:
            return {"person_has_since": None, "person_requested_at": None}
        case _:
            return {}


def _clock(since: datetime, due_at: datetime) -> dict[str, Any]:
    return {"waiting_since": as_text(since), "due_at": as_text(due_at)}


def _held_by(person: StaffMember | None) -> dict[str, Any]:
    return {"holder_id": person.id, "holder_name": person.first_name} if person else NOBODY


def _nobody_awaited() -> dict[str, Any]:
    return {"waiting_for_citizen_since": None, "proposed_by": None}
