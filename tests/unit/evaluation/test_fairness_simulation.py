"""The statistics do what they say, on made-up runs whose truth is known.

Every run has questions of several pages and several variants of a question; what a variant does
depends on its page. Seeds are fixed; tolerances are some three standard errors of the simulation.
"""

import gc
from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import binomtest  # type: ignore[import-untyped]

from evaluation.fairness.comparisons import Comparison
from evaluation.fairness.gaps import Compared, gap_of
from evaluation.fairness.gates import Gates, load_gates
from evaluation.fairness.measures import Kind
from evaluation.fairness.power import (
    detectable_lapse,
    detectable_loss,
    detectable_mean,
    pairs_needed,
    worth,
)
from evaluation.fairness.significance import (
    benjamini_hochberg,
    clustered_t,
    holm,
    mcnemar,
    shown,
)
from evaluation.fairness.verdicts import Failed, Passed, verdict_on

GATES = load_gates()
RESAMPLES = 600
Random = np.random.Generator


@pytest.fixture(autouse=True, scope="module")
def _quick_collections() -> Iterator[None]:
    """statsmodels collects garbage at every adjustment: keep what is there out of its way."""
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()


def run(
    random: Random, *, pages: int, each: int, differ: float, loss: float, alike: float
) -> Compared:
    """Return pairs of yes and no: `each` a page on average, of which `differ` differ, `loss` more
    of them lost than gained. `alike` (0 to under 1) is how much a page's discordant pairs agree in
    being lost or gained."""
    sizes = np.full(pages, 1) if each == 1 else random.integers(1, 2 * each, pages)
    lost = (1 + loss / differ) / 2
    if alike and 0 < lost < 1:
        worth = (1 - alike) / alike
        tending = random.beta(lost * worth, (1 - lost) * worth, pages)
    else:
        tending = np.full(pages, lost)
    count = int(sizes.sum())
    differs = random.random(count) < differ
    loses = random.random(count) < np.repeat(tending, sizes)
    before = np.where(differs, loses, random.random(count) < 0.75).astype(float)
    after = np.where(differs, 1 - before, before)
    names = np.repeat(np.arange(pages), sizes)
    return Compared(Kind.SHARE, tuple(before), tuple(after), tuple(map(str, names)))


def judged(compared: Compared, gates: Gates = GATES) -> Comparison:
    """Return the comparison as the only one that decides."""
    gap = gap_of(compared, gates.level, gates.said.seed, RESAMPLES)
    p = shown([round(each) for each in compared.differences], compared.clusters)
    rule = gates.said.outcome["right_page"]
    return Comparison("writing/typos_05", "right_page", rule, True, compared, gap, p, p)


def quick(gates: Gates = GATES) -> Gates:
    said = gates.said.model_copy(update={"resamples": RESAMPLES})
    return Gates(said=said, digest="")


def share(of: Callable[[Random], bool], runs: int, seed: int) -> float:
    random = np.random.default_rng(seed)
    return sum(of(random) for _ in range(runs)) / runs


@pytest.mark.parametrize(
    ("pages", "each", "alike"), [(300, 1, 0.0), (60, 5, 0.0), (60, 6, 0.4), (180, 6, 0.2)]
)
def test_equal_groups_rarely_fail(pages: int, each: int, alike: float) -> None:
    gates = quick()

    def fails(random: Random) -> bool:
        made = run(random, pages=pages, each=each, differ=0.15, loss=0.0, alike=alike)
        return isinstance(verdict_on(judged(made), gates), Failed)

    assert share(fails, 200, seed=1) <= GATES.said.alpha / 2 + 0.033


def test_a_difference_is_found_where_there_is_none_as_often_as_alpha_says() -> None:
    def found(random: Random) -> bool:
        made = run(random, pages=400, each=1, differ=0.3, loss=0.0, alike=0.0)
        return judged(made).p <= 0.05

    assert 0.02 <= share(found, 600, seed=2) <= 0.075


def test_mcnemar_alone_would_find_differences_that_pages_make() -> None:
    def both(random: Random) -> tuple[bool, bool]:
        made = run(random, pages=60, each=8, differ=0.3, loss=0.0, alike=0.5)
        signs = [round(each) for each in made.differences]
        alone = mcnemar(signs.count(-1), signs.count(1)) <= 0.05
        return alone, shown(signs, made.clusters) <= 0.05

    random = np.random.default_rng(3)
    alone, together = np.mean([both(random) for _ in range(300)], axis=0)
    assert alone > 0.12
    assert together <= 0.09


@pytest.mark.parametrize(("pairs", "differ"), [(300, 0.1), (1000, 0.06), (500, 0.3)])
@pytest.mark.parametrize("alpha", [0.05, 0.05 / 400])
def test_a_loss_of_the_detectable_size_is_shown_as_often_as_stated(
    pairs: int, differ: float, alpha: float
) -> None:
    loss = detectable_loss(pairs, differ, alpha, 0.8)
    assert loss is not None
    random = np.random.default_rng(4)
    differs = max(differ, loss)
    lost, gained = (differs + loss) / 2, (differs - loss) / 2
    tables = random.multinomial(pairs, [lost, gained, 1 - lost - gained], size=1200)
    found = np.mean([b > c and mcnemar(int(b), int(c)) <= alpha for b, c, _ in tables])
    assert 0.76 <= found <= 0.85


def test_a_clustered_loss_of_the_detectable_size_is_shown_about_as_often_as_stated() -> None:
    random = np.random.default_rng(5)
    settings = {"pages": 180, "each": 5, "differ": 0.2, "alike": 0.3}
    worths = [
        worth(made.differences, made.clusters)
        for made in (run(random, loss=0.05, **settings) for _ in range(20))
    ]
    loss = detectable_loss(int(np.mean(worths)), 0.2, 0.05, 0.8)
    assert loss is not None

    def found(random: Random) -> bool:
        made = judged(run(random, loss=loss, **settings))
        return made.worse > 0 and made.p <= 0.05

    assert np.mean(worths) < 0.9 * 180 * 5
    assert 0.72 <= share(found, 300, seed=6) <= 0.88


def test_lapses_and_means_of_the_detectable_size_are_shown_as_often_as_stated() -> None:
    random = np.random.default_rng(7)
    lapse = detectable_lapse(600, 0.1, 0.05, 0.8)
    assert lapse is not None
    counts = random.binomial(600, lapse, 4000)
    lapses = [binomtest(int(k), 600, 0.1, "greater").pvalue <= 0.025 for k in counts]
    assert 0.77 <= np.mean(lapses) <= 0.84
    pages = [str(place // 4) for place in range(200)]

    def made(mean: float) -> list[float]:
        return list(mean + np.repeat(random.normal(size=50), 4) + random.normal(size=200))

    least = np.mean([detectable_mean(made(0.0), pages, 0.05, 0.8) or 0 for _ in range(50)])
    found = np.mean([clustered_t(made(float(least)), pages) <= 0.05 for _ in range(600)])
    assert 0.74 <= found <= 0.86


@pytest.mark.parametrize(
    ("pages", "each", "differ", "alike"), [(300, 1, 0.1, 0.0), (60, 6, 0.1, 0.2)]
)
def test_a_group_that_loses_the_margin_rarely_passes(
    pages: int, each: int, differ: float, alike: float
) -> None:
    gates = quick()

    def passes(random: Random) -> bool:
        made = run(random, pages=pages, each=each, differ=differ, loss=0.03, alike=alike)
        return isinstance(verdict_on(judged(made), gates), Passed)

    assert share(passes, 300, seed=8) <= 0.05


def test_rare_losses_do_not_pass_for_want_of_width() -> None:
    """Three of a hundred pairs lost, none gained: one run in five has one loss at most, and an
    interval without the two added pairs is then narrower than the margin."""
    small = quick().said.model_copy(update={"least_pairs": 120})
    gates = Gates(said=small, digest="")

    def passes(random: Random) -> bool:
        made = run(random, pages=120, each=1, differ=0.03, loss=0.03, alike=0.0)
        return isinstance(verdict_on(judged(made), gates), Passed)

    assert share(passes, 500, seed=9) <= 0.06


def test_as_many_pairs_as_are_said_to_be_needed_pass_where_all_are_equal() -> None:
    gates = quick()
    pairs = pairs_needed(0.08, 0.03, 0.05, 0.8)

    def passes(random: Random) -> bool:
        made = run(random, pages=pairs, each=1, differ=0.08, loss=0.0, alike=0.0)
        return isinstance(verdict_on(judged(made), gates), Passed)

    assert 0.73 <= share(passes, 300, seed=10) <= 0.87


def coverage(*, clustered: bool, kind: Kind = Kind.SHARE, runs: int = 300) -> float:
    def covers(random: Random) -> bool:
        made = run(random, pages=80, each=6, differ=0.25, loss=0.06, alike=0.4)
        truth = -0.06
        if kind is Kind.KEPT:
            lapses = np.repeat(random.beta(0.9, 8.1, 80), 6)
            kept = (random.random(480) >= lapses).astype(float)
            pages = tuple(str(place // 6) for place in range(480))
            made, truth = Compared(kind, (1.0,) * 480, tuple(kept), pages), -0.1
        if kind is Kind.NUMBER:
            shift = np.repeat(random.normal(-2, 3, 80), 6) + random.exponential(5, 480) - 5
            pages = tuple(str(place // 6) for place in range(480))
            made, truth = Compared(kind, (0.0,) * 480, tuple(shift), pages), -2.0
        if not clustered:
            made = replace(made, clusters=tuple(map(str, range(made.pairs))))
        interval = gap_of(made, 0.95, 1, RESAMPLES).interval
        assert interval is not None
        return interval.low <= truth <= interval.high

    return share(covers, runs, seed=11)


@pytest.mark.parametrize("kind", list(Kind))
def test_intervals_cover_the_truth_as_often_as_they_say(kind: Kind) -> None:
    assert 0.915 <= coverage(clustered=True, kind=kind) <= 0.985


def test_intervals_that_take_pairs_as_independent_do_not() -> None:
    assert coverage(clustered=False, runs=150) < 0.91


def p_values(random: Random, losses: tuple[float, ...]) -> list[float]:
    found = []
    for loss in losses:
        made = run(random, pages=60, each=4, differ=0.15, loss=loss, alike=0.2)
        found.append(shown([round(each) for each in made.differences], made.clusters))
    return found


def test_holm_keeps_the_chance_of_any_false_finding_and_no_adjustment_does_not() -> None:
    random = np.random.default_rng(12)
    every = [p_values(random, (0.0,) * 20) for _ in range(100)]
    assert np.mean([min(holm(each)) <= 0.05 for each in every]) <= 0.05 + 0.06
    assert np.mean([min(each) <= 0.05 for each in every]) > 0.25


def test_benjamini_hochberg_keeps_the_share_of_false_findings() -> None:
    random = np.random.default_rng(13)
    losses = (0.1,) * 5 + (0.0,) * 15
    false_share, found = [], []
    for _ in range(100):
        findings = [p <= 0.05 for p in benjamini_hochberg(p_values(random, losses))]
        false_share.append(sum(findings[5:]) / max(1, sum(findings)))
        found.append(sum(findings[:5]) / 5)
    assert np.mean(false_share) <= 0.05 + 0.02
    assert np.mean(found) > 0.6
