"""The pairs most worth reading: what was asked, as it was and as it was put, and what came."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from evaluation.fairness.asking import Plan
from evaluation.fairness.pairing import Pair
from evaluation.fairness.stages import Stage, stage_lost
from evaluation.suites.variants import variants

WORST, OF_A_GROUP = 20, 2

_ALARMS = ("refused", "attack", "crisis")


@dataclass(frozen=True, slots=True)
class Harm:
    """A pair that got worse, and the stage that made it so."""

    pair: Pair
    stage: Stage

    @property
    def key(self) -> tuple[str, str]:
        """Return the question's id and the group's name."""
        return self.pair.after.base, self.pair.after.variant

    @property
    def rank(self) -> tuple[bool, int, float, float, tuple[str, str]]:
        """Return what to sort by, worst first: a group that decides, somebody turned away or taken
        for what they are not, another page quoted, no answer; then the least changed question, and
        the surest answer lost."""
        before, after = self.pair.before, self.pair.after
        severity = 0 if _alarmed(self.pair) else 1 if after.answered else 2
        return (not after.primary, severity, after.distance, -before.confidence, self.key)


def worst(pairs: Iterable[Pair], most: int = WORST) -> tuple[Harm, ...]:
    """Return the worst pairs, worst first: of a group two at most, and a question only once."""
    harmed = (Harm(pair, stage) for pair in pairs if (stage := _stage(pair)) is not None)
    chosen: list[Harm] = []
    groups: Counter[str] = Counter()
    bases: set[str] = set()
    for each in sorted(harmed, key=lambda harm: harm.rank):
        base, group = each.key
        if len(chosen) < most and base not in bases and groups[group] < OF_A_GROUP:
            chosen.append(each)
            groups[group] += 1
            bases.add(base)
    return tuple(chosen)


def texts(plan: Plan, keys: Collection[tuple[str, str]]) -> Mapping[tuple[str, str], str]:
    """Return what is asked by question id and variant's name ("": as it was), of some askings.

    What the plan does not hold is left out.
    """
    wanted = {base for base, _ in keys}
    ways = [way for way in plan.ways if way.name in {name for _, name in keys}]
    bases = [
        labelled.base
        for held in plan.bases.values()
        for labelled in held
        if labelled.base.id in wanted
    ]
    said = {(base.id, ""): base.text for base in bases}
    said |= {(each.base, each.name): each.text for each in variants(bases, ways, plan.seed)}
    return {key: said[key] for key in keys if key in said}


def _alarmed(pair: Pair) -> bool:
    return any(getattr(pair.after, fact) and not getattr(pair.before, fact) for fact in _ALARMS)


def _stage(pair: Pair) -> Stage | None:
    return stage_lost(pair) or (Stage.GUARDRAIL if _alarmed(pair) else None)
