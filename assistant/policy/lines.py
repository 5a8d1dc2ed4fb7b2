"""Find the line of a key in a TOML file, so that an error can say where to look."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

Path = tuple[str | int, ...]

_TABLE = re.compile(r"\s*\[\s*([\w.\"-]+)\s*\]\s*(?:#.*)?$")
_TABLES = re.compile(r"\s*\[\[\s*([\w.\"-]+)\s*\]\]\s*(?:#.*)?$")
_NAME = r"""(?:[\w-]+|"[^"]*"|'[^']*')"""
_KEY = re.compile(rf"\s*({_NAME}(?:\.{_NAME})*)\s*=")


@dataclass(frozen=True, slots=True)
class Lines:
    """The lines on which the keys of a TOML text stand."""

    text: str
    at: dict[Path, int]

    def of(self, path: Sequence[str | int], value: object = None) -> int:
        """Return the line of the key, or of its nearest known parent; 1 where there is none.

        Where `value` is a string in a list, return the line on which that string stands.
        """
        known = tuple(path)
        while known and known not in self.at:
            known = known[:-1]
        line = self.at.get(known, 1)
        if isinstance(value, str) and len(known) < len(path):
            return self._holding(value, line)
        return line

    def _holding(self, value: str, start: int) -> int:
        shown = value.replace("\\", "\\\\").replace('"', '\\"')
        quoted = (f'"{shown}"', f"'{value}'")
        for number, line in enumerate(self.text.splitlines()[start - 1 :], start=start):
            if any(quote in line for quote in quoted):
                return number
        return start


def lines_of(text: str) -> Lines:
    """Return where each key of the TOML text stands, those inside long texts left out."""
    at: dict[Path, int] = {}
    table: Path = ()
    counts: dict[Path, int] = {}
    inside = ""
    for number, line in enumerate(text.splitlines(), start=1):
        if inside:
            inside = "" if inside in line else inside
            continue
        if match := _TABLES.match(line):
            name = _parts(match[1], counts)
            counts[name] = counts.get(name, -1) + 1
            table = (*name, counts[name])
            at.setdefault(name, number)
            at[table] = number
        elif match := _TABLE.match(line):
            table = _parts(match[1], counts)
            at.setdefault(table, number)
        elif match := _KEY.match(line):
            at.setdefault((*table, *_parts(match[1], {})), number)
            value = line[match.end() :]
            for quotes in ('"""', "'''"):
                if value.count(quotes) == 1:
                    inside = quotes
    return Lines(text, at)


def _parts(dotted: str, counts: dict[Path, int]) -> Path:
    path: Path = ()
    names = [name.strip("\"'") for name in re.findall(_NAME, dotted)]
    for position, name in enumerate(names):
        path = (*path, name)
        if path in counts and position < len(names) - 1:
            path = (*path, counts[path])
    return path
