"""The outbox: one row for each move and each message, written in the transaction that makes it.

A row's id is the number of its audit leaf. Leaves are numbered without gaps in the order in which
their transactions commit, so whoever has read up to an id has missed nothing before it. A row holds
no text: receivers read what they may see.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, insert, select, text

from assistant.challenges.states import ChallengeMove
from assistant.escalations.messages import MessageKind
from assistant.escalations.states import MoveKind
from assistant.escalations.tables import outbox
from assistant.storage import as_moment, as_text
from audit.records import Recorded

CHANNEL = "signpost_outbox"
"""PostgreSQL channel on which a commit hints that there is something new; it carries nothing."""

_NOTIFY = text(f"NOTIFY {CHANNEL}")


@dataclass(frozen=True, slots=True)
class Announcement:
    """One row of the outbox. `kind` is as `happening` says.

    `case_id` is the reference of a challenge for one without a case.
    """

    id: int
    kind: str
    conversation_id: str
    case_id: str
    at: datetime


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


def announced_after(
    connection: Connection, last: int, limit: int = 100
) -> tuple[Announcement, ...]:
    """Return the first rows after the id `last` (−1 for all), in order."""
    rows = connection.execute(
        select(outbox).where(outbox.c.id > last).order_by(outbox.c.id).limit(limit)
    )
    return tuple(
        Announcement(row.id, row.kind, row.conversation_id, row.case_id, as_moment(row.at))
        for row in rows
    )


def newest_announced(connection: Connection) -> int:
    """Return the id of the newest row, or −1 where there is none."""
    found = connection.execute(select(func.max(outbox.c.id))).scalar()
    return -1 if found is None else int(found)
