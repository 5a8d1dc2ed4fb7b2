"""How far a group is from the same questions as they were, and how sure that is."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from evaluation.fairness.measures import Kind, Measured
from evaluation.fairness.pairing import Pair
from evaluation.intervals import Interval, ratio_interval

_PRIOR = {Kind.SHARE: ((1.0, 0.0), (0.0, 1.0)), Kind.KEPT: ((1.0, 1.0), (1.0, 0.0))}
"""Two pairs that are added, each as a page of its own, before intervals of yes and no are taken:
one lost and one gained (Bonett & Price 2012, doi:10.3102/1076998611411915), or one that held and
one that did not (Laplace). Without them few differences give an interval without width."""


@dataclass(frozen=True, slots=True)
class Compared:
    """One outcome of one group: parallel values of the question as it was and of the variant."""

    kind: Kind
    before: tuple[float, ...]
    after: tuple[float, ...]
    clusters: tuple[str, ...]

    @property
    def differences(self) -> tuple[float, ...]:
        """Return after − before, one a pair."""
        return tuple(b - a for a, b in zip(self.before, self.after, strict=True))

    @property
    def pairs(self) -> int:
        """Return how many pairs there are."""
        return len(self.before)

    @property
    def pages(self) -> int:
        """Return how many pages the questions are about."""
        return len(set(self.clusters))


@dataclass(frozen=True, slots=True)
class Gap:
    """A mean difference, after − before, in shares or in the outcome's own unit.

    `interval` is None with fewer than two pages.
    """

    before: float
    after: float
    size: float
    interval: Interval | None


def compare(measured: Measured, pairs: Sequence[Pair]) -> Compared:
    """Return the outcome of the pairs that say something about it."""
    read = [(pair.cluster, values) for pair in pairs if (values := measured.read(pair)) is not None]
    return Compared(
        measured.kind,
        tuple(before for _, (before, _) in read),
        tuple(after for _, (_, after) in read),
        tuple(cluster for cluster, _ in read),
    )


def gap_of(compared: Compared, level: float, seed: int, resamples: int) -> Gap:
    """Return the gap with the interval of that level, found by drawing whole pages again.

    Raise ValueError where there are no pairs.
    """
    if not compared.pairs:
        raise ValueError("there are no pairs to compare")
    size = float(np.mean(compared.differences))
    return Gap(
        float(np.mean(compared.before)),
        float(np.mean(compared.after)),
        size,
        _interval(compared, 1.0, size, level, seed, resamples),
    )


def above_floor(
    compared: Compared, floor: float, level: float, seed: int, resamples: int
) -> Interval | None:
    """Return the interval of after − floor × before: below nought, the group is under the floor."""
    size = float(np.mean(compared.after)) - floor * float(np.mean(compared.before))
    return _interval(compared, floor, size, level, seed, resamples)


def _interval(
    compared: Compared, times: float, size: float, level: float, seed: int, resamples: int
) -> Interval | None:
    if compared.pages < 2:
        return None
    values = [b - times * a for a, b in zip(compared.before, compared.after, strict=True)]
    prior = [b - times * a for a, b in _PRIOR.get(compared.kind, ())]
    found = ratio_interval(
        [*values, *prior],
        [1.0] * (len(values) + len(prior)),
        [*(f"page {name}" for name in compared.clusters), *(f"+{n}" for n in range(len(prior)))],
        share=False,
        level=level,
        seed=seed,
        resamples=resamples,
    )
    return Interval(min(found.low, size), max(found.high, size)) if found else None
