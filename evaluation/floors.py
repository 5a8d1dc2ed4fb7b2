"""Judge a run by the floors that a release must not fall below (templates/floors.toml)."""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant.releases import EvaluationKind, Verdict
from evaluation.errors import DataUnreadable
from evaluation.figures import Figure
from evaluation.runs import Run

FLOORS = Path(__file__).parent / "templates" / "floors.toml"


@dataclass(frozen=True, slots=True)
class Floor:
    """A figure of a run and the share (0 to 1) that it must reach, or not exceed."""

    kind: EvaluationKind
    says: str
    part: str
    figure: str
    limit: float
    at_least: bool

    @property
    def due(self) -> str:
        """Return what is asked for, in words."""
        return f"at {'least' if self.at_least else 'most'} {self.limit:.0%}"

    def held_by(self, value: float) -> bool:
        """Say whether a value is on the right side."""
        return value >= self.limit if self.at_least else value <= self.limit


@dataclass(frozen=True, slots=True)
class Judgement:
    """What comes of a run; `says` is one plain sentence."""

    verdict: Verdict
    says: str


def read_floors(path: Path = FLOORS) -> tuple[Floor, ...]:
    """Return the floors, or raise DataUnreadable saying which entry is wrong."""
    try:
        entries = tomllib.loads(path.read_text(encoding="utf-8"))["floor"]
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, KeyError) as error:
        raise DataUnreadable(path, 0, f"write [[floor]] tables ({error})") from error
    if not isinstance(entries, list):
        raise DataUnreadable(path, 0, "write [[floor]] tables")
    return tuple(_floor(entry, number, path) for number, entry in enumerate(entries, 1))


def judge(kind: EvaluationKind, run: Run, floors: Sequence[Floor]) -> Judgement:
    """Return what the floors of that kind say of a run; the first system is the one judged.

    A figure fails a floor that it does not hold itself; there are too few data where the end of
    its 95% interval does not, where it has no interval, and where it was not measured. One failed
    floor fails the run. Raises ValueError where there is no floor of that kind: that would pass
    anything.
    """
    mine = [floor for floor in floors if floor.kind is kind]
    if not mine:
        raise ValueError(f"no floor of the kind {kind}")
    found = {
        (part.name, figure.measure.name): figure
        for part in run.parts
        if part.system == run.parts[0].system
        for figure in part.figures
    }
    judged = [(floor, _judged(floor, found.get((floor.part, floor.figure)))) for floor in mine]
    failed = [(floor, said) for floor, (verdict, said) in judged if verdict is Verdict.FAILED]
    few = [(floor, said) for floor, (verdict, said) in judged if verdict is Verdict.TOO_FEW_DATA]
    if failed:
        return Judgement(Verdict.FAILED, _listed(failed, mine, "not held"))
    if few:
        return Judgement(Verdict.TOO_FEW_DATA, _listed(few, mine, "not certain"))
    return Judgement(Verdict.PASSED, f"All {len(mine)} floors are held.")


def _judged(floor: Floor, figure: Figure | None) -> tuple[Verdict, str]:
    if figure is None:
        return Verdict.TOO_FEW_DATA, "not measured"
    if not floor.held_by(figure.value):
        return Verdict.FAILED, f"{figure.value:.1%}"
    if figure.interval is None:
        return Verdict.TOO_FEW_DATA, f"{figure.value:.1%}, no interval"
    end = figure.interval.low if floor.at_least else figure.interval.high
    if not floor.held_by(end):
        return Verdict.TOO_FEW_DATA, f"{figure.value:.1%}, but it may be {end:.1%}"
    return Verdict.PASSED, f"{figure.value:.1%}"


def _listed(short: Sequence[tuple[Floor, str]], of: Sequence[Floor], what: str) -> str:
    named = "; ".join(f"{floor.says} {said}, {floor.due} is due" for floor, said in short)
    be = "is" if len(short) == 1 else "are"
    return f"{len(short)} of {len(of)} floors {be} {what}: {named}."


def _floor(entry: Any, number: int, path: Path) -> Floor:
    known = {"kind", "says", "part", "figure"}
    limits = set(entry) & {"at_least", "at_most"} if isinstance(entry, dict) else set()
    if len(limits) != 1 or set(entry) != known | limits:
        raise DataUnreadable(
            path, 0, f"floor {number} needs {', '.join(sorted(known))} and at_least or at_most"
        )
    (limit,) = limits
    value = entry[limit]
    if entry["kind"] not in set(EvaluationKind):
        raise DataUnreadable(path, 0, f"floor {number} has an unknown kind, {entry['kind']!r}")
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
        raise DataUnreadable(path, 0, f"floor {number}: {limit} is a share from 0 to 1")
    return Floor(
        EvaluationKind(entry["kind"]),
        str(entry["says"]),
        str(entry["part"]),
        str(entry["figure"]),
        float(value),
        limit == "at_least",
    )
