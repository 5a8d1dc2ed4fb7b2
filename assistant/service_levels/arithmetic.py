"""The steps by which a due time was worked out, in words that people can check with a calendar."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from itertools import groupby

from assistant.service_levels.calendars import MINUTE, Calendar, ChangeKind, Span
from assistant.service_levels.pauses import Pause, PauseReason

_REASONS = {
    PauseReason.WAITING_FOR_CITIZEN: "waiting for the citizen",
    PauseReason.WAITING_FOR_OTHERS: "waiting for others",
    PauseReason.SYSTEM_FAULT: "system fault",
}
_DAY = timedelta(days=1)


def steps_of(
    start: datetime,
    minutes: int,
    calendar: Calendar,
    worked: Sequence[Span],
    pauses: Sequence[Pause],
    hold: tuple[Pause, timedelta] | None = None,
) -> tuple[str, ...]:
    """Return the steps from `start` through the spans `worked`, which hold the target's minutes.

    With `hold`, the pause that goes on and the time still left then, they end there.
    """
    words = _Words(calendar)
    asked = f"{words.day_time(start)} + {_target(minutes, calendar.always)}"
    if len(worked) == 1 and worked[0].opens == start and hold is None:
        end = worked[0].closes
        return (f"{asked} = {words.time(end, start)}{words.clocks(worked[0])}",)
    steps, at = [asked], start
    for span in worked:
        steps.extend(words.gap(at, span.opens, pauses, first=at == start))
        last = span is worked[-1] and hold is None
        steps.append(words.counted(span, at, start, pauses, last=last))
        at = span.closes
    if hold is not None:
        pause, left = hold
        steps.extend(words.gap(at, max(at, pause.start), pauses, first=at == start))
        since = words.day_time(pause.start)
        steps.append(f"on hold since {since} ({_REASONS[pause.reason]}), {duration(left)} left")
    return tuple(steps)


def duration(time: timedelta) -> str:
    """Return hours and minutes in words: "1 hour 30 minutes"."""
    return _hours_and_minutes(int(time / MINUTE), "")


def _target(minutes: int, always: bool) -> str:
    if always:
        return f"{_hours_and_minutes(minutes, '')} around the clock"
    return _hours_and_minutes(minutes, "working ")


def _hours_and_minutes(minutes: int, kind: str) -> str:
    hours, rest = divmod(minutes, 60)
    parts = []
    if hours:
        parts.append(f"{hours} {kind}hour{'s' * (hours != 1)}")
    if rest or not hours:
        parts.append(f"{rest} {'' if hours else kind}minute{'s' * (rest != 1)}")
    return " ".join(parts)


class _Words:
    """Days and times as they are said for one calendar."""

    def __init__(self, calendar: Calendar) -> None:
        self.calendar = calendar

    def day_time(self, moment: datetime) -> str:
        return f"{_day(self.calendar.local(moment).date())} {self.clock(moment)}"

    def clock(self, moment: datetime) -> str:
        local = self.calendar.local(moment)
        return f"{local.hour}:{local.minute:02}"

    def time(self, moment: datetime, beside: datetime) -> str:
        """Return the time, with its day where that is another than the day of `beside`."""
        local = self.calendar.local
        same = local(moment).date() == local(beside).date()
        return self.clock(moment) if same else self.day_time(moment)

    def clocks(self, span: Span) -> str:
        """Say so where the clocks change within the span, since then clock times do not add up."""
        local = self.calendar.local
        before, after = local(span.opens).utcoffset(), local(span.closes).utcoffset()
        assert before is not None
        assert after is not None
        if before == after:
            return ""
        return f" (the clocks go {'forward' if after > before else 'back'} in between)"

    def counted(
        self, span: Span, at: datetime, start: datetime, pauses: Sequence[Pause], *, last: bool
    ) -> str:
        """Return the step that counts the time of a span."""
        length, note = duration(span.closes - span.opens), self.clocks(span)
        begins = "" if span.opens == start else f"{self.time(span.opens, at)} + "
        if last:
            begins = begins or f"{self.clock(span.opens)} + "
            return f"{begins}{length} = {self.time(span.closes, span.opens)}{note}"
        return f"{begins}{length} until {self._end(span.closes, pauses)}{note}"

    def _end(self, moment: datetime, pauses: Sequence[Pause]) -> str:
        local = self.calendar.local(moment)
        at = "midnight" if (local.hour, local.minute) == (0, 0) else self.clock(moment)
        if any(pause.start == moment for pause in pauses):
            return f"the pause at {at}"
        minute = local.hour * 60 + local.minute
        for change in self.calendar.changes:
            if (change.day, change.opens, change.kind) == (local.date(), minute, ChangeKind.CLOSED):
                return f"closing at {at} ({change.reason})"
        return f"closing at {at}"

    def gap(
        self, start: datetime, end: datetime, pauses: Sequence[Pause], *, first: bool
    ) -> Iterator[str]:
        """Yield what fills a time that does not count: pauses, and hours and days closed."""
        if start >= end:
            return
        yield from self._paused(start, end, pauses)
        day, last = (self.calendar.local(moment).date() for moment in (start, end))
        if first and not self.calendar.is_open(start) and self.calendar.spans(day):
            opening = self.calendar.next_opening(start)
            today = self.calendar.local(opening).date() == day
            yield f"closed until {self.clock(opening)}" if today else "closed for the day"
        if not (first and day < last and not self.calendar.spans(day)):
            day += _DAY
        closed = []
        while day < last:
            if not self.calendar.spans(day):
                closed.append(day)
            day += _DAY
        yield from self._closed(closed)

    def _paused(self, start: datetime, end: datetime, pauses: Sequence[Pause]) -> Iterator[str]:
        for pause in sorted(pauses, key=lambda p: p.start):
            if pause.end is None or pause.end <= start or pause.start >= end:
                continue
            begins, ends = max(pause.start, start), min(pause.end, end)
            if self.calendar.working_time(begins, ends):
                times = f"{self.time(begins, start)} to {self.time(ends, begins)}"
                yield f"{_REASONS[pause.reason]} from {times}, not counted"

    def _closed(self, days: Sequence[date]) -> Iterator[str]:
        """Yield runs of closed days, each with why where it is not so every week."""
        numbered = enumerate(days)
        for (why, _), run in groupby(
            numbered, key=lambda each: (self._why(each[1]), each[1].toordinal() - each[0])
        ):
            those = [day for _, day in run]
            if len(those) > 2 or (why and len(those) > 1):
                name = f"{_day(those[0])} to {_day(those[-1])}"
            elif why:
                name = _day(those[0])
            else:
                name = " and ".join(f"{day:%A}" for day in those)
            yield f"{name} closed" + (f" ({why})" if why else "")

    def _why(self, day: date) -> str:
        return self.calendar.why_closed(day)


def _day(day: date) -> str:
    return f"{day:%A} {day.day} {day:%B}"
