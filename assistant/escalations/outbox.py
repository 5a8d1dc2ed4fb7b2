"""The outbox: one row for each move and each message, written in the transaction that makes it.

A row's id is the number of its audit leaf. Leaves are numbered without gaps in the order in which
their transactions commit, so whoever has read up to an id has missed nothing before it. A row holds
no text: receivers read what they may see.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import cast

from sqlalchemy import BindParameter, Connection, bindparam, func, insert, select, text

from assistant.challenges.states import ChallengeMove
from assistant.escalations.messages import MessageKind
from assistant.escalations.states import MoveKind
from assistant.escalations.tables import outbox
from assistant.storage import as_moment, as_text
from audit.records import Recorded

CHANNEL = "signpost_outbox"
"""PostgreSQL channel on which a commit hints that there is something new; it carries nothing."""

_NOTIFY = text(f"NOTIFY {CHANNEL}")


NOTHING = -1
"""The number before the first event."""

_AFTER: BindParameter[int] = bindparam("after")
_LIMIT: BindParameter[int] = bindparam("limit")
_SELECT_AFTER = select(outbox).where(outbox.c.id > _AFTER).order_by(outbox.c.id).limit(_LIMIT)
_SELECT_NEWEST = select(func.max(outbox.c.id))


@dataclass(frozen=True, slots=True)
class Announced:
    """Something that happened to a case. `id` grows with time, not by one; ids say nothing else."""

    id: int
    kind: str
    at: datetime
    case_id: str
    conversation_id: str


def happening(kind: MoveKind | MessageKind | ChallengeMove) -> str:
    """Return what the outbox calls it: "case.claimed", "message.note", "challenge.made"."""
    match kind:
        case MoveKind():
            return f"case.{kind.value}"
        case MessageKind():
            return f"message.{kind.value}"
        case ChallengeMove():
            return kind.value


KINDS = frozenset(happening(kind) for kind in (*MoveKind, *MessageKind, *ChallengeMove))
"""Everything that is announced."""


def announce(
    connection: Connection,
    recorded: Recorded,
    kind: MoveKind | MessageKind | ChallengeMove,
    case_id: str,
    conversation_id: str,
) -> None:
    """Put an event into the outbox, in the transaction that recorded it."""
    connection.execute(
        insert(outbox),
        {
            "id": recorded.index,
            "kind": happening(kind),
            "conversation_id": conversation_id,
            "case_id": case_id,
            "at": as_text(recorded.at),
        },
    )
    if connection.dialect.name == "postgresql":
        connection.execute(_NOTIFY)


def after(connection: Connection, number: int, limit: int = 100) -> tuple[Announced, ...]:
    """Return at most `limit` events with greater ids, in order; from NOTHING on, all of them."""
    rows = connection.execute(_SELECT_AFTER, {"after": number, "limit": limit})
    return tuple(
        Announced(row.id, row.kind, as_moment(row.at), row.case_id, row.conversation_id)
        for row in rows
    )


def newest(connection: Connection) -> int:
    """Return the id of the last event, or NOTHING."""
    found = cast(int | None, connection.execute(_SELECT_NEWEST).scalar())
    return NOTHING if found is None else found
