"""A supervisor's figures over plain rows: waits, abandonment, service level, load. For staff only.

Nothing is suppressed, so nothing here is for the public. A row's day and hour are those, in local
time, at which the citizen asked.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from math import ceil
from statistics import median


@dataclass(frozen=True, slots=True)
class CaseTimes:
    """What happened to one case. `left_at`: the citizen gave up before any answer.

    `due_at` is when the first reply was due, None while a pause goes on.
    """

    queue: str
    asked_at: datetime
    due_at: datetime | None
    answered_at: datetime | None = None
    left_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Waits:
    """By the clock, from asking to the first reply; None where nobody was answered."""

    answered: int
    median: timedelta | None
    p90: timedelta | None


@dataclass(frozen=True, slots=True)
class Share:
    """So many `of` a number. None as a share where there is nothing to share."""

    count: int
    of: int

    @property
    def share(self) -> float | None:
        """Return the share in [0, 1]."""
        return self.count / self.of if self.of else None


@dataclass(frozen=True, slots=True)
class DayFigures:
    """One queue on one day."""

    queue: str
    day: date
    asked: int
    waits: Waits
    abandoned: Share
    within: Share


def waits(rows: Iterable[CaseTimes]) -> Waits:
    """Return the median and the 90th percentile (nearest rank) of the waits of those answered."""
    lengths = sorted(row.answered_at - row.asked_at for row in rows if row.answered_at is not None)
    if not lengths:
        return Waits(0, None, None)
    middle = timedelta(seconds=median(length.total_seconds() for length in lengths))
    return Waits(len(lengths), middle, lengths[ceil(0.9 * len(lengths)) - 1])


def abandonment(rows: Iterable[CaseTimes]) -> Share:
    """Return how many gave up, of those who gave up or were answered: those waiting are open."""
    ended = [row for row in rows if row.answered_at is not None or row.left_at is not None]
    return Share(sum(row.answered_at is None for row in ended), len(ended))


def within_target(rows: Iterable[CaseTimes], now: datetime) -> Share:
    """Return how many were answered by their due time, of all whose fate is known.

    Known: answered, or past due without an answer, whether still waiting or gone. Who left before
    the answer was due counts on neither side, nor what is not due yet.
    """
    kept = broken = 0
    for row in rows:
        if row.answered_at is not None:
            in_time = row.due_at is None or row.answered_at <= row.due_at
            kept, broken = kept + in_time, broken + (not in_time)
        elif row.due_at is not None and (row.left_at or now) > row.due_at:
            broken += 1
    return Share(kept, kept + broken)


def load_by_hour(rows: Iterable[CaseTimes], zone: tzinfo) -> tuple[int, ...]:
    """Return how many asked in each of the 24 local hours of the day, all days together."""
    counts = [0] * 24
    for row in rows:
        counts[row.asked_at.astimezone(zone).hour] += 1
    return tuple(counts)


def by_queue_and_day(
    rows: Iterable[CaseTimes], now: datetime, zone: tzinfo
) -> tuple[DayFigures, ...]:
    """Return the figures of each queue on each day on which somebody asked, by queue, then day."""
    groups: Mapping[tuple[str, date], list[CaseTimes]] = defaultdict(list)
    for row in rows:
        groups[row.queue, row.asked_at.astimezone(zone).date()].append(row)
    return tuple(_figures(*key, groups[key], now) for key in sorted(groups))


def _figures(queue: str, day: date, rows: Sequence[CaseTimes], now: datetime) -> DayFigures:
    return DayFigures(
        queue, day, len(rows), waits(rows), abandonment(rows), within_target(rows, now)
    )
