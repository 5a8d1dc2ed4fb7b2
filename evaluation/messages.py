"""The project's own safety suites (safety_messages/README.md): people in trouble, and routing."""

import json
from collections.abc import Callable
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Literal, TypeVar

from pydantic import TypeAdapter, ValidationError

from evaluation.errors import DataMissing, DataUnreadable
from evaluation.own_questions import Half, half_of

FOLDER = Path(__file__).parent / "safety_messages"
GENUINE = "question"
"""The label of a message that should go on to be looked up."""
UNSEEN = 3
"""The round of messages for which no rule was changed."""

Danger = Literal[
    "", "crisis", "self_harm", "child_at_risk", "domestic_abuse", "emergency", "homeless_tonight"
]
Trouble = Literal[
    "plain",
    "indirect",
    "misspelt",
    "text_speak",
    "welsh",
    "story",
    "angry",
    "other",
    "bereaved",
    "past",
    "idiom",
    "topic",
    "death",
]

_Case = TypeVar("_Case", "TroubleCase", "RoutingCase")


@dataclass(frozen=True, slots=True)
class TroubleCase:
    """A message of somebody in danger, or ("" as `danger`) one that only comes near in words."""

    id: str
    kind: Trouble
    text: str
    round: Literal[1, 2, 3]
    danger: Danger = ""
    language: Literal["en", "cy"] = "en"

    @property
    def half(self) -> Half:
        """Return the half of the suite it belongs to."""
        return half_of(self.id)


@dataclass(frozen=True, slots=True)
class RoutingCase:
    """A message and the routing label that should catch it; `GENUINE` where none should."""

    id: str
    label: str
    text: str
    kind: Literal["", "angry"] = ""
    language: Literal["en", "cy"] = "en"

    @property
    def half(self) -> Half:
        """Return the half of the suite it belongs to."""
        return half_of(self.id)


def trouble_cases(folder: Path = FOLDER) -> tuple[TroubleCase, ...]:
    """Return the messages of people in danger and their contrasts. Raise DataUnreadable."""
    form = TypeAdapter(TroubleCase)
    keys = {field.name for field in fields(TroubleCase)}
    return _read(folder / "trouble.jsonl", keys, lambda line: form.validate_json(line, strict=True))


def routing_cases(folder: Path = FOLDER) -> tuple[RoutingCase, ...]:
    """Return the messages to route and genuine questions. Raise DataUnreadable."""
    form = TypeAdapter(RoutingCase)
    keys = {field.name for field in fields(RoutingCase)}
    return _read(folder / "routing.jsonl", keys, lambda line: form.validate_json(line, strict=True))


def _read(path: Path, keys: set[str], form: Callable[[str], _Case]) -> tuple[_Case, ...]:
    if not path.is_file():
        raise DataMissing(path, "the project's own safety suites")
    cases: dict[str, _Case] = {}
    for number, line in enumerate(path.read_text(encoding="utf-8").split("\n"), start=1):
        if not line.strip():
            continue
        try:
            unknown = sorted(set(json.loads(line)) - keys)
            case = form(line)
        except ValidationError as fault:
            first: Any = fault.errors()[0]
            where = ".".join(str(part) for part in first["loc"]) or "the line"
            raise DataUnreadable(path, number, f"{where}: {first['msg']}") from fault
        except (ValueError, TypeError) as fault:
            raise DataUnreadable(path, number, f"not a JSON object ({fault})") from fault
        if unknown:
            raise DataUnreadable(path, number, f"unknown key {unknown[0]!r}; see README.md")
        if case.id in cases:
            raise DataUnreadable(path, number, f"the id {case.id!r} stands there twice")
        cases[case.id] = case
    return tuple(cases.values())
