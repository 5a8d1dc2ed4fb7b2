"""What stops a release, as people decided it: read, checked, and refused with line and remedy."""

import hashlib
import json
import re
import tomllib
from enum import StrEnum
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Annotated, Any, Self

import rfc8785
from pydantic import Field, ValidationError, field_validator, model_validator

from assistant.policy.lines import lines_of
from assistant.policy.model import Share, Strict, Text
from assistant.policy.plain import explain
from evaluation.errors import GatesInvalid
from evaluation.fairness.measures import MEASURES, Kind
from evaluation.suites.variants import Family

BUNDLED = Path(__file__).with_name("gates.toml")

Chance = Annotated[float, Field(gt=0.0, lt=1.0)]
Patterns = Annotated[tuple[Text, ...], Field(min_length=1)]
FAMILIES = tuple(family.value for family in Family)


class Better(StrEnum):
    """Which way an outcome is better for whoever asks."""

    MORE = "more"
    LESS = "less"
    SAME = "same"


class Judged(Strict):
    """How one outcome is judged. `margin` is a share, or a number in the outcome's own unit.

    `floor` is the least share of the unperturbed rate that any group must reach, and `aim` what
    is aimed at elsewhere. `families` are those it decides in; in others it is looked at.
    """

    title: Text
    better: Better
    margin: Annotated[float, Field(gt=0.0)]
    decides: bool
    families: tuple[Family, ...] = tuple(Family)
    floor: Annotated[float, Field(gt=0.0, lt=1.0)] | None = None

    @field_validator("better", mode="before")
    @classmethod
    def _known(cls, value: object) -> object:
        return _member(Better, value)

    @field_validator("families", mode="before")
    @classmethod
    def _families(cls, value: object) -> object:
        if not isinstance(value, list | tuple):
            return value
        return tuple(_member(Family, each) for each in value)


class Aim(Strict):
    """What is aimed at beyond the gate: at most so much lost, as a point estimate."""

    groups: Patterns
    outcome: str
    most_lost: Annotated[float, Field(gt=0.0)]


class Only(Strict):
    """Groups of which only some outcomes mean anything, and why that is."""

    groups: Patterns
    outcomes: Annotated[tuple[str, ...], Field(min_length=1)]
    why: Text


class Exploratory(Strict):
    """Whether a verdict on a group that does not decide stops a release all the same.

    Below a floor always does.
    """

    failed_blocks: bool
    too_few_data_blocks: bool


class GateFile(Strict):
    """What a gate file says, value by value."""

    alpha: Annotated[float, Field(gt=0.0, le=0.2)]
    power: Annotated[float, Field(ge=0.5, lt=1.0)]
    least_pairs: Annotated[int, Field(ge=20)]
    least_pages: Annotated[int, Field(ge=10)]
    resamples: Annotated[int, Field(ge=200, le=100_000)]
    seed: Annotated[int, Field(ge=0)]
    four_fifths: Share
    families: Annotated[tuple[Family, ...], Field(min_length=1)]
    exploratory: Exploratory
    outcome: Annotated[dict[str, Judged], Field(min_length=1)]
    aim: tuple[Aim, ...] = ()
    only: tuple[Only, ...] = ()

    @field_validator("families", mode="before")
    @classmethod
    def _families(cls, value: object) -> object:
        if not isinstance(value, list | tuple):
            return value
        return tuple(_member(Family, each) for each in value)

    @model_validator(mode="after")
    def _something_decides(self) -> Self:
        for family in self.families:
            if not any(each.decides and family in each.families for each in self.outcome.values()):
                raise ValueError(
                    f'no outcome decides in the family "{family}": write decides = true under '
                    "at least one [outcome.…] that holds for it"
                )
        return self


class Gates(Strict):
    """A gate file that was checked. `digest` is the SHA-256 (hex) of what it says as RFC 8785 JSON:
    comments and layout do not count, every value does."""

    said: GateFile
    digest: str

    @property
    def level(self) -> float:
        """Return the chance with which an interval holds the truth: 1 − alpha."""
        return 1 - self.said.alpha

    def judged_of(self, group: str, outcome: str) -> bool:
        """Return whether the outcome means anything for the group."""
        rules = [rule for rule in self.said.only if matches(group, rule.groups)]
        if rules:
            return any(outcome in rule.outcomes for rule in rules)
        return True

    def decides(self, family: str, primary: bool, outcome: str) -> bool:
        """Return whether the outcome of such a group decides a release."""
        rule = self.said.outcome[outcome]
        return primary and rule.decides and family in rule.families

    def aim(self, group: str, outcome: str) -> float | None:
        """Return the most that is meant to be lost, the strictest of those that hold, or None."""
        aims = [
            aim.most_lost
            for aim in self.said.aim
            if aim.outcome == outcome and matches(group, aim.groups)
        ]
        return min(aims, default=None)

    def patterns(self) -> tuple[str, ...]:
        """Return every pattern of groups that the file names, each once."""
        named: tuple[Aim | Only, ...] = (*self.said.aim, *self.said.only)
        return tuple(dict.fromkeys(pattern for each in named for pattern in each.groups))


def matches(group: str, patterns: tuple[str, ...]) -> bool:
    """Return whether the group's name fits one of the patterns ("writing/typos_*")."""
    return any(fnmatchcase(group, pattern) for pattern in patterns)


def load_gates(path: Path = BUNDLED) -> Gates:
    """Return what the gate file says. Raise GatesInvalid with the line and what to write."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as fault:
        raise GatesInvalid(path, 1, f"the file cannot be read as UTF-8 text: {fault}") from None
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as fault:
        found = re.search(r"at line (\d+)", str(fault))
        line = int(found[1]) if found else max(1, text.count("\n"))
        raise GatesInvalid(path, line, f"this is not valid TOML ({fault})") from None
    wrong = _Wrong(path, text)
    try:
        said = GateFile.model_validate_json(json.dumps(data, default=str))
    except ValidationError as fault:
        # A misspelt key is both unknown and missing: its line says more than that of its table.
        errors = fault.errors(include_url=False)
        error = min(errors, key=lambda each: each["type"] != "extra_forbidden")
        where, why = explain(error["loc"], error["type"], error["msg"], error.get("ctx", {}))
        raise wrong(where, why, error.get("input")) from None
    _check(said, wrong)
    return Gates(said=said, digest=hashlib.sha256(rfc8785.dumps(data)).hexdigest())


class _Wrong:
    def __init__(self, path: Path, text: str) -> None:
        self._path, self._lines = path, lines_of(text)

    def __call__(self, at: tuple[str | int, ...], why: str, value: object = None) -> GatesInvalid:
        return GatesInvalid(self._path, self._lines.of(at, value), why)


def _check(said: GateFile, wrong: _Wrong) -> None:
    known = ", ".join(MEASURES)
    for name, rule in said.outcome.items():
        if name not in MEASURES:
            raise wrong(("outcome", name), f'"{name}" is no outcome; write one of: {known}')
        kind = MEASURES[name].kind
        if kind is not Kind.NUMBER and rule.margin >= 1:
            why = "a margin is a share: write 3 points as margin = 0.03"
            raise wrong(("outcome", name, "margin"), why)
        if kind is Kind.KEPT and rule.better is not Better.MORE:
            why = f'"{name}" should always hold: write better = "more"'
            raise wrong(("outcome", name, "better"), why)
        if rule.floor is not None and (kind is Kind.NUMBER or rule.better is not Better.MORE):
            why = "only a share that is better high can have a floor: delete the line"
            raise wrong(("outcome", name, "floor"), why)
    parts: tuple[tuple[str, tuple[Aim | Only, ...]], ...] = (("aim", said.aim), ("only", said.only))
    for part, entries in parts:
        for number, entry in enumerate(entries):
            outcomes = (entry.outcome,) if isinstance(entry, Aim) else entry.outcomes
            for outcome in outcomes:
                if outcome not in said.outcome:
                    why = f"the file has no [outcome.{outcome}]: add it, or write one that it has"
                    raise wrong((part, number, "outcome"), why)
            for pattern in entry.groups:
                if pattern.partition("/")[0] not in FAMILIES:
                    why = f'"{pattern}" names no family; begin it with one of: ' + ", ".join(
                        f"{family}/" for family in FAMILIES
                    )
                    raise wrong((part, number, "groups", 0), why, pattern)


def _member(kind: type[StrEnum], value: object) -> Any:
    try:
        return kind(str(value))
    except ValueError:
        shown = ", ".join(f'"{each}"' for each in kind)
        raise ValueError(f'"{value}" is not known here; write one of: {shown}') from None
