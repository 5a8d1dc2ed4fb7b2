"""Every group with all that was found of it: what a reader looks for first, worst first."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from evaluation.fairness.gates import Better, Gates
from evaluation.fairness.judging import RIGHT, Judgement, Row
from evaluation.fairness.verdicts import named
from evaluation.suites.variants import Family, Perturbation

VERDICTS = ("failed", "too_few_data", "passed")
"""The verdicts' names, worst first."""


@dataclass(frozen=True, slots=True)
class Group:
    """A group and its rows. `counted` are the rows that its verdict is taken from: those that
    decide, or would if the group did, and any that stops a release."""

    name: str
    family: str
    title: str
    decides: bool
    rows: tuple[Row, ...]
    counted: tuple[Row, ...]

    @property
    def main(self) -> Row | None:
        """Return the row about right answers; None where none was compared."""
        found = {row.outcome: row for row in self.rows}
        return next((found[outcome] for outcome in RIGHT if outcome in found), None)

    @property
    def verdict(self) -> str:
        """Return the worst verdict's name. Nothing that counts is too few data, never a pass."""
        found = {named(row.verdict) for row in self.counted} or {"too_few_data"}
        return next(each for each in VERDICTS if each in found)

    @property
    def reasons(self) -> tuple[Row, ...]:
        """Return the rows that made the verdict what it is; none where it passed."""
        if self.verdict == "passed":
            return ()
        return tuple(row for row in self.counted if named(row.verdict) == self.verdict)

    @property
    def blocks(self) -> bool:
        """Return whether it stops the release."""
        return any(row.blocks for row in self.rows)

    def of(self, outcome: str) -> Row | None:
        """Return the row of an outcome."""
        return next((row for row in self.rows if row.outcome == outcome), None)


def groups_of(
    judgement: Judgement, ways: Iterable[Perturbation], gates: Gates
) -> tuple[Group, ...]:
    """Return every group that was judged: the deciding ones first, worst first among them.

    `ways` have the titles; a group that none names is titled by its name.
    """
    titles = {way.name: way.title for way in ways}
    rows: dict[str, list[Row]] = {}
    for row in judgement.rows:
        rows.setdefault(row.group, []).append(row)
    made = [_group(name, found, titles.get(name), gates) for name, found in rows.items()]
    return tuple(sorted(made, key=lambda group: _rank(group, gates)))


def lost(row: Row, gates: Gates) -> float:
    """Return how much worse the group is off than the questions as they were; negative: better.

    In shares, or in the outcome's own unit.
    """
    if row.gap is None:
        return 0.0
    match gates.said.outcome[row.outcome].better:
        case Better.MORE:
            return -row.gap
        case Better.LESS:
            return row.gap
        case Better.SAME:
            return abs(row.gap)


def _group(name: str, rows: Sequence[Row], title: str | None, gates: Gates) -> Group:
    family = rows[0].family
    decides = any(row.decides for row in rows)
    counted = tuple(
        row for row in rows if row.blocks or (_decides(row, gates) and row.decides is decides)
    )
    return Group(name, family, title or name.partition("/")[2], decides, tuple(rows), counted)


def _decides(row: Row, gates: Gates) -> bool:
    if not row.outcome:
        return True
    rule = gates.said.outcome[row.outcome]
    return rule.decides and Family(row.family) in rule.families


def _rank(group: Group, gates: Gates) -> tuple[bool, bool, int, float, str]:
    main = group.main
    return (
        not group.decides,
        not group.blocks,
        VERDICTS.index(group.verdict),
        -lost(main, gates) if main else 0.0,
        group.name,
    )
