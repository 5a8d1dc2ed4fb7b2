"""The rows of challenges: read, and locked with their conversation."""

from typing import Any

from sqlalchemy import Connection, Row, select

from assistant.challenges.challenge import Challenge
from assistant.challenges.states import Ruling
from assistant.challenges.tables import challenges
from assistant.errors import ChallengeUnknown
from assistant.escalations.messages import MessageKind
from assistant.escalations.states import MoveKind
from assistant.escalations.tables import case_messages, case_moves, cases
from assistant.statements import LOCK_CONVERSATION
from assistant.storage import as_moment
from audit.log import Log

_TAKING = (MoveKind.CLAIMED.value, MoveKind.HANDED_OVER.value)


def read_challenge(connection: Connection, reference: str) -> Challenge:
    """Return the challenge, as people may type its reference, or raise ChallengeUnknown."""
    wanted = reference.strip().upper()
    query = select(challenges).where(challenges.c.reference == wanted)
    row = connection.execute(query).one_or_none()
    if row is None:
        raise ChallengeUnknown("There is no such challenge. Check the reference: CH- and a number.")
    return challenge_of(row)


def lock_challenge(connection: Connection, reference: str) -> Challenge:
    """Return the challenge, its conversation locked; ChallengeUnknown when that was deleted."""
    found = read_challenge(connection, reference)
    asked = {"conversation": found.conversation_id}
    row = connection.execute(LOCK_CONVERSATION, asked).one()
    if row.erased_at is not None:
        raise ChallengeUnknown("The citizen deleted this conversation: nothing of it is left.")
    return read_challenge(connection, reference)


def challenge_on(connection: Connection, turn_id: str) -> Challenge | None:
    """Return the challenge to a turn's answer, if there is one."""
    query = select(challenges).where(challenges.c.turn_id == turn_id)
    row = connection.execute(query).one_or_none()
    return challenge_of(row) if row else None


def handled(connection: Connection, log: Log, conversation_id: str, staff_id: str) -> bool:
    """Return whether this person had a case of the conversation at any time, or replied in it."""
    of_it = cases.c.conversation_id == conversation_id
    holders = connection.execute(select(cases.c.holder_id).where(of_it)).scalars()
    if staff_id in holders:
        return True
    replied = select(case_messages.c.id).where(
        case_messages.c.conversation_id == conversation_id,
        case_messages.c.kind == MessageKind.REPLY.value,
        case_messages.c.staff_id == staff_id,
    )
    if connection.execute(replied.limit(1)).first():
        return True
    takings = select(case_moves.c.record_id, case_moves.c.kind, case_moves.c.staff_id).join(
        cases, cases.c.id == case_moves.c.case_id
    )
    return any(
        staff_id == _taker(connection, log, row)
        for row in connection.execute(takings.where(of_it, case_moves.c.kind.in_(_TAKING)))
    )


def challenge_of(row: Row[Any]) -> Challenge:
    """Return a row as a value."""
    return Challenge(
        reference=row.reference,
        conversation_id=row.conversation_id,
        turn_id=row.turn_id,
        case_id=row.case_id or "",
        version=row.version,
        language=row.language,
        made_at=as_moment(row.made_at),
        record=row.record_id,
        made_record=row.made_record,
        ruling=Ruling(row.ruling) if row.ruling else None,
        decided_at=as_moment(row.decided_at) if row.decided_at else None,
        decided_by=row.decided_by or "",
        decided_name=row.decided_name or "",
        decided_record=row.decided_record or "",
        erased=row.erased,
    )


def _taker(connection: Connection, log: Log, row: Row[Any, Any, Any]) -> str:
    """Return who had the case from this move on: whom it was given to is in its record alone."""
    if row.kind == MoveKind.CLAIMED.value:
        return str(row.staff_id)
    return str(log.record(connection, row.record_id).facts.get("to", ""))
