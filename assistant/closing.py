"""Turns that a crash left half-done: closed with a plain message, in the log like any other."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select

from assistant import statements
from assistant.outcomes import Abstained, Reason
from assistant.policy import Policy
from assistant.presentation import outcome_name
from assistant.reading import Reader
from assistant.records import closed_event, settle, unanswered_event
from assistant.storage import as_moment, as_text, conversations, turns
from assistant.views import TurnStatus, TurnView
from audit.database import Database
from audit.log import Log
from audit.records import Recorded

Deliver = Callable[[Connection, str, str, Recorded], None]
"""Brings a silent turn (conversation, turn, record) to the person who has the conversation."""


@dataclass(frozen=True, slots=True)
class Closing:
    """Closes what nobody will answer any more. Safe while others answer: a turn ends once.

    Where a person has the conversation nothing is said: the question goes to the person.
    """

    database: Database
    log: Log
    reader: Reader
    policy: Policy
    clock: Callable[[], datetime]
    organisation: str
    deliver: Deliver | None = None

    def half_done(self, *, all_of_them: bool) -> int:
        """Close turns that a crash left half-done, with a plain message; return how many.

        `all_of_them` is for a process that knows it is the only one; otherwise only turns past
        their time are closed, since another process may be answering the rest.
        """
        with self.database.read() as connection:
            query = select(turns).where(turns.c.status == TurnStatus.RECEIVED.value)
            if not all_of_them:
                query = query.where(turns.c.answer_by < as_text(self.clock()))
            rows = connection.execute(query).all()
        return sum(self._close(row) for row in rows)

    def overdue(self, conversation_id: str) -> int:
        """Close this conversation's turns past their time, whoever left them; return how many."""
        with self.database.read() as connection:
            rows = connection.execute(
                statements.SELECT_OVERDUE,
                {
                    "conversation": conversation_id,
                    "status": TurnStatus.RECEIVED.value,
                    "now": as_text(self.clock()),
                },
            ).all()
        return sum(self._close(row) for row in rows)

    def _close(self, row: Row[Any]) -> bool:
        with self.database.write() as connection:
            query = select(conversations).where(conversations.c.id == row.conversation_id)
            conversation = connection.execute(query.with_for_update()).one()
            current = connection.execute(select(turns).where(turns.c.id == row.id)).one()
            if current.status != TurnStatus.RECEIVED.value or conversation.erased_at is not None:
                return False
            question = self.reader.question_of(connection, current)
            if conversation.person_has_since is not None:
                event = unanswered_event(row.id, row.conversation_id, row.position, question)
                recorded = settle(connection, self.log, row.id, TurnStatus.SILENT, event)
                if self.deliver is not None:
                    self.deliver(connection, row.conversation_id, row.id, recorded)
                return True
            outcome = Abstained(Reason.SYSTEM_FAULT)
            wording = self.policy.wording(conversation.language)
            view = TurnView(
                row.id,
                row.conversation_id,
                row.position,
                TurnStatus.CLOSED,
                self.reader.mask(question),
                as_moment(row.asked_at),
                language=conversation.language,
                outcome=outcome_name(outcome),
                reason=outcome.reason.value,
                message=wording.message(outcome, self.organisation),
                policy=self.policy.digest,
                answered_at=self.clock(),
            )
            event = closed_event(row.id, outcome.reason, view, question)
            settle(connection, self.log, row.id, TurnStatus.CLOSED, event, outcome)
        return True
