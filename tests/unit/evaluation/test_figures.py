"""Averages are what they are called, and runs are compared on the same questions."""

from dataclasses import replace

import pytest

from evaluation.figures import Average, Case, Measure, Reading, Unit, difference, figure, figures

MICRO = Measure("recall", "recall", "Recall", "…")
BY_QUESTION = replace(MICRO, name="recall by question", average=Average.BY_QUESTION)
MEDIAN = Measure(
    "p50", "elapsed", "Time", "…", unit=Unit.MILLISECONDS, average=Average.QUANTILE, quantile=0.5
)


def case(name: str, page: str, **values: tuple[float, float]) -> Case:
    return Case(name, page, values, Reading(name))


CASES = (
    case("1", "a", recall=(1, 1), elapsed=(10, 1)),
    case("2", "a", recall=(0, 4), elapsed=(30, 1)),
    case("3", "b", recall=(1, 2), elapsed=(20, 1)),
    case("4", "c", recall=(0, 0), elapsed=(40, 1)),
    case("5", "c"),
)


def test_micro_weighs_elements_and_by_question_weighs_questions() -> None:
    micro, mean = figure(MICRO, CASES), figure(BY_QUESTION, CASES)
    assert micro is not None
    assert mean is not None
    assert micro.value == pytest.approx(2 / 7)
    assert mean.value == pytest.approx((1 + 0 + 0.5) / 3)
    assert (micro.n, micro.clusters) == (3, 2)


def test_a_quantile_is_a_value_that_was_measured() -> None:
    median = figure(MEDIAN, CASES)
    assert median is not None
    assert median.value == 20
    assert median.n == 4


def test_what_no_case_has_gives_no_figure() -> None:
    assert figures([MICRO, MEDIAN], [CASES[4]]) == ()


def test_order_does_not_matter() -> None:
    for measure in (MICRO, BY_QUESTION, MEDIAN):
        assert figure(measure, CASES) == figure(measure, CASES[::-1])


def test_a_difference_is_paired_on_the_same_questions_only() -> None:
    right = (replace(each, values={**each.values, "recall": (1, 1)}) for each in CASES[:2])
    better = (*right, CASES[2])
    told = difference(BY_QUESTION, better, CASES[2::-1])
    assert told is not None
    assert told.paired
    assert told.value == pytest.approx(1 / 3)
    assert told.interval is not None
    other = difference(BY_QUESTION, better[:2], CASES[:3])
    assert other is not None
    assert not other.paired
    assert other.interval is None


def test_no_difference_from_itself() -> None:
    told = difference(MICRO, CASES, CASES)
    assert told is not None
    assert told.value == 0
