"""Availability and waits: no claim that is not so, and ranges that hold what they promise."""

import heapq
import math
import random
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.policy import load_policy
from assistant.service_levels.availability import (
    Busy,
    OnDuty,
    Option,
    OutOfHours,
    Staffed,
    Unstaffed,
    availability,
)
from assistant.service_levels.callback_slots import slots
from assistant.service_levels.queues import queues_of
from assistant.service_levels.saying import say_length, say_slot, say_time, tell
from assistant.service_levels.waits import Asked, Wait, WaitUnknown, expected_wait

POLICY = load_policy()
LEVELS = POLICY.service_levels
QUEUES = queues_of(LEVELS, {})
GENERAL, SAFE = QUEUES["general"], QUEUES["safeguarding"]
RULES = LEVELS.expected_wait
ZONE = GENERAL.calendar.zone
NOON = datetime(2026, 11, 27, 12, 0, tzinfo=UTC)
NIGHT = datetime(2026, 11, 27, 22, 0, tzinfo=UTC)
FREE, FULL = OnDuty(0, 3), OnDuty(3, 3)
MINUTE = timedelta(minutes=1)


def answered(*waits: int, now: datetime = NOON) -> list[Asked]:
    """Cases that found nobody ahead, an hour apart, the last answered an hour ago."""
    ends = [now - timedelta(minutes=20 * (len(waits) - i)) for i in range(len(waits))]
    return [Asked(end - wait * MINUTE, end) for end, wait in zip(ends, waits, strict=True)]


# ---- which it is -------------------------------------------------------------------------------


def test_closed_wins_over_everything() -> None:
    found = availability(NIGHT, GENERAL, [FREE], 0, [], RULES, call_backs=True)
    assert found == OutOfHours(
        datetime(2026, 11, 30, 9, tzinfo=UTC),
        (Option.LEAVE_MESSAGE, Option.CALL_BACK, Option.COME_BACK),
    )


def test_open_with_nobody_on_duty_is_unstaffed() -> None:
    found = availability(NOON, GENERAL, [], 0, [], RULES)
    assert found == Unstaffed(NOON + timedelta(hours=5), (Option.LEAVE_MESSAGE, Option.COME_BACK))
    always = availability(NIGHT, SAFE, [], 0, [], RULES)
    assert isinstance(always, Unstaffed)
    assert always.closes is None


@pytest.mark.parametrize(
    ("on_duty", "waiting", "kind"),
    [
        ([FREE], 0, Staffed),
        ([FREE], 2, Staffed),
        ([FREE], 3, Busy),
        ([FULL], 0, Busy),
        ([OnDuty(9, 3), FREE], 2, Staffed),
        ([FREE] * 9, 10, Busy),
    ],
)
def test_staffed_needs_room_for_this_person(
    on_duty: list[OnDuty], waiting: int, kind: type
) -> None:
    found = availability(NOON, GENERAL, on_duty, waiting, [], RULES)
    assert isinstance(found, kind)
    assert isinstance(found, Staffed | Busy)
    assert found.place == waiting + 1


@given(
    st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 31), timezones=st.just(UTC)),
    st.lists(st.builds(OnDuty, st.integers(0, 5), st.integers(0, 5)), max_size=3),
    st.integers(0, 20),
    st.sampled_from(["en", "cy"]),
)
def test_nobody_is_said_to_be_there_who_is_not(
    now: datetime, on_duty: list[OnDuty], waiting: int, language: str
) -> None:
    wording = POLICY.wording(language)
    found = availability(now, GENERAL, on_duty, waiting, [], RULES)
    told = tell(found, wording, now, ZONE)
    there = isinstance(found, Staffed | Busy)
    assert there == bool(on_duty and GENERAL.calendar.is_open(now))
    assert (Option.WAIT in dict(told.options)) is there
    text = " ".join((told.title, *told.lines))
    assert (wording.availability.staffed in text) is isinstance(found, Staffed)
    assert "{" not in text + "".join(dict(told.options).values())


# ---- words -------------------------------------------------------------------------------------


def test_what_a_citizen_reads() -> None:
    night = availability(NIGHT, GENERAL, [], 0, [], RULES)
    assert tell(night, POLICY.english, NIGHT, ZONE).lines == (
        "Nobody can reply until we open on Monday 30 November at 9am.",
    )
    assert tell(night, POLICY.welsh, NIGHT, ZONE).lines == (
        "Ni all neb ateb nes i ni agor dydd Llun 30 Tachwedd am 9am.",
    )
    gone = availability(NOON, GENERAL, [], 0, [], RULES)
    assert tell(gone, POLICY.english, NOON, ZONE).lines == (
        "We are open until 5pm, but no adviser is on duty.",
    )
    cases = answered(2, 3, 4, 5, 6, 6, 7, 8, 9, 20)
    here = availability(NOON, GENERAL, [FREE], 0, cases, RULES)
    assert tell(here, POLICY.english, NOON, ZONE).lines == (
        "An adviser is on duty.",
        "You are first in the queue.",
        "You may wait between 2 minutes and 20 minutes.",
        "We worked this out from 10 people we answered today. "
        "Half of them waited 6 minutes or less.",
        "We expect this to be right about 8 times out of 10.",
    )


@pytest.mark.parametrize(
    ("hour", "minute", "said"),
    [(0, 0, "midnight"), (0, 30, "12:30am"), (9, 0, "9am"), (12, 0, "midday"), (12, 5, "12:05pm"),
     (17, 30, "5:30pm")],
)  # fmt: skip
def test_times_are_said_as_govuk_says_them(hour: int, minute: int, said: str) -> None:
    moment = datetime(2026, 11, 27, hour, minute, tzinfo=ZONE)
    assert say_time(moment, POLICY.english.dates, ZONE) == said


def test_lengths_of_time() -> None:
    words = POLICY.english.dates
    said = [say_length(n * MINUTE, words) for n in (0, 1, 59, 60, 61, 125)]
    assert said == ["0 minutes", "1 minute", "59 minutes", "1 hour", "1 hour 1 minute",
                    "2 hours 5 minutes"]  # fmt: skip


# ---- call-back slots ---------------------------------------------------------------------------


@given(
    st.datetimes(datetime(2026, 3, 1), datetime(2026, 11, 30), timezones=st.just(UTC)),
    st.integers(0, 3),
)
def test_slots_lie_in_opening_hours_and_are_not_full(now: datetime, taken: int) -> None:
    everything = slots(now, GENERAL, {})
    booked = {slot.starts: taken for slot in everything[::2]}
    found = slots(now, GENERAL, booked)
    for slot in found:
        assert GENERAL.calendar.working_time(slot.starts, slot.ends) == 30 * MINUTE
        assert slot.starts >= now + 60 * MINUTE
        assert slot.left == 2 - booked.get(slot.starts, 0) > 0
    assert len(everything) - len(found) == (len(booked) if taken >= 2 else 0)


def test_a_queue_without_call_backs_offers_none() -> None:
    assert slots(NOON, SAFE, {}) == ()


def test_a_slot_is_said_with_its_day() -> None:
    first = slots(NIGHT, GENERAL, {})[0]
    assert say_slot(first, POLICY.english, ZONE) == "Monday 30 November, 9am to 9:30am"


# ---- waits -------------------------------------------------------------------------------------


def test_too_few_cases_say_nothing() -> None:
    assert expected_wait(NOON, 0, answered(*[5] * 9), RULES, ZONE) == WaitUnknown(9)
    assert expected_wait(NOON, 1, answered(*[5] * 9), RULES, ZONE) == WaitUnknown(0)


def test_yesterday_and_the_future_say_nothing() -> None:
    old = answered(*[5] * 12, now=NOON - timedelta(days=1))
    new = answered(*[5] * 12, now=NOON + timedelta(hours=9))
    assert expected_wait(NOON, 0, [*old, *new], RULES, ZONE) == WaitUnknown(0)


def test_the_range_of_ten_earlier_waits_is_from_the_least_to_the_greatest() -> None:
    found = expected_wait(NOON, 0, answered(2, 3, 4, 5, 6, 6, 7, 8, 9, 20), RULES, ZONE)
    assert found == Wait(2 * MINUTE, 20 * MINUTE, 0.8, 10, 6 * MINUTE)


def test_behind_more_people_the_wait_is_longer() -> None:
    ends = [NOON - timedelta(minutes=5 * n) for n in range(1, 13)]
    cases = [Asked(NOON - timedelta(hours=2), end) for end in ends]
    found = [expected_wait(NOON, ahead, cases, RULES, ZONE) for ahead in (1, 5, 10)]
    ranges = [(w.shortest, w.longest) for w in found if isinstance(w, Wait)]
    assert len(ranges) == 3
    assert ranges == sorted(ranges)
    for (low, high), ahead in zip(ranges, (1, 5, 10), strict=True):
        assert low <= (ahead + 1) * 5 * MINUTE <= high


def _day(
    rng: random.Random, advisers: int, per_minute: tuple[float, float], sigma: float
) -> list[Asked]:
    """A day of a queue served first come, first served: calm, then a rush from 180 to 330."""
    start = NOON.replace(hour=9)
    free, minute, cases = [0.0] * advisers, 0.0, list[Asked]()
    mu = math.log(10) - sigma**2 / 2
    while True:
        minute += rng.expovariate(per_minute[180 <= minute < 330])
        if minute > 480:
            return cases
        begins = max(minute, heapq.heappop(free)) + rng.expovariate(2)
        heapq.heappush(free, begins + rng.lognormvariate(mu, sigma))
        cases.append(Asked(start + minute * MINUTE, start + begins * MINUTE))


@pytest.mark.parametrize("sigma", [0.5, 1.0])
@pytest.mark.parametrize(
    ("advisers", "per_minute"),
    [(4, (0.3, 0.3)), (4, (0.45, 0.45)), (4, (0.25, 0.55)), (12, (1.1, 1.1)), (1, (0.08, 0.08))],
    ids=["quiet", "overloaded", "rush", "many", "alone"],
)
def test_the_real_wait_lies_in_the_range_as_often_as_said(
    advisers: int, per_minute: tuple[float, float], sigma: float
) -> None:
    """Simulated days. Handling times are lognormal, from regular to very uneven (sigma 1)."""
    rng, held, told = random.Random(7), 0, 0
    for _ in range(12):
        cases = _day(rng, advisers, per_minute, sigma)
        for number in rng.sample(range(len(cases)), min(len(cases), 40)):
            case = cases[number]
            assert case.answered_at is not None
            past = cases[:number]
            ahead = sum(c.answered_at > case.asked_at for c in past if c.answered_at)
            found = expected_wait(case.asked_at, ahead, past, RULES, ZONE)
            if isinstance(found, Wait):
                told += 1
                held += found.shortest <= case.answered_at - case.asked_at <= found.longest
    assert told > 80
    assert held / told >= RULES.share - 2 * math.sqrt(0.16 / told)
