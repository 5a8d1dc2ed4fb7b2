"""Looking at cases: the queue without any text, and one case whole, which is recorded first."""

from dataclasses import dataclass, replace
from typing import Any, cast

from sqlalchemy import ColumnElement, select

from assistant.escalations.case import Case, CaseMove, QueueFilter
from assistant.escalations.case_file import CaseFile, case_file_from_json
from assistant.escalations.messages import CaseMessage
from assistant.escalations.needs import SupportNeeds
from assistant.escalations.people import StaffMember
from assistant.escalations.rows import (
    case_of,
    lock_case,
    newest_case,
    read_case,
    read_moves,
    require_holder,
)
from assistant.escalations.states import Status
from assistant.escalations.tables import cases
from assistant.escalations.writing import LONGEST_WHY, checked, messages_of, needs_of, why_of
from assistant.reading import Reader, require_conversation, require_turn
from assistant.text import RawText
from assistant.views import ConversationView
from audit.canonical import Json
from audit.database import Database
from audit.events import Event, Kind

ORDER = (
    cases.c.urgency,
    cases.c.due_at.is_(None),
    cases.c.due_at,
    cases.c.waiting_since.is_(None),
    cases.c.waiting_since,
    cases.c.number,
)
"""By urgency, then due time, then how long the citizen waits."""

_LARGEST_NUMBER = 2**63 - 1


@dataclass(frozen=True, slots=True)
class CaseView:
    """A whole case. `file` is what was handed over; `conversation` is the conversation as it is
    now, masked. `messages` are replies, the citizen's messages and private notes."""

    case: Case
    file: CaseFile
    conversation: ConversationView
    messages: tuple[CaseMessage, ...]
    needs: SupportNeeds
    history: tuple[CaseMove, ...]


@dataclass(frozen=True, slots=True)
class Looking:
    """Reads cases. What shows a citizen's text appends its audit event first, and commits it."""

    database: Database
    reader: Reader

    def queue(self, wanted: QueueFilter) -> tuple[Case, ...]:
        """Return cases in order, without any text."""
        conditions: list[ColumnElement[bool]] = []
        if wanted.queue:
            conditions.append(cases.c.queue == wanted.queue)
        if wanted.holder:
            conditions.append(cases.c.holder_id == wanted.holder)
        if wanted.status is not None:
            conditions.append(cases.c.status == wanted.status.value)
        elif not wanted.number:
            conditions.append(cases.c.ended_at.is_(None))
        if wanted.number:
            number = _number(wanted.number)
            if number is None:
                return ()
            conditions.append(cases.c.number == number)
        query = select(cases).where(*conditions).order_by(*ORDER).limit(wanted.limit)
        with self.database.read() as connection:
            return tuple(case_of(row) for row in connection.execute(query))

    def case(self, case_id: str) -> Case:
        """Return where one case stands."""
        with self.database.read() as connection:
            return read_case(connection, case_id)

    def history(self, case_id: str) -> tuple[CaseMove, ...]:
        """Return the moves of a case."""
        with self.database.read() as connection:
            read_case(connection, case_id)
            return read_moves(connection, case_id)

    def position_in_queue(self, conversation_id: str) -> int | None:
        """Return the place from 1, or None unless the case waits in a queue."""
        with self.database.read() as connection:
            case = newest_case(connection, conversation_id)
            if case is None or case.status is not Status.OPEN:
                return None
            waiting = select(cases.c.id).where(
                cases.c.queue == case.queue, cases.c.status == Status.OPEN.value
            )
            places = list(connection.execute(waiting.order_by(*ORDER)).scalars())
        return places.index(case.id) + 1

    def read(self, case_id: str, by: StaffMember) -> CaseView:
        """Return the whole case, after recording who opened it."""
        with self.database.write() as connection:
            case = lock_case(connection, case_id)
            facts: dict[str, Json] = {"what": "case", "case": case.id, "by": by.id}
            event = Event(Kind.RECORD_VIEWED, facts, case.conversation_id)
            self.reader.log.append(connection, [event])
        log = self.reader.log
        with self.database.read() as connection:
            case = read_case(connection, case_id)
            require_conversation(connection, case.conversation_id)
            handed = cast(dict[str, Any], log.personal(connection, case.file_record)["case_file"])
            return CaseView(
                case=case,
                file=case_file_from_json(handed),
                conversation=self.reader.conversation(connection, case.conversation_id),
                messages=messages_of(connection, self.reader, case.id),
                needs=needs_of(connection, log, case),
                history=tuple(
                    replace(move, why=why_of(connection, log, move.record))
                    for move in read_moves(connection, case.id)
                ),
            )

    def reveal(self, case_id: str, turn_id: str, by: StaffMember, reason: str) -> RawText:
        """Return what the citizen typed, after recording who wanted to see it, and why."""
        why = checked(reason, LONGEST_WHY, "reason")
        with self.database.write() as connection:
            case = lock_case(connection, case_id)
            require_holder(case, by)
            require_turn(connection, case.conversation_id, turn_id)
            facts: dict[str, Json] = {"case": case.id, "turn": turn_id, "by": by.id}
            event = Event(Kind.TEXT_REVEALED, facts, case.conversation_id, {"why": why})
            self.reader.log.append(connection, [event])
        with self.database.read() as connection:
            require_conversation(connection, case.conversation_id)
            row = require_turn(connection, case.conversation_id, turn_id)
            return self.reader.question_of(connection, row)


def _number(text: str) -> int | None:
    """Return the number of a case as people type it: "1042", "#1042"."""
    digits = text.strip().lstrip("#")
    if not (digits.isascii() and digits.isdigit()):
        return None
    number = int(digits[:20])
    return number if number <= _LARGEST_NUMBER else None
