"""The contact centre's moves with cases. Each is one transaction: row, audit event, outbox.

Every move takes the `version` of the case that its maker looked at. When another move came first,
CaseMoved says who did what and when, and nothing is done: of two who act at once one wins.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, select

from assistant.errors import CaseMoveRefused, TwoPeopleNeeded
from assistant.escalations.case import Case, CaseMove, Close, QueueFilter
from assistant.escalations.changes import Due
from assistant.escalations.handover import Handover
from assistant.escalations.looking import CaseView, Looking
from assistant.escalations.messages import CaseMessage, MessageKind
from assistant.escalations.people import StaffMember
from assistant.escalations.replies import Replies
from assistant.escalations.rows import (
    Mover,
    erased_is_no_case,
    lock_case,
    require_holder,
    require_version,
)
from assistant.escalations.states import MoveKind, Status
from assistant.escalations.tables import cases
from assistant.escalations.writing import (
    LONGEST_WHY,
    checked,
)
from assistant.policy import Policy
from assistant.reading import Reader
from assistant.storage import as_text
from assistant.text import RawText, RedactedText
from audit.canonical import Json
from audit.database import Database
from audit.keys import KeyStore
from audit.log import Log


@dataclass(frozen=True, slots=True)
class Cases:
    """The cases of one home. `due` says when somebody who waits should have heard from a person.

    Texts raise MessageInvalid when they are empty or too long; unknown cases raise CaseUnknown.
    """

    database: Database
    keys: KeyStore
    log: Log
    policy: Policy
    mask: Callable[[RawText], RedactedText]
    clock: Callable[[], datetime]
    new_id: Callable[[], str]
    due: Due

    # -- looking -------------------------------------------------------------------------------

    def queue(self, wanted: QueueFilter | None = None) -> tuple[Case, ...]:
        """Return cases by urgency, then due time, then how long their citizen waits."""
        return self._looking.queue(wanted or QueueFilter())

    def case(self, case_id: str) -> Case:
        """Return where a case stands: nothing of its text, so nobody's look is recorded."""
        return self._looking.case(case_id)

    def history(self, case_id: str) -> tuple[CaseMove, ...]:
        """Return the moves made with a case, oldest first, without what was said of them."""
        return self._looking.history(case_id)

    def position_in_queue(self, conversation_id: str) -> int | None:
        """Return the place (from 1) of a citizen's case among the open ones of its queue."""
        return self._looking.position_in_queue(conversation_id)

    def read(self, case_id: str, by: StaffMember) -> CaseView:
        """Return the whole case with its file. That `by` opened it is recorded first."""
        with erased_is_no_case():
            return self._looking.read(case_id, by)

    def reveal(self, case_id: str, turn_id: str, by: StaffMember, reason: str) -> RawText:
        """Return a citizen's message as it was typed. Who, and why, is recorded first.

        Only for whoever has the case, and supervisors.
        """
        with erased_is_no_case():
            return self._looking.reveal(case_id, turn_id, by, reason)

    # -- who has it ----------------------------------------------------------------------------

    def claim(self, case_id: str, version: int, by: StaffMember) -> Case:
        """Take an open case. From then on the assistant is silent in its conversation."""
        with self._looked_at(case_id, version) as (connection, case):
            return self._mover.move(connection, case, MoveKind.CLAIMED, by)[0]

    def release(self, case_id: str, version: int, by: StaffMember, why: str) -> Case:
        """Put a case back into its queue; its clock runs on, and the assistant may answer."""
        with self._held(case_id, version, by) as (connection, case):
            said = _why(why)
            return self._mover.move(connection, case, MoveKind.RELEASED, by, personal=said)[0]

    def transfer(self, case_id: str, version: int, by: StaffMember, queue: str, why: str) -> Case:
        """Pass a case on to another queue, where it is open; its clock runs on.

        Anybody may pass on a case that nobody has.
        """
        known = self.policy.escalations.queue
        if queue not in known:
            raise CaseMoveRefused(f'There is no queue "{queue}". Queues: {", ".join(known)}.')
        with self._looked_at(case_id, version) as (connection, case):
            if case.status.held:
                require_holder(case, by)
            if queue == case.queue:
                raise CaseMoveRefused(f"Case {case.number} is in that queue already.")
            return self._mover.move(
                connection,
                case,
                MoveKind.TRANSFERRED,
                by,
                queue=queue,
                facts={"from": case.queue},
                personal=_why(why),
                also={"guarded": case.guarded or known[queue].guarded},
            )[0]

    def hand_over(
        self, case_id: str, version: int, by: StaffMember, to: StaffMember, why: str
    ) -> Case:
        """Give a case to a colleague. A supervisor may also give out one that nobody has."""
        with self._looked_at(case_id, version) as (connection, case):
            require_holder(case, by)
            if case.holder_id == to.id:
                raise CaseMoveRefused(f"{to.first_name} has case {case.number} already.")
            return self._mover.move(
                connection,
                case,
                MoveKind.HANDED_OVER,
                by,
                to=to,
                facts={"to": to.id},
                personal=_why(why),
            )[0]

    # -- writing -------------------------------------------------------------------------------

    def reply(
        self,
        case_id: str,
        version: int,
        by: StaffMember,
        text: str,
        key: str,
        *,
        draft: str = "",
        more_to_come: bool = False,
    ) -> CaseMessage:
        """Send the citizen a message; recorded before it is shown. The same key sends it once.

        `draft` is what the assistant had drafted, where the message began with one: how much was
        changed is recorded. `more_to_come`: the citizen need not answer, a person will write again.
        Raises NeedsNotAcknowledged while the holder has not acknowledged the support needs, and
        KeyReused when the key came with another text.
        """
        move = MoveKind.PROMISED if more_to_come else MoveKind.REPLIED
        with erased_is_no_case():
            return self._replies.reply(case_id, version, by, text, key, draft, move)

    def note(
        self, case_id: str, by: StaffMember, text: str, key: str, *, consult: bool = False
    ) -> CaseMessage:
        """Write a note that the citizen never sees; `consult`: between colleagues, for advice.

        It needs no version and resets no clock. Anybody on the staff may write one, also after
        the case ended.
        """
        kind = MessageKind.CONSULT if consult else MessageKind.NOTE
        with erased_is_no_case():
            return self._replies.note(case_id, by, text, key, kind)

    def acknowledge_needs(self, case_id: str, version: int, by: StaffMember) -> Case:
        """Say that `by`, who has the case, has read the citizen's support needs."""
        with self._looked_at(case_id, version) as (connection, case):
            if case.holder_id != by.id:
                require_holder(case, StaffMember(by.id, by.first_name))
            if not case.needs_record:
                raise CaseMoveRefused(f"No support needs were stated in case {case.number}.")
            return self._mover.move(
                connection,
                case,
                MoveKind.NEEDS_ACKNOWLEDGED,
                by,
                facts={"needs": case.needs_record},
                also={"acknowledged_record": case.needs_record, "acknowledged_by": by.id},
            )[0]

    # -- closing -------------------------------------------------------------------------------

    def resolve(self, case_id: str, version: int, by: StaffMember, close: Close) -> Case:
        """Close a case; the assistant may answer again. A guarded one needs an earlier proposal
        by somebody else, else TwoPeopleNeeded is raised."""
        with self._looked_at(case_id, version) as (connection, case):
            if not case.guarded:
                require_holder(case, by)
            elif not case.proposed_by or case.proposed_by == by.id:
                raise TwoPeopleNeeded(
                    f"It takes two people to close case {case.number}: whoever has it proposes "
                    "to close it, then somebody else confirms."
                )
            return self._close(connection, case, MoveKind.RESOLVED, by, close)

    def propose_close(self, case_id: str, version: int, by: StaffMember, close: Close) -> Case:
        """Propose, as the first of two people, to close a case. What happens after voids it."""
        with self._held(case_id, version, by) as (connection, case):
            return self._close(connection, case, MoveKind.CLOSE_PROPOSED, by, close)

    def decline_close(self, case_id: str, version: int, by: StaffMember, why: str) -> Case:
        """Decline a proposal to close a case, or take one's own back."""
        with self._looked_at(case_id, version) as (connection, case):
            if not case.proposed_by:
                raise CaseMoveRefused(f"Nobody proposed to close case {case.number}.")
            said = _why(why)
            move = MoveKind.CLOSE_DECLINED
            return self._mover.move(connection, case, move, by, personal=said)[0]

    def reopen(self, case_id: str, version: int, by: StaffMember, why: str) -> Case:
        """Bring an ended case back into its queue. Refused where the citizen began a new one."""
        with self._looked_at(case_id, version) as (connection, case):
            return self.handover.reopen(connection, case, by, _why(why))

    def expire_overdue(self) -> int:
        """End cases whose citizen has not answered a person for as long as policy says.

        Returns how many. Never one that waits for a person, nor one that two people must close.
        """
        limit = self.clock() - timedelta(days=self.policy.escalations.expire_days)
        query = select(cases.c.id).where(
            cases.c.status == Status.WAITING_FOR_CITIZEN.value,
            cases.c.waiting_for_citizen_since < as_text(limit),
            cases.c.guarded.is_(False),
        )
        with self.database.read() as connection:
            overdue = tuple(connection.execute(query).scalars())
        return sum(self._expire(case_id, limit) for case_id in overdue)

    # -- within one transaction ----------------------------------------------------------------

    @property
    def handover(self) -> Handover:
        """What citizens do to cases, within the caller's transaction."""
        return Handover(
            self.keys, self.log, self.policy, self._reader, self.clock, self.new_id, self.due
        )

    @contextmanager
    def _looked_at(self, case_id: str, version: int) -> Iterator[tuple[Connection, Case]]:
        """Yield the case, locked, as long as it is still as its maker of a move saw it."""
        with erased_is_no_case(), self.database.write() as connection:
            case = lock_case(connection, case_id)
            require_version(connection, case, version)
            yield connection, case

    @contextmanager
    def _held(
        self, case_id: str, version: int, by: StaffMember
    ) -> Iterator[tuple[Connection, Case]]:
        with self._looked_at(case_id, version) as (connection, case):
            require_holder(case, by)
            yield connection, case

    def _close(
        self, connection: Connection, case: Case, move: MoveKind, by: StaffMember, close: Close
    ) -> Case:
        facts = {
            "reason": close.reason.value,
            "should_have_answered": close.should_have_answered.value,
        }
        personal = _why(close.note) if close.note.strip() else {}
        return self._mover.move(connection, case, move, by, facts=facts, personal=personal)[0]

    def _expire(self, case_id: str, limit: datetime) -> bool:
        with erased_is_no_case(), self.database.write() as connection:
            case = lock_case(connection, case_id)
            since = case.waiting_for_citizen_since
            if case.status is not Status.WAITING_FOR_CITIZEN or not since or since >= limit:
                return False
            self._mover.move(connection, case, MoveKind.EXPIRED)
        return True

    @property
    def _mover(self) -> Mover:
        return Mover(self.log, self.due)

    @property
    def _reader(self) -> Reader:
        return Reader(self.keys, self.log, self.mask)

    @property
    def _replies(self) -> Replies:
        most = self.policy.escalations.message_characters
        return Replies(self.database, self.keys, self._reader, self._mover, self.new_id, most)

    @property
    def _looking(self) -> Looking:
        return Looking(self.database, self._reader)


def _why(text: str) -> Mapping[str, Json]:
    return {"why": checked(text, LONGEST_WHY, "reason")}
