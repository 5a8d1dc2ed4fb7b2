"""Is everybody served alike in live use? Each group beside all others, from counts alone.

Two independent groups of people, so Fisher's exact test (1935), and Holm's adjustment within each
of two families: measured style, and what people say of themselves. Rates stand between exact bounds
(Clopper & Pearson 1934).

What is shown gives no small count away. Every count is shown in steps of the policy's `fewest`,
rounded down, and one below it not at all; rates and bounds are worked out from the counts as they
are shown. A hidden count is what is left of a sum when its other parts are taken away. But a sum
shown as S is anything up to S + `fewest` − 1, its parts are at least what they are shown as, and
all of these are multiples of `fewest`: so by any one sum what is left can be `fewest` − 1. Several
sums together narrow it a little further; a test lets linear programming try them all.
Whether there is an alert is decided by the counts themselves.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from typing import Literal

from scipy.stats import beta, fisher_exact  # type: ignore[import-untyped]
from sqlalchemy import Connection

from assistant.monitoring import Tally, tallies
from assistant.policy import Policy
from assistant.policy.watching import STYLES, Monitoring
from evaluation.fairness.significance import holm
from evaluation.intervals import Interval

LEVEL = 0.95


class Finding(StrEnum):
    """What is said of a group and an outcome."""

    ALERT = "alert"
    """Worse off by more than the margin, and chance alone does not explain it."""
    GAP = "gap"
    """A difference that chance does not explain: not for the worse, or within the margin."""
    NOT_SHOWN = "no difference shown"
    TOO_FEW = "too few"
    """A count is too small to be shown, of the group or of all others; nothing is said of it."""


@dataclass(frozen=True, slots=True)
class Rate:
    """A share as it may be shown: `came` of `counted`, both rounded down to multiples of `step`."""

    came: int
    counted: int
    step: int

    @property
    def share(self) -> float:
        """Return the share that the middle of both steps would be."""
        middle = (self.step - 1) / 2
        return min(1.0, (self.came + middle) / (self.counted + middle))

    @property
    def interval(self) -> Interval:
        """Return bounds that hold the rate with at least 95%, whatever the exact counts are.

        They are the exact bounds of the lowest and of the highest count behind what is shown.
        """
        most = self.came + self.step - 1
        low = _bounds(self.came, self.counted + self.step - 1).low
        return Interval(low, _bounds(most, max(self.counted, most)).high)


@dataclass(frozen=True, slots=True)
class Seen:
    """A group beside all others of its dimension, by one outcome. No rates where there are too
    few."""

    dimension: str
    group: str
    outcome: str
    finding: Finding
    rate: Rate | None = None
    others: Rate | None = None

    @property
    def gap(self) -> float | None:
        """Return the group's share less that of all others, as shown."""
        return self.rate.share - self.others.share if self.rate and self.others else None


@dataclass(frozen=True, slots=True)
class Watch:
    """What is found of one time. `until` is the first day that is not looked at any more.

    Self-descriptions are of whole weeks that are over, so they begin and end on Mondays.
    """

    since: date
    until: date
    described_since: date
    described_until: date
    seen: tuple[Seen, ...]

    @property
    def alerts(self) -> tuple[Seen, ...]:
        """Return the alerts."""
        return tuple(each for each in self.seen if each.finding is Finding.ALERT)


def watch(connection: Connection, policy: Policy, today: date, days: int = 0) -> Watch:
    """Return what the counts of the last `days` say, today's included; the policy's if 0."""
    rules = policy.monitoring
    since = today - timedelta(days=(days or rules.days) - 1)
    until = today + timedelta(days=1)
    monday, over = _monday(since), _monday(today)
    groups = {name: tuple(asked.groups) for name, asked in policy.describing["en"].question.items()}
    measured = tallies(connection, since, until, STYLES)
    described = tallies(connection, monday, over, tuple(groups))
    seen = (
        *compare(measured, rules, STYLE_GROUPS),
        *compare(described, rules, groups),
    )
    return Watch(since, until, monday, over, seen)


STYLE_GROUPS: Mapping[str, tuple[str, ...]] = {
    "length": ("short", "medium", "long"),
    "slips": ("none", "few", "many"),
    "language": ("en", "cy", "other", "unclear"),
}


@dataclass(frozen=True, slots=True)
class _Compared:
    """Two-by-two: so many `came` of `counted` in the group, and in all others."""

    seen: Seen
    came: int
    counted: int
    others_came: int
    others_counted: int

    @property
    def p(self) -> float:
        ours = [self.came, self.counted - self.came]
        theirs = [self.others_came, self.others_counted - self.others_came]
        return float(fisher_exact([ours, theirs]).pvalue)

    @property
    def gap(self) -> float:
        return self.came / self.counted - self.others_came / self.others_counted


def compare(
    counts: Iterable[Tally], rules: Monitoring, groups: Mapping[str, Sequence[str]]
) -> tuple[Seen, ...]:
    """Return every group of these dimensions beside the others of its own, by each outcome.

    All of them are one family of comparisons. Groups that are not named are left out.
    """
    cells: dict[tuple[str, str], dict[str, Tally]] = defaultdict(dict)
    for each in counts:
        if each.group in groups.get(each.dimension, ()):
            cells[each.dimension, each.outcome][each.group] = each
    found = [
        _beside(Seen(dimension, group, outcome, Finding.TOO_FEW), cells[dimension, outcome], rules)
        for dimension, names in groups.items()
        for outcome in rules.compared_by(dimension)
        for group in names
    ]
    tested = [each for each in found if isinstance(each, _Compared)]
    adjusted = iter(holm([each.p for each in tested]))
    return tuple(
        _judged(each, next(adjusted), rules) if isinstance(each, _Compared) else each
        for each in found
    )


def _beside(seen: Seen, groups: Mapping[str, Tally], rules: Monitoring) -> Seen | _Compared:
    if seen.group not in groups:
        return seen
    own = groups[seen.group]
    came = sum(each.came for each in groups.values()) - own.came
    counted = sum(each.counted for each in groups.values()) - own.counted
    rate, others = (
        shown(*both, rules.fewest) for both in ((own.came, own.counted), (came, counted))
    )
    if rate is None or others is None:
        return seen
    return _Compared(replace(seen, rate=rate, others=others), own.came, own.counted, came, counted)


def shown(came: int, counted: int, fewest: int) -> Rate | None:
    """Return the rate as it may be shown, or None where one of its counts is below `fewest`: of
    those to whom the outcome came, or of those to whom it did not."""
    if came < fewest or counted - came < fewest:
        return None
    return Rate(came - came % fewest, counted - counted % fewest, fewest)


def _judged(compared: _Compared, adjusted: float, rules: Monitoring) -> Seen:
    seen, rule = compared.seen, rules.outcome[compared.seen.outcome]
    if adjusted > rules.alpha:
        return replace(seen, finding=Finding.NOT_SHOWN)
    worse = -compared.gap if rule.better == "more" else compared.gap
    return replace(seen, finding=Finding.ALERT if worse > rule.margin else Finding.GAP)


def _bounds(came: int, counted: int) -> Interval:
    """Return the exact interval of Clopper and Pearson (1934)."""
    tail = (1 - LEVEL) / 2
    low = float(beta.ppf(tail, came, counted - came + 1)) if came else 0.0
    high = float(beta.isf(tail, came + 1, counted - came)) if came < counted else 1.0
    return Interval(low, high)


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


Kind = Literal["measured", "described"]


def kind_of(dimension: str) -> Kind:
    """Return whether the dimension is measured, or what people say of themselves."""
    return "measured" if dimension in STYLES else "described"


def as_json(found: Watch) -> dict[str, object]:
    """Return what is found as plain values; no count that is too small to be shown is in it."""
    return {
        "measured": {"since": found.since.isoformat(), "before": found.until.isoformat()},
        "described": {
            "since": found.described_since.isoformat(),
            "before": found.described_until.isoformat(),
        },
        "alerts": len(found.alerts),
        "seen": [
            {
                "kind": kind_of(each.dimension),
                "dimension": each.dimension,
                "group": each.group,
                "outcome": each.outcome,
                "finding": each.finding.value,
                "group_rate": _rate_json(each.rate),
                "others_rate": _rate_json(each.others),
                "gap": None if each.gap is None else round(each.gap, 4),
            }
            for each in found.seen
        ],
    }


def _rate_json(rate: Rate | None) -> dict[str, float | int] | None:
    if rate is None:
        return None
    return {
        "share": round(rate.share, 4),
        "low": round(rate.interval.low, 4),
        "high": round(rate.interval.high, 4),
        "came_at_least": rate.came,
        "counted_at_least": rate.counted,
    }
