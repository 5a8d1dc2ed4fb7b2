"""Tables of conversations, what is live, releases, hours and counts. No citizen's readable text.

A question waits sealed in `turns.sealed_question` only until its turn is recorded; from then on
the audit vault holds it. `live` is append-only: the newest row says what serves citizens. Times
are UTC text ("2026-01-02T03:04:05.678Z"), the same on both databases and ordered as text.
"""

from datetime import UTC, datetime

from sqlalchemy import (
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from audit.storage import NAMING

metadata = MetaData(naming_convention=NAMING)

_TIME = String(32)
_ID = String(64)

conversations = Table(
    "conversations",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("language", String(8), nullable=False),
    Column("started_at", _TIME, nullable=False),
    Column("person_requested_at", _TIME),
    Column("person_has_since", _TIME),
    Column("erased_at", _TIME),
    Column("described", Boolean),
)

turns = Table(
    "turns",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("conversation_id", _ID, ForeignKey("conversations.id"), nullable=False),
    Column("position", Integer, nullable=False),
    Column("idempotency_key", String(200), nullable=False),
    Column("status", String(16), nullable=False),
    Column("asked_at", _TIME, nullable=False),
    Column("answer_by", _TIME, nullable=False),
    Column("answered_at", _TIME),
    Column("sealed_question", LargeBinary),
    Column("record_id", _ID),
    Column("outcome", String(16)),
    Column("reason", String(64)),
    Column("feedback", String(16)),
    UniqueConstraint("conversation_id", "position"),
    UniqueConstraint("conversation_id", "idempotency_key"),
    Index("turns_half_done", "status", "answer_by"),
)

live = Table(
    "live",
    metadata,
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("state", Text, nullable=False),
    Column("changed_at", _TIME, nullable=False),
    Column("record_id", _ID, nullable=False),
)

releases = Table(
    "releases",
    metadata,
    Column("digest", _ID, primary_key=True),
    Column("software", Text, nullable=False),
    Column("snapshot", Text, nullable=False),
    Column("policy", Text, nullable=False),
    Column("embedder", Text, nullable=False),
    Column("composer", Text, nullable=False),
    Column("name", Text, nullable=False),
)
"""What would serve together; `name` is the snapshot's. Where each stands follows from its moves."""

release_moves = Table(
    "release_moves",
    metadata,
    Column("record_id", _ID, primary_key=True),
    Column("release", _ID, ForeignKey("releases.digest"), nullable=False),
    Column("position", Integer, nullable=False),
    Column("kind", String(16), nullable=False),
    Column("who", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("note", Text, nullable=False),
    Column("at", _TIME, nullable=False),
    UniqueConstraint("release", "position"),
)

evaluation_records = Table(
    "evaluation_records",
    metadata,
    Column("record_id", _ID, primary_key=True),
    Column("release", _ID, ForeignKey("releases.digest"), nullable=False),
    Column("position", Integer, nullable=False),
    Column("kind", String(16), nullable=False),
    Column("verdict", String(16), nullable=False),
    Column("says", Text, nullable=False),
    Column("report_sha256", _ID, nullable=False),
    Column("at", _TIME, nullable=False),
    UniqueConstraint("release", "position"),
)

board_keys = Table(
    "board_keys",
    metadata,
    Column("verifier_key", String(400), primary_key=True),
    Column("record_id", _ID, nullable=False),
    Column("registered_at", _TIME, nullable=False),
    Column("retired_at", _TIME),
)
"""The public halves of the board's keys. The private ones are never here."""

outcome_counts = Table(
    "outcome_counts",
    metadata,
    Column("since", String(10), primary_key=True),
    Column("dimension", String(40), primary_key=True),
    Column("group_name", String(40), primary_key=True),
    Column("outcome", String(16), primary_key=True),
    Column("counted", Integer, nullable=False),
    Column("came", Integer, nullable=False),
)
"""Of so many `counted` in a group, to how many an outcome `came`; never a row for one of them.

`since` is an ISO date: the day (UTC) of first questions by their style, the Monday of the week for
what people say of themselves.
"""

closures = Table(
    "closures",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("hours", String(32), nullable=False),
    Column("day", String(10), nullable=False),
    Column("opens", Integer, nullable=False),
    Column("closes", Integer, nullable=False),
    Column("kind", String(8), nullable=False),
    Column("reason", Text, nullable=False),
    Column("who", Text, nullable=False),
    Column("at", _TIME, nullable=False),
    Column("record_id", _ID, nullable=False),
    Column("undone_at", _TIME),
    Index("closures_by_day", "day"),
)
"""Single days whose hours differ from the policy's week: closed, or open, between two minutes."""

private_codes = Table(
    "private_codes",
    metadata,
    Column("conversation_id", _ID, ForeignKey("conversations.id"), primary_key=True),
    Column("hashed", LargeBinary, nullable=False, unique=True),
    Column("expires_at", _TIME, nullable=False),
)
"""The keyed hash of the code that opens a conversation. The code itself is nowhere."""

callbacks = Table(
    "callbacks",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("conversation_id", _ID, ForeignKey("conversations.id"), nullable=False),
    Column("queue", String(32), nullable=False),
    Column("starts_at", _TIME, nullable=False),
    Column("ends_at", _TIME, nullable=False),
    Column("place", Integer, nullable=False),
    Column("sealed_phone", LargeBinary, nullable=False),
    Column("booked_at", _TIME, nullable=False),
    Column("record_id", _ID, nullable=False),
    UniqueConstraint("conversation_id"),
    UniqueConstraint("queue", "starts_at", "place"),
)
"""Calls still to be made: of so many places in a slot each can be taken once. Gone when made."""


def as_text(moment: datetime) -> str:
    """Return an aware datetime as UTC text with milliseconds."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def as_moment(text: str) -> datetime:
    """Return the aware UTC datetime that `as_text` wrote."""
    return datetime.fromisoformat(text)
