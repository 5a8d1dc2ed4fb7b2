"""What has changed for a citizen, by the numbers of the outbox: a screen goes on from the last one.

Notes and consultations among staff, proposals to close, and acknowledgements are no news here: not
even that they were made is a citizen's business.
"""

from dataclasses import dataclass

from sqlalchemy import Connection, select

from assistant.escalations.messages import MessageKind
from assistant.escalations.outbox import happening, newest
from assistant.escalations.states import MoveKind
from assistant.escalations.tables import case_messages, outbox
from audit.storage import log_leaves

_REPLY = happening(MessageKind.REPLY)
_STANDING = tuple(
    happening(kind)
    for kind in (
        MoveKind.OPENED,
        MoveKind.CLAIMED,
        MoveKind.RELEASED,
        MoveKind.TRANSFERRED,
        MoveKind.HANDED_OVER,
        MoveKind.RESOLVED,
        MoveKind.REOPENED,
        MoveKind.EXPIRED,
    )
)


@dataclass(frozen=True, slots=True)
class News:
    """`id` is the number to go on from. `message` is a reply's identifier; "" says that somebody
    else, or nobody, has the conversation now."""

    id: int
    message: str = ""


def news_after(connection: Connection, conversation_id: str, after: int) -> tuple[News, ...]:
    """Return what came after a number (−1 for all), in order."""
    query = (
        select(outbox.c.id, case_messages.c.id.label("message"))
        .outerjoin(log_leaves, log_leaves.c.leaf_index == outbox.c.id)
        .outerjoin(case_messages, case_messages.c.record_id == log_leaves.c.record_id)
        .where(
            outbox.c.id > after,
            outbox.c.conversation_id == conversation_id,
            outbox.c.kind.in_((_REPLY, *_STANDING)),
        )
        .order_by(outbox.c.id)
    )
    return tuple(News(row.id, row.message or "") for row in connection.execute(query))


def newest_number(connection: Connection) -> int:
    """Return the number to go on from, for somebody who has just read everything."""
    return newest(connection)
