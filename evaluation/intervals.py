"""95% intervals by resampling whole pages.

Questions about one page stand and fall together, so the page (or the conversation) is what is
drawn again, with all of its questions (Davison & Hinkley 1997, §3.8). With some thirty pages,
percentile intervals come out too narrow; their levels are widened to what Student's t would
need ("expanded percentile", Hesterberg 2015, doi:10.1080/00031305.2015.1089789, §4.2).

A figure that is the same on every page would get an interval without width. For shares that are
all 0 or all 1 the exact binomial bound (Clopper & Pearson 1934) over pages is given instead.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray
from scipy.stats import t as student  # type: ignore[import-untyped]

RESAMPLES = 4000
SEED = 20_251
LEVEL = 0.95
_AT_ONCE = 2_000_000
"""How many weights `resampled_interval` holds in memory at once, more or less."""

Numbers = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Interval:
    """The ends of an interval, 95% where nothing else is said, in the unit of the figure."""

    low: float
    high: float


def ratio_interval(
    numerators: Sequence[float],
    denominators: Sequence[float],
    clusters: Sequence[str],
    *,
    share: bool = True,
    level: float = LEVEL,
    seed: int = SEED,
    resamples: int = RESAMPLES,
) -> Interval | None:
    """Return the interval of Σ numerators ÷ Σ denominators; None with fewer than two clusters.

    The three sequences are parallel, one entry an observation, in any order. `share` says that
    the ratio lies in [0, 1] by nature; `level` is the chance, in (0, 1), of holding the truth.
    """
    above, below = (_cluster_sums(values, clusters) for values in (numerators, denominators))
    held = below > 0
    above, below = above[held], below[held]
    if len(below) < 2:
        return None
    if np.ptp(above / below) == 0:
        return _constant(float(above.sum() / below.sum()), len(below), share, level)
    counts = _draws(len(below), seed, resamples)
    return _expanded((counts @ above) / (counts @ below), len(below), level)


def difference_interval(
    ours: tuple[Sequence[float], Sequence[float]],
    theirs: tuple[Sequence[float], Sequence[float]],
    clusters: Sequence[str],
    *,
    seed: int = SEED,
    resamples: int = RESAMPLES,
) -> Interval | None:
    """Return the interval of the difference of two ratios measured on the same observations.

    `ours` and `theirs` are (numerators, denominators); entry i of all of them belongs to
    observation i of cluster i. Each resample draws the same pages for both. None with fewer
    than two clusters, or where every page shows the same difference.
    """
    sums = [_cluster_sums(values, clusters) for values in (*ours, *theirs)]
    held = (sums[1] > 0) & (sums[3] > 0)
    a, b, c, d = (values[held] for values in sums)
    if len(a) < 2 or np.ptp(a / b - c / d) == 0:
        return None
    counts = _draws(len(a), seed, resamples)
    return _expanded((counts @ a) / (counts @ b) - (counts @ c) / (counts @ d), len(a))


def quantile_interval(
    values: Sequence[float],
    clusters: Sequence[str],
    quantile: float,
    *,
    seed: int = SEED,
    resamples: int = RESAMPLES,
) -> Interval | None:
    """Return the interval of a quantile (0–1) of `values`; None with fewer than two clusters."""
    names, places = np.unique(np.asarray(clusters, dtype=str), return_inverse=True)
    if len(names) < 2:
        return None
    order = np.argsort(np.asarray(values, dtype=float), kind="stable")
    ordered, places = np.asarray(values, dtype=float)[order], places[order]
    weights = _draws(len(names), seed, resamples)[:, places].cumsum(axis=1)
    reached = weights >= quantile * weights[:, -1:]
    return _expanded(ordered[reached.argmax(axis=1)], len(names))


def resampled_interval(
    statistic: Callable[[Numbers], Numbers],
    clusters: Sequence[str],
    *,
    seed: int = SEED,
    resamples: int = RESAMPLES,
) -> Interval | None:
    """Return the interval of any statistic of weighted observations.

    `statistic` takes weights (float64[r, n], n parallel to `clusters`) and returns float64[r], NaN
    where it is not defined. None with fewer than two clusters, or where it is never defined.
    """
    names, places = np.unique(np.asarray(clusters, dtype=str), return_inverse=True)
    if len(names) < 2:
        return None
    draws = _draws(len(names), seed, resamples)
    step = max(1, _AT_ONCE // len(places))
    found = np.concatenate(
        [statistic(draws[start : start + step, places]) for start in range(0, resamples, step)]
    )
    found = found[np.isfinite(found)]
    return _expanded(found, len(names)) if len(found) else None


def _cluster_sums(values: Sequence[float], clusters: Sequence[str]) -> Numbers:
    names, places = np.unique(np.asarray(clusters, dtype=str), return_inverse=True)
    return np.bincount(places, np.asarray(values, dtype=float), len(names)).astype(float)


@lru_cache(maxsize=16)
def _draws(clusters: int, seed: int, resamples: int) -> Numbers:
    random = np.random.default_rng(seed)
    drawn = random.multinomial(clusters, np.full(clusters, 1 / clusters), size=resamples)
    counts: Numbers = drawn.astype(float)
    counts.setflags(write=False)
    return counts


def _expanded(statistics: Numbers, clusters: int, level: float = LEVEL) -> Interval:
    quantile = float(student.ppf((1 + level) / 2, clusters - 1))
    tail = NormalDist().cdf(-((clusters / (clusters - 1)) ** 0.5) * quantile)
    low, high = np.quantile(statistics, [tail, 1 - tail])
    return Interval(float(low), float(high))


def _constant(value: float, clusters: int, share: bool, level: float) -> Interval:
    bound = float(((1 - level) / 2) ** (1 / clusters))
    if share and value == 1:
        return Interval(bound, 1.0)
    if share and value == 0:
        return Interval(0.0, 1 - bound)
    return Interval(value, value)
