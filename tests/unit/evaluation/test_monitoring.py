"""Live monitoring: the right alarms at the right rate, and no small count given away."""

import gc
from collections.abc import Iterator, Sequence
from datetime import date
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog
from scipy.stats import binom, fisher_exact

from assistant.monitoring import Tally
from assistant.policy.watching import MEASURED
from evaluation.monitoring import (
    STYLE_GROUPS,
    Finding,
    Rate,
    Seen,
    Watch,
    as_json,
    compare,
    shown,
)
from tests.assisting import bundled_policy

RULES = bundled_policy().monitoring
LENGTH = {"length": STYLE_GROUPS["length"]}
ENDS = MEASURED[:5]


def tallied(outcome: str, **groups: tuple[int, int]) -> list[Tally]:
    """Return tallies of one outcome by length: (came, counted) by group."""
    return [
        Tally("length", group, outcome, counted, came) for group, (came, counted) in groups.items()
    ]


def of(seen: Sequence[Seen], group: str, outcome: str) -> Seen:
    return next(each for each in seen if (each.group, each.outcome) == (group, outcome))


# -- what is found ---------------------------------------------------------------------------------


def test_a_group_that_is_worse_off_raises_an_alert_and_the_better_ones_do_not() -> None:
    seen = compare(
        tallied("answered", short=(400, 1000), medium=(700, 1000), long=(700, 1000)), RULES, LENGTH
    )
    assert of(seen, "short", "answered").finding is Finding.ALERT
    assert of(seen, "medium", "answered").finding is Finding.GAP
    assert of(seen, "short", "answered").gap == pytest.approx(-0.3, abs=0.01)


def test_where_less_is_better_more_raises_the_alert() -> None:
    seen = compare(
        tallied("refused", short=(100, 1000), medium=(20, 1000), long=(20, 1000)), RULES, LENGTH
    )
    assert of(seen, "short", "refused").finding is Finding.ALERT
    assert of(seen, "long", "refused").finding is Finding.GAP


def test_a_gap_within_the_margin_is_no_alert() -> None:
    seen = compare(
        tallied("answered", short=(68_000, 100_000), long=(70_000, 100_000)), RULES, LENGTH
    )
    assert of(seen, "short", "answered").finding is Finding.GAP


def test_a_large_gap_that_chance_explains_is_no_alert() -> None:
    seen = compare(tallied("answered", short=(10, 22), long=(12, 22)), RULES, LENGTH)
    assert of(seen, "short", "answered").finding is Finding.NOT_SHOWN


def test_the_adjustment_is_holms_over_all_that_was_tested() -> None:
    """One comparison is shown by itself, and no more among as many as a policy asks for."""
    came, others = (46, 100), (60, 100)
    p = fisher_exact([[46, 54], [60, 40]]).pvalue
    assert 0.05 < p < 0.1
    lenient = RULES.model_copy(update={"alpha": 0.2})
    alone = compare(tallied("answered", short=came, long=others), lenient, LENGTH)
    assert of(alone, "short", "answered").finding is Finding.ALERT
    crowd = [
        *tallied("answered", short=came, long=others),
        *tallied("declined", short=(50, 100), long=(50, 100)),
        *tallied("masked", short=(50, 100), long=(50, 100)),
    ]
    assert of(compare(crowd, lenient, LENGTH), "short", "answered").finding is Finding.NOT_SHOWN


def test_groups_of_an_earlier_policy_are_left_out() -> None:
    counts = [*tallied("answered", short=(50, 100)), *tallied("answered", huge=(50, 100))]
    seen = compare(counts, RULES, LENGTH)
    assert {each.group for each in seen} == set(LENGTH["length"])
    assert all(each.finding is Finding.TOO_FEW for each in seen), "nobody is left to compare with"


def test_nothing_counted_is_too_few_of_everything() -> None:
    seen = compare([], RULES, LENGTH)
    assert len(seen) == len(LENGTH["length"]) * len(RULES.compared.length)
    assert {each.finding for each in seen} == {Finding.TOO_FEW}


# -- by simulation ---------------------------------------------------------------------------------


@pytest.fixture
def quick_collection() -> Iterator[None]:
    """statsmodels collects garbage at every adjustment: the whole session's, unless frozen."""
    gc.freeze()
    yield
    gc.unfreeze()


def _simulated(random: np.random.Generator, rates: dict[str, float], sizes: dict[str, int]) -> bool:
    """Return whether there is an alert or a gap anywhere, where outcomes come at these rates."""
    counts = [
        tally
        for outcome in ("answered", "declined", "masked")
        for tally in tallied(
            outcome,
            **{group: (int(random.binomial(n, rates[group])), n) for group, n in sizes.items()},
        )
    ]
    seen = compare(counts, RULES, LENGTH)
    return any(each.finding in {Finding.ALERT, Finding.GAP} for each in seen)


@pytest.mark.usefixtures("quick_collection")
@pytest.mark.parametrize("rate", [0.1, 0.5, 0.9])
def test_where_all_are_served_alike_a_look_is_wrong_at_most_as_often_as_said(rate: float) -> None:
    random = np.random.default_rng(1)
    looks = 300
    sizes = {"short": 300, "medium": 900, "long": 150}
    wrong = sum(_simulated(random, dict.fromkeys(sizes, rate), sizes) for _ in range(looks))
    assert wrong <= binom.ppf(0.999, looks, RULES.alpha)


@pytest.mark.usefixtures("quick_collection")
def test_a_real_gap_is_found() -> None:
    random = np.random.default_rng(2)
    rates = {"short": 0.6, "medium": 0.75, "long": 0.75}
    sizes = {"short": 400, "medium": 900, "long": 400}
    assert sum(_simulated(random, rates, sizes) for _ in range(50)) >= 45


@settings(max_examples=30)
@given(
    came=st.integers(10, 3_000),
    missed=st.integers(10, 3_000),
)
def test_bounds_hold_the_exact_ones_whatever_is_behind_the_tens(came: int, missed: int) -> None:
    rate = shown(came, came + missed, 10)
    assert rate is not None
    exact = _clopper_pearson(came, came + missed)
    assert rate.interval.low - 1e-9 <= exact[0] <= came / (came + missed) <= exact[1]
    assert exact[1] <= rate.interval.high + 1e-9
    assert 0 < rate.share < 1


def _clopper_pearson(came: int, counted: int) -> tuple[float, float]:
    """Return the ends at which the observed count is just not surprising, by bisection."""

    def end(above: bool) -> float:
        low, high = 0.0, 1.0
        for _ in range(60):
            middle = (low + high) / 2
            tail = (
                binom.cdf(came, counted, middle) if above else binom.sf(came - 1, counted, middle)
            )
            if (tail > 0.025) == above:
                low = middle
            else:
                high = middle
        return low

    return end(above=False), end(above=True)


@pytest.mark.parametrize("rate", [0.03, 0.3, 0.5, 0.97])
def test_bounds_hold_the_rate_at_least_as_often_as_said(rate: float) -> None:
    random = np.random.default_rng(3)
    drawn = random.binomial(1500, rate, size=200)
    found = [shown(int(came), 1500, 10) for came in drawn]
    held = [r.interval.low <= rate <= r.interval.high for r in found if r is not None]
    assert len(held) > 195
    assert np.mean(held) >= 0.95


# -- what is given away ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("came", "counted", "expected"),
    [
        (9, 100, None),
        (0, 100, None),
        (91, 100, None),
        (100, 100, None),
        (10, 20, Rate(10, 20, 10)),
        (19, 39, Rate(10, 30, 10)),
    ],
)
def test_small_counts_are_not_shown_and_others_in_tens(
    came: int, counted: int, expected: Rate | None
) -> None:
    assert shown(came, counted, 10) == expected


LEFT_OPEN = 3
"""How far apart the least and the most must be that a hidden count can be."""

CELLS = st.one_of(st.integers(0, 12), st.integers(0, 60), st.integers(0, 400))


@pytest.mark.parametrize("seed", range(12))
def test_no_hidden_count_can_be_worked_out_from_all_that_is_shown(seed: int) -> None:
    """An attacker who knows how all sums hang together, by linear programming.

    Of each group, how a question ended is one of five, so a row adds up to the group's count, and
    each column to what came of all, which `others` shows. Counts lie where tens begin and end, for
    there least is left open. Every hidden count must be able to be several things.
    """
    random = np.random.default_rng(seed)
    cells = random.choice([0, 1, 5, 8, 9, 10, 11, 18, 19, 20, 29, 30, 99, 100], size=(3, 5))
    groups = LENGTH["length"]
    counts = [
        Tally("length", group, outcome, int(row.sum()), int(row[place]))
        for group, row in zip(groups, cells, strict=True)
        for place, outcome in enumerate(ENDS)
    ]
    seen = compare(counts, RULES, LENGTH)
    rows: list[list[float]] = []
    limits: list[float] = []

    def between(places: set[tuple[int, int]], least: int) -> None:
        """Say that these cells add up to what is shown, or up to nine more."""
        line = [float(place in places) for place in product(range(3), range(5))]
        rows.extend([line, [-each for each in line]])
        limits.extend([least + 9, -least])

    for each in seen:
        if each.outcome not in ENDS or each.rate is None or each.others is None:
            continue
        row, column = groups.index(each.group), ENDS.index(each.outcome)
        rest = set(range(3)) - {row}
        between({(row, column)}, each.rate.came)
        between({(row, place) for place in range(5)}, each.rate.counted)
        between({(other, column) for other in rest}, each.others.came)
        between({(o, place) for o in rest for place in range(5)}, each.others.counted)
    for row, column in product(range(3), range(5)):
        if cells[row, column] >= 10 or not rows:
            continue
        assert of(seen, groups[row], ENDS[column]).rate is None
        aim = np.array([float(place == (row, column)) for place in product(range(3), range(5))])
        least = linprog(aim, A_ub=rows, b_ub=limits)
        most = linprog(-aim, A_ub=rows, b_ub=limits)
        assert least.status == 0
        assert most.status == 3 or -most.fun - least.fun >= LEFT_OPEN


@settings(max_examples=30)
@given(st.lists(st.tuples(CELLS, CELLS), min_size=3, max_size=3))
def test_the_same_is_shown_for_every_count_behind_the_tens(pairs: list[tuple[int, int]]) -> None:
    """Whatever is shown is a function of the tens alone, the finding excepted."""
    groups = dict(zip(LENGTH["length"], pairs, strict=True))
    seen = compare(
        tallied("answered", **{g: (came, came + missed) for g, (came, missed) in groups.items()}),
        RULES,
        LENGTH,
    )
    day = date(2026, 3, 2)
    for each in as_json(Watch(day, day, day, day, seen))["seen"]:  # type: ignore[attr-defined]
        for rate in (each["group_rate"], each["others_rate"]):
            if rate is not None:
                again = Rate(rate["came_at_least"], rate["counted_at_least"], 10)
                assert again.came % 10 == again.counted % 10 == 0
                assert again.came >= 10
                assert rate["share"] == round(again.share, 4)
                assert rate["low"] == round(again.interval.low, 4)
        assert (each["group_rate"] is None) == (each["finding"] == "too few")
