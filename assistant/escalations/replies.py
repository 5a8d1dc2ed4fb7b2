"""Writing in a case: replies to the citizen, and notes among staff. Each key writes once."""

from collections.abc import Callable
from dataclasses import dataclass

from rapidfuzz.distance import Levenshtein
from sqlalchemy import Connection

from assistant.errors import KeyReused, NeedsNotAcknowledged
from assistant.escalations.case import Case
from assistant.escalations.messages import CaseMessage, Label, MessageKind
from assistant.escalations.outbox import announce
from assistant.escalations.people import StaffMember
from assistant.escalations.rows import Mover, lock_case, require_holder, require_version
from assistant.escalations.states import MoveKind
from assistant.escalations.writing import checked, insert_message, message_by_key, message_of
from assistant.reading import Reader
from audit.canonical import Json
from audit.database import Database
from audit.events import Event, Kind
from audit.keys import KeyStore
from audit.vault import record_salt


@dataclass(frozen=True, slots=True)
class Replies:
    """Writes messages of staff, sealed, each with its record. `longest` is in characters."""

    database: Database
    keys: KeyStore
    reader: Reader
    mover: Mover
    new_id: Callable[[], str]
    longest: int

    def reply(
        self,
        case_id: str,
        version: int,
        by: StaffMember,
        text: str,
        key: str,
        draft: str,
        move: MoveKind,
    ) -> CaseMessage:
        """See `Cases.reply`."""
        said = checked(text, self.longest)
        drafted = draft.strip()
        changed = Levenshtein.distance(drafted, said) if drafted else None
        label = Label.ADVISER_FROM_DRAFT if drafted else Label.ADVISER
        with self.database.write() as connection:
            case = lock_case(connection, case_id)
            mark = self._mark(case, by, key)
            earlier = self._earlier(connection, case, mark, MessageKind.REPLY, said)
            if earlier is not None:
                return earlier
            require_version(connection, case, version)
            require_holder(case, by)
            if case.needs_record and not case.needs_acknowledged:
                raise NeedsNotAcknowledged(
                    f"The citizen of case {case.number} stated support needs. "
                    "Acknowledge them first, then reply."
                )
            facts: dict[str, Json] = {"label": label.value, "characters": len(said)}
            if changed is not None:
                facts["edit_distance"] = changed
            personal = {"text": said, "draft": drafted, "first_name": by.first_name}
            after, recorded = self.mover.move(
                connection,
                case,
                move,
                by,
                facts=facts,
                personal=personal,
                announced=False,
            )
            message_id = self.new_id()
            insert_message(
                connection,
                after,
                message_id=message_id,
                kind=MessageKind.REPLY,
                label=label,
                by=by,
                mark=mark,
                recorded=recorded,
                edit_distance=changed,
            )
            announce(connection, recorded, MessageKind.REPLY, case.id, case.conversation_id)
            return self._message(connection, case, mark)

    def note(
        self, case_id: str, by: StaffMember, text: str, key: str, kind: MessageKind
    ) -> CaseMessage:
        """See `Cases.note`."""
        said = checked(text, self.longest, "note")
        with self.database.write() as connection:
            case = lock_case(connection, case_id)
            mark = self._mark(case, by, key)
            earlier = self._earlier(connection, case, mark, kind, said)
            if earlier is not None:
                return earlier
            facts = {"case": case.id, "by": by.id, "note": kind.value, "characters": len(said)}
            personal = {"text": said, "first_name": by.first_name}
            event = Event(Kind.CASE_NOTED, facts, case.conversation_id, personal)
            (recorded,) = self.reader.log.append(connection, [event])
            insert_message(
                connection,
                case,
                message_id=self.new_id(),
                kind=kind,
                label=Label.ADVISER,
                by=by,
                mark=mark,
                recorded=recorded,
            )
            announce(connection, recorded, kind, case.id, case.conversation_id)
            return self._message(connection, case, mark)

    def _mark(self, case: Case, by: StaffMember, key: str) -> str:
        secret = self.keys.get(case.conversation_id)
        return record_salt(secret, f"message key {by.id} {key}").hex()

    def _earlier(
        self, connection: Connection, case: Case, mark: str, kind: MessageKind, text: str
    ) -> CaseMessage | None:
        if message_by_key(connection, case.id, mark) is None:
            return None
        earlier = self._message(connection, case, mark)
        if (earlier.kind, earlier.text) != (kind, text):
            raise KeyReused("That key came with another message: use a new key for each message.")
        return earlier

    def _message(self, connection: Connection, case: Case, mark: str) -> CaseMessage:
        row = message_by_key(connection, case.id, mark)
        assert row is not None
        return message_of(connection, self.reader, row)
