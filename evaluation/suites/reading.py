"""Read a suite's TOML file, and refuse it with file, line and what to write."""

import json
import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from pydantic import ValidationError

from assistant.patterns import Pattern, PatternError, Words, check, fold, pattern
from assistant.policy.lines import Lines, lines_of
from assistant.policy.model import Strict
from assistant.policy.plain import explain
from evaluation.errors import DataMissing, DataUnreadable
from evaluation.suites.variants import Base

Part = TypeVar("Part", bound=Strict)
Key = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Source:
    """A file that was read, so that a later check can say on which line a fault stands."""

    path: Path
    lines: Lines

    def wrong(self, key: Key, why: str, value: object = None) -> DataUnreadable:
        """Return the error for the key (or for the text `value` in the list under that key)."""
        return DataUnreadable(self.path, self.lines.of(key, value), why)

    def pattern(self, key: Key, sources: Sequence[str], words: Words) -> Pattern | None:
        """Return the patterns under the key as one. Raise DataUnreadable at the bad one's line."""
        for number, source in enumerate(sources):
            try:
                check(source, words)
            except PatternError as fault:
                raise self.wrong((*key, number), str(fault), source) from None
        return pattern(sources, words)


def read(path: Path, model: type[Part]) -> tuple[Part, Source]:
    """Return what the file holds. Raise DataMissing, DataUnreadable (file, line, what to write)."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise DataMissing(path, "a suite's words", "Copy it from the project's sources.") from None
    except UnicodeDecodeError as fault:
        raise DataUnreadable(path, 0, f"not UTF-8 text ({fault})") from None
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as fault:
        found = re.search(r"at line (\d+)", str(fault))
        line = int(found[1]) if found else max(1, text.count("\n"))
        why = f'this is not valid TOML ({fault}); texts stand in quotes: key = "text"'
        raise DataUnreadable(path, line, why) from None
    source = Source(path, lines_of(text))
    try:
        return model.model_validate_json(json.dumps(data, default=str)), source
    except ValidationError as fault:
        error = fault.errors(include_url=False)[0]
        key, why = explain(error["loc"], error["type"], error["msg"], error.get("ctx", {}))
        raise source.wrong(key, why, error.get("input")) from None


def subject(base: Base) -> str:
    """Return what a rule looks at to tell what a question is about, folded: page, topic, words."""
    return fold("\n".join((base.page, base.topic, base.text)))
