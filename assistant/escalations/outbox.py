"""Announce a move in the transaction that makes it: what is announced happened, and all is."""

from sqlalchemy import Connection, insert, text

from assistant.escalations.tables import outbox
from assistant.storage import as_text
from audit.records import Recorded

CHANNEL = "signpost_outbox"
"""PostgreSQL channel on which a commit hints that there is something new; it carries nothing."""

_NOTIFY = text(f"NOTIFY {CHANNEL}")


def announce(
    connection: Connection, recorded: Recorded, kind: str, case_id: str, conversation_id: str
) -> None:
    """Write the event that `recorded` put into the log to the outbox, for all who read it.

    Call it in the same write transaction; nobody sees anything before that commits.
    """
    row = {
        "id": recorded.index,
        "kind": str(kind),
        "conversation_id": conversation_id,
        "case_id": case_id,
        "at": as_text(recorded.at),
    }
    connection.execute(insert(outbox), row)
    if connection.dialect.name == "postgresql":
        connection.execute(_NOTIFY)
