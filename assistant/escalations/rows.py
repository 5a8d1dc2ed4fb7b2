"""The rows of a case: read, locked, and changed together with the audit event and the outbox.

Every change happens under the lock of the conversation's row, and only if the case still has the
version that its maker looked at: of two who act at once one wins.
"""

import contextlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from assistant.errors import CaseHeldByOther, CaseMoved, CaseUnknown, ConversationUnknown
from assistant.escalations.case import Case, CaseMove
from assistant.escalations.changes import Due, changes, silence
from assistant.escalations.outbox import announce
from assistant.escalations.people import StaffMember
from assistant.escalations.states import EscalationReason, MoveKind, Priority, Status, after
from assistant.escalations.tables import case_moves, cases
from assistant.statements import LOCK_CONVERSATION
from assistant.storage import as_moment, as_text, conversations
from audit.canonical import Json
from audit.errors import KeyErased, KeyUnknown
from audit.events import Event, Kind
from audit.log import Log
from audit.records import Recorded

KINDS: Mapping[MoveKind, Kind] = {
    MoveKind.OPENED: Kind.CASE_OPENED,
    MoveKind.CLAIMED: Kind.CASE_CLAIMED,
    MoveKind.REPLIED: Kind.CASE_REPLIED,
    MoveKind.PROMISED: Kind.CASE_REPLIED,
    MoveKind.CITIZEN_WROTE: Kind.CASE_CONTINUED,
    MoveKind.RELEASED: Kind.CASE_RELEASED,
    MoveKind.TRANSFERRED: Kind.CASE_TRANSFERRED,
    MoveKind.HANDED_OVER: Kind.CASE_TRANSFERRED,
    MoveKind.NEEDS_STATED: Kind.CASE_NEEDS_STATED,
    MoveKind.NEEDS_ACKNOWLEDGED: Kind.CASE_NEEDS_ACKNOWLEDGED,
    MoveKind.CLOSE_PROPOSED: Kind.CASE_CLOSE_PROPOSED,
    MoveKind.CLOSE_DECLINED: Kind.CASE_CLOSE_DECLINED,
    MoveKind.RESOLVED: Kind.CASE_RESOLVED,
    MoveKind.REOPENED: Kind.CASE_REOPENED,
    MoveKind.EXPIRED: Kind.CASE_EXPIRED,
    MoveKind.ERASED: Kind.CASE_ERASED,
}
"""What each move is in the log."""

_SEALED_WITH = {MoveKind.NEEDS_STATED: "needs_record", MoveKind.REOPENED: "file_record"}
"""The column that points at what a move sealed."""

_BY_ITSELF = {MoveKind.EXPIRED: "the service"}


@dataclass(frozen=True, slots=True)
class Mover:
    """Makes moves within the caller's transaction, which holds the conversation's lock."""

    log: Log
    due: Due

    def move(
        self,
        connection: Connection,
        case: Case,
        kind: MoveKind,
        by: StaffMember | None = None,
        *,
        to: StaffMember | None = None,
        queue: str = "",
        facts: Mapping[str, Json] | None = None,
        personal: Mapping[str, Json] | None = None,
        also: Mapping[str, Any] | None = None,
        announced: bool = True,
    ) -> tuple[Case, Recorded]:
        """Make one move: the row, the audit event, the row of moves and the outbox together.

        `by` is None for the citizen and the service; `to` who has the case afterwards (else the
        maker); `also` are further columns. Raises CaseMoveRefused where the move is not legal.
        """
        status = after(case.status, kind, case.number)
        queue = queue or case.queue
        version = case.version + 1
        said: dict[str, Json] = {
            "case": case.id,
            "move": kind.value,
            "version": version,
            "by": by.id if by else "",
            "status": status.value,
            "queue": queue,
            **(facts or {}),
        }
        event = Event(KINDS[kind], said, case.conversation_id, personal or None)
        (recorded,) = self.log.append(connection, [event])
        at = recorded.at
        ended = as_text(case.ended_at or at) if status.ended else None
        new = {
            "version": version,
            "status": status.value,
            "ended_at": ended,
            **changes(case, kind, at, self.due, to or by, queue),
            **(also or {}),
        }
        if kind in _SEALED_WITH:
            new[_SEALED_WITH[kind]] = recorded.record_id
        changed = connection.execute(
            update(cases)
            .where(cases.c.id == case.id, cases.c.version == case.version)
            .values(**new)
        )
        if changed.rowcount != 1:
            raise moved(connection, case.id, case.number)
        insert_move(connection, case.id, version, kind, status, queue, by, recorded)
        _set_silence(connection, case.conversation_id, silence(kind, at))
        if announced:
            announce(connection, recorded, kind, case.id, case.conversation_id)
        return read_case(connection, case.id), recorded


def _set_silence(connection: Connection, conversation_id: str, new: Mapping[str, Any]) -> None:
    if not new:
        return
    query = update(conversations).where(conversations.c.id == conversation_id)
    if new.get("person_has_since"):  # it stays the moment of the first claim
        query = query.where(conversations.c.person_has_since.is_(None))
    connection.execute(query.values(**new))


def insert_move(
    connection: Connection,
    case_id: str,
    version: int,
    kind: MoveKind,
    status: Status,
    queue: str,
    by: StaffMember | None,
    recorded: Recorded,
) -> None:
    """Insert the row of a move."""
    connection.execute(
        insert(case_moves),
        {
            "record_id": recorded.record_id,
            "case_id": case_id,
            "version": version,
            "kind": kind.value,
            "status": status.value,
            "queue": queue,
            "staff_id": by.id if by else "",
            "first_name": by.first_name if by else "",
            "at": as_text(recorded.at),
        },
    )


def lock_case(connection: Connection, case_id: str) -> Case:
    """Return the case, its conversation locked until the transaction ends, or raise CaseUnknown."""
    query = select(cases.c.conversation_id).where(cases.c.id == case_id)
    conversation_id = connection.execute(query).scalar()
    found = connection.execute(LOCK_CONVERSATION, {"conversation": conversation_id}).one_or_none()
    if found is None or found.erased_at is not None:
        raise CaseUnknown("There is no such case, or its conversation was deleted.")
    return read_case(connection, case_id)


def require_version(connection: Connection, case: Case, version: int) -> None:
    """Raise CaseMoved, which says who did what and when, unless nothing happened since."""
    if case.version != version:
        raise moved(connection, case.id, case.number)


def require_holder(case: Case, by: StaffMember) -> None:
    """Raise CaseHeldByOther unless `by` has the case, or is a supervisor and somebody has it."""
    if case.holder_id == by.id or by.supervisor:
        return
    who = f"{case.holder_name} has" if case.holder_id else "nobody has"
    raise CaseHeldByOther(f"You do not have case {case.number}: {who} it. Claim it first.")


def moved(connection: Connection, case_id: str, number: int) -> CaseMoved:
    """Return the error that tells of the newest move."""
    last = read_moves(connection, case_id)[-1]
    who = last.first_name or _BY_ITSELF.get(last.kind, "the citizen")
    return CaseMoved(number, who, last.kind.value, as_text(last.at))


def read_case(connection: Connection, case_id: str) -> Case:
    """Return the case, or raise CaseUnknown."""
    row = connection.execute(select(cases).where(cases.c.id == case_id)).one_or_none()
    if row is None:
        raise CaseUnknown("There is no such case.")
    return case_of(row)


def newest_case(connection: Connection, conversation_id: str) -> Case | None:
    """Return the conversation's newest case, ended or not."""
    query = select(cases).where(cases.c.conversation_id == conversation_id)
    row = connection.execute(query.order_by(cases.c.number.desc()).limit(1)).one_or_none()
    return case_of(row) if row else None


def read_moves(connection: Connection, case_id: str) -> tuple[CaseMove, ...]:
    """Return what was done with a case, oldest first."""
    query = select(case_moves).where(case_moves.c.case_id == case_id)
    return tuple(
        CaseMove(
            version=row.version,
            kind=MoveKind(row.kind),
            status=Status(row.status),
            queue=row.queue,
            staff_id=row.staff_id,
            first_name=row.first_name,
            at=as_moment(row.at),
            record=row.record_id,
        )
        for row in connection.execute(query.order_by(case_moves.c.version))
    )


def case_of(row: Row[Any]) -> Case:
    """Return a row as a value."""
    acknowledged = row.acknowledged_record == row.needs_record and (
        row.acknowledged_by == row.holder_id
    )
    return Case(
        id=row.id,
        number=row.number,
        conversation_id=row.conversation_id,
        version=row.version,
        status=Status(row.status),
        reason=EscalationReason(row.reason),
        queue=row.queue,
        priority=Priority(row.priority),
        language=row.language,
        guarded=row.guarded,
        opened_at=as_moment(row.opened_at),
        waiting_since=_moment(row.waiting_since),
        due_at=_moment(row.due_at),
        waiting_for_citizen_since=_moment(row.waiting_for_citizen_since),
        ended_at=_moment(row.ended_at),
        holder_id=row.holder_id or "",
        holder_name=row.holder_name or "",
        proposed_by=row.proposed_by or "",
        file_record=row.file_record,
        needs_record=row.needs_record or "",
        needs_acknowledged=acknowledged and row.needs_record is not None,
    )


@contextlib.contextmanager
def erased_is_no_case() -> Iterator[None]:
    """Say of a case whose conversation was deleted meanwhile that it is gone."""
    try:
        yield
    except (ConversationUnknown, KeyErased, KeyUnknown) as error:
        raise CaseUnknown("This case's conversation was deleted by its citizen.") from error


def _moment(text: str | None) -> datetime | None:
    return as_moment(text) if text else None
