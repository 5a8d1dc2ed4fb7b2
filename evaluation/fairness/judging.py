"""From outcomes and gates to a verdict on every group and every outcome, and on the release."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from evaluation.fairness import power as powers
from evaluation.fairness.comparisons import Comparison, many
from evaluation.fairness.gaps import Compared, compare, gap_of
from evaluation.fairness.gates import Better, Gates, matches
from evaluation.fairness.measures import MEASURES, Kind
from evaluation.fairness.outcomes import Outcome
from evaluation.fairness.pairing import Pair, pair_up
from evaluation.fairness.significance import (
    benjamini_hochberg,
    clustered_t,
    holm,
    mcnemar,
    shown,
)
from evaluation.fairness.verdicts import (
    Failed,
    Passed,
    TooFewData,
    Verdict,
    named,
    verdict_on,
)

NOT_ASKED = "nothing of it was asked"
NOT_KNOWN = "no pair says whether its answers are right"
RIGHT = ("right_page", "agrees", "signposted")
"""The outcomes by which answers are right: a group that decides has one of them at least."""


@dataclass(frozen=True, slots=True)
class Row:
    """One outcome of one group, beside the same questions as they were.

    Rates, `gap` and the interval (`low`, `high`) are shares, or in the unit of a number; `gap` is
    group − base, whichever way is better. `lost` and `gained` count the pairs that got worse and
    better. `mcnemar` is the exact test over pairs, `p` what decides (see `significance`: the
    larger of that and of the test by page), `adjusted` the same among all that were looked at
    together (Holm where it `decides`, else Benjamini and Hochberg); None where no such test makes
    sense. `detectable` is the least loss that would have been shown with the gates' power.
    `ratio` is the group's good rate over the base's, `alarm` whether four fifths are not reached:
    it stops nothing. `aim` is the most that was meant to be lost and `aim_met` whether the gap
    keeps to it. `blocks`: this row stops the release.
    """

    family: str
    group: str
    outcome: str
    title: str
    decides: bool
    pairs: int
    pages: int
    base_rate: float | None
    group_rate: float | None
    gap: float | None
    low: float | None
    high: float | None
    lost: int
    gained: int
    mcnemar: float | None
    p: float | None
    adjusted: float | None
    detectable: float | None
    ratio: float | None
    alarm: bool
    aim: float | None
    aim_met: bool | None
    verdict: Verdict
    blocks: bool

    @property
    def why(self) -> str:
        """Return the verdict's reason in one plain sentence."""
        return self.verdict.why


@dataclass(frozen=True, slots=True)
class Judgement:
    """Every row, by group and outcome; `moved` counts, by group, the pairs whose answer may
    lawfully change and is not compared. `unmatched` are patterns of the gate file that no group
    has: its aims for them were not examined. `gates` is the gate file's digest."""

    rows: tuple[Row, ...]
    moved: Mapping[str, int]
    unmatched: tuple[str, ...]
    gates: str

    @property
    def blocking(self) -> tuple[Row, ...]:
        """Return the rows that stop the release."""
        return tuple(row for row in self.rows if row.blocks)

    @property
    def verdict(self) -> Verdict:
        """Return what is said of the release: failed before too few data before passed."""
        failed: list[str] = []
        unclear: list[str] = []
        needed = 0
        for row in self.blocking:
            match row.verdict:
                case Failed():
                    failed.append(row.group)
                case TooFewData(needed=pairs):
                    unclear.append(row.group)
                    needed = max(needed, pairs)
        if failed:
            return Failed(f"{many(len(failed), 'comparison')} failed, of {_listed(failed)}.")
        deciding = sum(row.decides for row in self.rows)
        if unclear or not deciding:
            said = many(len(unclear), "comparison")
            groups = _listed(unclear) or "anything"
            return TooFewData(f"There are too few data for {said}, of {groups}.", needed)
        return Passed(f"All {many(deciding, 'comparison')} that decide passed.")

    def as_json(self) -> dict[str, Any]:
        """Return everything as what JSON can hold; verdicts by their names."""
        rows = [{**asdict(row), "verdict": named(row.verdict), "why": row.why} for row in self.rows]
        verdict = {"verdict": named(self.verdict), "why": self.verdict.why}
        return {
            **verdict,
            "gates": self.gates,
            "moved": dict(self.moved),
            "unmatched": list(self.unmatched),
            "rows": rows,
        }


def judge(outcomes: Iterable[Outcome], gates: Gates, expected: Iterable[str] = ()) -> Judgement:
    """Return the verdict on every outcome of every group that was asked.

    `expected` are names of groups that must have been asked and that decide; one that was not is a
    row with too few data, and so are a family of the gates of which nothing that decides was asked
    and a group that decides of which nothing says whether its answers are right.
    Raise PairsBroken.
    """
    groups = pair_up(outcomes)
    found = [
        _compared(group, pairs, outcome, gates)
        for group, pairs in groups.items()
        for outcome in gates.said.outcome
        if gates.judged_of(group, outcome)
    ]
    rows = _judged([row for row in found if row is not None], gates)
    asked = {row.group for row in rows if row.decides}
    families = {row.family for row in rows if row.decides}
    right = {row.group for row in rows if row.outcome in RIGHT}
    absent = [name for name in dict.fromkeys(expected) if name not in asked]
    without = [each for each in gates.said.families if each not in families]
    blank = [_blank(name, NOT_ASKED, gates) for name in (*absent, *without)]
    blank += [_blank(name, NOT_KNOWN, gates) for name in sorted(asked - right)]
    return Judgement(
        (*rows, *blank),
        {name: sum(pair.may_move for pair in pairs) for name, pairs in groups.items()},
        tuple(each for each in gates.patterns() if not any(matches(g, (each,)) for g in groups)),
        gates.digest,
    )


def _compared(group: str, pairs: Sequence[Pair], outcome: str, gates: Gates) -> Comparison | None:
    compared = compare(MEASURES[outcome], pairs)
    if not compared.pairs:
        return None
    said, rule = gates.said, gates.said.outcome[outcome]
    decides = gates.decides(pairs[0].after.family, pairs[0].after.primary, outcome)
    gap = gap_of(compared, gates.level, said.seed, said.resamples)
    return Comparison(group, outcome, rule, decides, compared, gap, _p_value(compared))


def _p_value(compared: Compared) -> float | None:
    match compared.kind:
        case Kind.SHARE:
            return shown([round(each) for each in compared.differences], compared.clusters)
        case Kind.NUMBER:
            return clustered_t(compared.differences, compared.clusters)
        case Kind.KEPT:
            return None


def _judged(found: Sequence[Comparison], gates: Gates) -> tuple[Row, ...]:
    tested = {
        decides: [each for each in found if each.decides is decides and each.p is not None]
        for decides in (True, False)
    }
    adjusted = {
        (each.group, each.outcome): value
        for decides, correct in ((True, holm), (False, benjamini_hochberg))
        for each, value in zip(
            tested[decides], correct([each.p or 0.0 for each in tested[decides]]), strict=True
        )
    }
    return tuple(
        _row(
            replace(each, adjusted=adjusted.get((each.group, each.outcome))),
            gates,
            len(tested[each.decides]),
        )
        for each in found
    )


def _row(found: Comparison, gates: Gates, together: int) -> Row:
    compared, gap, rule = found.compared, found.gap, found.rule
    signs = [each if rule.better is not Better.LESS else -each for each in compared.differences]
    verdict = verdict_on(found, gates)
    aim = gates.aim(found.group, found.outcome)
    ratio = _ratio(found)
    share = compared.kind is Kind.SHARE
    lost, gained = sum(each < 0 for each in signs), sum(each > 0 for each in signs)
    return Row(
        family=found.family,
        group=found.group,
        outcome=found.outcome,
        title=rule.title,
        decides=found.decides,
        pairs=compared.pairs,
        pages=compared.pages,
        base_rate=gap.before,
        group_rate=gap.after,
        gap=gap.size,
        low=gap.interval.low if gap.interval else None,
        high=gap.interval.high if gap.interval else None,
        lost=lost,
        gained=gained,
        mcnemar=mcnemar(lost, gained) if share else None,
        p=found.p,
        adjusted=found.adjusted,
        detectable=_detectable(found, gates, together),
        ratio=ratio,
        alarm=ratio is not None and ratio < gates.said.four_fifths,
        aim=aim,
        aim_met=None if aim is None else found.worse <= aim,
        verdict=verdict,
        blocks=_blocks(verdict, found.decides, gates),
    )


def _blocks(verdict: Verdict, decides: bool, gates: Gates) -> bool:
    match verdict:
        case Passed():
            return False
        case Failed(below_floor=True):
            return True
        case Failed():
            return decides or gates.said.exploratory.failed_blocks
        case TooFewData():
            return decides or gates.said.exploratory.too_few_data_blocks


def _detectable(found: Comparison, gates: Gates, together: int) -> float | None:
    said, compared = gates.said, found.compared
    worth = powers.worth(compared.differences, compared.clusters)
    # The first step of Holm, and of Benjamini and Hochberg, asks for this of a single finding.
    level = said.alpha / max(1, together)
    match compared.kind:
        case Kind.SHARE:
            differ = sum(each != 0 for each in compared.differences) / compared.pairs
            return powers.detectable_loss(int(worth), differ, level, said.power)
        case Kind.KEPT:
            return powers.detectable_lapse(int(worth), found.rule.margin, said.alpha, said.power)
        case Kind.NUMBER:
            return powers.detectable_mean(
                compared.differences, compared.clusters, level, said.power
            )


def _ratio(found: Comparison) -> float | None:
    """Return the group's good rate over the base's, None for numbers and where the base has none.

    Where less is better, the good rate is that of being spared.
    """
    if found.compared.kind is Kind.NUMBER:
        return None
    before, after = found.gap.before, found.gap.after
    if found.rule.better is Better.LESS:
        before, after = 1 - before, 1 - after
    return after / before if before else None


def _blank(name: str, missing: str, gates: Gates) -> Row:
    """Return the row of a group, or of a whole family, that lacks what must be judged of it."""
    verdict = TooFewData(f"{name}: {missing}.", gates.said.least_pairs)
    return Row(
        family=name.partition("/")[0],
        group=name,
        outcome="",
        title=missing,
        decides=True,
        pairs=0,
        pages=0,
        base_rate=None,
        group_rate=None,
        gap=None,
        low=None,
        high=None,
        lost=0,
        gained=0,
        mcnemar=None,
        p=None,
        adjusted=None,
        detectable=None,
        ratio=None,
        alarm=False,
        aim=None,
        aim_met=None,
        verdict=verdict,
        blocks=True,
    )


def _listed(names: Sequence[str], most: int = 5) -> str:
    once = tuple(dict.fromkeys(names))
    return ", ".join(once[:most]) + (f" and {len(once) - most} more" if len(once) > most else "")
