"""Whether somebody is there to talk to: what a citizen is told while waiting, or instead."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from assistant.errors import NeverOpen
from assistant.policy.levels import ExpectedWait
from assistant.service_levels.queues import Queue
from assistant.service_levels.waits import Asked, Wait, WaitUnknown, expected_wait


class Option(StrEnum):
    """What a citizen can do."""

    WAIT = "wait"
    LEAVE_MESSAGE = "leave_message"
    CALL_BACK = "call_back"
    COME_BACK = "come_back"


@dataclass(frozen=True, slots=True)
class OnDuty:
    """Somebody who is signed in and on duty for the queue, with so many cases of at most `most`."""

    cases: int
    most: int


@dataclass(frozen=True, slots=True)
class Staffed:
    """Somebody has room, or few wait. `place` 1 is the front of the queue."""

    place: int
    wait: Wait | WaitUnknown
    options: tuple[Option, ...]


@dataclass(frozen=True, slots=True)
class Busy:
    """People are on duty, but all have their hands full, or many wait."""

    place: int
    wait: Wait | WaitUnknown
    options: tuple[Option, ...]


@dataclass(frozen=True, slots=True)
class OutOfHours:
    """Closed. `opens` is the next opening (UTC), None where none is known within a year."""

    opens: datetime | None
    options: tuple[Option, ...]


@dataclass(frozen=True, slots=True)
class Unstaffed:
    """Open until `closes` (UTC; None around the clock), but nobody is on duty."""

    closes: datetime | None
    options: tuple[Option, ...]


Availability = Staffed | Busy | OutOfHours | Unstaffed


def availability(
    now: datetime,
    queue: Queue,
    on_duty: Sequence[OnDuty],
    waiting: int,
    recent: Iterable[Asked],
    rules: ExpectedWait,
    *,
    call_backs: bool = False,
) -> Availability:
    """Return how the queue stands for somebody with `waiting` people in front of them.

    `recent` are cases of the queue, as for `expected_wait`; `call_backs` says whether a slot is
    free (`slots`). Somebody who could take a case counts as on duty only inside opening hours.
    """
    away = (Option.LEAVE_MESSAGE, *((Option.CALL_BACK,) if call_backs else ()), Option.COME_BACK)
    if not queue.calendar.is_open(now):
        return OutOfHours(_next_opening(queue, now), away)
    if not on_duty:
        closes = None if queue.calendar.always else queue.calendar.closing(now)
        return Unstaffed(closes, away)
    wait = expected_wait(now, waiting, recent, rules, queue.calendar.zone)
    room = sum(max(0, person.most - person.cases) for person in on_duty)
    if waiting < queue.rules.busy_from and room > waiting:
        return Staffed(waiting + 1, wait, (Option.WAIT, *away))
    return Busy(waiting + 1, wait, (Option.WAIT, *away))


def _next_opening(queue: Queue, now: datetime) -> datetime | None:
    try:
        return queue.calendar.next_opening(now)
    except NeverOpen:
        return None
