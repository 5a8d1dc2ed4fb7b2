"""How large a difference would have been found: what "no difference was found" is worth."""

from collections.abc import Sequence
from functools import lru_cache
from statistics import NormalDist

import numpy as np
from scipy.optimize import brentq  # type: ignore[import-untyped]
from scipy.stats import binom  # type: ignore[import-untyped]
from scipy.stats import t as student

from evaluation.fairness.significance import clustered_error

_RARE = 1e-10
"""How much of the discordant pairs' distribution may be left out of a sum, at each end."""
_FINE = 1e-5
"""How finely the least detectable difference is sought."""


def worth(differences: Sequence[float], clusters: Sequence[str]) -> float:
    """Return how many independent pairs these are worth, at most as many as they are.

    Pairs ÷ design effect, where the design effect is the clustered variance of the mean over the
    one of independent pairs (Kish 1965, §8.2).
    """
    pairs = len(differences)
    if len(set(clusters)) < 2 or np.ptp(np.asarray(differences, dtype=float)) == 0:
        return float(pairs)
    independent = float(np.var(differences, ddof=1)) / pairs
    effect = clustered_error(differences, clusters) ** 2 / independent
    return pairs / max(1.0, effect)


def mcnemar_power(pairs: int, discordant: float, loss: float, alpha: float) -> float:
    """Return the chance that the exact McNemar test shows a loss.

    `discordant` is the share of pairs that differ, `loss` the share lost less the share gained (0
    to `discordant`), `alpha` the two-sided level. Summed over how many pairs may differ (the exact
    unconditional power: Duffy 1984, Biometrics 40(4)).
    """
    low, high = binom.ppf([_RARE, 1 - _RARE], pairs, discordant)
    differ = np.arange(max(1, int(low)), int(high) + 1)
    critical = binom.ppf(alpha / 2, differ, 0.5)
    critical = np.where(binom.cdf(critical, differ, 0.5) > alpha / 2, critical - 1, critical)
    lost = (1 + loss / discordant) / 2
    found = binom.sf(differ - critical - 1, differ, lost)
    found = np.where(critical < 0, 0.0, found)
    return float((binom.pmf(differ, pairs, discordant) * found).sum())


@lru_cache(maxsize=4096)
def detectable_loss(pairs: int, discordant: float, alpha: float, power: float) -> float | None:
    """Return the least loss (a share) that would be shown with the chance `power`.

    `discordant` is the share of pairs that differ; a loss beyond it makes as many differ. None
    where not even the loss of everything would be shown.
    """

    def short(loss: float) -> float:
        return mcnemar_power(pairs, max(discordant, loss), loss, alpha) - power

    if pairs < 1 or short(1.0) < 0:
        return None
    return float(brentq(short, _FINE, 1.0, xtol=_FINE))


def detectable_lapse(pairs: int, margin: float, alpha: float, power: float) -> float | None:
    """Return the least share of lapses that would be shown to be above `margin` with that chance.

    For what should always hold: the exact one-sided binomial test of `margin` at α ÷ 2, on `pairs`
    independent ones. None where not even lapses without exception would be shown.
    """
    critical = int(binom.isf(alpha / 2, pairs, margin)) + 1
    if critical > pairs:
        return None

    def short(lapse: float) -> float:
        return float(binom.sf(critical - 1, pairs, lapse)) - power

    return float(brentq(short, margin, 1.0, xtol=_FINE))


def detectable_mean(
    differences: Sequence[float], clusters: Sequence[str], alpha: float, power: float
) -> float | None:
    """Return the least mean difference that would be shown with that chance, in its own unit.

    (t + z) standard errors, t of `pages − 1` degrees of freedom (Bloom 1995, Evaluation Review
    19(5)). None with fewer than two pages.
    """
    pages = len(set(clusters))
    if pages < 2:
        return None
    factor = float(student.ppf(1 - alpha / 2, pages - 1)) + NormalDist().inv_cdf(power)
    return float(factor * clustered_error(differences, clusters))


def pairs_needed(variance: float, margin: float, alpha: float, power: float) -> int:
    """Return how many independent pairs show that two equal groups differ by less than `margin`.

    `variance` is that of one pair's difference (of yes or no, the share of pairs that differ): the
    interval's end lies z standard errors from the gap, and the gap itself must not stray further
    than the rest with the chance `power`.
    """
    z = NormalDist().inv_cdf(1 - alpha / 2) + NormalDist().inv_cdf(power)
    return int(np.ceil(variance * (z / margin) ** 2))
