"""Due times: laws that hold for any hours, and the arithmetic that people read."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.errors import NeverOpen
from assistant.escalations.states import Priority
from assistant.policy import load_policy
from assistant.policy.levels import ALWAYS, DAY, Promise
from assistant.service_levels.calendars import Calendar, Change, ChangeKind, calendar_of
from assistant.service_levels.due import Due, OnHold, due
from assistant.service_levels.pauses import Pause, PauseReason
from assistant.service_levels.queues import queues_of

LONDON = ZoneInfo("Europe/London")
LEVELS = load_policy().service_levels
OFFICE = calendar_of(LEVELS, "office")
CLOCK = calendar_of(LEVELS, ALWAYS)
WAITING = PauseReason.WAITING_FOR_CITIZEN
MINUTE = timedelta(minutes=1)


def at(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=LONDON)  # type: ignore[arg-type, misc]


def is_due(found: Due | OnHold) -> Due:
    assert isinstance(found, Due)
    return found


# ---- examples ----------------------------------------------------------------------------------


def test_friday_half_past_four_and_an_hour_is_monday_half_past_nine() -> None:
    found = is_due(due(at(2026, 11, 27, 16, 30), 60, OFFICE))
    assert found.moment == at(2026, 11, 30, 9, 30)
    assert found.arithmetic == (
        "Friday 27 November 16:30 + 1 working hour: 30 minutes until closing at 17:00; "
        "Saturday and Sunday closed; Monday 30 November 9:00 + 30 minutes = 9:30"
    )


def test_in_scotland_it_is_tuesday_for_monday_is_saint_andrews() -> None:
    found = is_due(due(at(2026, 11, 27, 16, 30), 60, replace(OFFICE, nation="Scotland")))
    assert found.moment == at(2026, 12, 1, 9, 30)
    assert "Monday 30 November closed (Saint Andrew's Day)" in found.steps


def test_seconds_do_not_spoil_the_sum() -> None:
    late = at(2026, 11, 27, 16, 30) + timedelta(seconds=59)
    assert is_due(due(late, 60, OFFICE)).moment == at(2026, 11, 30, 9, 30)


@pytest.mark.parametrize(
    ("start", "minutes", "said"),
    [
        (at(2026, 11, 27, 10), 60, "Friday 27 November 10:00 + 1 working hour = 11:00"),
        (
            at(2026, 11, 27, 8),
            60,
            "Friday 27 November 8:00 + 1 working hour: closed until 9:00; 9:00 + 1 hour = 10:00",
        ),
        (
            at(2026, 11, 28, 10),
            30,
            "Saturday 28 November 10:00 + 30 working minutes: Saturday and Sunday closed; "
            "Monday 30 November 9:00 + 30 minutes = 9:30",
        ),
        (at(2026, 11, 27, 16), 60, "Friday 27 November 16:00 + 1 working hour = 17:00"),
    ],
)
def test_the_steps_can_be_read(start: datetime, minutes: int, said: str) -> None:
    assert due(start, minutes, OFFICE).arithmetic == said


def test_christmas_is_named_and_a_closure_gives_its_reason() -> None:
    party = Change(date(2026, 12, 24), 12 * 60, DAY, ChangeKind.CLOSED, "Party")
    found = is_due(due(at(2026, 12, 24, 11), 120, replace(OFFICE, changes=(party,))))
    assert found.moment == at(2026, 12, 29, 10)
    assert found.steps[1] == "1 hour until closing at 12:00 (Party)"
    assert "Friday 25 December closed (Christmas Day)" in found.steps
    assert "Monday 28 December closed (Boxing Day (observed))" in found.steps


def test_a_lane_around_the_clock_runs_through_midnight_and_changes_of_the_clocks() -> None:
    found = is_due(due(at(2026, 11, 27, 23, 50), 15, CLOCK))
    assert found.arithmetic == (
        "Friday 27 November 23:50 + 15 minutes around the clock = Saturday 28 November 0:05"
    )
    spring = is_due(due(at(2026, 3, 28, 23, 30), 240, CLOCK))
    assert spring.moment == at(2026, 3, 29, 4, 30)
    assert "clocks go forward" in spring.arithmetic
    autumn = is_due(due(at(2026, 10, 24, 23, 30), 240, CLOCK))
    assert autumn.moment == at(2026, 10, 25, 2, 30)
    assert "clocks go back" in autumn.arithmetic


def test_a_pause_takes_out_the_opening_hours_that_lay_in_it() -> None:
    pause = Pause(at(2026, 11, 27, 16, 30), at(2026, 11, 30, 10), WAITING)
    found = is_due(due(at(2026, 11, 27, 16), 120, OFFICE, [pause]))
    assert found.moment == at(2026, 11, 30, 11, 30)
    assert "waiting for the citizen from 16:30 to Monday 30 November 10:00" in found.arithmetic


def test_while_a_pause_goes_on_nothing_is_due_but_what_was_before() -> None:
    pause = Pause(at(2026, 11, 30, 9, 30), None, PauseReason.SYSTEM_FAULT)
    held = due(at(2026, 11, 27, 16), 120, OFFICE, [pause])
    assert isinstance(held, OnHold)
    assert (held.left, held.reason) == (30 * MINUTE, PauseReason.SYSTEM_FAULT)
    assert held.steps[-1].startswith("on hold since Monday 30 November 9:30 (system fault)")
    assert is_due(due(at(2026, 11, 27, 16), 60, OFFICE, [pause])).moment == at(2026, 11, 27, 17)


def test_a_pause_does_not_end_before_it_begins() -> None:
    with pytest.raises(ValueError, match="cannot end before"):
        Pause(at(2026, 11, 30), at(2026, 11, 29), WAITING)


def test_no_target_is_nothing() -> None:
    with pytest.raises(ValueError, match="at least 1"):
        due(at(2026, 11, 27), 0, OFFICE)


def test_hours_that_never_open_say_so() -> None:
    with pytest.raises(NeverOpen, match="no opening"):
        due(at(2026, 11, 27), 1, replace(OFFICE, week=((),) * 7))


def test_a_queue_promises_by_priority() -> None:
    queues = queues_of(LEVELS, {})
    start = at(2026, 11, 28, 3)
    urgent = is_due(queues["safeguarding"].due(start, Priority.URGENT, Promise.FIRST_REPLY))
    assert urgent.moment == start + 10 * MINUTE
    normal = is_due(queues["general"].due(start, Priority.NORMAL, Promise.FIRST_REPLY))
    assert normal.moment == at(2026, 11, 30, 11)


# ---- laws --------------------------------------------------------------------------------------

moments = st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC)).map(
    lambda moment: moment.replace(second=0, microsecond=0)
)
targets = st.integers(1, 2_000)


@st.composite
def weeks(draw: st.DrawFn) -> tuple[tuple[tuple[int, int], ...], ...]:
    """Any week with at least one opening; intervals may touch, and reach both midnights."""

    def day() -> tuple[tuple[int, int], ...]:
        marks = sorted(draw(st.sets(st.integers(0, 96), max_size=6)))
        pairs = zip(marks[::2], marks[1::2], strict=False)
        return tuple((a * 15, b * 15) for a, b in pairs)

    found = tuple(day() for _ in range(7))
    return found if any(found) else (((0, DAY),), *found[1:])


calendars = st.builds(
    lambda week, nation: Calendar("any", week, LONDON, nation),
    weeks(),
    st.sampled_from(["", "England", "Wales", "Scotland", "Northern Ireland"]),
) | st.just(CLOCK)


@given(calendars, moments, targets)
def test_it_lies_in_opening_hours_and_the_target_lies_before_it(
    calendar: Calendar, start: datetime, minutes: int
) -> None:
    found = is_due(due(start, minutes, calendar)).moment
    assert calendar.is_open(found - MINUTE)
    assert calendar.working_time(start, found) == minutes * MINUTE


@given(calendars, moments, targets, targets)
def test_adding_is_additive(calendar: Calendar, start: datetime, one: int, two: int) -> None:
    first = is_due(due(start, one, calendar)).moment
    assert (
        is_due(due(first, two, calendar)).moment == is_due(due(start, one + two, calendar)).moment
    )


@given(calendars, moments, moments, targets)
def test_who_comes_later_is_never_due_earlier(
    calendar: Calendar, one: datetime, two: datetime, minutes: int
) -> None:
    first, second = sorted((one, two))
    early, late = (is_due(due(s, minutes, calendar)).moment for s in (first, second))
    assert early <= late
    assert is_due(due(first, minutes + 1, calendar)).moment > early


pauses = st.lists(
    st.tuples(moments, st.integers(0, 20_000)).map(
        lambda p: Pause(p[0], p[0] + p[1] * MINUTE, WAITING)
    ),
    max_size=4,
)


@given(calendars, moments, targets, pauses)
def test_pauses_only_move_it_later_by_the_hours_that_lay_in_them(
    calendar: Calendar, start: datetime, minutes: int, taken: list[Pause]
) -> None:
    # Pauses near the start, or they seldom matter.
    near = []
    for pause in taken:
        assert pause.end is not None
        begins = start + (pause.start - start) % timedelta(days=5)
        near.append(Pause(begins, begins + (pause.end - pause.start), WAITING))
    without = is_due(due(start, minutes, calendar)).moment
    found = is_due(due(start, minutes, calendar, near))
    assert found.moment >= without
    assert not any(p.start < found.moment <= p.end for p in near if p.end)
    assert _counted(calendar, start, found.moment, near) == minutes


def _counted(calendar: Calendar, start: datetime, end: datetime, taken: list[Pause]) -> int:
    """Count opening hours outside the pauses, by another way: cut time at every pause's ends."""
    marks = sorted(
        {start, end}
        | {m for p in taken for m in (p.start, p.end) if m is not None and start < m < end}
    )
    total = timedelta()
    for first, last in pairwise(marks):
        if not any(p.end and p.start <= first and last <= p.end for p in taken):
            total += calendar.working_time(first, last)
    return total // MINUTE


@given(calendars, moments, targets)
def test_the_last_step_ends_with_the_due_time(
    calendar: Calendar, start: datetime, minutes: int
) -> None:
    found = is_due(due(start, minutes, calendar))
    local = calendar.local(found.moment)
    last = found.steps[-1].split(" (the clocks")[0]
    assert last.endswith(f"{local.hour}:{local.minute:02}")
