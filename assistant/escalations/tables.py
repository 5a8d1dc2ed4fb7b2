"""Tables of cases. No text that a citizen or an adviser wrote: those are sealed in the vault.

`cases` holds where each case stands, `case_moves` and `case_messages` what happened, each row
beside its audit record; `turn_workings` what the assistant found for a turn, sealed, for case
files; `outbox` what other systems and live screens may read about. Times are UTC text.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from assistant.storage import metadata

_TIME = String(32)
_ID = String(64)
_NAME = String(60)

cases = Table(
    "cases",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("number", BigInteger, nullable=False, unique=True),
    Column("conversation_id", _ID, ForeignKey("conversations.id"), nullable=False),
    Column("version", Integer, nullable=False),
    Column("status", String(24), nullable=False),
    Column("reason", String(32), nullable=False),
    Column("queue", String(40), nullable=False),
    Column("priority", String(16), nullable=False),
    Column("urgency", Integer, nullable=False),
    Column("language", String(8), nullable=False),
    Column("guarded", Boolean, nullable=False),
    Column("opened_at", _TIME, nullable=False),
    Column("waiting_since", _TIME),
    Column("due_at", _TIME),
    Column("waiting_for_citizen_since", _TIME),
    Column("ended_at", _TIME),
    Column("holder_id", _NAME),
    Column("holder_name", _NAME),
    Column("proposed_by", _NAME),
    Column("file_record", _ID, nullable=False),
    Column("needs_record", _ID),
    Column("acknowledged_record", _ID),
    Column("acknowledged_by", _NAME),
    Index("cases_of_conversation", "conversation_id", "number"),
    Index("cases_in_order", "queue", "status", "urgency", "due_at", "waiting_since"),
)
"""`number` is that of the leaf that recorded the opening. `guarded`: it takes two people to close.

`waiting_since`: the citizen waits for a person since then; NULL once a person has answered.
"""

NOT_ENDED = cases.c.ended_at.is_(None)

one_case = Index(
    "uq_cases_not_ended_conversation_id",
    cases.c.conversation_id,
    unique=True,
    sqlite_where=NOT_ENDED,
    postgresql_where=NOT_ENDED,
)
"""At most one case of a conversation is not ended, whatever the code does."""

case_moves = Table(
    "case_moves",
    metadata,
    Column("record_id", _ID, primary_key=True),
    Column("case_id", _ID, ForeignKey("cases.id"), nullable=False),
    Column("version", Integer, nullable=False),
    Column("kind", String(24), nullable=False),
    Column("status", String(24), nullable=False),
    Column("queue", String(40), nullable=False),
    Column("staff_id", _NAME, nullable=False),
    Column("first_name", _NAME, nullable=False),
    Column("at", _TIME, nullable=False),
    UniqueConstraint("case_id", "version"),
)
"""`status` and `queue` are where the move led. `staff_id` is "" for the citizen and the service."""

case_messages = Table(
    "case_messages",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("case_id", _ID, ForeignKey("cases.id"), nullable=False),
    Column("conversation_id", _ID, ForeignKey("conversations.id"), nullable=False),
    Column("position", Integer, nullable=False),
    Column("kind", String(16), nullable=False),
    Column("label", String(24), nullable=False),
    Column("staff_id", _NAME, nullable=False),
    Column("first_name", _NAME, nullable=False),
    Column("idempotency_key", String(200), nullable=False),
    Column("record_id", _ID, nullable=False, unique=True),
    Column("turn_id", _ID),
    Column("edit_distance", Integer),
    Column("at", _TIME, nullable=False),
    UniqueConstraint("case_id", "position"),
    UniqueConstraint("case_id", "idempotency_key"),
    Index("case_messages_of_conversation", "conversation_id", "at"),
)

turn_workings = Table(
    "turn_workings",
    metadata,
    Column("turn_id", _ID, ForeignKey("turns.id"), primary_key=True),
    Column("conversation_id", _ID, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Index(None, "conversation_id"),
)
"""The passages found for a turn and the draft that was rejected. Its record commits to them."""

outbox = Table(
    "outbox",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("kind", String(32), nullable=False),
    Column("conversation_id", _ID, nullable=False),
    Column("case_id", _ID, nullable=False),
    Column("at", _TIME, nullable=False),
)
"""`id` is the number of the audit leaf of the same event, so a reader can go on from any id."""

case_presence = Table(
    "case_presence",
    metadata,
    Column("case_id", _ID, ForeignKey("cases.id"), primary_key=True),
    Column("staff_id", _NAME, primary_key=True),
    Column("first_name", _NAME, nullable=False),
    Column("seen_at", _TIME, nullable=False),
)
"""Who has a case on the screen. Worth nothing once `seen_at` is some seconds old."""

staff_duty = Table(
    "staff_duty",
    metadata,
    Column("staff_id", _NAME, primary_key=True),
    Column("queues", Text, nullable=False),
    Column("most", Integer, nullable=False),
    Column("since", _TIME, nullable=False),
    Column("seen_at", _TIME, nullable=False),
)
"""Who is on duty: a row for each, until they go off. `queues` is a JSON list; `most` is how many
cases somebody takes at once; `seen_at` is when they last used the console."""
