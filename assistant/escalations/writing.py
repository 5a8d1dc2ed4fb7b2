"""Messages and what staff say of a move: checked, stored, and read back out of the vault."""

from collections.abc import Mapping
from typing import Any, cast

from sqlalchemy import Connection, Row, func, insert, select

from assistant.errors import MessageInvalid
from assistant.escalations.case import Case
from assistant.escalations.messages import CaseMessage, Label, MessageKind
from assistant.escalations.needs import NO_NEEDS, SupportNeeds, needs_from_json
from assistant.escalations.people import StaffMember
from assistant.escalations.tables import case_messages
from assistant.reading import Reader
from assistant.storage import as_moment, as_text
from assistant.text import RawText
from audit.log import Log
from audit.records import Recorded

LONGEST_WHY = 1000


def checked(text: str, most: int, what: str = "message") -> str:
    """Return the text without space around it, or raise MessageInvalid."""
    said = text.strip()
    if not said:
        raise MessageInvalid(f"Write a {what} first.")
    if len(said) > most:
        raise MessageInvalid(
            f"The {what} has {len(said)} characters. Use at most {most}, or send it in two parts."
        )
    try:
        said.encode()
    except UnicodeEncodeError as error:
        raise MessageInvalid(f"The {what} has characters that cannot be read.") from error
    return said


def insert_message(
    connection: Connection,
    case: Case,
    *,
    message_id: str,
    kind: MessageKind,
    label: Label,
    by: StaffMember | None,
    mark: str,
    recorded: Recorded,
    turn: str = "",
    edit_distance: int | None = None,
) -> None:
    """Insert a message's row; its text is in the vault, under its record."""
    query = select(func.count()).where(case_messages.c.case_id == case.id)
    connection.execute(
        insert(case_messages),
        {
            "id": message_id,
            "case_id": case.id,
            "conversation_id": case.conversation_id,
            "position": connection.execute(query).scalar_one(),
            "kind": kind.value,
            "label": label.value,
            "staff_id": by.id if by else "",
            "first_name": by.first_name if by else "",
            "idempotency_key": mark,
            "record_id": recorded.record_id,
            "turn_id": turn or None,
            "edit_distance": edit_distance,
            "at": as_text(recorded.at),
        },
    )


def message_by_key(connection: Connection, case_id: str, mark: str) -> Row[Any] | None:
    """Return the row of the message that came under this key, or None."""
    mine = case_messages.c.case_id == case_id
    query = select(case_messages).where(mine, case_messages.c.idempotency_key == mark)
    return connection.execute(query).one_or_none()


def message_of(connection: Connection, reader: Reader, row: Row[Any]) -> CaseMessage:
    """Return a message with its text; a citizen's is masked."""
    kind = MessageKind(row.kind)
    personal = reader.log.personal(connection, row.record_id)
    if kind is MessageKind.CITIZEN:
        given = cast(Mapping[str, str], personal["input"])
        text: str = reader.mask(RawText(given["question"]))
    else:
        text = cast(str, personal["text"])
    return CaseMessage(
        id=row.id,
        position=row.position,
        kind=kind,
        label=Label(row.label),
        first_name=row.first_name,
        staff_id=row.staff_id,
        text=text,
        at=as_moment(row.at),
        record=row.record_id,
        turn=row.turn_id or "",
        edit_distance=row.edit_distance,
    )


def messages_of(connection: Connection, reader: Reader, case_id: str) -> tuple[CaseMessage, ...]:
    """Return the case's messages and notes, oldest first."""
    query = select(case_messages).where(case_messages.c.case_id == case_id)
    rows = connection.execute(query.order_by(case_messages.c.position))
    return tuple(message_of(connection, reader, row) for row in rows)


def why_of(connection: Connection, log: Log, record: str) -> str:
    """Return what the maker of a move said of it, or ""."""
    found = log.record(connection, record)
    return str(log.personal(connection, record).get("why", "")) if found.has_personal else ""


def needs_of(connection: Connection, log: Log, case: Case) -> SupportNeeds:
    """Return the support needs that the citizen stated last."""
    if not case.needs_record:
        return NO_NEEDS
    stated = log.personal(connection, case.needs_record)["needs"]
    return needs_from_json(cast(Mapping[str, str], stated))
