"""Write the figures of a run into the README, and the evidence into the policy's thresholds.

    python -m evaluation.published OUT [--only readme|thresholds]

reads the JSON files that the evaluations wrote into OUT, and rewrites the text between two markers
in each file. What the README shows is said in templates/readme_figures.toml. Nothing is written
where a file or a figure is missing.
"""

import argparse
import sys
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from pydantic import TypeAdapter

from evaluation.errors import DataUnreadable, EvaluationError, FiguresMissing
from evaluation.figures import Unit
from evaluation.intervals import Interval
from evaluation.prose import ends, number
from evaluation.runs import read_run
from evaluation.threshold_evidence import evidence

LAYOUT = Path(__file__).parent / "templates" / "readme_figures.toml"
PROJECT = Path(__file__).parents[1]
README = PROJECT / "README.md"
THRESHOLDS = PROJECT / "assistant" / "policy" / "thresholds.toml"
README_MARKS = ("<!-- figures: begin -->", "<!-- figures: end -->")
THRESHOLDS_MARKS = ("# evidence: begin", "# evidence: end")

Target = Literal["readme", "thresholds"]
TARGETS: tuple[Target, ...] = ("readme", "thresholds")

Runs = Mapping[str, Mapping[str, Any]]
"""The JSON of each kind of evaluation."""


@dataclass(frozen=True, slots=True)
class Row:
    """A figure to show: see templates/readme_figures.toml."""

    label: str
    kind: str
    part: str
    figure: tuple[str, ...]
    table: str = ""
    where: Mapping[str, str] | None = None
    n: str = ""
    at_least: float | None = None
    at_most: float | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """Figures that stand under one title."""

    title: str
    row: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """A figure as the run has it. `name` tells which one it is of several."""

    name: str
    value: float
    unit: Unit
    interval: Interval | None
    n: int


def layout(path: Path = LAYOUT) -> tuple[Group, ...]:
    """Return what the README shows."""
    told = tomllib.loads(path.read_text(encoding="utf-8"))
    return TypeAdapter(tuple[Group, ...]).validate_python(told["group"])


def runs_of(kinds: Iterable[str], out: Path) -> Runs:
    """Return the runs of these kinds. Raise FiguresMissing, DataUnreadable."""
    runs = {kind: read_run(out / f"{kind}.json") for kind in dict.fromkeys(kinds)}
    if missing := tuple(f"{kind}.json" for kind, run in runs.items() if run is None):
        raise FiguresMissing(out, missing)
    return {kind: run for kind, run in runs.items() if run is not None}


def figures_text(groups: Sequence[Group], runs: Runs, out: Path) -> str:
    """Return the tables as Markdown. Raise FiguresMissing, naming all that is not there."""
    tables = [
        (group.title, [(row, _found(row, runs[row.kind])) for row in group.row]) for group in groups
    ]
    if missing := tuple(_told(row) for _, rows in tables for row, found in rows if found is None):
        raise FiguresMissing(out, missing)
    days = sorted(str(run["created"]) for run in runs.values())
    lines = [f"Written by `python -m evaluation.published` from runs {_between(days)}."]
    for title, rows in tables:
        lines += ["", f"| {title} | figure | 95% interval | n | aim | reached |"]
        lines += ["|---|---|---|---|---|---|"]
        lines += [_line(row, found) for row, found in rows if found is not None]
    return "\n".join(lines)


def put_between(text: str, marks: tuple[str, str], new: str, path: Path) -> str:
    """Return the text with what stands between the two marks replaced.

    Raise DataUnreadable where `path` does not have both marks once, in this order.
    """
    begin, end = marks
    before, _, rest = text.partition(begin)
    _, _, after = rest.partition(end)
    if text.count(begin) != 1 or text.count(end) != 1 or end not in rest:
        raise DataUnreadable(path, 0, f'must have one line "{begin}" and, after it, one "{end}"')
    return f"{before}{begin}\n{new}\n{end}{after}"


def publish(
    out: Path,
    readme: Path = README,
    thresholds: Path = THRESHOLDS,
    only: Sequence[Target] = TARGETS,
) -> None:
    """Rewrite the files from the runs in `out`: all of `only`, or none.

    Raise FiguresMissing, DataUnreadable.
    """
    texts = []
    if "readme" in only:
        groups = layout()
        runs = runs_of((row.kind for group in groups for row in group.row), out)
        texts.append((readme, README_MARKS, figures_text(groups, runs, out)))
    if "thresholds" in only:
        told = evidence(runs_of(("abstention",), out)["abstention"])
        texts.append((thresholds, THRESHOLDS_MARKS, told))
    new = {
        path: put_between(path.read_text(encoding="utf-8"), marks, text, path)
        for path, marks, text in texts
    }
    for path, text in new.items():
        path.write_text(text, encoding="utf-8")


def main(arguments: Sequence[str]) -> int:
    """Publish; return 0, or 2 after saying what is missing."""
    parser = argparse.ArgumentParser(prog="python -m evaluation.published")
    parser.add_argument("out", type=Path, help="the folder that the evaluations wrote to")
    parser.add_argument("--only", choices=TARGETS, action="append", help="one of the two files")
    given = parser.parse_args(arguments)
    try:
        publish(given.out, only=given.only or TARGETS)
    except EvaluationError as fault:
        sys.stderr.write(f"{fault}\n")
        return 2
    return 0


def _found(row: Row, run: Mapping[str, Any]) -> Found | None:
    part = next((each for each in run["parts"] if each["name"] == row.part), None)
    if part is None:
        return None
    every = [*(_cells(row, part) if row.table else _figures(row, part))]
    if len(every) != len(row.figure):
        return None
    return (max if row.at_most is not None else min)(every, key=lambda each: each.value)


def _figures(row: Row, part: Mapping[str, Any]) -> Iterator[Found]:
    for each in part["figures"]:
        if each["name"] in row.figure:
            within = None if each["low"] is None else Interval(each["low"], each["high"])
            yield Found(each["label"], each["value"], Unit(each["unit"]), within, each["n"])


def _cells(row: Row, part: Mapping[str, Any]) -> Iterator[Found]:
    rows = next((each["rows"] for each in part.get("tables", ()) if each["name"] == row.table), ())
    for record in rows:
        if all(record.get(name) == value for name, value in (row.where or {}).items()):
            for name in row.figure:
                if isinstance(record.get(name), float | int):
                    yield Found(name, record[name], Unit.SHARE, None, int(record[row.n]))


def _line(row: Row, found: Found) -> str:
    which = f" (worst: {found.name[:1].lower()}{found.name[1:]})" if len(row.figure) > 1 else ""
    within = "" if found.interval is None else ends(found.interval, found.unit)
    aim, reached = "", ""
    if row.at_least is not None:
        aim = f"at least {number(row.at_least, found.unit)}"
        reached = "yes" if found.value >= row.at_least else "no"
    elif row.at_most is not None:
        aim = f"at most {number(row.at_most, found.unit)}"
        reached = "yes" if found.value <= row.at_most else "no"
    cells = (row.label + which, number(found.value, found.unit), within, f"{found.n:,}")
    return f"| {' | '.join((*cells, aim, reached))} |"


def _told(row: Row) -> str:
    table = f"{row.table} / " if row.table else ""
    return f"{row.kind}.json: {row.part} / {table}{', '.join(row.figure)}"


def _between(days: Sequence[str]) -> str:
    first, last = (datetime.fromisoformat(day) for day in (days[0], days[-1]))
    told = f"{first.day} {first:%B %Y}"
    if first.date() == last.date():
        return f"of {told}"
    return f"from {told} to {last.day} {last:%B %Y}"


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
