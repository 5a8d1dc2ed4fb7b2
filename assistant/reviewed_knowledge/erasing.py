"""What becomes of candidates when the conversation they came from is deleted."""

from datetime import datetime

from sqlalchemy import Connection, select

from assistant.reviewed_knowledge.rows import change, read_knowledge
from assistant.reviewed_knowledge.states import KnowledgeStatus
from assistant.reviewed_knowledge.tables import reviewed_knowledge
from assistant.storage import as_text
from audit.canonical import Json
from audit.events import Event, Kind
from audit.log import Log


def erase_candidates(connection: Connection, log: Log, conversation_id: str, now: datetime) -> None:
    """End the candidates of a conversation that is being deleted. Their text goes with the key."""
    mine = reviewed_knowledge.c.conversation_id == conversation_id
    rows = connection.execute(
        select(reviewed_knowledge.c.name).where(
            mine, reviewed_knowledge.c.status == KnowledgeStatus.PROPOSED.value
        )
    ).scalars()
    for name in tuple(rows):
        found = read_knowledge(connection, name, lock=True)
        facts: dict[str, Json] = {"page": name, "version": found.version + 1}
        log.append(connection, [Event(Kind.KNOWLEDGE_CLOSED, facts, conversation_id)])
        change(connection, found, status=KnowledgeStatus.ERASED.value, ended_at=as_text(now))
