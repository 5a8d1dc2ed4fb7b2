"""How often answers are wrong where answering stops at a threshold, and what can be promised.

A bound is one-sided: with 95% confidence the true share lies below it. The exact binomial bound
(Clopper & Pearson 1934) takes questions as independent. Questions of one page are not, so beside it
stands the same bound for as many independent questions as they are worth (Korn & Graubard 1998,
Survey Methodology 24(2), §3).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.stats import beta  # type: ignore[import-untyped]
from scipy.stats import t as student

from evaluation.intervals import LEVEL

GRID = tuple(step / 100 for step in range(101))
"""The thresholds that are tried."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """What an assistant would say if nothing held it back.

    `confidence` is None where it found nothing to say; `right` says whether the answer would hold.
    `page` is what the question hangs together with others by.
    """

    confidence: float | None
    right: bool
    page: str

    def given(self, threshold: float) -> bool:
        """Say whether it is given where answering stops below `threshold`."""
        return self.confidence is not None and self.confidence >= threshold


@dataclass(frozen=True, slots=True)
class Risk:
    """What a threshold gives: of `questions`, `given` are answered and `wrong` of those wrongly.

    `worth` is how many independent questions the given ones are worth; the bounds are 1.0 where
    nothing is given.
    """

    threshold: float
    questions: int
    given: int
    wrong: int
    pages: int
    worth: float
    at_most: float
    at_most_by_page: float

    @property
    def coverage(self) -> float:
        """Return the share of the questions that is answered."""
        return self.given / self.questions if self.questions else 0.0

    @property
    def share(self) -> float:
        """Return the share of the answers that is wrong; 0.0 where there are none."""
        return self.wrong / self.given if self.given else 0.0


def risk(attempts: Sequence[Attempt], threshold: float) -> Risk:
    """Return what comes of answering from `threshold` on."""
    given = [attempt for attempt in attempts if attempt.given(threshold)]
    wrong = [not attempt.right for attempt in given]
    pages = [attempt.page for attempt in given]
    worth = worth_of(wrong, pages)
    amiss = sum(wrong)
    return Risk(
        threshold,
        len(attempts),
        len(given),
        amiss,
        len(set(pages)),
        worth,
        at_most(amiss, len(given)),
        at_most(amiss * worth / len(given), worth) if given else 1.0,
    )


def curve(attempts: Sequence[Attempt]) -> tuple[Risk, ...]:
    """Return the risk at every threshold of `GRID` that some attempt reaches, lowest first."""
    found = (risk(attempts, threshold) for threshold in GRID)
    return tuple(each for each in found if each.given)


def threshold_for(wanted: float, attempts: Sequence[Attempt]) -> float | None:
    """Return the lowest threshold of `GRID` whose bound by page is at most `wanted`, or None."""
    return next(
        (each.threshold for each in curve(attempts) if each.at_most_by_page <= wanted), None
    )


def at_most(wrong: float, given: float) -> float:
    """Return the upper 95% bound of a share, `wrong` of `given`; neither need be whole."""
    if given <= 0 or wrong >= given:
        return 1.0
    return float(beta.ppf(LEVEL, wrong + 1, given - wrong))


def worth_of(wrong: Sequence[bool], pages: Sequence[str]) -> float:
    """Return how many independent questions these are worth, at most as many as they are.

    Where all are alike, nothing tells how alike a page's questions are: then each page is worth
    one.
    """
    if not wrong:
        return 0.0
    names, places = np.unique(np.asarray(pages, dtype=str), return_inverse=True)
    clusters, asked = len(names), len(wrong)
    share = sum(wrong) / asked
    if clusters < 2 or share in (0.0, 1.0):
        return float(clusters)
    apart = np.bincount(places, np.asarray(wrong, dtype=float) - share, clusters)
    variance = clusters / (clusters - 1) * float((apart**2).sum()) / asked**2
    if variance == 0:
        return float(asked)
    wider = float(student.ppf(LEVEL, asked - 1) / student.ppf(LEVEL, clusters - 1)) ** 2
    return min(float(asked), share * (1 - share) / variance * wider)
