"""When somebody can be called back: slots within opening hours, and how many calls still fit."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from assistant.service_levels.calendars import MINUTE
from assistant.service_levels.queues import Queue


@dataclass(frozen=True, slots=True)
class Slot:
    """A time to be called in (UTC), and how many calls still fit in: at least one."""

    starts: datetime
    ends: datetime
    left: int


def slots(now: datetime, queue: Queue, booked: Mapping[datetime, int]) -> tuple[Slot, ...]:
    """Return the slots that can be chosen now, the soonest first; none where it takes no calls.

    Slots follow each other from each opening on, and end by closing time. `booked` counts calls by
    the start of their slot.
    """
    rules = queue.rules.call_back
    if rules is None:
        return ()
    length, earliest = rules.slot_minutes * MINUTE, now + rules.notice_minutes * MINUTE
    today = queue.calendar.local(now).date()
    found: list[Slot] = []
    for span in (
        span
        for ahead in range(rules.days + 1)
        for span in queue.calendar.spans(today + timedelta(days=ahead))
    ):
        starts = span.opens
        while starts + length <= span.closes:
            left = rules.calls - booked.get(starts, 0)
            if starts >= earliest and left > 0:
                found.append(Slot(starts.astimezone(UTC), starts.astimezone(UTC) + length, left))
            starts += length
    return tuple(found)
