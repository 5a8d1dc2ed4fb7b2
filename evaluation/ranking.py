"""How well a score tells cases apart, and whether a probability is kept.

Each statistic takes scores (float64[n]), whether each case holds (float64[n], 0 or 1) and weights
(float64[r, n]: r resamples of the n cases), and returns float64[r]; NaN where a resample lacks one
of the two sorts of case.
"""

from collections.abc import Callable
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]
Statistic = Callable[[Numbers, Numbers, Numbers], Numbers]

BANDS = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 1.0)
"""Probabilities from one to the next are looked at together; the last band holds 1.0 too."""
COVERAGE = 0.95
"""The share of the cases that hold which a threshold lets by in `let_by`."""


def area_under_curve(scores: Numbers, holds: Numbers, weights: Numbers) -> Numbers:
    """Return the area under the ROC curve: how often a case that holds scores above one that
    does not; half for the same score (Hanley & McNeil 1982)."""
    good, bad = _by_score(scores, holds, weights)
    below = np.cumsum(bad, axis=1) - bad
    return _ratio((good * (below + bad / 2)).sum(axis=1), good.sum(axis=1) * bad.sum(axis=1))


def calibration_error(scores: Numbers, holds: Numbers, weights: Numbers) -> Numbers:
    """Return the expected calibration error over `BANDS`: the mean distance between what a band
    promised and what it kept, by its share of the cases (Naeini et al. 2015)."""
    apart = [
        np.abs(weights[:, inside] @ (scores - holds)[inside])
        for inside in (in_band(scores, low, high) for low, high in pairwise(BANDS))
        if inside.any()
    ]
    return _ratio(np.sum(apart, axis=0), weights.sum(axis=1))


def let_by(scores: Numbers, holds: Numbers, weights: Numbers) -> Numbers:
    """Return the share of the cases that do not hold which pass the highest threshold that lets
    `COVERAGE` of those that do by."""
    good, bad = (part[:, ::-1].cumsum(axis=1) for part in _by_score(scores, holds, weights))
    enough = good >= COVERAGE * good[:, -1:] - 1e-9
    passed = bad[np.arange(len(bad)), enough.argmax(axis=1)]
    return np.where(good[:, -1] > 0, _ratio(passed, bad[:, -1]), np.nan)


def in_band(scores: Numbers, low: float, high: float) -> NDArray[np.bool_]:
    """Say of each score whether it lies in [low, high), or in [low, high] in the last band."""
    below = scores <= high if high == BANDS[-1] else scores < high
    inside: NDArray[np.bool_] = (scores >= low) & below
    return inside


def _by_score(scores: Numbers, holds: Numbers, weights: Numbers) -> tuple[Numbers, Numbers]:
    """Return the weight of cases that hold, and that do not, of each score, lowest first."""
    order = np.argsort(scores, kind="stable")
    _, starts = np.unique(scores[order], return_index=True)
    ordered, good = weights[:, order], holds[order]
    return (
        np.add.reduceat(ordered * good, starts, axis=1),
        np.add.reduceat(ordered * (1 - good), starts, axis=1),
    )


def _ratio(above: Numbers, below: Numbers) -> Numbers:
    shares: Numbers = np.divide(above, below, out=np.full(len(below), np.nan), where=below > 0)
    return shares
