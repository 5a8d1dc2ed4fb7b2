"""Tables of what was sent to whom. No row holds a citizen's words, name or address."""

from sqlalchemy import BigInteger, Column, Index, Integer, String, Table, Text

from assistant.storage import metadata

_TIME = String(32)

hook_endpoints = Table(
    "hook_endpoints",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("cursor", BigInteger, nullable=False),
    Column("disabled_at", _TIME),
    Column("disabled_why", Text),
)
"""How far each endpoint has been given deliveries: every event up to `cursor` (an outbox id)."""

deliveries = Table(
    "deliveries",
    metadata,
    Column("endpoint", String(64), primary_key=True),
    Column("event_id", BigInteger, primary_key=True, autoincrement=False),
    Column("recipient", String(320), primary_key=True),
    Column("case_id", String(64), nullable=False),
    Column("status", String(16), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("next_at", _TIME, nullable=False),
    Column("taken_by", String(64)),
    Column("taken_until", _TIME),
    Column("settled_at", _TIME),
    Column("last_error", Text, nullable=False),
    Index(None, "endpoint", "status", "event_id"),
    Index(None, "case_id", "endpoint", "status"),
)
"""One event for one endpoint and recipient: "" for a web address or a function, an address of the
operator's file for e-mail and texts, "citizen" for whoever the case is about."""
