"""One outcome of one group beside the questions as they were, in terms of what is lost."""

from dataclasses import dataclass

from evaluation.fairness.gaps import Compared, Gap
from evaluation.fairness.gates import Better, Judged
from evaluation.fairness.measures import MEASURES, Kind


@dataclass(frozen=True, slots=True)
class Comparison:
    """What was found of one outcome, and the rule that it is judged by.

    `p` is the p-value, None where no test makes sense, `adjusted` the same among those that were
    looked at together.
    """

    group: str
    outcome: str
    rule: Judged
    decides: bool
    compared: Compared
    gap: Gap
    p: float | None
    adjusted: float | None = None

    @property
    def family(self) -> str:
        """Return the group's family."""
        return self.group.partition("/")[0]

    @property
    def share(self) -> bool:
        """Return whether it is about yes and no."""
        return self.compared.kind is not Kind.NUMBER

    @property
    def worse(self) -> float:
        """Return how much is lost: positive is worse; either way, where nothing should change."""
        match self.rule.better:
            case Better.MORE:
                return -self.gap.size
            case Better.LESS:
                return self.gap.size
            case Better.SAME:
                return abs(self.gap.size)

    @property
    def at_worst(self) -> float | None:
        """Return the most that may be lost, by the worse end of the interval."""
        return self._end(worst=True)

    @property
    def at_best(self) -> float | None:
        """Return the least that may be lost, by the better end of the interval."""
        return self._end(worst=False)

    def _end(self, worst: bool) -> float | None:
        if self.gap.interval is None:
            return None
        low, high = self.gap.interval.low, self.gap.interval.high
        match self.rule.better:
            case Better.MORE:
                return -low if worst else -high
            case Better.LESS:
                return high if worst else low
            case Better.SAME if worst:
                return max(abs(low), abs(high))
            case Better.SAME:
                return 0.0 if low <= 0 <= high else min(abs(low), abs(high))

    @property
    def figures(self) -> str:
        """Return what was found, as the beginning of a sentence."""
        compared, gap, title = self.compared, self.gap, self.rule.title
        of = f"Of {many(compared.pairs, 'pair')} about {many(compared.pages, 'page')}"
        if self.share:
            rates = f"{title} in {gap.after:.1%} against {gap.before:.1%}"
            scale, unit = 100, "points"
        else:
            rates = f"{title}: {gap.after:.1f} against {gap.before:.1f}"
            scale, unit = 1, MEASURES[self.outcome].unit
        ends = "no interval"
        if gap.interval is not None:
            low, high = scale * gap.interval.low, scale * gap.interval.high
            ends = f"interval {low:+.1f} to {high:+.1f}"
        return f"{of}, {rates} ({scale * gap.size:+.1f} {unit}, {ends})"

    @property
    def allowed(self) -> str:
        """Return the margin with its unit."""
        if self.share:
            return many(round(100 * self.rule.margin, 2), "point")
        return f"{self.rule.margin:g} {MEASURES[self.outcome].unit}"


def many(count: float, what: str) -> str:
    """Return "1 pair", "1,012 pairs"."""
    return f"{count:,g} {what}{'' if count == 1 else 's'}"
