"""Call-backs: a citizen chooses a slot, and its place is theirs until the call has been made.

The number is sealed under the conversation's key, deleted when the call has been made or cancelled,
and gone with the conversation. No slot can be overbooked: bookings follow each other under the
log's lock, and the database takes each place of a slot once.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from phonenumbers import (
    NumberParseException,
    PhoneNumberFormat,
    PhoneNumberType,
    ValidationResult,
    format_number,
    is_possible_number_with_reason,
    number_type,
    parse,
)
from sqlalchemy import Connection, Row, delete, func, insert, select, update

from assistant.errors import CallBackUnknown, PhoneRefused, SlotTaken
from assistant.policy.levels import ServiceLevels
from assistant.reading import require_conversation
from assistant.service_levels.callback_slots import Slot, slots
from assistant.service_levels.closures import read_queues
from assistant.service_levels.queues import Queue
from assistant.storage import as_moment, as_text, callbacks
from assistant.text import RawText
from audit.database import Database
from audit.events import Event, Kind
from audit.keys import KeyStore
from audit.log import Log
from audit.vault import seal, unseal

_COSTLY = {PhoneNumberType.PREMIUM_RATE, PhoneNumberType.PERSONAL_NUMBER}


class CallBackEnd(StrEnum):
    """How a call-back ended."""

    CALLED = "called"
    NO_ANSWER = "no_answer"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class CallBack:
    """A call still to be made. Its number is read with `CallBacks.phone`."""

    id: str
    conversation_id: str
    queue: str
    starts: datetime
    ends: datetime


@dataclass(frozen=True, slots=True)
class CallBacks:
    """Call-backs of one home."""

    database: Database
    keys: KeyStore
    log: Log
    levels: ServiceLevels
    clock: Callable[[], datetime]
    new_id: Callable[[], str] = field(repr=False)

    def offered(self, queue: str) -> tuple[Slot, ...]:
        """Return the slots of a queue that can be chosen now, the soonest first."""
        with self.database.read() as connection:
            return self._offered(connection, queue)

    def book(self, conversation_id: str, queue: str, starts: datetime, phone: RawText) -> CallBack:
        """Take a place in the slot that starts then.

        Raises PhoneRefused, SlotTaken when the slot is full or not offered (any more),
        CallBackUnknown when the conversation has a call booked already, and ConversationUnknown.
        """
        number, now = dialled(phone), self.clock()
        with self.database.write() as connection:
            require_conversation(connection, conversation_id, lock=True)
            self.log.lock(connection)
            if self._booked(connection, conversation_id) is not None:
                raise CallBackUnknown("You have a call booked. Cancel it first to choose another.")
            slot = self._slot(connection, queue, starts)
            call_id = self.new_id()
            facts = {"call": call_id, "queue": queue, "starts": as_text(slot.starts)}
            (recorded,) = self.log.append(
                connection, [Event(Kind.CALL_BACK_BOOKED, facts, conversation_id)]
            )
            row = {
                "id": call_id,
                "conversation_id": conversation_id,
                "queue": queue,
                "starts_at": as_text(slot.starts),
                "ends_at": as_text(slot.ends),
                "place": _free_place(connection, queue, slot.starts),
                "sealed_phone": seal(self.keys.get(conversation_id), call_id, number.encode()),
                "booked_at": as_text(now),
                "record_id": recorded.record_id,
            }
            connection.execute(insert(callbacks), row)
        return CallBack(call_id, conversation_id, queue, slot.starts, slot.ends)

    def change(
        self, conversation_id: str, starts: datetime, phone: RawText | None = None
    ) -> CallBack:
        """Move the booked call to the slot that starts then, or keep its slot; no place is lost.

        Without `phone` the number stays. Raises PhoneRefused, SlotTaken, CallBackUnknown where no
        call is booked, and ConversationUnknown; each leaves the call as it was.
        """
        number = dialled(phone) if phone is not None else ""
        with self.database.write() as connection:
            require_conversation(connection, conversation_id, lock=True)
            self.log.lock(connection)
            row = self._require(connection, conversation_id)
            new: dict[str, Any] = {}
            if starts != as_moment(row.starts_at):
                slot = self._slot(connection, row.queue, starts)
                new["starts_at"], new["ends_at"] = as_text(slot.starts), as_text(slot.ends)
                new["place"] = _free_place(connection, row.queue, slot.starts)
            facts = {
                "call": row.id,
                "queue": row.queue,
                "starts": new.get("starts_at", row.starts_at),
                "instead_of": row.starts_at,
            }
            (recorded,) = self.log.append(
                connection, [Event(Kind.CALL_BACK_BOOKED, facts, conversation_id)]
            )
            new["record_id"] = recorded.record_id
            if number:
                key = self.keys.get(conversation_id)
                new["sealed_phone"] = seal(key, row.id, number.encode())
            connection.execute(update(callbacks).where(callbacks.c.id == row.id).values(**new))
            return _call_back(self._require(connection, conversation_id))

    def shown(self, conversation_id: str) -> tuple[CallBack, str] | None:
        """Return the booked call and the last three digits of its number, or None.

        That is enough for its citizen to know the number again. Raises ConversationUnknown.
        """
        with self.database.read() as connection:
            require_conversation(connection, conversation_id)
            row = self._booked(connection, conversation_id)
            if row is None:
                return None
            number = unseal(self.keys.get(conversation_id), row.id, row.sealed_phone).decode()
        return _call_back(row), number[-3:]

    def of(self, conversation_id: str) -> CallBack | None:
        """Return the call that the conversation has booked, if any."""
        with self.database.read() as connection:
            row = self._booked(connection, conversation_id)
        return None if row is None else _call_back(row)

    def to_make(self, queue: str = "") -> tuple[CallBack, ...]:
        """Return the calls still to be made, the soonest first; of all queues where none given."""
        wanted = select(callbacks).order_by(callbacks.c.starts_at, callbacks.c.place)
        if queue:
            wanted = wanted.where(callbacks.c.queue == queue)
        with self.database.read() as connection:
            return tuple(_call_back(row) for row in connection.execute(wanted).all())

    def phone(self, conversation_id: str, viewer: str) -> str:
        """Return the number to call, in international form; that it was read is recorded.

        `viewer` is the identifier of the member of staff. Raises CallBackUnknown.
        """
        with self.database.write() as connection:
            row = self._require(connection, conversation_id)
            facts = {"viewer": viewer, "what": "phone", "call": row.id}
            self.log.append(connection, [Event(Kind.RECORD_VIEWED, facts, conversation_id)])
            return unseal(self.keys.get(conversation_id), row.id, row.sealed_phone).decode()

    def end(self, conversation_id: str, how: CallBackEnd, by: str) -> None:
        """Record how the call ended and delete it with its number; frees its place.

        `by` is the identifier of a member of staff, or "citizen". Raises CallBackUnknown.
        """
        with self.database.write() as connection:
            require_conversation(connection, conversation_id, lock=True)
            row = self._require(connection, conversation_id)
            facts = {"call": row.id, "how": how.value, "by": by}
            self.log.append(connection, [Event(Kind.CALL_BACK_ENDED, facts, conversation_id)])
            forget_call_back(connection, conversation_id)

    def _offered(self, connection: Connection, name: str) -> tuple[Slot, ...]:
        queue: Queue | None = read_queues(connection, self.levels).get(name)
        if queue is None:
            raise SlotTaken(f'There is no queue "{name}" to be called back by.')
        counted = connection.execute(
            select(callbacks.c.starts_at, func.count())
            .where(callbacks.c.queue == name)
            .group_by(callbacks.c.starts_at)
        ).all()
        return slots(self.clock(), queue, {as_moment(starts): calls for starts, calls in counted})

    def _slot(self, connection: Connection, queue: str, starts: datetime) -> Slot:
        slot = next((s for s in self._offered(connection, queue) if s.starts == starts), None)
        if slot is None:
            raise SlotTaken("That time can no longer be chosen. Choose another.")
        return slot

    def _booked(self, connection: Connection, conversation_id: str) -> Row[Any] | None:
        return connection.execute(
            select(callbacks).where(callbacks.c.conversation_id == conversation_id)
        ).one_or_none()

    def _require(self, connection: Connection, conversation_id: str) -> Row[Any]:
        row = self._booked(connection, conversation_id)
        if row is None:
            raise CallBackUnknown("No call is booked for this conversation.")
        return row


def dialled(phone: RawText) -> str:
    """Return a typed number in international form (E.164), UK numbers by default.

    A number of the right length will do: new ranges come faster than lists of them. Raises
    PhoneRefused, fit to show, where it is no number, or one that costs extra to call.
    """
    try:
        number = parse(phone, "GB")
    except NumberParseException:
        number = None
    possible = number is not None and (
        is_possible_number_with_reason(number) == ValidationResult.IS_POSSIBLE
    )
    if number is None or not possible:
        raise PhoneRefused("Enter a phone number, like 01632 960 001 or 07700 900 982.")
    if number_type(number) in _COSTLY:
        raise PhoneRefused("We cannot ring that kind of number. Enter another phone number.")
    return format_number(number, PhoneNumberFormat.E164)


def booked_on(connection: Connection, queue: str, start: datetime, end: datetime) -> int:
    """Return how many calls of a queue are booked that overlap the time from start to end."""
    return connection.execute(
        select(func.count())
        .select_from(callbacks)
        .where(
            callbacks.c.queue == queue,
            callbacks.c.starts_at < as_text(end),
            callbacks.c.ends_at > as_text(start),
        )
    ).scalar_one()


def forget_call_back(connection: Connection, conversation_id: str) -> None:
    """Delete the conversation's call-back, if it has one, in the caller's transaction."""
    connection.execute(delete(callbacks).where(callbacks.c.conversation_id == conversation_id))


def _free_place(connection: Connection, queue: str, starts: datetime) -> int:
    taken = set(
        connection.execute(
            select(callbacks.c.place).where(
                callbacks.c.queue == queue, callbacks.c.starts_at == as_text(starts)
            )
        ).scalars()
    )
    return next(place for place in range(len(taken) + 1) if place not in taken)


def _call_back(row: Row[Any]) -> CallBack:
    starts, ends = as_moment(row.starts_at), as_moment(row.ends_at)
    return CallBack(row.id, row.conversation_id, row.queue, starts, ends)
