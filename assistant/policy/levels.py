"""Opening hours, targets and call-backs as the policy gives them, checked."""

import re
from collections.abc import Iterator
from enum import StrEnum
from math import ceil
from typing import Annotated, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, Field

from assistant.escalations.states import Priority
from assistant.policy.model import Strict, Text

ALWAYS = "always"
"""The opening hours that need no section: around the clock."""

SAFEGUARDING = "safeguarding"
"""The queue that must be there and never closes."""

DAY = 24 * 60
"""Minutes by the clock of a day without a change of clocks."""

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

_INTERVAL = re.compile(r"(\d{1,2}):(\d{2})-(\d{1,2}):(\d{2})")
_TIME = re.compile(r"(\d{1,2}):(\d{2})")


class Promise(StrEnum):
    """What a target is about."""

    FIRST_REPLY = "first_reply"
    NEXT_REPLY = "next_reply"
    RESOLUTION = "resolution"


def minute_of(text: str) -> int:
    """Return "9:30" as minutes since midnight, 24:00 included; raise ValueError otherwise."""
    found = _TIME.fullmatch(text.strip())
    minute = int(found[1]) * 60 + int(found[2]) if found and int(found[2]) < 60 else DAY + 1
    if minute > DAY:
        raise ValueError(f'"{text}" is no time of day: write hours and minutes, as in 9:30')
    return minute


def interval_of(text: str) -> tuple[int, int]:
    """Return "9:00-17:00" as minutes since midnight; raise ValueError otherwise."""
    if not _INTERVAL.fullmatch(text.strip()):
        raise ValueError(f'"{text}" is no interval: write it as "9:00-17:00"')
    first, second = text.split("-")
    opens, closes = minute_of(first), minute_of(second)
    if opens >= closes:
        raise ValueError(
            f'"{text}" ends before it begins: past midnight, write "{first}-24:00" '
            "here and the rest on the day after"
        )
    return opens, closes


def _apart(texts: tuple[str, ...]) -> tuple[str, ...]:
    intervals = [interval_of(text) for text in texts]
    for (_, closes), (opens, _), text in zip(intervals, intervals[1:], texts[1:], strict=False):
        if opens < closes:
            raise ValueError(
                f'"{text}" begins before the interval in front of it ends: write them in order, '
                "none over another"
            )
    return texts


def _known_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(f'"{name}" is no time zone: write one as "Europe/London"') from None
    return name


Intervals = Annotated[tuple[str, ...], AfterValidator(_apart)]
Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,31}$")]
Minutes = Annotated[int, Field(ge=1, le=100_000)]


class Hours(Strict):
    """The opening hours of a week, in local time, and whose bank holidays close."""

    nation: Literal["England", "Wales", "Scotland", "Northern Ireland"]
    bank_holidays: Literal["closed", "open"]
    monday: Intervals
    tuesday: Intervals
    wednesday: Intervals
    thursday: Intervals
    friday: Intervals
    saturday: Intervals
    sunday: Intervals

    @property
    def week(self) -> tuple[tuple[tuple[int, int], ...], ...]:
        """Return the intervals of Monday to Sunday, in minutes since midnight."""
        days: list[tuple[str, ...]] = [getattr(self, day) for day in WEEKDAYS]
        return tuple(tuple(interval_of(text) for text in day) for day in days)


class Target(Strict):
    """Minutes of opening hours until a reply, a next reply, and the end."""

    first_reply: Minutes
    next_reply: Minutes
    resolution: Minutes

    def minutes(self, promise: Promise) -> int:
        """Return the minutes of what was promised."""
        found: int = getattr(self, promise.value)
        return found


class CallBack(Strict):
    """How call-backs are offered. A slot is `slot_minutes` long and holds `calls` of them."""

    slot_minutes: Annotated[int, Field(ge=5, le=480)]
    calls: Annotated[int, Field(ge=1, le=1_000)]
    days: Annotated[int, Field(ge=1, le=60)]
    notice_minutes: Annotated[int, Field(ge=0, le=10_000)]


class QueueRules(Strict):
    """A queue: its opening hours by name, and what it promises."""

    title: Text
    hours: Name
    busy_from: Annotated[int, Field(ge=1, le=10_000)]
    target: dict[Priority, Target]
    call_back: CallBack | None = None


class ExpectedWait(Strict):
    """From how many answered cases a wait is told, and how often the real one lies within it."""

    fewest: Annotated[int, Field(ge=3, le=1_000)]
    most: Annotated[int, Field(ge=3, le=1_000)]
    share: Annotated[float, Field(ge=0.5, le=0.95)]


class PrivateCodeRules(Strict):
    """How many days a private code is good for."""

    days: Annotated[int, Field(ge=1, le=366)]


class ServiceLevels(Strict):
    """When people are there and how soon they reply."""

    time_zone: Annotated[str, AfterValidator(_known_zone)]
    hours: dict[Name, Hours]
    queue: dict[Name, QueueRules]
    expected_wait: ExpectedWait
    private_code: PrivateCodeRules

    def faults(self) -> Iterator[tuple[tuple[str | int, ...], str]]:
        """Yield what does not fit together: the path of the key, and what to write."""
        if ALWAYS in self.hours:
            yield ("hours", ALWAYS), f'"{ALWAYS}" means around the clock: choose another name'
        for name, hours in self.hours.items():
            if not any(hours.week):
                yield ("hours", name), "these hours never open: give one day an interval"
        known = ", ".join((*self.hours, ALWAYS))
        for name, queue in self.queue.items():
            if queue.hours not in (*self.hours, ALWAYS):
                why = f"there is no [hours.{queue.hours}]; write one of: {known}"
                yield ("queue", name, "hours"), why
            for priority in Priority:
                if priority not in queue.target:
                    why = f"add a section [queue.{name}.target.{priority}]"
                    yield ("queue", name), why
        if SAFEGUARDING not in self.queue:
            yield ("queue",), f"there must be a [queue.{SAFEGUARDING}]: it is for people in danger"
        elif self.queue[SAFEGUARDING].hours != ALWAYS:
            why = f'people in danger need help at any hour: write hours = "{ALWAYS}"'
            yield ("queue", SAFEGUARDING, "hours"), why
        wait = self.expected_wait
        if wait.most < wait.fewest:
            yield ("expected_wait", "most"), "most must not be less than fewest"
        if wait.fewest < (enough := ceil(round(2 / (1 - wait.share), 9)) - 1):
            why = f"for a share of {wait.share} write at least {enough}: fewer cannot tell"
            yield ("expected_wait", "fewest"), why
