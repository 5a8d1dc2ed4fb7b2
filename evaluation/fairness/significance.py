"""Is a difference shown, or could chance alone have made it?

Two-sided p-values of paired differences, and their adjustment where many are looked at together.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.stats import binom, binomtest  # type: ignore[import-untyped]
from scipy.stats import t as student
from statsmodels.stats.multitest import multipletests  # type: ignore[import-untyped]

from evaluation.intervals import Numbers


def mcnemar(lost: int, gained: int) -> float:
    """Return the p-value of the exact test of McNemar (1947): of the pairs that differ, is either
    way more frequent than by tossing a coin? 1.0 where no pair differs."""
    if lost + gained == 0:
        return 1.0
    return float(binomtest(lost, lost + gained, 0.5).pvalue)


def swapped_pages(differences: Sequence[int], clusters: Sequence[str]) -> float:
    """Return the exact p-value of a net difference where whole pages are swapped.

    `differences` are −1, 0 or 1, one a pair, `clusters` their pages. If a way of writing made no
    difference, exchanging the two columns for all pairs of a page would be as likely as not; the
    p-value is the share of all such exchanges with a net difference as large (a permutation test,
    Fisher 1935, §21). With one pair a page it is McNemar's, number for number.
    """
    names, places = np.unique(np.asarray(clusters, dtype=str), return_inverse=True)
    by_page = np.bincount(places, np.asarray(differences, dtype=float), len(names))
    sizes = np.abs(np.rint(by_page)).astype(np.int64)
    chances: Numbers = np.ones(1)
    for size in np.unique(sizes[sizes > 0]):
        pages = int((sizes == size).sum())
        # Of `pages` pages that count `size` each, k fall one way: k · 2 · size above the least.
        spread = np.zeros(pages * 2 * size + 1)
        spread[:: 2 * size] = binom.pmf(np.arange(pages + 1), pages, 0.5)
        chances = np.convolve(chances, spread)
    net = np.arange(len(chances)) - sizes.sum()
    return min(1.0, float(chances[np.abs(net) >= abs(round(by_page.sum()))].sum()))


def shown(differences: Sequence[int], clusters: Sequence[str]) -> float:
    """Return the larger of the p-values of `mcnemar` and `swapped_pages`.

    McNemar's test takes pairs as independent; those of a page are not, and it then finds
    differences that are not there. A difference is shown where both find it.
    """
    lost, gained = (sum(each == sign for each in differences) for sign in (-1, 1))
    return max(mcnemar(lost, gained), swapped_pages(differences, clusters))


def clustered_t(differences: Sequence[float], clusters: Sequence[str]) -> float:
    """Return the p-value of a mean difference from nought, by Student's t over pages.

    Its error is `clustered_error`, with as many degrees of freedom as there are pages, less one.
    1.0 with fewer than two pages, or where all pairs differ by nought.
    """
    error = clustered_error(differences, clusters)
    pages = len(set(clusters))
    mean = float(np.mean(differences)) if len(differences) else 0.0
    if pages < 2 or mean == 0:
        return 1.0
    if error == 0:
        return 0.0
    return float(2 * student.sf(abs(mean) / error, pages - 1))


def clustered_error(differences: Sequence[float], clusters: Sequence[str]) -> float:
    """Return the standard error of a mean whose observations hang together by page.

    The cluster-robust (sandwich) one with the factor pages ÷ (pages − 1) (Cameron & Miller 2015,
    J. Human Resources 50(2), §II). NaN with fewer than two pages.
    """
    names, places = np.unique(np.asarray(clusters, dtype=str), return_inverse=True)
    pages = len(names)
    if pages < 2:
        return float("nan")
    values: NDArray[np.float64] = np.asarray(differences, dtype=float)
    apart = np.bincount(places, values - values.mean(), pages)
    return float(np.sqrt(pages / (pages - 1) * (apart**2).sum()) / len(values))


def holm(p_values: Sequence[float]) -> tuple[float, ...]:
    """Return p-values adjusted so that the chance of any false finding among them stays what is
    asked for (Holm 1979)."""
    return _adjusted(p_values, "holm")


def benjamini_hochberg(p_values: Sequence[float]) -> tuple[float, ...]:
    """Return p-values adjusted so that the expected share of false findings among the findings
    stays what is asked for (Benjamini & Hochberg 1995)."""
    return _adjusted(p_values, "fdr_bh")


def _adjusted(p_values: Sequence[float], method: str) -> tuple[float, ...]:
    if not p_values:
        return ()
    return tuple(float(each) for each in multipletests(p_values, method=method)[1])
