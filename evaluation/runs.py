"""One evaluation as a value: what was measured, on what, with which settings; and its JSON."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from evaluation.errors import DataUnreadable
from evaluation.exhibits import Plot, Table
from evaluation.figures import Case, Difference, Figure, Measure, Reading, difference, figures
from evaluation.intervals import LEVEL, RESAMPLES, SEED, Interval

FORMAT = 1


@dataclass(frozen=True, slots=True)
class Part:
    """One test of one system. `about`, `notes` and `things` (what is counted) are plain English.

    `figures` holds those of every measure that some case has; `tables` and `plots` show more.
    """

    system: str
    name: str
    title: str
    about: str
    measures: tuple[Measure, ...]
    cases: tuple[Case, ...]
    notes: tuple[str, ...] = ()
    things: str = "questions"
    tables: tuple[Table, ...] = ()
    plots: tuple[Plot, ...] = ()
    figures: tuple[Figure, ...] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "figures", figures(self.measures, self.cases))


@dataclass(frozen=True, slots=True)
class Comparison:
    """A system's figures beside another's, or beside its own of an earlier run.

    Differences are the first system's minus the other's.
    """

    part: str
    system: str
    beside: str
    differences: tuple[Difference, ...]


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What a reader needs to repeat the run: all of it goes into the report.

    `systems` says of each system what identifies it: snapshot digest, model digest, settings.
    """

    command: str
    created: str
    versions: Mapping[str, str]
    data: Mapping[str, str]
    systems: Mapping[str, Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Run:
    """One evaluation; the first system is the one examined. `title` heads its page."""

    kind: str
    title: str
    parts: tuple[Part, ...]
    circumstances: Circumstances
    comparisons: tuple[Comparison, ...] = ()


def beside_others(parts: Sequence[Part]) -> tuple[Comparison, ...]:
    """Return the first system's figures minus every other system's, part by part."""
    if not parts:
        return ()
    ours = [part for part in parts if part.system == parts[0].system]
    return tuple(
        _comparison(mine, theirs.cases, theirs.system)
        for mine in ours
        for theirs in parts
        if theirs.name == mine.name and theirs.system != mine.system
    )


def since(parts: Sequence[Part], previous: Mapping[str, Any]) -> tuple[Comparison, ...]:
    """Return the figures minus those of an earlier run's JSON, where it has the same parts."""
    before = {(part["system"], part["name"]): part for part in previous["parts"]}
    return tuple(
        _comparison(
            part,
            _cases(before[part.system, part.name]["cases"]),
            f"the run of {previous['created']}",
        )
        for part in parts
        if (part.system, part.name) in before
    )


def beside_previous(run: Run, previous: Mapping[str, Any] | None) -> Run:
    """Return the run compared with an earlier one's JSON too, where there is one."""
    if previous is None:
        return run
    return replace(run, comparisons=(*run.comparisons, *since(run.parts, previous)))


def as_json(run: Run) -> dict[str, Any]:
    """Return the run as plain JSON types. Case texts are left out; their values are not."""
    told = run.circumstances
    return {
        "format": FORMAT,
        "kind": run.kind,
        "created": told.created,
        "command": told.command,
        "settings": {"interval": LEVEL, "resamples": RESAMPLES, "seed": SEED},
        "versions": dict(told.versions),
        "data": dict(told.data),
        "systems": {name: dict(what) for name, what in told.systems.items()},
        "parts": [
            {
                "system": part.system,
                "name": part.name,
                "title": part.title,
                "about": part.about,
                "notes": list(part.notes),
                "figures": [_figure(each) for each in part.figures],
                "tables": [
                    {"name": each.name, "title": each.title, "rows": [*map(dict, each.rows)]}
                    for each in part.tables
                ],
                "cases": [
                    {
                        "id": case.id,
                        "cluster": case.cluster,
                        "values": {name: list(pair) for name, pair in case.values.items()},
                    }
                    for case in part.cases
                ],
            }
            for part in run.parts
        ],
        "comparisons": [
            {
                "part": each.part,
                "system": each.system,
                "beside": each.beside,
                "differences": [_difference(one) for one in each.differences],
            }
            for each in run.comparisons
        ],
    }


def read_run(path: Path) -> dict[str, Any] | None:
    """Return the JSON of an earlier run, or None where there is none. Raise DataUnreadable."""
    if not path.is_file():
        return None
    try:
        run = json.loads(path.read_text(encoding="utf-8"))
        known = run["format"] == FORMAT and isinstance(run["created"], str)
        parts = [(part["system"], part["name"], _cases(part["cases"])) for part in run["parts"]]
    except (ValueError, KeyError, TypeError, AttributeError) as fault:
        raise DataUnreadable(path, 0, _OTHER) from fault
    if not known or not parts:
        raise DataUnreadable(path, 0, _OTHER)
    return dict(run)


_OTHER = "is not the result of an earlier evaluation. Choose another folder for --out."


def _comparison(part: Part, others: Sequence[Case], beside: str) -> Comparison:
    found = (difference(measure, part.cases, others) for measure in part.measures)
    return Comparison(
        part=part.name,
        system=part.system,
        beside=beside,
        differences=tuple(each for each in found if each is not None),
    )


def _cases(lines: Sequence[Mapping[str, Any]]) -> tuple[Case, ...]:
    return tuple(
        Case(
            id=str(line["id"]),
            cluster=str(line["cluster"]),
            values={
                str(name): (float(above), float(below))
                for name, (above, below) in line["values"].items()
            },
            reading=Reading(""),
        )
        for line in lines
    )


def _figure(each: Figure) -> dict[str, Any]:
    return {
        "name": each.measure.name,
        "label": each.measure.label,
        "explains": each.measure.explains,
        "unit": each.measure.unit.value,
        "average": each.measure.average.value,
        "value": each.value,
        **_ends(each.interval),
        "n": each.n,
        "clusters": each.clusters,
    }


def _difference(each: Difference) -> dict[str, Any]:
    return {
        "name": each.measure.name,
        "value": each.value,
        **_ends(each.interval),
        "n": each.n,
        "paired": each.paired,
    }


def _ends(interval: Interval | None) -> dict[str, float | None]:
    if interval is None:
        return {"low": None, "high": None}
    return {"low": interval.low, "high": interval.high}
