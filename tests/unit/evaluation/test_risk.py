"""What is promised of answers is kept: bounds cover, by page where questions hang together."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom  # type: ignore[import-untyped]

from evaluation.risk import Attempt, at_most, curve, risk, threshold_for, worth_of


@given(st.integers(1, 400).flatmap(lambda n: st.tuples(st.integers(0, n - 1), st.just(n))))
def test_the_bound_is_where_so_few_wrong_answers_have_a_chance_of_one_in_twenty(
    counted: tuple[int, int],
) -> None:
    wrong, given_ = counted
    bound = at_most(wrong, given_)
    assert wrong / given_ < bound <= 1.0
    assert binom.cdf(wrong, given_, bound) == pytest.approx(0.05, abs=1e-6)


def test_the_bound_of_nothing_and_of_all_wrong_promises_nothing() -> None:
    assert at_most(0, 0) == at_most(7, 7) == 1.0
    assert at_most(0, 59) == pytest.approx(0.05, abs=5e-4)  # one in twenty for 0 of 59


def sample(random: np.random.Generator, alike: bool) -> tuple[list[bool], list[str]]:
    """Draw 40 pages of 10 answers, a fifth of them wrong; pages differ where not `alike`."""
    chances = [0.2 if alike else float(random.beta(0.4, 1.6)) for _ in range(40)]
    wrong = [bool(random.random() < chance) for chance in chances for _ in range(10)]
    return wrong, [str(place // 10) for place in range(400)]


@pytest.mark.parametrize("alike", [True, False])
def test_the_bound_by_page_covers_where_the_exact_one_alone_does_not(alike: bool) -> None:
    random = np.random.default_rng(7)
    exact = by_page = 0
    for _ in range(400):
        wrong, pages = sample(random, alike)
        attempts = [Attempt(1.0, not w, page) for w, page in zip(wrong, pages, strict=True)]
        found = risk(attempts, 0.5)
        exact += found.at_most >= 0.2
        by_page += found.at_most_by_page >= 0.2
    assert by_page / 400 >= 0.93
    assert (exact / 400 >= 0.93) is alike


@given(
    st.lists(st.tuples(st.booleans(), st.sampled_from("abcdef")), min_size=1, max_size=60),
)
def test_questions_are_worth_no_more_than_they_are(answers: list[tuple[bool, str]]) -> None:
    wrong, pages = zip(*answers, strict=True)
    assert 0 < worth_of(wrong, pages) <= len(wrong)


def test_pages_whose_questions_all_go_the_same_way_are_worth_about_one_each() -> None:
    wrong = [place // 10 % 2 == 0 for place in range(200)]
    pages = [str(place // 10) for place in range(200)]
    assert worth_of(wrong, pages) == pytest.approx(20, rel=0.15)
    assert worth_of([False] * 200, pages) == 20
    assert worth_of([], []) == 0


ATTEMPTS = [
    *(Attempt(0.9, True, f"a{n}") for n in range(300)),
    *(Attempt(0.45, n % 2 == 0, f"b{n}") for n in range(100)),
    *(Attempt(None, False, f"c{n}") for n in range(100)),
]


def test_risk_counts_what_is_given_and_what_found_nothing() -> None:
    low, high = risk(ATTEMPTS, 0.0), risk(ATTEMPTS, 0.5)
    assert (low.questions, low.given, low.wrong, low.coverage) == (500, 400, 50, 0.8)
    assert (high.given, high.wrong, high.share) == (300, 0, 0.0)
    nothing = risk(ATTEMPTS, 0.95)
    assert (nothing.given, nothing.coverage, nothing.share) == (0, 0.0, 0.0)
    assert nothing.at_most == nothing.at_most_by_page == 1.0


def test_answering_less_never_answers_more() -> None:
    given_ = [each.given for each in curve(ATTEMPTS)]
    assert given_ == sorted(given_, reverse=True)
    assert given_[0] == 400
    assert given_[-1] == 300


@pytest.mark.parametrize(
    ("wanted", "threshold"), [(0.5, 0.0), (0.2, 0.0), (0.1, 0.46), (0.02, 0.46), (0.001, None)]
)
def test_the_threshold_is_the_lowest_whose_bound_is_within_what_is_wanted(
    wanted: float, threshold: float | None
) -> None:
    assert threshold_for(wanted, ATTEMPTS) == threshold
