"""The table of reviewed knowledge. Before approval its text is in the vault, afterwards here.

What is approved is public guidance without personal data, so it outlives the conversation that it
came from.
"""

from sqlalchemy import Column, ForeignKey, Index, Integer, String, Table, Text

from assistant.storage import metadata

_TIME = String(32)
_ID = String(64)
_NAME = String(60)

reviewed_knowledge = Table(
    "reviewed_knowledge",
    metadata,
    Column("name", String(40), primary_key=True),
    Column("version", Integer, nullable=False),
    Column("status", String(16), nullable=False),
    Column("conversation_id", _ID, ForeignKey("conversations.id"), nullable=False),
    Column("case_id", _ID, ForeignKey("cases.id"), nullable=False),
    Column("message", _ID, nullable=False),
    Column("digest", _ID, nullable=False),
    Column("author", _NAME, nullable=False),
    Column("language", String(8), nullable=False),
    Column("proposed_by", _NAME, nullable=False),
    Column("proposed_name", _NAME, nullable=False),
    Column("proposed_at", _TIME, nullable=False),
    Column("proposed_record", _ID, nullable=False),
    Column("decided_by", _NAME),
    Column("decided_name", _NAME),
    Column("decided_at", _TIME),
    Column("decided_record", _ID),
    Column("question", Text),
    Column("answer", Text),
    Column("official_url", Text),
    Column("official_title", Text),
    Column("expires_on", String(10)),
    Column("ended_at", _TIME),
    Index("reviewed_knowledge_by_status", "status", "proposed_at"),
    Index("reviewed_knowledge_of_conversation", "conversation_id"),
)
