"""Measures, the cases they were taken on, and figures with their intervals."""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from evaluation.intervals import (
    SEED,
    Interval,
    difference_interval,
    quantile_interval,
    ratio_interval,
    resampled_interval,
)
from evaluation.ranking import (
    Numbers,
    Statistic,
    area_under_curve,
    calibration_error,
    let_by,
)


class Unit(StrEnum):
    """What a figure counts in. Shares and scores lie in [0, 1]."""

    SHARE = "share"
    SCORE = "score"
    COUNT = "count"
    WORDS = "words"
    POINTS = "points"
    MILLISECONDS = "ms"


class Average(StrEnum):
    """How cases become one figure.

    `MICRO`: every element, word or question weighs the same, so Σ numerators ÷ Σ denominators.
    `BY_QUESTION`: the mean of each question's own ratio. `QUANTILE`: a quantile over questions.
    The last three set a score beside whether something holds: see `evaluation.ranking`.
    """

    MICRO = "micro"
    BY_QUESTION = "by question"
    QUANTILE = "quantile"
    AREA = "area under the ROC curve"
    CALIBRATION = "expected calibration error"
    LET_BY = "at 95% coverage"


@dataclass(frozen=True, slots=True)
class Measure:
    """Something that is measured on each case.

    `source` names the value it reads in `Case.values`; two measures may average the same values
    differently. `label` and `explains` are in plain English. The few that the summary speaks of
    have `says`, a sentence with {value} in it. `higher_is_better` is None where neither is.
    `against` names the value, 0 or 1, that a score is set beside.
    """

    name: str
    source: str
    label: str
    explains: str
    unit: Unit = Unit.SHARE
    average: Average = Average.MICRO
    quantile: float = 0.5
    against: str = ""
    says: str = ""
    higher_is_better: bool | None = True


@dataclass(frozen=True, slots=True)
class Reading:
    """What a person needs to judge one case: the question, what was due, and what came."""

    question: str
    due: tuple[tuple[str, bool], ...] = ()
    came: tuple[str, ...] = ()
    verdict: str = ""


@dataclass(frozen=True, slots=True)
class Case:
    """One question's values, each (numerator, denominator), and the cluster it belongs to.

    A measure that does not apply to the question is absent, or has the denominator 0.
    `shortfall` orders cases for reading, worst first.
    """

    id: str
    cluster: str
    values: Mapping[str, tuple[float, float]]
    reading: Reading
    shortfall: float = 0.0


@dataclass(frozen=True, slots=True)
class Figure:
    """A measured value. `n` counts questions, `clusters` the pages they are about."""

    measure: Measure
    value: float
    interval: Interval | None
    n: int
    clusters: int


@dataclass(frozen=True, slots=True)
class Difference:
    """This run's figure minus an earlier or other one. `paired`: on the same questions.

    `interval` is None where the questions are not the same.
    """

    measure: Measure
    value: float
    interval: Interval | None
    n: int
    paired: bool


def figure(measure: Measure, cases: Iterable[Case], seed: int = SEED) -> Figure | None:
    """Return the figure of `measure` over `cases` in any order; None where it is not defined."""
    held = _observations(measure, cases)
    value = _value(measure, held) if held else math.nan
    if math.isnan(value):
        return None
    above, below, clusters = _columns(measure, held)
    interval: Interval | None
    if statistic := _STATISTICS.get(measure.average):
        interval = resampled_interval(_of(statistic, above, below), clusters, seed=seed)
    elif measure.average is Average.QUANTILE:
        interval = quantile_interval(above, clusters, measure.quantile, seed=seed)
    else:
        share = measure.unit in (Unit.SHARE, Unit.SCORE)
        interval = ratio_interval(above, below, clusters, share=share, seed=seed)
    return Figure(measure, value, interval, len(held), len(set(clusters)))


def figures(
    measures: Sequence[Measure], cases: Sequence[Case], seed: int = SEED
) -> tuple[Figure, ...]:
    """Return the figures of those `measures` that some case has."""
    found = (figure(measure, cases, seed) for measure in measures)
    return tuple(each for each in found if each is not None)


def difference(
    measure: Measure, ours: Sequence[Case], theirs: Sequence[Case], seed: int = SEED
) -> Difference | None:
    """Return ours minus theirs; paired and with an interval where the questions are the same."""
    mine, other = _observations(measure, ours), _observations(measure, theirs)
    if not mine or not other:
        return None
    value = _value(measure, mine) - _value(measure, other)
    if math.isnan(value):
        return None
    paired = [case.id for case in mine] == [case.id for case in other]
    if not paired or measure.average is Average.QUANTILE:
        return Difference(measure, value, None, len(mine), paired)
    above, below, clusters = _columns(measure, mine)
    other_above, other_below, _ = _columns(measure, other)
    if statistic := _STATISTICS.get(measure.average):
        ours_of, theirs_of = (
            _of(statistic, above, below),
            _of(statistic, other_above, other_below),
        )
        interval = resampled_interval(
            lambda weights: ours_of(weights) - theirs_of(weights), clusters, seed=seed
        )
        return Difference(measure, value, interval, len(mine), paired)
    interval = difference_interval((above, below), (other_above, other_below), clusters, seed=seed)
    return Difference(measure, value, interval, len(mine), paired)


_STATISTICS: Mapping[Average, Statistic] = {
    Average.AREA: area_under_curve,
    Average.CALIBRATION: calibration_error,
    Average.LET_BY: let_by,
}


def _of(
    statistic: Statistic, scores: Sequence[float], holds: Sequence[float]
) -> Callable[[Numbers], Numbers]:
    """Return the statistic of these cases as a function of their weights."""
    scored, held = np.asarray(scores, dtype=float), np.asarray(holds, dtype=float)
    return lambda weights: statistic(scored, held, weights)


def _observations(measure: Measure, cases: Iterable[Case]) -> list[Case]:
    wanted = [name for name in (measure.source, measure.against) if name]
    held = (
        case for case in cases if all(case.values.get(name, (0.0, 0.0))[1] > 0 for name in wanted)
    )
    return sorted(held, key=lambda case: case.id)


def _columns(measure: Measure, cases: Sequence[Case]) -> tuple[list[float], list[float], list[str]]:
    """Return numerators and denominators, or scores and whether each holds; and clusters."""
    pairs = [case.values[measure.source] for case in cases]
    clusters = [case.cluster for case in cases]
    if measure.average is Average.MICRO:
        return [above for above, _ in pairs], [below for _, below in pairs], clusters
    shares = [above / below for above, below in pairs]
    if measure.against:
        holds = [case.values[measure.against] for case in cases]
        return shares, [above / below for above, below in holds], clusters
    return shares, [1.0] * len(pairs), clusters


def _value(measure: Measure, cases: Sequence[Case]) -> float:
    above, below, _ = _columns(measure, cases)
    if statistic := _STATISTICS.get(measure.average):
        return float(_of(statistic, above, below)(np.ones((1, len(above))))[0])
    if measure.average is Average.QUANTILE:
        return float(np.quantile(above, measure.quantile, method="inverted_cdf"))
    return sum(above) / sum(below)
