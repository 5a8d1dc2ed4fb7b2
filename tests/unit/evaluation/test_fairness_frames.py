"""MetricFrame takes results apart for tables; what it says of differences must not decide."""

import numpy as np
import pytest
from fairlearn.metrics import MetricFrame, mean_prediction  # type: ignore[import-untyped]

from evaluation.fairness.frames import CONTROLS, cells, difficulty, length
from evaluation.fairness.gaps import Compared, gap_of
from evaluation.fairness.measures import Kind
from evaluation.fairness.significance import shown
from tests.unit.evaluation.fair_outcomes import DECLINED, pair

GROUPS, QUESTIONS = 10, 300


def test_cells_hold_the_rates_of_every_group_within_every_value_of_the_controls() -> None:
    pairs = [
        *(pair(variant="writing/a", right_page=place % 4 > 0) for place in range(8)),
        *(pair({"topic": "tax"}, variant="writing/a", right_page=False) for _ in range(2)),
        *(pair({"topic": "tax"}, variant="names/b") for _ in range(3)),
    ]
    assert [(each.group, each.pairs, each.gap) for each in cells(pairs, "right_page")] == [
        ("names/b", 3, 0.0),
        ("writing/a", 10, -0.4),
    ]
    found = cells(pairs, "right_page", ["topic", "length"])
    assert [(dict(each.within)["topic"], each.group, each.group_rate) for each in found] == [
        ("passports", "writing/a", 0.75),
        ("tax", "names/b", 1.0),
        ("tax", "writing/a", 0.0),
    ]
    assert {dict(each.within)["length"] for each in found} == {"middle"}
    assert sum(each.pairs for each in found) == len(pairs)


def test_numbers_have_cells_too_and_nothing_has_none() -> None:
    pairs = [pair(words=50), pair(words=90), pair(**DECLINED)]
    assert [(each.base_rate, each.group_rate) for each in cells(pairs, "words")] == [(70, 70)]
    assert cells([pair(**DECLINED)], "words") == ()
    assert cells([], "right_page", list(CONTROLS)) == ()
    with pytest.raises(KeyError):
        cells(pairs, "right_page", ["colour"])


def test_bands_are_of_the_question_as_it_was() -> None:
    bands = [length(pair({"asked_words": words}, asked_words=99)) for words in (0, 8, 9, 20, 21)]
    assert bands == ["short", "short", "middle", "middle", "long"]
    sure = [difficulty(pair({"confidence": c}, confidence=0.1)) for c in (0.9, 0.8, 0.6, 0.4)]
    assert sure == ["easy", "easy", "middle", "hard"]


def frame(values: np.ndarray) -> MetricFrame:
    """`values` are bool[groups, questions]."""
    return MetricFrame(
        metrics=mean_prediction,
        y_true=np.ones(values.size),
        y_pred=values.ravel().astype(float),
        sensitive_features=np.repeat(np.arange(len(values)), values.shape[1]),
        n_boot=100,
        ci_quantiles=[0.025, 0.975],
        random_state=1,
    )


def test_differences_of_equal_groups_look_real_to_a_metric_frame() -> None:
    """The same chance in ten groups: the largest rate less the smallest is never nought."""
    random = np.random.default_rng(1)
    found = frame(random.random((GROUPS, QUESTIONS)) < 0.8)
    low, high = found.difference_ci()
    assert 0 < low < found.difference() < high


def test_even_identical_results_do_while_pairs_show_nothing() -> None:
    """Every question came out the same in all ten groups: the difference is nought, and its
    interval leaves nought out. Paired by question, there is nothing to see."""
    once = np.random.default_rng(2).random(QUESTIONS) < 0.8
    found = frame(np.tile(once, (GROUPS, 1)))
    assert found.difference() == 0
    assert found.difference_ci()[0] > 0.02

    pages = tuple(str(place // 5) for place in range(QUESTIONS))
    values = tuple(once.astype(float))
    gap = gap_of(Compared(Kind.SHARE, values, values, pages), 0.95, seed=1, resamples=400)
    assert gap.interval is not None
    assert gap.interval.low < 0 == gap.size < gap.interval.high < 0.02
    assert shown([0] * QUESTIONS, pages) == 1.0
