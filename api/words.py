"""Interface strings, one TOML file a language. A missing string is an error, never a blank."""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from api.errors import WordsMissing

FOLDER = Path(__file__).parent / "templates" / "words"
_UK = ZoneInfo("Europe/London")


@dataclass(frozen=True)
class Words:
    """One language's strings, by "section.key"."""

    language: str
    _sections: Mapping[str, Mapping[str, Any]] = field(repr=False)

    def __call__(self, key: str, **values: object) -> str:
        """Return the string with its {names} filled in; raise `WordsMissing`."""
        found = self._find(key)
        if not isinstance(found, str):
            raise WordsMissing(self.language, key)
        return found.format_map(values) if values else found

    def lines(self, key: str) -> tuple[str, ...]:
        """Return a list of strings."""
        found = self._find(key)
        if not isinstance(found, list):
            raise WordsMissing(self.language, key)
        return tuple(str(line) for line in found)

    @cached_property
    def keys(self) -> frozenset[str]:
        """Return every "section.key" there is."""
        return frozenset(f"{name}.{key}" for name, keys in self._sections.items() for key in keys)

    def date(self, iso: str) -> str:
        """Return an ISO date of full or reduced precision in words, or the text as it came.

        "2024-03-03" → "3 March 2024", "2025-01" → "January 2025", "2021" → "2021".
        """
        months = self.lines("language.months")
        try:
            year, *rest = (int(part) for part in iso.split("-"))
            match rest:
                case []:
                    return str(year)
                case [month] if 1 <= month <= 12:
                    return f"{months[month - 1]} {year}"
                case [month, day] if 1 <= month <= 12 and 1 <= day <= 31:
                    return f"{day} {months[month - 1]} {year}"
        except ValueError:
            pass
        return iso

    def moment(self, when: datetime) -> str:
        """Return a moment in UK time, in words: "3 March 2024, 14:05"."""
        local = when.astimezone(_UK)
        return f"{self.date(local.date().isoformat())}, {local:%H:%M}"

    def _find(self, key: str) -> object:
        section, _, name = key.partition(".")
        try:
            return self._sections[section][name]
        except KeyError:
            raise WordsMissing(self.language, key) from None


def read_words(languages: Iterable[str], folder: Path = FOLDER) -> Mapping[str, Words]:
    """Return the words of each language."""
    return {
        language: Words(language, tomllib.loads((folder / f"{language}.toml").read_text("utf-8")))
        for language in languages
    }
