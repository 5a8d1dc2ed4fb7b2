"""When a queue is open: a week, bank holidays, and what was changed for single days.

Days and minutes are local; the moments that come out are UTC. A local time that summer time skips
stands for the moment of the change, one that comes twice for its first coming, so that the
intervals of a day never overlap and leave no gap, whatever the clocks do.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from assistant.errors import NeverOpen
from assistant.policy.levels import ALWAYS, DAY, ServiceLevels
from assistant.service_levels.bank_holidays import bank_holiday

Interval = tuple[int, int]
"""Opening and closing, in minutes since local midnight; closing is not open any more."""

HORIZON = 366
"""How many days ahead an opening is looked for."""

MINUTE = timedelta(minutes=1)


class ChangeKind(StrEnum):
    CLOSED = "closed"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class Change:
    """Hours closed or opened on one day. Later ones win over earlier ones."""

    day: date
    opens: int
    closes: int
    kind: ChangeKind
    reason: str


@dataclass(frozen=True, slots=True)
class Span:
    """An unbroken time of being open, in UTC: `opens` belongs to it, `closes` does not."""

    opens: datetime
    closes: datetime


@dataclass(frozen=True, slots=True)
class Calendar:
    """The opening hours of a queue. `nation` is "" where bank holidays do not close."""

    name: str
    week: tuple[tuple[Interval, ...], ...]
    zone: ZoneInfo
    nation: str = ""
    changes: tuple[Change, ...] = ()

    @property
    def always(self) -> bool:
        """Say whether it never closes."""
        return self.name == ALWAYS

    def local(self, moment: datetime) -> datetime:
        """Return the moment in local time."""
        return moment.astimezone(self.zone)

    def intervals(self, day: date) -> tuple[Interval, ...]:
        """Return the day's opening hours, touching ones joined, in order."""
        holiday = self.nation and bank_holiday(self.nation, day)
        open_now: tuple[Interval, ...] = () if holiday else self.week[day.weekday()]
        for change in self.changes:
            if change.day == day:
                open_now = _without(open_now, change)
                if change.kind is ChangeKind.OPEN:
                    open_now = (*open_now, (change.opens, change.closes))
        return _joined(open_now)

    def why_closed(self, day: date) -> str:
        """Return why a day that would be open is not: a closure's reason, a bank holiday, or ""."""
        if not self.week[day.weekday()]:
            return ""
        closures = [c for c in self.changes if c.day == day and c.kind is ChangeKind.CLOSED]
        holiday = bank_holiday(self.nation, day) if self.nation else ""
        return holiday or (closures[-1].reason if closures else "")

    def spans(self, day: date) -> tuple[Span, ...]:
        """Return when it is open that day. Empty ones, swallowed by summer time, are left out."""
        found = (
            Span(self._moment(day, opens), self._moment(day, closes))
            for opens, closes in self.intervals(day)
        )
        return tuple(span for span in found if span.opens < span.closes)

    def spans_from(self, moment: datetime) -> Iterator[Span]:
        """Yield the spans that end after the moment, the first cut to begin there.

        Raises NeverOpen when there is none within HORIZON days of the last.
        """
        day, waited = self.local(moment).date(), 0
        while waited <= HORIZON:
            waited += 1
            for span in self.spans(day):
                if span.closes > moment:
                    waited = 0
                    yield Span(max(span.opens, moment), span.closes)
            day += timedelta(days=1)
        raise NeverOpen(
            f'The hours "{self.name}" have no opening within {HORIZON} days: correct them in '
            "service_levels.toml, or take closures back with `signpost hours undo`."
        )

    def is_open(self, moment: datetime) -> bool:
        """Say whether it is open at that moment."""
        return any(s.opens <= moment < s.closes for s in self.spans(self.local(moment).date()))

    def next_opening(self, moment: datetime) -> datetime:
        """Return the moment itself when open, or when it opens next; raises NeverOpen."""
        return next(self.spans_from(moment)).opens

    def closing(self, moment: datetime) -> datetime:
        """Return when the opening ends that the moment lies in; closed, the moment itself."""
        spans = self.spans(self.local(moment).date())
        return next((s.closes for s in spans if s.opens <= moment < s.closes), moment)

    def working_time(self, start: datetime, end: datetime) -> timedelta:
        """Return how long it is open from start to end; nothing where end is not after start."""
        total, day = timedelta(), self.local(start).date()
        while day <= self.local(end).date():
            for span in self.spans(day):
                total += max(timedelta(), min(end, span.closes) - max(start, span.opens))
            day += timedelta(days=1)
        return total

    def _moment(self, day: date, minute: int) -> datetime:
        midnight = datetime(day.year, day.month, day.day)
        local = midnight + timedelta(minutes=minute)
        if not self._skipped(local):
            return _utc(local, self.zone, 0)
        while self._skipped(local):
            local -= MINUTE
        return _utc(local, self.zone, 0) + MINUTE

    def _skipped(self, local: datetime) -> bool:
        """Say whether clocks that go forward leave the local time out (PEP 495, "gap")."""
        return _utc(local, self.zone, 0) > _utc(local, self.zone, 1)


def calendar_of(levels: ServiceLevels, hours: str, changes: Sequence[Change] = ()) -> Calendar:
    """Return the calendar of the named hours, with the changes made to them."""
    zone = ZoneInfo(levels.time_zone)
    if hours == ALWAYS:
        return Calendar(ALWAYS, (((0, DAY),),) * 7, zone)
    rules = levels.hours[hours]
    nation = rules.nation if rules.bank_holidays == "closed" else ""
    return Calendar(hours, rules.week, zone, nation, tuple(changes))


def _utc(local: datetime, zone: ZoneInfo, fold: int) -> datetime:
    return local.replace(tzinfo=zone, fold=fold).astimezone(UTC)


def _joined(intervals: Sequence[Interval]) -> tuple[Interval, ...]:
    joined: list[Interval] = []
    for opens, closes in sorted(intervals):
        if joined and opens <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], closes))
        else:
            joined.append((opens, closes))
    return tuple(joined)


def _without(intervals: Sequence[Interval], change: Change) -> tuple[Interval, ...]:
    parts = (
        part
        for opens, closes in intervals
        for part in (
            (opens, min(closes, change.opens)),
            (max(opens, change.closes), closes),
        )
    )
    return tuple((opens, closes) for opens, closes in parts if opens < closes)
