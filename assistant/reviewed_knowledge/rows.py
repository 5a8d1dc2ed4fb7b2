"""The rows of reviewed knowledge: read, locked, and changed only at the version looked at."""

from datetime import date
from typing import Any

from sqlalchemy import Connection, Row, select, update

from assistant.errors import KnowledgeMoved, KnowledgeUnknown
from assistant.reviewed_knowledge.page import Knowledge
from assistant.reviewed_knowledge.states import KnowledgeStatus
from assistant.reviewed_knowledge.tables import reviewed_knowledge
from assistant.storage import as_moment


def read_knowledge(connection: Connection, name: str, *, lock: bool = False) -> Knowledge:
    """Return the piece of that name, its row locked where wanted, or raise KnowledgeUnknown."""
    query = select(reviewed_knowledge).where(reviewed_knowledge.c.name == name.strip().lower())
    row = connection.execute(query.with_for_update() if lock else query).one_or_none()
    if row is None:
        raise KnowledgeUnknown("There is no such page. `signpost knowledge list` shows them.")
    return knowledge_of(row)


def knowledge_with(connection: Connection, *statuses: KnowledgeStatus) -> tuple[Knowledge, ...]:
    """Return the pieces that stand there, oldest first; all where none is named."""
    query = select(reviewed_knowledge)
    if statuses:
        query = query.where(reviewed_knowledge.c.status.in_([each.value for each in statuses]))
    rows = connection.execute(query.order_by(reviewed_knowledge.c.proposed_at))
    return tuple(knowledge_of(row) for row in rows)


def change(connection: Connection, found: Knowledge, **new: object) -> Knowledge:
    """Change the row if nobody else did since, else raise KnowledgeMoved."""
    changed = connection.execute(
        update(reviewed_knowledge)
        .where(
            reviewed_knowledge.c.name == found.name,
            reviewed_knowledge.c.version == found.version,
        )
        .values(version=found.version + 1, **new)
    )
    now = read_knowledge(connection, found.name)
    if changed.rowcount != 1:
        raise KnowledgeMoved(now.name, now.decided_name, now.status.value)
    return now


def require_version(found: Knowledge, version: int) -> None:
    """Raise KnowledgeMoved, which says what became of it, unless nothing happened since."""
    if found.version != version:
        raise KnowledgeMoved(found.name, found.decided_name, found.status.value)


def knowledge_of(row: Row[Any]) -> Knowledge:
    """Return a row as a value."""
    return Knowledge(
        name=row.name,
        version=row.version,
        status=KnowledgeStatus(row.status),
        conversation_id=row.conversation_id,
        case_id=row.case_id,
        message=row.message,
        digest=row.digest,
        author=row.author,
        language=row.language,
        proposed_by=row.proposed_by,
        proposed_name=row.proposed_name,
        proposed_at=as_moment(row.proposed_at),
        proposed_record=row.proposed_record,
        decided_by=row.decided_by or "",
        decided_name=row.decided_name or "",
        decided_at=as_moment(row.decided_at) if row.decided_at else None,
        decided_record=row.decided_record or "",
        question=row.question or "",
        answer=row.answer or "",
        official_url=row.official_url or "",
        official_title=row.official_title or "",
        expires_on=date.fromisoformat(row.expires_on) if row.expires_on else None,
        ended_at=as_moment(row.ended_at) if row.ended_at else None,
    )
