"""A supervisor's figures, against examples counted by hand."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from assistant.service_levels.figures import (
    CaseTimes,
    Share,
    Waits,
    abandonment,
    by_queue_and_day,
    load_by_hour,
    waits,
    within_target,
)

LONDON = ZoneInfo("Europe/London")
NINE = datetime(2026, 7, 1, 8, 0, tzinfo=UTC)  # 9:00 in London
MINUTE = timedelta(minutes=1)


def case(
    asked: int, answered: int | None = None, left: int | None = None, due: int | None = 30
) -> CaseTimes:
    """A case by minutes: when it came after nine, and how long until each thing."""
    start = NINE + asked * MINUTE

    def after(minutes: int | None) -> datetime | None:
        return None if minutes is None else start + minutes * MINUTE

    return CaseTimes("general", start, after(due), after(answered), after(left))


@pytest.mark.parametrize(
    ("lengths", "middle", "p90"),
    [
        ([5], 5, 5),
        ([1, 2, 3, 10], 2.5, 10),
        ([10, 9, 8, 7, 6, 5, 4, 3, 2, 1], 5.5, 9),
        (list(range(1, 12)), 6, 10),
        ([0, 0, 0], 0, 0),
    ],
)
def test_waits(lengths: list[int], middle: float, p90: int) -> None:
    found = waits(case(n, length) for n, length in enumerate(lengths))
    assert found == Waits(len(lengths), timedelta(minutes=middle), p90 * MINUTE)


def test_nobody_answered_is_no_wait() -> None:
    assert waits([case(0), case(1, left=3)]) == Waits(0, None, None)
    assert abandonment([]).share is None


def test_abandonment_leaves_out_those_who_still_wait() -> None:
    rows = [case(0, 5), case(1, 5), case(2, 5), case(3, left=9), case(4)]
    assert abandonment(rows) == Share(1, 4)
    assert abandonment(rows).share == 0.25


def test_within_target_counts_only_what_is_known() -> None:
    now = NINE + 60 * MINUTE
    rows = [
        case(0, 30),  # on the minute: kept
        case(0, 31),  # late
        case(0),  # still waiting, past due: broken
        case(40),  # still waiting, not due yet: not counted
        case(0, left=10),  # gone before it was due: not counted
        case(0, left=45),  # gone after it was due: broken
        case(0, 90, due=None),  # answered in a pause: kept
        case(0, due=None),  # paused: not counted
    ]
    assert within_target(rows, now) == Share(2, 5)


def test_load_is_by_local_hour() -> None:
    found = load_by_hour([case(0), case(59), case(60)], LONDON)
    assert found[9:11] == (2, 1)
    assert sum(found) == 3


def test_by_queue_and_day_splits_at_local_midnight() -> None:
    late = CaseTimes("general", datetime(2026, 7, 1, 23, 30, tzinfo=UTC), None)
    safe = CaseTimes("safeguarding", NINE, NINE, NINE)
    found = by_queue_and_day([safe, late, case(0, 10)], NINE + 60 * MINUTE, LONDON)
    assert [(f.queue, f.day, f.asked) for f in found] == [
        ("general", date(2026, 7, 1), 1),
        ("general", date(2026, 7, 2), 1),
        ("safeguarding", date(2026, 7, 1), 1),
    ]
    assert found[0].waits.median == 10 * MINUTE
    assert found[0].within == Share(1, 1)
    assert found[1].within == Share(0, 0)
