"""Intervals cover what they say on clustered data, where naive ones do not."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evaluation.intervals import (
    Interval,
    difference_interval,
    quantile_interval,
    ratio_interval,
)

TRUTH = 0.7
PAGES = 29
ROWS = st.lists(
    st.tuples(st.sampled_from("abcdef"), st.integers(0, 5), st.integers(1, 5)),
    min_size=2,
    max_size=30,
).map(lambda rows: [(page, min(above, below), below) for page, above, below in rows])


def sample(random: np.random.Generator) -> tuple[list[float], list[str]]:
    """Draw questions on pages: those of a page share its chance, and pages differ in size."""
    hits: list[float] = []
    pages: list[str] = []
    for page in range(PAGES):
        chance = random.beta(TRUTH * 1.5, (1 - TRUTH) * 1.5)
        asked = int(random.integers(1, 9))
        hits.extend(random.binomial(1, chance, asked).astype(float))
        pages.extend([str(page)] * asked)
    return hits, pages


def coverage(clustered: bool, simulations: int = 400) -> float:
    random = np.random.default_rng(11)
    covered = 0
    for _ in range(simulations):
        hits, pages = sample(random)
        clusters = pages if clustered else [str(place) for place in range(len(hits))]
        interval = ratio_interval(hits, [1.0] * len(hits), clusters, resamples=600)
        assert interval is not None
        covered += interval.low <= TRUTH <= interval.high
    return covered / simulations


def test_resampling_pages_covers_the_truth_about_as_often_as_it_says() -> None:
    assert 0.92 <= coverage(clustered=True) <= 0.98


def test_resampling_questions_as_if_independent_is_too_narrow() -> None:
    assert coverage(clustered=False, simulations=150) < 0.88


def test_paired_differences_cover_and_are_narrower_than_the_parts() -> None:
    random = np.random.default_rng(5)
    covered, widths = 0, []
    for _ in range(200):
        hits, pages = sample(random)
        ones = [1.0] * len(hits)
        better = [max(hit, float(random.random() < 0.2)) for hit in hits]
        paired = difference_interval((better, ones), (hits, ones), pages, resamples=600)
        alone = ratio_interval(hits, ones, pages, resamples=600)
        assert paired is not None
        assert alone is not None
        covered += paired.low <= (1 - TRUTH) * 0.2 <= paired.high
        widths.append((paired.high - paired.low) / (alone.high - alone.low))
    assert 0.90 <= covered / 200 <= 0.99
    assert np.mean(widths) < 0.8


@settings(max_examples=60)
@given(ROWS, st.randoms())
def test_a_share_stays_in_its_range_and_order_does_not_matter(rows: list, random) -> None:
    shuffled = list(rows)
    random.shuffle(shuffled)
    first, second = (
        ratio_interval(
            [above for _, above, _ in each],
            [below for _, _, below in each],
            [page for page, _, _ in each],
            resamples=200,
        )
        for each in (rows, shuffled)
    )
    assert first == second
    if first is not None:
        assert 0 <= first.low <= first.high <= 1


def test_one_page_gives_no_interval() -> None:
    assert ratio_interval([1, 0], [1, 1], ["a", "a"]) is None
    assert quantile_interval([1, 2], ["a", "a"], 0.5) is None
    assert difference_interval(([1], [1]), ([0], [1]), ["a"]) is None


def test_a_page_that_has_nothing_to_count_is_no_page() -> None:
    assert ratio_interval([1, 0], [1, 0], ["a", "b"]) is None


def test_all_right_is_not_certain() -> None:
    pages = [str(page) for page in range(10)]
    bound = 0.025 ** (1 / 10)
    assert ratio_interval([1] * 10, [1] * 10, pages) == Interval(pytest.approx(bound), 1.0)
    assert ratio_interval([0] * 10, [1] * 10, pages) == Interval(0.0, pytest.approx(1 - bound))
    assert ratio_interval([7] * 10, [1] * 10, pages, share=False) == Interval(7, 7)


def test_the_same_seed_gives_the_same_interval_and_another_a_near_one() -> None:
    hits, pages = sample(np.random.default_rng(3))
    ones = [1.0] * len(hits)
    first = ratio_interval(hits, ones, pages, seed=1)
    assert first == ratio_interval(hits, ones, pages, seed=1)
    other = ratio_interval(hits, ones, pages, seed=2)
    assert first is not None
    assert other is not None
    assert other.low == pytest.approx(first.low, abs=0.02)


def test_quantile_interval_holds_the_median_of_many_equal_clusters() -> None:
    values = [float(value) for value in range(100)]
    clusters = [str(value) for value in range(100)]
    interval = quantile_interval(values, clusters, 0.5)
    assert interval is not None
    assert 35 <= interval.low < 49 < interval.high <= 65
