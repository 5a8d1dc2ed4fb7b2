"""The one spelling of a JSON value, so that equal facts have equal hashes (RFC 8785).

A restriction of the JSON Canonicalization Scheme: whole numbers only. Floating-point numbers are
refused because their text depends on an algorithm that few readers can check by eye; facts carry
counts, thousandths and milliseconds instead.
"""

import json
from collections.abc import Mapping, Sequence
from typing import TypeAlias

from audit.errors import NotCanonical

Json: TypeAlias = "str | int | bool | Sequence[Json] | Mapping[str, Json] | None"

LARGEST_INTEGER = 2**53 - 1
"""The largest whole number that every JSON reader keeps exactly (RFC 7493 §2.2)."""

DEEPEST_NESTING = 64
"""Deeper values are refused, so that hostile text cannot exhaust a reader's stack."""


def canonical_json(value: Json) -> bytes:
    """Return the RFC 8785 spelling of `value` in UTF-8.

    Accepts text, whole numbers within ±(2^53 - 1), true, false, null, lists (or tuples) and
    mappings with text keys. Raises NotCanonical, naming the place, for anything else.
    """
    ordered = _ordered(value, None, 0)
    try:
        return json.dumps(ordered, ensure_ascii=False, separators=(",", ":")).encode()
    except UnicodeEncodeError as error:
        raise NotCanonical(
            "a text holds half of a surrogate pair, which UTF-8 cannot carry: remove it"
        ) from error


def parse_canonical(data: bytes) -> Json:
    """Return the value spelt by `data`; raise NotCanonical unless it is spelt canonically.

    Spaces, duplicate or unordered keys, other escapes, floats, NaN and broken UTF-8 all fail,
    so two different byte strings never mean the same value.
    """
    try:
        value: Json = json.loads(data.decode())
    except (ValueError, RecursionError) as error:
        raise NotCanonical(f"not JSON in UTF-8: {error}") from error
    if canonical_json(value) != data:
        raise NotCanonical(
            "the JSON is not in canonical form (RFC 8785): check spaces, key order, duplicate keys"
        )
    return value


Place: TypeAlias = "tuple[Place, str | int] | None"
"""Where a value stands: the place of what holds it, and its key or number there. None: the root."""


def _ordered(value: object, place: Place, depth: int) -> object:
    """Return `value` with every mapping in canonical order, refusing what has no spelling."""
    if value is None or isinstance(value, str | bool):
        return value
    if isinstance(value, int):
        if abs(value) > LARGEST_INTEGER:
            raise NotCanonical(
                f"{_spelt(place)} is {value}, outside ±(2^53 - 1): write large numbers as text"
            )
        return value
    if isinstance(value, float):
        raise NotCanonical(
            f"{_spelt(place)} is the float {value!r}: write a whole number "
            "(thousandths, milliseconds)"
        )
    if depth == DEEPEST_NESTING:
        raise NotCanonical(f"nested deeper than {DEEPEST_NESTING} levels: flatten the value")
    if isinstance(value, Mapping):
        return {
            key: _ordered(value[key], (place, key), depth + 1)
            for key in _ordered_keys(value, place)
        }
    if isinstance(value, list | tuple):
        return [_ordered(item, (place, i), depth + 1) for i, item in enumerate(value)]
    raise NotCanonical(f"{_spelt(place)} is a {type(value).__name__}, which JSON does not have")


def _spelt(place: Place) -> str:
    """Return the place in words: "$.facts.trace[3]"."""
    if place is None:
        return "$"
    holder, step = place
    return f"{_spelt(holder)}[{step}]" if isinstance(step, int) else f"{_spelt(holder)}.{step}"


def _ordered_keys(mapping: Mapping[object, object], place: Place) -> list[str]:
    """Return the keys in the order of their UTF-16 code units (RFC 8785 §3.2.3)."""
    keys: list[str] = []
    ascii_only = True
    for key in mapping:
        if not isinstance(key, str):
            raise NotCanonical(f"{_spelt(place)} has the key {key!r}: keys must be text")
        ascii_only = ascii_only and key.isascii()
        keys.append(key)
    if ascii_only:
        return sorted(keys)
    return sorted(keys, key=lambda key: key.encode("utf-16-be", "surrogatepass"))
