"""All that a report says, worked out once: the page, the JSON and the table say the same."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any

import numpy as np

from evaluation.fairness.asking import Plan
from evaluation.fairness.changes import FORMAT, Changes, Earlier, changes_since
from evaluation.fairness.frames import CONTROLS, Cell, cells
from evaluation.fairness.gates import Gates
from evaluation.fairness.groups import Group, groups_of
from evaluation.fairness.judging import RIGHT, Judgement
from evaluation.fairness.measures import MEASURES
from evaluation.fairness.moved import Moved, Share, shares
from evaluation.fairness.outcomes import Outcome
from evaluation.fairness.pairing import Pair, pair_up
from evaluation.fairness.stages import Stage, stages_by_group
from evaluation.fairness.unreviewed import unreviewed
from evaluation.fairness.verdicts import Failed, TooFewData, named
from evaluation.fairness.worst import Harm, worst
from evaluation.suites.variants import Family

FAMILIES = tuple(family.value for family in Family)

_GRADES = ("short", "easy", "middle", "long", "hard")


@dataclass(frozen=True, slots=True)
class BiasRun:
    """A bias evaluation that was run and judged.

    `gates` are those that `judgement` was made by, else ValueError. `identity` names what was
    examined and its digests, `suite` is the digest of all variants that the run's `run.json` has,
    `outcomes_sha256` that of the file of outcomes. `created` is ISO 8601 in UTC. `moves` is what
    came of the cases that must move, empty where they were not asked.
    """

    judgement: Judgement
    gates: Gates
    outcomes: tuple[Outcome, ...]
    plan: Plan
    identity: Mapping[str, str]
    command: str
    created: str
    suite: str
    outcomes_sha256: str
    moves: tuple[Moved, ...] = ()

    def __post_init__(self) -> None:
        if self.gates.digest != self.judgement.gates:
            raise ValueError("the judgement was made by other gates")


@dataclass(frozen=True, slots=True)
class Counts:
    """How much was asked. `by_family` has, by family, groups that decide by verdict's name."""

    questions: int
    pages: int
    pairs: int
    deciding: int
    looked_at: int
    by_family: Mapping[str, Mapping[str, int]]


@dataclass(frozen=True)
class Findings:
    """What a run found. `earlier` is the report before it, None where there is none."""

    run: BiasRun
    earlier: Earlier | None = None

    @cached_property
    def pairs(self) -> Mapping[str, Sequence[Pair]]:
        """Return the pairs by group."""
        return pair_up(self.run.outcomes)

    @cached_property
    def groups(self) -> tuple[Group, ...]:
        """Return the groups, worst first, the deciding ones before those looked at."""
        return groups_of(self.run.judgement, self.run.plan.ways, self.run.gates)

    @cached_property
    def counts(self) -> Counts:
        """Return how much was asked."""
        asked = [each for each in self.run.outcomes if not each.variant]
        deciding = [group for group in self.groups if group.decides]
        return Counts(
            questions=len(asked),
            pages=len({each.cluster for each in asked}),
            pairs=len(self.run.outcomes) - len(asked),
            deciding=len(deciding),
            looked_at=len(self.groups) - len(deciding),
            by_family={
                family: _by_verdict(group for group in deciding if group.family == family)
                for family in FAMILIES
                if any(group.family == family for group in deciding)
            },
        )

    @cached_property
    def changes(self) -> Changes | None:
        """Return what changed since the report before."""
        if self.earlier is None:
            return None
        run = self.run
        return changes_since(
            self.earlier, self.groups, run.identity, run.suite, run.judgement.gates
        )

    @cached_property
    def worst(self) -> tuple[Harm, ...]:
        """Return the pairs most worth reading, worst first."""
        return worst(pair for pairs in self.pairs.values() for pair in pairs)

    @cached_property
    def stages(self) -> Mapping[str, Mapping[Stage, int]]:
        """Return, by group, how many right answers each stage lost."""
        return stages_by_group(pair for pairs in self.pairs.values() for pair in pairs)

    @cached_property
    def apart(self) -> Mapping[str, tuple[Cell, ...]]:
        """Return, by control feature, the right answers of every family within each value."""
        every = [pair for pairs in self.pairs.values() for pair in pairs]
        outcome = next((each for each in RIGHT if _known(every, each)), RIGHT[0])
        return {
            control: tuple(
                sorted(
                    cells(every, outcome, (control,), by=lambda pair: pair.after.family),
                    key=_in_order,
                )
            )
            for control in CONTROLS
        }

    @cached_property
    def moves(self) -> tuple[Share, ...]:
        """Return how often the answer moved where it must."""
        return shares(self.run.moves)

    @cached_property
    def unreviewed(self) -> tuple[tuple[str, str], ...]:
        """Return the lists that nobody has signed, in plain words, and what of them."""
        return unreviewed()

    @property
    def times(self) -> tuple[float, float] | None:
        """Return the seconds that all answers took and the milliseconds half of them took less
        than; None where nothing was asked."""
        took = [each.elapsed_ms for each in self.run.outcomes]
        return (sum(took) / 1000, float(np.median(took))) if took else None

    def as_json(self) -> dict[str, Any]:
        """Return everything as what JSON can hold, but no text of any question."""
        run, times = self.run, self.times
        return {
            "format": FORMAT,
            "kind": "bias",
            "created": run.created,
            "command": run.command,
            "verdict": named(run.judgement.verdict),
            "why": run.judgement.verdict.why,
            "examined": dict(run.identity),
            "outcomes_sha256": run.outcomes_sha256,
            "plan": {
                "profile": run.plan.profile,
                "seed": run.plan.seed,
                "suite": run.suite,
                "bases": {corpus: len(held) for corpus, held in run.plan.bases.items()},
                "ways": len(run.plan.ways),
                **asdict(self.counts),
            },
            "judgement": run.judgement.as_json(),
            "groups": [_group(group) for group in self.groups],
            "stages": {
                group: {stage.value: lost for stage, lost in stages.items()}
                for group, stages in self.stages.items()
            },
            "apart": {
                control: [{**asdict(cell), "within": dict(cell.within)} for cell in found]
                for control, found in self.apart.items()
            },
            "worst": [
                {"base": each.key[0], "group": each.key[1], "stage": each.stage.value}
                for each in self.worst
            ],
            "moves": [{**asdict(each), "share": each.share} for each in self.moves],
            "seconds": times[0] if times else None,
            "median_ms": times[1] if times else None,
            "unreviewed": [{"list": name, "what": what} for name, what in self.unreviewed],
            "changes": self.changes.as_json() if self.changes else None,
        }

    def summary(self, files: Mapping[str, str]) -> dict[str, Any]:
        """Return what a transparency record and a release need. `files` are names and SHA-256."""
        run, counts = self.run, self.counts
        failed = _names(self.groups, Failed)
        return {
            "format": FORMAT,
            "kind": "bias",
            "created": run.created,
            "verdict": named(run.judgement.verdict),
            "why": run.judgement.verdict.why,
            "groups_failed": failed,
            "groups_with_too_few_data": [
                each for each in _names(self.groups, TooFewData) if each not in failed
            ],
            "groups_that_decide": counts.deciding,
            "questions": counts.questions,
            "pages": counts.pages,
            "pairs": counts.pairs,
            "profile": run.plan.profile,
            "suite": run.suite,
            "gates": run.judgement.gates,
            "outcomes_sha256": run.outcomes_sha256,
            "unreviewed_lists": [name for name, _ in self.unreviewed],
            "examined": dict(run.identity),
            "files": dict(files),
        }


def _in_order(cell: Cell) -> tuple[int, str]:
    ((_, value),) = cell.within
    return _GRADES.index(value) if value in _GRADES else -1, value


def _by_verdict(groups: Iterable[Group]) -> dict[str, int]:
    counted = {"passed": 0, "failed": 0, "too_few_data": 0}
    for group in groups:
        counted[group.verdict] += 1
    return counted


def _known(pairs: Iterable[Pair], outcome: str) -> bool:
    return any(MEASURES[outcome].read(pair) is not None for pair in pairs)


def _names(groups: Iterable[Group], verdict: type[Failed] | type[TooFewData]) -> list[str]:
    """Return the groups that stop the release by such a verdict."""
    return [
        group.name
        for group in groups
        if any(row.blocks and isinstance(row.verdict, verdict) for row in group.rows)
    ]


def _group(group: Group) -> dict[str, Any]:
    return {
        "group": group.name,
        "family": group.family,
        "title": group.title,
        "decides": group.decides,
        "verdict": group.verdict,
        "blocks": group.blocks,
        "because": [row.outcome or row.title for row in group.reasons],
    }
