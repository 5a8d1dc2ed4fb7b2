"""What a citizen does to a case: asks for a person, writes to one, states needs, deletes it all.

Each happens within the transaction of the conversation that it belongs to.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, insert

from assistant.errors import CaseMoveRefused
from assistant.escalations.case import Case
from assistant.escalations.case_file import CaseFile, Explained, Said
from assistant.escalations.changes import Due, earliest
from assistant.escalations.checks import checks_of
from assistant.escalations.messages import Label, MessageKind
from assistant.escalations.needs import SupportNeeds
from assistant.escalations.outbox import announce
from assistant.escalations.people import StaffMember
from assistant.escalations.rows import Mover, insert_move, newest_case, read_case
from assistant.escalations.states import (
    EscalationReason,
    MoveKind,
    after,
    escalation_reason,
)
from assistant.escalations.tables import cases
from assistant.escalations.workings import kept
from assistant.escalations.writing import insert_message, needs_of
from assistant.outcomes import Reason
from assistant.policy import Policy
from assistant.reading import Reader
from assistant.storage import as_text
from assistant.views import ConversationView, TurnView
from audit.canonical import Json
from audit.events import Event, Kind
from audit.keys import KeyStore
from audit.log import Log
from audit.records import Recorded


@dataclass(frozen=True, slots=True)
class Handover:
    """Opens cases and keeps them up with what citizens do. The conversation must be locked."""

    keys: KeyStore
    log: Log
    policy: Policy
    reader: Reader
    clock: Callable[[], datetime]
    new_id: Callable[[], str]
    due: Due

    def request(
        self,
        connection: Connection,
        conversation_id: str,
        needs: SupportNeeds,
        reason: EscalationReason | None = None,
    ) -> Case:
        """Return the conversation's case: the one not ended, one brought back, or a new one.

        `reason` is derived from the conversation unless given; a challenge brings
        no case back. Asking again changes nothing but the support needs, where some are stated.
        """
        case = newest_case(connection, conversation_id)
        anew = reason is EscalationReason.CHALLENGE  # for people who did not close the last one
        if case is None or (case.status.ended and (anew or not self._may_reopen(case))):
            case = self._open(connection, conversation_id, needs, reason)
        elif case.status.ended:
            case = self.reopen(connection, case, None, {}, reason)
        return self.state_needs(connection, case, needs) if needs else case

    def reopen(
        self,
        connection: Connection,
        case: Case,
        by: StaffMember | None,
        said: Mapping[str, Json],
        reason: EscalationReason | None = None,
    ) -> Case:
        """Bring an ended case back, with a fresh case file: the conversation may have gone on."""
        if newest_case(connection, case.conversation_id) != case:
            raise CaseMoveRefused(f"After case {case.number} its citizen began a new one.")
        needs = needs_of(connection, self.log, case)
        file = self._file(connection, case.conversation_id, needs, reason)
        personal = {"case_file": file.as_json(), **said}
        return self._mover.move(connection, case, MoveKind.REOPENED, by, personal=personal)[0]

    def state_needs(self, connection: Connection, case: Case, needs: SupportNeeds) -> Case:
        """Record the citizen's support needs in place of earlier ones; none are none any more."""
        kinds = list(needs.as_json())
        case, _ = self._mover.move(
            connection,
            case,
            MoveKind.NEEDS_STATED,
            facts={"needs": len(kinds)},
            personal={"needs": needs.as_json()},
        )
        return case

    def deliver(
        self, connection: Connection, conversation_id: str, turn_id: str, recorded: Recorded
    ) -> None:
        """Bring what the citizen wrote to the person who has the conversation.

        `recorded` is the record of the turn, on which the assistant was silent.
        """
        case = newest_case(connection, conversation_id)
        if case is None or case.status.ended:
            return
        insert_message(
            connection,
            case,
            message_id=self.new_id(),
            kind=MessageKind.CITIZEN,
            label=Label.CITIZEN,
            by=None,
            mark=f"turn {turn_id}",
            recorded=recorded,
            turn=turn_id,
        )
        announce(connection, recorded, MessageKind.CITIZEN, case.id, conversation_id)
        self._mover.move(connection, case, MoveKind.CITIZEN_WROTE, facts={"turn": turn_id})

    @property
    def _mover(self) -> Mover:
        return Mover(self.log, self.due)

    def _may_reopen(self, case: Case) -> bool:
        days = timedelta(days=self.policy.escalations.reopen_days)
        return case.ended_at is not None and self.clock() <= case.ended_at + days

    def _open(
        self,
        connection: Connection,
        conversation_id: str,
        needs: SupportNeeds,
        given: EscalationReason | None,
    ) -> Case:
        file = self._file(connection, conversation_id, needs, given)
        rules = self.policy.escalations
        rule, queue = rules.reason[file.reason], rules.queue_for(file.reason, file.language)
        case_id, status = self.new_id(), after(None, MoveKind.OPENED)
        facts: dict[str, Json] = {
            "case": case_id,
            "move": MoveKind.OPENED.value,
            "version": 1,
            "by": "",
            "status": status.value,
            "queue": queue,
            "reason": file.reason.value,
            "priority": rule.priority.value,
            "language": file.language,
        }
        event = Event(Kind.CASE_OPENED, facts, conversation_id, {"case_file": file.as_json()})
        (recorded,) = self.log.append(connection, [event])
        at = as_text(recorded.at)
        connection.execute(
            insert(cases),
            {
                "id": case_id,
                "number": recorded.index,
                "conversation_id": conversation_id,
                "version": 1,
                "status": status.value,
                "reason": file.reason.value,
                "queue": queue,
                "priority": rule.priority.value,
                "urgency": rule.priority.rank,
                "language": file.language,
                "guarded": rules.queue[queue].guarded,
                "opened_at": at,
                "waiting_since": at,
                "due_at": as_text(self.due(rule.priority, queue, recorded.at)),
                "file_record": recorded.record_id,
            },
        )
        insert_move(connection, case_id, 1, MoveKind.OPENED, status, queue, None, recorded)
        announce(connection, recorded, MoveKind.OPENED, case_id, conversation_id)
        return read_case(connection, case_id)

    # -- the case file -------------------------------------------------------------------------

    def _file(
        self,
        connection: Connection,
        conversation_id: str,
        needs: SupportNeeds,
        given: EscalationReason | None,
    ) -> CaseFile:
        view = self.reader.conversation(connection, conversation_id)
        newest_first = view.turns[::-1]
        reason = given or escalation_reason(
            (Reason(turn.reason) for turn in newest_first if turn.reason),
            maybe=any(turn.help_note is not None for turn in view.turns),
        )
        latest = newest_first[: self.policy.escalations.turns_explained]
        return CaseFile(
            conversation=conversation_id,
            opened_at=as_text(self.clock()),
            reason=reason,
            language=newest_first[0].language if newest_first else view.language,
            transcript=tuple(_said(turn) for turn in view.turns),
            explained=tuple(self._explained(connection, turn) for turn in latest if turn.record),
            masked=tuple(dict.fromkeys(kind for turn in view.turns for kind in turn.masked)),
            still_to_ask=self._still_to_ask(reason, view),
            needs=needs,
        )

    def _explained(self, connection: Connection, turn: TurnView) -> Explained:
        facts = self.log.record(connection, turn.record).facts
        workings = kept(connection, self.keys.get(turn.conversation_id), turn.id)
        best = max((passage.score for passage in workings.passages), default=None)
        trace = facts.get("trace", ())
        checks = checks_of(trace, turn.outcome, turn.reason, best)  # type: ignore[arg-type]
        return Explained(turn.id, checks, workings)

    def _still_to_ask(self, reason: EscalationReason, view: ConversationView) -> tuple[str, ...]:
        newest = next((turn for turn in reversed(view.turns) if turn.choices), None)
        unanswered = newest is not None and newest is view.turns[-1]
        which = (f"Which is meant: {' / '.join(newest.choices)}",) if newest and unanswered else ()
        return (*which, *self.policy.escalations.reason[reason].ask)


def erase_case(connection: Connection, log: Log, conversation_id: str) -> None:
    """End the conversation's case because the citizen deletes it. Texts go with the key."""
    case = newest_case(connection, conversation_id)
    if case is not None:
        gone = {"holder_id": None, "holder_name": None, "proposed_by": None}
        Mover(log, earliest).move(connection, case, MoveKind.ERASED, also=gone)


def _said(turn: TurnView) -> Said:
    return Said(
        turn=turn.id,
        at=as_text(turn.asked_at),
        question=turn.question,
        message=turn.message,
        answer=turn.answer,
        outcome=turn.outcome or turn.status.value,
        reason=turn.reason,
        masked=turn.masked,
        record=turn.record,
    )
