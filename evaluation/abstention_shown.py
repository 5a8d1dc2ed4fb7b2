"""What an abstention evaluation shows besides figures: promises in words, tables and plots."""

from collections.abc import Iterable, Iterator, Sequence

from assistant.policy.model import Thresholds
from evaluation.abstention_scoring import Tried
from evaluation.confidence_exhibits import (
    in_force_table,
    reliability,
    reliability_plot,
    reliability_table,
    risk_plot,
)
from evaluation.exhibits import Plot, Table
from evaluation.risk import Attempt, Risk, curve, risk, threshold_for

WANTED = (0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4)
"""Shares of wrong answers that somebody may want to allow."""


def attempts_of(tried: Iterable[Tried]) -> list[Attempt]:
    """Return the attempts of those of which it is known what is right."""
    return [each.attempt for each in tried if each.attempt is not None]


def exhibits_of(
    over: Sequence[tuple[str, Sequence[Attempt]]], thresholds: Thresholds
) -> tuple[tuple[Table, ...], tuple[Plot, ...]]:
    """Return tables and plots of some attempts; the first of `over` are all of them."""
    rows = [
        (name, level, risk(attempts, threshold))
        for name, attempts in over
        for level, threshold in _levels(thresholds)
        if attempts
    ]
    every = over[0][1]
    bands = reliability(
        [each.confidence for each in every if each.confidence is not None],
        [each.right for each in every if each.confidence is not None],
    )
    marked = [(level, at) for name, level, at in rows if name == over[0][0] and at.given]
    return (
        (in_force_table(rows), reliability_table(bands)),
        (reliability_plot(bands), risk_plot(curve(every), marked)),
    )


def promises(attempts: Sequence[Attempt], thresholds: Thresholds) -> tuple[str, ...]:
    """Return what can be promised of the answers given, in words."""
    said = []
    for level, threshold in _levels(thresholds):
        at = risk(attempts, threshold)
        if not at.given:
            said.append(f"From confidence {threshold:.2f} on ({level}), nothing was answered.")
            continue
        said.append(
            f"Of answers given {level}, at most {at.at_most:.1%} are wrong, with 95% confidence "
            f"({at.wrong:,} of {at.given:,} were, from confidence {threshold:.2f} on; exact "
            f"binomial bound). That takes questions as independent, and those of one page are not: "
            f"these, about {at.pages:,} pages, are worth {at.worth:,.0f} independent ones, and by "
            f"that count it is at most {at.at_most_by_page:.1%}."
        )
    return tuple(said)


def choices(
    fit: Sequence[Attempt], report: Sequence[Attempt]
) -> Iterator[tuple[float, Risk | None, Risk | None]]:
    """Yield each wanted risk with what its threshold, chosen on `fit`, gives on both halves."""
    for wanted in WANTED:
        threshold = threshold_for(wanted, fit)
        if threshold is None:
            yield wanted, None, None
        else:
            yield wanted, risk(fit, threshold), risk(report, threshold)


def _levels(thresholds: Thresholds) -> tuple[tuple[str, float], ...]:
    return ("with or without a caution", thresholds.caution), ("plainly", thresholds.answer)
