"""Scores beside what holds: each statistic is what it is called, however cases are weighed."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluation.figures import Average, Case, Measure, Reading, difference, figure
from evaluation.ranking import area_under_curve, calibration_error, let_by

CASES = st.lists(
    st.tuples(st.sampled_from([0.0, 0.2, 0.25, 0.5, 0.81, 1.0]), st.booleans(), st.integers(0, 3)),
    min_size=1,
    max_size=25,
)
STATISTICS = (area_under_curve, calibration_error, let_by)


def columns(cases: list[tuple[float, bool, int]]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    scores, holds, weights = (np.array(column, dtype=float) for column in zip(*cases, strict=True))
    return scores, holds, weights[np.newaxis, :]


def one(statistic: object, cases: list[tuple[float, bool]]) -> float:
    scores, holds, ones = columns([(score, held, 1) for score, held in cases])
    return float(statistic(scores, holds, ones)[0])  # type: ignore[operator]


@given(CASES)
def test_the_area_is_how_often_a_case_that_holds_scores_above_one_that_does_not(
    cases: list[tuple[float, bool, int]],
) -> None:
    pairs = [
        (1.0 if good > bad else 0.5 if good == bad else 0.0, here * there)
        for good, held, here in cases
        if held
        for bad, other, there in cases
        if not other
    ]
    due = sum(worth * weight for worth, weight in pairs)
    total = sum(weight for _, weight in pairs)
    found = float(area_under_curve(*columns(cases))[0])
    assert math.isnan(found) if not total else found == pytest.approx(due / total)


@given(CASES, st.sampled_from(STATISTICS))
def test_a_case_of_weight_three_is_three_cases(
    cases: list[tuple[float, bool, int]], statistic: object
) -> None:
    repeated = [(score, held) for score, held, weight in cases for _ in range(weight)]
    weighed = float(statistic(*columns(cases))[0])  # type: ignore[operator]
    if repeated:
        assert weighed == pytest.approx(one(statistic, repeated), nan_ok=True)
    else:
        assert math.isnan(weighed)


def test_a_perfect_score_a_useless_one_and_one_upside_down() -> None:
    good, bad = [(0.9, True)] * 20, [(0.1, False)] * 20
    assert one(area_under_curve, good + bad) == 1.0
    assert one(let_by, good + bad) == 0.0
    upside_down = [(1 - score, held) for score, held in good + bad]
    assert one(area_under_curve, upside_down) == 0.0
    assert one(let_by, upside_down) == 1.0
    alike = [(0.5, True), (0.5, False)]
    assert one(area_under_curve, alike) == 0.5
    assert one(let_by, alike) == 1.0


def test_at_95_percent_coverage_one_in_twenty_may_be_lost_and_no_more() -> None:
    good = [(0.5 + place / 100, True) for place in range(20)]
    assert one(let_by, [*good, (0.505, False)]) == 0.0
    assert one(let_by, [*good[:10], (0.505, False)]) == 1.0


def test_calibration_counts_the_distance_in_each_band_by_its_size() -> None:
    cases = [(0.25, True), (0.25, False), (0.25, False), (0.95, True)]
    assert one(calibration_error, cases) == pytest.approx(
        0.75 * abs(0.25 - 1 / 3) + 0.25 * abs(0.95 - 1)
    )
    assert one(calibration_error, [(1.0, True)] * 3) == 0.0


def test_figures_of_scores_have_intervals_and_differences_by_page() -> None:
    measure = Measure("area", "score", "Area", "…", average=Average.AREA, against="held")

    def cases(noise: float) -> list[Case]:
        random = np.random.default_rng(3)
        return [
            Case(
                f"{page}-{place}",
                f"page {page}",
                {
                    "score": (float(place % 2 + noise * random.normal()), 1.0),
                    "held": (place % 2, 1),
                },
                Reading(""),
            )
            for page in range(12)
            for place in range(4)
        ]

    sharp, blunt = figure(measure, cases(0.3)), figure(measure, cases(2.0))
    assert sharp is not None
    assert blunt is not None
    assert sharp.value > 0.9 > blunt.value
    assert blunt.interval is not None
    assert blunt.interval.low < blunt.value < blunt.interval.high
    told = difference(measure, cases(0.3), cases(2.0))
    assert told is not None
    assert told.paired
    assert told.interval is not None
    assert 0 < told.interval.low < told.value < told.interval.high


def test_what_is_not_defined_gives_no_figure() -> None:
    measure = Measure("area", "score", "Area", "…", average=Average.AREA, against="held")
    alike = [Case(str(n), "p", {"score": (1, 1), "held": (1, 1)}, Reading("")) for n in range(3)]
    unheld = [Case(str(n), "p", {"score": (1, 1)}, Reading("")) for n in range(3)]
    assert figure(measure, alike) is None
    assert figure(measure, unheld) is None
    assert difference(measure, alike, alike) is None
