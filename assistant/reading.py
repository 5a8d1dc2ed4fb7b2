"""A conversation read back: its rows, joined with what the audit vault holds of each turn."""

import contextlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, cast

from sqlalchemy import Connection, Row

from assistant import statements
from assistant.challenges.shown import challenges_shown
from assistant.errors import ConversationUnknown, TurnUnknown
from assistant.escalations.shown import people_shown
from assistant.presentation import view_from_json
from assistant.storage import as_moment
from assistant.text import RawText, RedactedText
from assistant.views import ConversationView, TurnStatus, TurnView
from audit.errors import KeyErased, KeyUnknown, LogMismatch
from audit.keys import KeyStore
from audit.log import Log
from audit.receipts import write_receipt
from audit.vault import unseal


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads what citizens were shown, through the caller's connection, and changes nothing."""

    keys: KeyStore
    log: Log
    mask: Callable[[RawText], RedactedText]

    def conversation(self, connection: Connection, conversation_id: str) -> ConversationView:
        """Return the whole conversation, oldest turn first."""
        row = require_conversation(connection, conversation_id)
        rows = connection.execute(statements.SELECT_TURNS, {"conversation": conversation_id}).all()
        requested = row.person_requested_at
        people = people_shown(connection, self.log, conversation_id)
        challenged = challenges_shown(connection, self.log, conversation_id)
        return ConversationView(
            conversation_id,
            row.language,
            as_moment(row.started_at),
            tuple(
                replace(self.view(connection, turn), challenge=challenged.get(turn.id))
                for turn in rows
            ),
            as_moment(requested) if requested else None,
            bool(row.described),
            people.person,
            people.adviser,
            people.messages,
            people.case_number,
        )

    def turn(self, connection: Connection, conversation_id: str, turn_id: str) -> TurnView:
        """Return one turn; its `status` says whether it is answered yet."""
        require_conversation(connection, conversation_id)
        view = self.view(connection, require_turn(connection, conversation_id, turn_id))
        challenged = challenges_shown(connection, self.log, conversation_id)
        return replace(view, challenge=challenged.get(turn_id))

    def receipt(self, connection: Connection, conversation_id: str, turn_id: str) -> str:
        """Return the text of a receipt that proves what was said, to anyone, offline."""
        require_conversation(connection, conversation_id)
        row = require_turn(connection, conversation_id, turn_id)
        if row.record_id is None:
            raise TurnUnknown("This question has not been answered yet, so there is no receipt.")
        return write_receipt(self.log.receipt(connection, row.record_id, reveal=True))

    def view(self, connection: Connection, row: Row[Any]) -> TurnView:
        """Return a turn's row as its citizen sees it."""
        status = TurnStatus(row.status)
        if row.record_id is None or status is TurnStatus.SILENT:
            question = self.mask(self.question_of(connection, row))
            return TurnView(
                row.id,
                row.conversation_id,
                row.position,
                status,
                question,
                as_moment(row.asked_at),
                record=row.record_id or "",
            )
        personal = self.log.personal(connection, row.record_id)
        view = view_from_json(cast(Mapping[str, Any], personal["view"]))
        if view.id != row.id:
            raise LogMismatch(
                f"turn {row.id} points at another turn's record: run signpost-audit verify"
            )
        return replace(view, record=row.record_id, feedback=row.feedback or "", status=status)

    def question_of(self, connection: Connection, row: Row[Any]) -> RawText:
        """Return the question as it was typed."""
        if row.sealed_question is not None:
            key = self.keys.get(row.conversation_id)
            return RawText(unseal(key, row.id, row.sealed_question).decode())
        personal = self.log.personal(connection, row.record_id)
        given = cast(Mapping[str, Any], personal["input"])
        return RawText(given["question"])


@contextlib.contextmanager
def erased_is_unknown() -> Iterator[None]:
    """Say of a conversation whose key another process destroyed meanwhile that it is gone."""
    try:
        yield
    except (KeyErased, KeyUnknown) as error:
        raise ConversationUnknown("This conversation has been deleted.") from error


def require_conversation(
    connection: Connection, conversation_id: str, *, lock: bool = False
) -> Row[Any]:
    """Return a conversation's row, or raise ConversationUnknown when it is not there or erased."""
    query = statements.LOCK_CONVERSATION if lock else statements.SELECT_CONVERSATION
    row = connection.execute(query, {"conversation": conversation_id}).one_or_none()
    if row is None or row.erased_at is not None:
        raise ConversationUnknown("There is no such conversation, or it has been deleted.")
    return row


def require_turn(connection: Connection, conversation_id: str, turn_id: str) -> Row[Any]:
    """Return a turn's row, or raise TurnUnknown."""
    asked = {"conversation": conversation_id, "turn": turn_id}
    row = connection.execute(statements.SELECT_TURN, asked).one_or_none()
    if row is None:
        raise TurnUnknown("This conversation has no such question.")
    return row
