"""Tables of escalations. No row holds a citizen's words."""

from sqlalchemy import BigInteger, Column, String, Table

from assistant.storage import metadata

_ID = String(64)

outbox = Table(
    "outbox",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("kind", String(32), nullable=False),
    Column("conversation_id", _ID, nullable=False),
    Column("case_id", _ID, nullable=False),
    Column("at", String(32), nullable=False),
)
"""What happened to cases, for whoever wants to know. `id` is the number of the event's audit leaf:
the log's head is locked while an event is numbered, so numbers become visible in their order."""
