"""How a citizen reaches people from a conversation: where it stands, call-backs, codes, news.

Asking for a person and stating needs are moves of the assistant (`assistant/service.py`); this is
what a citizen sees of it and does around it. In a trial nobody is in the contact centre: nothing
is offered that a person would have to do.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, func, select

from assistant.callbacks import CallBack, CallBackEnd, CallBacks
from assistant.errors import NobodyThere
from assistant.escalations.case import Case
from assistant.escalations.cases import Cases
from assistant.escalations.needs import NO_NEEDS, SupportNeeds
from assistant.escalations.news import News, newest_number, news_after
from assistant.escalations.rows import newest_case
from assistant.escalations.states import EscalationReason, Status
from assistant.escalations.tables import cases
from assistant.escalations.writing import needs_of
from assistant.policy import Policy
from assistant.private_codes import PrivateCode, PrivateCodes
from assistant.reading import erased_is_unknown, require_conversation
from assistant.service_levels.availability import Availability, OnDuty, availability
from assistant.service_levels.callback_slots import Slot
from assistant.service_levels.closures import read_queues
from assistant.service_levels.recent import asked_of
from assistant.text import RawText
from assistant.views import ConversationView, PersonState
from audit.database import Database

OnDutyFor = Callable[[Connection, str], Sequence[OnDuty]]
"""How many people are on duty for a queue, by its short name."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How a conversation stands between its citizen and people, right now.

    `found` is how the queue stands for this citizen, who waits or could ask; None where a person
    has the conversation or had it, and where nobody is to be asked at all. `closed`: the queue of
    the case is outside its opening hours.
    `reopen_until`: until then asking again brings an ended case back, None where it would be a new
    one; `expired`: it ended by itself. `digits` end the number of the call that is booked.
    """

    person: PersonState
    adviser: str = ""
    case_number: int = 0
    found: Availability | None = None
    closed: bool = False
    call_back: CallBack | None = None
    digits: str = ""
    reopen_until: datetime | None = None
    expired: bool = False
    needs_stated: bool = False


@dataclass(frozen=True, slots=True)
class Reaching:
    """What citizens of one home see of people, and do to reach them.

    `staffed` says whether the contact centre is in use, `on_duty` who is on duty for a queue.
    """

    database: Database
    policy: Policy
    clock: Callable[[], datetime]
    cases: Cases
    call_backs: CallBacks
    private_codes: PrivateCodes
    staffed: Callable[[Connection], bool]
    on_duty: OnDutyFor

    @property
    def zone(self) -> ZoneInfo:
        """The local time of the policy's opening hours."""
        return ZoneInfo(self.policy.service_levels.time_zone)

    def standing(self, conversation: ConversationView) -> Standing:
        """Return how the conversation stands; recorded nowhere, since it is its citizen's own.

        Raises ConversationUnknown.
        """
        with self.database.read() as connection:
            case = newest_case(connection, conversation.id)
            if case is None and not self.staffed(connection):
                return Standing(PersonState.NOBODY)
        if case is None:
            return Standing(PersonState.NOBODY, found=self._found(self._queue_of(conversation)))
        if case.status.ended:
            return self._ended(case)
        waits = case.status is Status.OPEN
        with erased_is_unknown():
            call, digits = self.call_backs.shown(conversation.id) or (None, "")
        return Standing(
            PersonState.WAITING if waits else PersonState.WITH_PERSON,
            adviser=case.holder_name,
            case_number=case.number,
            found=self._found(case.queue, conversation.id) if waits else None,
            closed=not self._is_open(case.queue),
            call_back=call,
            digits=digits,
            needs_stated=bool(case.needs_record),
        )

    def needs(self, conversation_id: str) -> SupportNeeds:
        """Return the support needs that its citizen stated, to show them what was kept."""
        with erased_is_unknown(), self.database.read() as connection:
            require_conversation(connection, conversation_id)
            case = newest_case(connection, conversation_id)
            if case is None or case.status.ended or not case.needs_record:
                return NO_NEEDS
            return needs_of(connection, self.cases.log, case)

    def require_case(self, conversation_id: str) -> Case:
        """Return the conversation's case that has not ended; raise NobodyThere where it has none.

        Raises ConversationUnknown.
        """
        with self.database.read() as connection:
            require_conversation(connection, conversation_id)
            case = newest_case(connection, conversation_id)
        if case is None or case.status.ended:
            raise NobodyThere("Ask for a person first: nobody has this conversation.")
        return case

    # -- call-backs ----------------------------------------------------------------------------

    def slots(self, conversation_id: str) -> tuple[Slot, ...]:
        """Return when this citizen can be rung, the soonest first; raises as `require_case`."""
        return self.call_backs.offered(self.require_case(conversation_id).queue)

    def book(self, conversation_id: str, starts: datetime, phone: RawText) -> CallBack:
        """Book the call; raises as `require_case` and `CallBacks.book`."""
        queue = self.require_case(conversation_id).queue
        return self.call_backs.book(conversation_id, queue, starts, phone)

    def cancel(self, conversation_id: str) -> None:
        """Cancel the booked call and delete its number; raises CallBackUnknown."""
        self.call_backs.end(conversation_id, CallBackEnd.CANCELLED, "citizen")

    # -- codes and news ------------------------------------------------------------------------

    def make_code(self, conversation_id: str) -> PrivateCode:
        """Return a new private code, this once; raises as `PrivateCodes.make`."""
        return self.private_codes.make(conversation_id)

    def news(self, conversation_id: str, after: int) -> tuple[int, tuple[News, ...]]:
        """Return the number to go on from, and what came after `after`.

        Raises ConversationUnknown, so that whoever waits learns of a deletion.
        """
        with self.database.read() as connection:
            require_conversation(connection, conversation_id)
            newest = newest_number(connection)
            if newest <= after:
                return after, ()
            found = news_after(connection, conversation_id, after)
        return max(newest, *(each.id for each in found)) if found else newest, found

    # -- how a queue stands --------------------------------------------------------------------

    def _queue_of(self, conversation: ConversationView) -> str:
        rules = self.policy.escalations
        return rules.queue_for(EscalationReason.ASKED_FOR_PERSON, conversation.language)

    def _is_open(self, name: str) -> bool:
        with self.database.read() as connection:
            queue = read_queues(connection, self.policy.service_levels)[name]
        return queue.calendar.is_open(self.clock())

    def _found(self, name: str, conversation_id: str = "") -> Availability:
        """Return how a queue stands for a case in it, or for somebody who would ask now."""
        now, levels = self.clock(), self.policy.service_levels
        place = self.cases.position_in_queue(conversation_id) if conversation_id else None
        free = bool(self.call_backs.offered(name))
        midnight = datetime.combine(now.astimezone(self.zone).date(), time(), self.zone)
        with self.database.read() as connection:
            return availability(
                now,
                read_queues(connection, levels)[name],
                self.on_duty(connection, name),
                place - 1 if place else _counted(connection, name, Status.OPEN),
                asked_of(connection, name, midnight),
                levels.expected_wait,
                call_backs=free,
            )

    def _ended(self, case: Case) -> Standing:
        days = timedelta(days=self.policy.escalations.reopen_days)
        until = case.ended_at + days if case.ended_at is not None else None
        return Standing(
            PersonState.ENDED,
            case_number=case.number,
            reopen_until=until if until and self.clock() <= until else None,
            expired=case.status is Status.EXPIRED,
        )


def _counted(connection: Connection, queue: str, status: Status) -> int:
    query = select(func.count()).where(cases.c.queue == queue, cases.c.status == status.value)
    return connection.execute(query).scalar_one()
