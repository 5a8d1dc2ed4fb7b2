"""What a citizen sees of the people who have their conversation: who has it, and their messages."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

from sqlalchemy import Connection, bindparam, select

from assistant.escalations.messages import Label, MessageKind
from assistant.escalations.states import Status
from assistant.escalations.tables import case_messages, cases
from assistant.storage import as_moment
from assistant.views import PersonMessage, PersonState
from audit.log import Log

_NEWEST = (
    select(cases.c.number, cases.c.status, cases.c.holder_name)
    .where(cases.c.conversation_id == bindparam("conversation"))
    .order_by(cases.c.number.desc())
    .limit(1)
)
_REPLIES = (
    select(case_messages)
    .where(
        case_messages.c.conversation_id == bindparam("conversation"),
        case_messages.c.kind == MessageKind.REPLY.value,
    )
    .order_by(case_messages.c.at, case_messages.c.position)
)


@dataclass(frozen=True, slots=True)
class PeopleShown:
    """See `ConversationView`."""

    person: PersonState = PersonState.NOBODY
    adviser: str = ""
    messages: tuple[PersonMessage, ...] = ()
    case_number: int = 0


def people_shown(connection: Connection, log: Log, conversation_id: str) -> PeopleShown:
    """Return who has the conversation and the replies of people. Notes are never among them."""
    asked = {"conversation": conversation_id}
    case = connection.execute(_NEWEST, asked).one_or_none()
    if case is None:
        return PeopleShown()
    status = Status(case.status)
    messages = []
    for row in connection.execute(_REPLIES, asked):
        personal = cast(Mapping[str, str], log.personal(connection, row.record_id))
        messages.append(
            PersonMessage(
                id=row.id,
                first_name=row.first_name,
                text=personal["text"],
                at=as_moment(row.at),
                record=row.record_id,
                from_draft=row.label == Label.ADVISER_FROM_DRAFT.value,
            )
        )
    adviser = (case.holder_name or "") if status.held else ""
    return PeopleShown(_person(status), adviser, tuple(messages), case.number)


def _person(status: Status) -> PersonState:
    match status:
        case Status.OPEN:
            return PersonState.WAITING
        case Status.CLAIMED | Status.WAITING_FOR_CITIZEN:
            return PersonState.WITH_PERSON
        case Status.RESOLVED | Status.EXPIRED:
            return PersonState.ENDED
