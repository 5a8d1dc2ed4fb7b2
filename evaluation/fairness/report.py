"""The report that a board reads, and the same for machines: page, JSON, table and summary.

The page loads nothing from anywhere, and all text in it is escaped. It holds texts of questions;
the other files hold none.
"""

import csv
import hashlib
import io
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from evaluation.exhibits import Plot
from evaluation.fairness import telling
from evaluation.fairness.changes import read_earlier
from evaluation.fairness.findings import FAMILIES, BiasRun, Findings
from evaluation.fairness.forest import Line, forests
from evaluation.fairness.groups import Group, lost
from evaluation.fairness.judging import RIGHT, Judgement, Row
from evaluation.fairness.stages import Stage
from evaluation.fairness.verdicts import named
from evaluation.fairness.worst import Harm, texts
from evaluation.prose import day_and_time
from evaluation.report import environment, replaced

NAME = "bias"

_FORMULA = tuple("=+-@＝＋－＠")
"""What a spreadsheet takes for the beginning of a formula (OWASP, "CSV Injection")."""


_SHORT = 150
"""Characters of an example on the first page."""


@dataclass(frozen=True, slots=True)
class Chapter:
    """One outcome of right answers in one family: pictures, and the groups that they show."""

    outcome: str
    groups: tuple[Group, ...]
    plots: tuple[Plot, ...]


@dataclass(frozen=True, slots=True)
class SideBySide:
    """A pair that got worse, with its texts; None where the plan does not hold them."""

    harm: Harm
    title: str
    before: str | None
    after: str | None

    @property
    def short(self) -> bool:
        """Return whether both texts are there, and short enough for the first page."""
        return (
            None not in (self.before, self.after)
            and max(len(self.before or ""), len(self.after or "")) <= _SHORT
        )


def write_bias_report(
    found: BiasRun, out: Path, earlier: Path | None = None
) -> tuple[Path, Path, Path, Path]:
    """Write `bias.json`, `bias.csv`, `bias.html` and `bias-summary.json` to the folder `out` and
    return their paths. Files of an earlier report are kept beside them as `*.previous.*`.

    What changed is told against `earlier`, a `bias.json`, or else against the one that the folder
    holds. The figures are written before the page is made, so that they are there whatever happens
    to it. Raise DataUnreadable where the earlier report is none, and then write nothing.
    """
    findings = Findings(found, read_earlier(earlier or out / f"{NAME}.json"))
    out.mkdir(parents=True, exist_ok=True)
    data = replaced(out / f"{NAME}.json", _json(findings.as_json()))
    table = replaced(out / f"{NAME}.csv", comparisons_csv(found.judgement))
    html = replaced(out / f"{NAME}.html", page(findings))
    digests = {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in (data, table, html)
    }
    summary = replaced(out / f"{NAME}-summary.json", _json(findings.summary(digests)))
    return data, table, html, summary


def page(findings: Findings) -> str:
    """Return the report as one HTML page."""
    pages = environment()
    pairs = tuple(_side_by_side(findings))
    pages.filters.update(
        rate=telling.rate,
        gap=telling.gap,
        ends=telling.ends,
        points=telling.points,
        chance=telling.chance,
        called=telling.called,
        because=telling.because,
        found=telling.found,
        came=telling.came,
        duration=telling.duration,
        named=named,
        day_and_time=day_and_time,
    )
    return pages.get_template("bias.html").render(
        findings=findings,
        run=findings.run,
        counts=findings.counts,
        verdict=named(findings.run.judgement.verdict),
        asked=telling.asked(findings),
        first_page=tuple(telling.first_page(findings)),
        failed=telling.told(findings.groups, "failed"),
        unclear=telling.told(findings.groups, "too_few_data"),
        deciding=[group for group in findings.groups if group.decides],
        looked_at=[group for group in findings.groups if not group.decides],
        families={
            family: tuple(_chapters(findings, family))
            for family in FAMILIES
            if any(group.family == family for group in findings.groups)
        },
        worst=pairs,
        example=_example(findings, pairs),
        stages=tuple(Stage),
        by_losses=_by_losses(findings),
        said=telling,
    )


def comparisons_csv(judgement: Judgement) -> str:
    """Return one row a comparison, with every figure as it is (shares, not percent; "" for none).

    Texts that a spreadsheet would take for a formula have "'" before them.
    """
    names = [field.name for field in fields(Row) if field.name != "verdict"]
    written = io.StringIO()
    table = csv.writer(written, lineterminator="\r\n")
    table.writerow([*names, "verdict", "why"])
    for row in judgement.rows:
        values = [getattr(row, name) for name in names]
        table.writerow([_inert(each) for each in (*values, named(row.verdict), row.why)])
    return written.getvalue()


def _inert(value: Any) -> Any:
    if isinstance(value, str) and value.lstrip().startswith(_FORMULA):
        return f"'{value}"
    return value


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1, allow_nan=False) + "\n"


def _chapters(findings: Findings, family: str) -> Iterator[Chapter]:
    gates = findings.run.gates
    for outcome in RIGHT:
        lines = [
            (group, row)
            for group in findings.groups
            if group.family == family and (row := group.of(outcome)) is not None
        ]
        lines.sort(key=lambda line: (not line[0].decides, -lost(line[1], gates), line[0].name))
        if lines:
            plots = tuple(_plots(findings, family, outcome, lines))
            yield Chapter(outcome, tuple(group for group, _ in lines), plots)


def _plots(
    findings: Findings, family: str, outcome: str, lines: Sequence[tuple[Group, Row]]
) -> Iterator[Plot]:
    margin = findings.run.gates.said.outcome[outcome].margin
    title = f"{telling.FAMILY[family]}: {telling.OUTCOME[outcome].lower()}"
    for decides, kind in ((True, "groups that decide"), (False, "groups that are looked at")):
        part = [Line(group.title, row) for group, row in lines if group.decides is decides]
        yield from forests(f"{title}, {kind}", part, margin)


def _example(findings: Findings, pairs: Sequence[SideBySide]) -> SideBySide | None:
    """Return the worst short pair, of a group that failed where there is one."""
    failed = {group.name for group in findings.groups if group.verdict == "failed"}
    short = [pair for pair in pairs if pair.short]
    return next((pair for pair in short if pair.harm.key[1] in failed), next(iter(short), None))


def _by_losses(findings: Findings) -> list[Group]:
    """Return the groups of which any right answer was lost, the most first."""
    lost_by = {name: sum(stages.values()) for name, stages in findings.stages.items()}
    found = [group for group in findings.groups if lost_by.get(group.name)]
    return sorted(found, key=lambda group: -lost_by[group.name])


def _side_by_side(findings: Findings) -> Iterator[SideBySide]:
    titles = {group.name: telling.called(group) for group in findings.groups}
    keys = [key for each in findings.worst for key in (each.key, (each.key[0], ""))]
    said = texts(findings.run.plan, keys)
    for each in findings.worst:
        base, group = each.key
        yield SideBySide(each, titles.get(group, group), said.get((base, "")), said.get(each.key))
