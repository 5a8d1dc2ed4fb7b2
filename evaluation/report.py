"""The report of a run: JSON with everything, and a page that a person wants to read.

The page loads nothing from anywhere, and all text in it is escaped: questions and answers are
data, whatever they look like. It may hold text of the test data, so it is written only where the
caller says.
"""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined

from evaluation.exhibits import Plot, Table
from evaluation.figures import Case, Difference, Figure, Measure
from evaluation.plots import plot
from evaluation.prose import (
    cell,
    change,
    change_ends,
    day_and_time,
    ends,
    number,
    summary,
    verdict,
)
from evaluation.runs import Part, Run, as_json

WORST = 10


@dataclass(frozen=True, slots=True)
class Row:
    """A measure with each system's figure (None: not measured) and the differences."""

    measure: Measure
    figures: tuple[Figure | None, ...]
    differences: tuple[tuple[str, Difference], ...]


@dataclass(frozen=True, slots=True)
class Chapter:
    """One test: the systems beside each other, a plot, and the cases most worth reading."""

    name: str
    title: str
    about: str
    notes: tuple[str, ...]
    systems: tuple[str, ...]
    rows: tuple[Row, ...]
    plot: Plot | None
    plots: tuple[Plot, ...]
    tables: tuple[Table, ...]
    worst: tuple[Case, ...]
    questions: int
    things: str


def write_report(run: Run, out: Path) -> tuple[Path, Path]:
    """Write `<kind>.json` and `<kind>.html` to the folder `out` and return their paths.

    Earlier ones of the same kind are kept beside them as `<kind>.previous.json` and `.html`. The
    figures are written before the page is made, so that they are there whatever happens to it.
    """
    out.mkdir(parents=True, exist_ok=True)
    figures = json.dumps(as_json(run), ensure_ascii=False, indent=1)
    data = replaced(out / f"{run.kind}.json", figures)
    return data, replaced(out / f"{run.kind}.html", page(run))


def page(run: Run) -> str:
    """Return the report as one HTML page."""
    pages = environment()
    pages.filters.update(
        number=number,
        cell=cell,
        ends=ends,
        change=change,
        change_ends=change_ends,
        verdict=verdict,
        day_and_time=day_and_time,
    )
    return pages.get_template("report.html").render(
        title=run.title,
        run=run,
        summary=summary(run),
        chapters=_chapters(run),
        examined=run.parts[0].system,
    )


def environment() -> Environment:
    """Return where the templates of reports are; whatever they show is escaped."""
    return Environment(
        loader=PackageLoader("evaluation", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def replaced(path: Path, text: str) -> Path:
    """Write a file whole and return its path; keep one that is there as `<name>.previous.*`."""
    if path.exists():
        os.replace(path, path.with_name(f"{path.stem}.previous{path.suffix}"))
    fresh = path.with_name(f"{path.name}.part")
    fresh.write_text(text, encoding="utf-8")
    os.replace(fresh, path)
    return path


def _chapters(run: Run) -> tuple[Chapter, ...]:
    parts: dict[str, dict[str, Part]] = {}
    for part in run.parts:
        parts.setdefault(part.name, {})[part.system] = part
    return tuple(_chapter(run, systems) for systems in parts.values())


def _chapter(run: Run, systems: Mapping[str, Part]) -> Chapter:
    first = next(iter(systems.values()))
    found = {
        system: {each.measure.name: each for each in part.figures}
        for system, part in systems.items()
    }
    rows = tuple(
        Row(
            measure=measure,
            figures=tuple(found[system].get(measure.name) for system in systems),
            differences=tuple(
                (comparison.beside, each)
                for comparison in run.comparisons
                if comparison.part == first.name and comparison.system == first.system
                for each in comparison.differences
                if each.measure.name == measure.name
            ),
        )
        for measure in first.measures
        if any(measure.name in figures for figures in found.values())
    )
    notes = dict.fromkeys(note for part in systems.values() for note in part.notes)
    return Chapter(
        name=first.name,
        title=first.title,
        about=first.about,
        notes=tuple(notes),
        systems=tuple(systems),
        rows=rows,
        plot=plot(first.title, {name: list(each.values()) for name, each in found.items()}),
        plots=first.plots,
        tables=first.tables,
        worst=_worst(first),
        questions=len(first.cases),
        things=first.things,
    )


def _worst(part: Part) -> tuple[Case, ...]:
    short = [case for case in part.cases if case.shortfall > 0]
    return tuple(sorted(short, key=lambda case: (-case.shortfall, case.id))[:WORST])
