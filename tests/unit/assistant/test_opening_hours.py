"""Opening hours: bank holidays, single days, and Sundays on which the clocks change."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.policy import load_policy
from assistant.policy.levels import ALWAYS, DAY, interval_of
from assistant.service_levels.bank_holidays import bank_holiday
from assistant.service_levels.calendars import Calendar, Change, ChangeKind, calendar_of

LEVELS = load_policy().service_levels
LONDON = ZoneInfo("Europe/London")
OFFICE = calendar_of(LEVELS, "office")
CLOCK = calendar_of(LEVELS, ALWAYS)
SPRING, AUTUMN = date(2026, 3, 29), date(2026, 10, 25)

# https://www.gov.uk/bank-holidays for 2026, weekends left out
EVERYWHERE = {"2026-01-01", "2026-04-03", "2026-05-04", "2026-05-25", "2026-12-25", "2026-12-28"}
BY_NATION = {
    "England": {"2026-04-06", "2026-08-31"},
    "Wales": {"2026-04-06", "2026-08-31"},
    "Scotland": {"2026-01-02", "2026-06-15", "2026-08-03", "2026-11-30"},
    "Northern Ireland": {"2026-03-17", "2026-04-06", "2026-07-13", "2026-08-31"},
}


@pytest.mark.parametrize("nation", sorted(BY_NATION))
def test_bank_holidays_are_those_of_the_nation(nation: str) -> None:
    days = (date(2026, 1, 1) + timedelta(days=n) for n in range(365))
    found = {d.isoformat() for d in days if d.weekday() < 5 and bank_holiday(nation, d)}
    assert found == EVERYWHERE | BY_NATION[nation]


def test_a_bank_holiday_closes_only_where_the_policy_says_so() -> None:
    christmas = date(2026, 12, 25)
    assert OFFICE.intervals(christmas) == ()
    assert replace(OFFICE, nation="").intervals(christmas) == ((540, 1020),)


def test_the_last_change_of_a_day_wins() -> None:
    day = date(2026, 12, 25)
    opened = Change(day, 600, 720, ChangeKind.OPEN, "flood")
    closed = Change(day, 660, DAY, ChangeKind.CLOSED, "no power")
    assert replace(OFFICE, changes=(opened,)).intervals(day) == ((600, 720),)
    assert replace(OFFICE, changes=(opened, closed)).intervals(day) == ((600, 660),)
    assert replace(OFFICE, changes=(closed, opened)).intervals(day) == ((600, 720),)


def test_touching_intervals_are_one() -> None:
    calendar = Calendar("x", (((540, 720), (720, 1020)),) * 7, LONDON)
    assert calendar.intervals(date(2026, 12, 1)) == ((540, 1020),)


@pytest.mark.parametrize("bad", ["17:00-9:00", "9:00-9:00", "9-17", "9:00-24:01", "9:60-10:00"])
def test_an_interval_that_is_none_is_refused(bad: str) -> None:
    with pytest.raises(ValueError, match="write"):
        interval_of(bad)


@pytest.mark.parametrize(("day", "hours"), [(SPRING, 23), (AUTUMN, 25), (date(2026, 7, 1), 24)])
def test_a_day_around_the_clock_is_as_long_as_the_day(day: date, hours: int) -> None:
    (span,) = CLOCK.spans(day)
    assert span.closes - span.opens == timedelta(hours=hours)
    (after,) = CLOCK.spans(day + timedelta(days=1))
    assert span.closes == after.opens


@given(st.sampled_from([SPRING, AUTUMN]), st.sets(st.integers(0, 180), min_size=2, max_size=6))
def test_intervals_of_a_night_on_which_clocks_change_never_overlap_or_leave_a_gap(
    day: date, marks: set[int]
) -> None:
    cuts = [0, *sorted(marks - {0}), 240]
    pieces = []
    for opens, closes in pairwise(cuts):
        pieces.extend(Calendar("x", (((opens, closes),),) * 7, LONDON).spans(day))
    (whole,) = Calendar("x", (((0, 240),),) * 7, LONDON).spans(day)
    assert pieces[0].opens == whole.opens
    assert pieces[-1].closes == whole.closes
    for one, two in pairwise(pieces):
        assert one.closes == two.opens


def test_a_time_that_summer_time_skips_is_the_moment_of_the_change() -> None:
    (span,) = Calendar("x", (((90, 240),),) * 7, LONDON).spans(SPRING)
    assert span.opens == datetime(2026, 3, 29, 1, 0, tzinfo=UTC)


def test_next_opening_and_closing() -> None:
    friday = datetime(2026, 11, 27, 16, 59, tzinfo=LONDON)
    assert OFFICE.next_opening(friday) == friday
    assert OFFICE.closing(friday) == datetime(2026, 11, 27, 17, tzinfo=LONDON)
    closed = friday + timedelta(minutes=1)
    assert not OFFICE.is_open(closed)
    assert OFFICE.next_opening(closed) == datetime(2026, 11, 30, 9, tzinfo=LONDON)
