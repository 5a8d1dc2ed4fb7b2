"""When a reply is due: minutes of opening hours counted from a start, pauses left out.

Everything is in whole minutes, starts and pauses rounded down, so that the arithmetic which people
read adds up.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from assistant.service_levels.arithmetic import steps_of
from assistant.service_levels.calendars import MINUTE, Calendar, Span
from assistant.service_levels.pauses import Pause, PauseReason, whole_minute


@dataclass(frozen=True, slots=True)
class Due:
    """When something is due (UTC), and the steps by which that was worked out."""

    moment: datetime
    steps: tuple[str, ...]

    @property
    def arithmetic(self) -> str:
        """Return the steps as one line."""
        return _line(self.steps)


@dataclass(frozen=True, slots=True)
class OnHold:
    """Nothing is due while a pause goes on. `left` is the time that remains when it ends."""

    since: datetime
    reason: PauseReason
    left: timedelta
    steps: tuple[str, ...]

    @property
    def arithmetic(self) -> str:
        """Return the steps as one line."""
        return _line(self.steps)


def due(
    start: datetime, minutes: int, calendar: Calendar, pauses: Sequence[Pause] = ()
) -> Due | OnHold:
    """Return when `minutes` of opening hours have passed since `start`, pauses not counted.

    `start` is an aware datetime, `minutes` at least 1. Due at the end of a day is at closing time,
    not at the next opening. Raises NeverOpen where the hours hold too few minutes.
    """
    if minutes < 1:
        raise ValueError(f"{minutes} minutes are no target: give at least 1")
    start = whole_minute(start)
    whole = tuple(pause.in_minutes() for pause in pauses)
    hold = min((p for p in whole if p.end is None), key=lambda p: p.start, default=None)
    left, worked = minutes * MINUTE, list[Span]()
    for span in _counting(start, calendar, whole, hold):
        end = min(span.closes, span.opens + left)
        left -= end - span.opens
        worked = _lengthened(worked, Span(span.opens, end))
        if not left:
            return Due(end, steps_of(start, minutes, calendar, worked, whole))
    assert hold is not None, "opening hours end by raising NeverOpen"
    steps = steps_of(start, minutes, calendar, worked, whole, (hold, left))
    return OnHold(hold.start, hold.reason, left, steps)


def _counting(
    start: datetime, calendar: Calendar, pauses: Sequence[Pause], hold: Pause | None
) -> Iterator[Span]:
    """Yield the opening hours from the start on that lie in no pause, until one that goes on."""
    for span in calendar.spans_from(start):
        if hold and span.opens >= hold.start:
            return
        parts = [span]
        for pause in pauses:
            parts = [piece for part in parts for piece in _outside(part, pause)]
        yield from parts


def _outside(span: Span, pause: Pause) -> Iterator[Span]:
    if span.opens < (before := min(span.closes, pause.start)):
        yield Span(span.opens, before)
    if pause.end is not None and (after := max(span.opens, pause.end)) < span.closes:
        yield Span(after, span.closes)


def _lengthened(spans: list[Span], more: Span) -> list[Span]:
    """Add a span, joined with the last where it goes on without a break, as past midnight."""
    if spans and spans[-1].closes == more.opens:
        return [*spans[:-1], Span(spans[-1].opens, more.closes)]
    return [*spans, more]


def _line(steps: Sequence[str]) -> str:
    first, *rest = steps
    return f"{first}: {'; '.join(rest)}" if rest else first
