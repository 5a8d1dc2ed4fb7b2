"""Say in plain words what is wrong with a value in a policy file."""

from collections.abc import Mapping, Sequence
from typing import Any

Path = tuple[str | int, ...]

_TYPES = {
    "string_type": 'write a text in quotes: {key} = "…"',
    "int_type": "write a whole number, without quotes: {key} = 5",
    "int_from_float": "write a whole number, without quotes: {key} = 5",
    "float_type": "write a number between 0 and 1, without quotes: {key} = 0.5",
    "bool_type": "write true or false, without quotes: {key} = true",
    "tuple_type": 'write a list in square brackets: {key} = ["…", "…"]',
    "dict_type": "write this as a section of its own: [{key}]",
    "model_type": "write this as a section of its own: [{key}]",
}


def explain(
    loc: Sequence[str | int], kind: str, message: str, context: Mapping[str, Any]
) -> tuple[Path, str]:
    """Return the path of the key to look at, and what to write there."""
    path: Path = tuple(part for part in loc if part != "[key]")
    key = next((str(part) for part in reversed(path) if isinstance(part, str)), "the file")
    if kind == "missing":
        parent = path[:-1]
        return parent, f'"{key}" is missing here: add a line {key} = …'
    if kind == "extra_forbidden":
        return path, f'"{key}" is not known here: check its spelling, or delete the line'
    if kind in _TYPES:
        return path, f'"{key}" has the wrong form: ' + _TYPES[kind].format(key=key)
    if kind in ("enum", "literal_error"):
        expected = context.get("expected", "")
        return path, f'"{key}" has a value that is not known; write one of: {expected}'
    if kind == "value_error":
        return path, str(context.get("error", message))
    return path, f'"{key}": {message[:1].lower()}{message[1:]}'
