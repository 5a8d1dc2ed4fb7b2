"""Tests of significance against a published example, brute force, and each other."""

import gc
from collections.abc import Iterator
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evaluation.fairness.power import (
    detectable_lapse,
    detectable_loss,
    detectable_mean,
    mcnemar_power,
    pairs_needed,
    worth,
)
from evaluation.fairness.significance import (
    benjamini_hochberg,
    clustered_error,
    clustered_t,
    holm,
    mcnemar,
    shown,
    swapped_pages,
)

DIFFERENCES = st.lists(
    st.tuples(st.sampled_from([-1, 0, 1]), st.sampled_from("abcdefgh")), min_size=1, max_size=40
).map(lambda rows: ([sign for sign, _ in rows], [page for _, page in rows]))


@pytest.fixture(autouse=True, scope="module")
def _quick_collections() -> Iterator[None]:
    """statsmodels collects garbage at every adjustment: keep what is there out of its way."""
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()


def swapped_by_hand(differences: list[int], pages: list[str]) -> float:
    """Exchange the columns of every set of pages, one after the other."""
    names = sorted(set(pages))
    nets = [sum(d for d, p in zip(differences, pages, strict=True) if p == name) for name in names]
    sums = [
        abs(sum(sign * net for sign, net in zip(signs, nets, strict=True)))
        for signs in product((-1, 1), repeat=len(nets))
    ]
    return sum(each >= abs(sum(nets)) for each in sums) / len(sums)


def test_mcnemar_is_tossing_a_coin_for_the_pairs_that_differ() -> None:
    assert mcnemar(2, 9) == pytest.approx(2 * sum((1, 11, 55)) / 2**11)
    assert mcnemar(0, 6) == pytest.approx(2 / 2**6)
    assert mcnemar(5, 5) == 1.0
    assert mcnemar(0, 0) == 1.0


@given(st.integers(0, 60), st.integers(0, 60), st.integers(0, 20))
def test_with_one_pair_a_page_swapping_pages_is_mcnemar(lost: int, gained: int, same: int) -> None:
    differences = [-1] * lost + [1] * gained + [0] * same
    pages = [str(place) for place in range(len(differences))]
    assert swapped_pages(differences, pages) == pytest.approx(mcnemar(lost, gained))


@settings(max_examples=60)
@given(DIFFERENCES)
def test_swapping_pages_is_what_brute_force_gives(rows: tuple[list[int], list[str]]) -> None:
    differences, pages = rows
    p = swapped_pages(differences, pages)
    assert p == pytest.approx(swapped_by_hand(differences, pages))
    assert swapped_pages([-each for each in differences], pages) == pytest.approx(p)
    assert shown(differences, pages) >= p


def test_pairs_of_one_page_show_nothing_however_many_they_are() -> None:
    assert mcnemar(40, 0) < 1e-11
    assert shown([-1] * 40, ["page"] * 40) == 1.0


def test_pairs_that_cancel_within_pages_are_left_to_mcnemar() -> None:
    differences, pages = [-1, 1] * 10, [str(place // 2) for place in range(20)]
    assert swapped_pages(differences, pages) == 1.0
    assert shown([], []) == 1.0


def test_adjusted_p_values_are_those_of_the_papers() -> None:
    # Benjamini & Hochberg (1995), table of fifteen p-values, their four findings at 0.05.
    published = (
        0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240,
        0.4262, 0.5719, 0.6528, 0.7590, 1.0000,
    )  # fmt: skip
    assert sum(p <= 0.05 for p in benjamini_hochberg(published)) == 4
    assert sum(p <= 0.05 for p in holm(published)) == 3
    assert holm((0.01, 0.04, 0.03, 0.005)) == pytest.approx((0.03, 0.06, 0.06, 0.02))
    assert holm(()) == benjamini_hochberg(()) == ()


@given(st.lists(st.floats(0, 1), min_size=1, max_size=30), st.randoms())
def test_adjusting_does_not_care_for_order_and_never_helps(values: list[float], random) -> None:
    places = list(range(len(values)))
    random.shuffle(places)
    for adjust in (holm, benjamini_hochberg):
        found = adjust(values)
        again = adjust([values[place] for place in places])
        assert [found[place] for place in places] == pytest.approx(list(again))
        assert all(a >= b - 1e-12 for a, b in zip(found, values, strict=True))


def test_the_clustered_error_of_lone_pairs_is_the_ordinary_one() -> None:
    values = list(np.random.default_rng(2).normal(size=50))
    lone = [str(place) for place in range(50)]
    assert clustered_error(values, lone) == pytest.approx(np.std(values, ddof=1) / 50**0.5)
    assert worth(values, lone) == pytest.approx(50)


def test_pairs_that_repeat_each_other_are_worth_their_pages() -> None:
    values = [float(place % 2) for place in range(40) for _ in range(5)]
    pages = [str(place) for place in range(40) for _ in range(5)]
    assert worth(values, pages) == pytest.approx(40, rel=0.03)
    assert clustered_t(values[:200:5], pages[::5]) == pytest.approx(clustered_t(values, pages))


def test_a_mean_of_nought_or_of_one_page_shows_nothing() -> None:
    assert clustered_t([0.0, 0.0], ["a", "b"]) == 1.0
    assert clustered_t([3.0, 4.0], ["a", "a"]) == 1.0
    assert clustered_t([], []) == 1.0
    assert clustered_t([2.0, 2.0, 2.0], ["a", "b", "c"]) == 0.0


def test_power_is_what_summing_over_every_table_gives() -> None:
    pairs, discordant, loss, alpha = 25, 0.4, 0.3, 0.05
    lost, gained = (discordant + loss) / 2, (discordant - loss) / 2
    total = 0.0
    for b in range(pairs + 1):
        for c in range(pairs + 1 - b):
            if mcnemar(b, c) <= alpha and b > c:
                ways = np.exp(
                    sum(np.log(np.arange(1, pairs + 1)))
                    - sum(sum(np.log(np.arange(1, k + 1))) for k in (b, c, pairs - b - c))
                )
                total += ways * lost**b * gained**c * (1 - discordant) ** (pairs - b - c)
    assert mcnemar_power(pairs, discordant, loss, alpha) == pytest.approx(total, rel=1e-6)


def test_more_pairs_find_less_and_too_few_find_nothing() -> None:
    found = [detectable_loss(pairs, 0.1, 0.05, 0.8) for pairs in (100, 400, 1600)]
    assert found[0] > found[1] > found[2] > 0
    assert detectable_loss(5, 0.1, 0.05, 0.8) is None
    assert detectable_loss(0, 0.1, 0.05, 0.8) is None
    strict = detectable_loss(400, 0.1, 0.0001, 0.8)
    assert strict is not None
    assert found[1] is not None
    assert strict > found[1]


def test_where_none_differ_a_loss_makes_them_differ() -> None:
    # All discordant pairs are losses: shown from 6 on (2 / 2**6 < 0.05), so that at least
    # 80% of the time 6 or more of 100 must be lost.
    found = detectable_loss(100, 0.0, 0.05, 0.8)
    assert found == pytest.approx(0.078, abs=0.004)


def test_the_other_detectable_effects_shrink_with_pairs() -> None:
    assert detectable_lapse(0, 0.05, 0.05, 0.8) is None
    assert detectable_lapse(1, 0.05, 0.05, 0.8) is None
    few, many = (detectable_lapse(pairs, 0.05, 0.05, 0.8) for pairs in (100, 10_000))
    assert few is not None
    assert many is not None
    assert few > many > 0.05
    assert detectable_mean([1.0], ["a"], 0.05, 0.8) is None
    assert pairs_needed(0.1, 0.03, 0.05, 0.8) == 873
    assert pairs_needed(0.1, 0.015, 0.05, 0.8) == pytest.approx(4 * 873, abs=4)
