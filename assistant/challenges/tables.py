"""The table of challenges. No text: reasons, decisions and corrected answers are in the vault."""

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, String, Table

from assistant.storage import metadata

_TIME = String(32)
_ID = String(64)
_NAME = String(60)

challenges = Table(
    "challenges",
    metadata,
    Column("reference", String(24), primary_key=True),
    Column("conversation_id", _ID, ForeignKey("conversations.id"), nullable=False),
    Column("turn_id", _ID, ForeignKey("turns.id"), nullable=False, unique=True),
    Column("case_id", _ID, ForeignKey("cases.id")),
    Column("version", Integer, nullable=False),
    Column("language", String(8), nullable=False),
    Column("made_at", _TIME, nullable=False),
    Column("record_id", _ID, nullable=False),
    Column("made_record", _ID, nullable=False),
    Column("ruling", String(16)),
    Column("decided_at", _TIME),
    Column("decided_by", _NAME),
    Column("decided_name", _NAME),
    Column("decided_record", _ID),
    Column("erased", Boolean, nullable=False),
    Index("challenges_of_conversation", "conversation_id"),
    Index("challenges_in_order", "ruling", "made_at"),
)
"""An answer is challenged at most once, whatever the code does."""
