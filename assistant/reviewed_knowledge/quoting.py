"""Which answers quoted a page: found in the audit records, by its address."""

from sqlalchemy import Connection, select

from assistant.live import page_address
from assistant.reviewed_knowledge.page import QuotedAnswer
from assistant.storage import conversations
from audit.events import Kind
from audit.log import Log
from audit.records import Record


def answers_quoting(connection: Connection, log: Log, address: str) -> tuple[QuotedAnswer, ...]:
    """Return every answer that quoted the page at this address, oldest first.

    It reads all answers ever recorded, some thousands a second: for rare questions, not for pages
    that citizens wait for.
    """
    wanted = page_address(address)
    quoting = [
        record
        for record in log.scan(connection, Kind.TURN_ANSWERED, address.encode())
        if wanted in {page_address(url) for url in _quoted(record)}
    ]
    of_them = {record.leaf.conversation for record in quoting}
    gone = set(
        connection.execute(
            select(conversations.c.id).where(
                conversations.c.id.in_(of_them), conversations.c.erased_at.is_not(None)
            )
        ).scalars()
    )
    return tuple(
        QuotedAnswer(
            conversation_id=record.leaf.conversation or "",
            turn=str(record.facts["turn"]),
            record=record.record_id,
            at=record.at,
            erased=record.leaf.conversation in gone,
        )
        for record in quoting
    )


def _quoted(record: Record) -> list[str]:
    quoted = record.facts.get("quoted", ())
    return [str(each["url"]) for each in quoted]  # type: ignore[index, union-attr, call-overload]
