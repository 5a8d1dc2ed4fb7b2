"""What a finder yields, and how finders look at a value's surroundings."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from assistant.policy.model import PersonalKind


@dataclass(frozen=True, slots=True)
class Found:
    """A value of that kind stands in text[start:end]."""

    kind: PersonalKind
    start: int
    end: int


Finder = Callable[[str], Iterator[Found]]
"""Finds values of one kind in time linear in the text: every repetition in a pattern is bounded."""


def near(
    text: str, found: re.Match[str], context: re.Pattern[str], before: int, after: int
) -> bool:
    """Say whether the context stands at most that many characters before or after the match."""
    start, end = found.span()
    return bool(
        context.search(text, max(0, start - before), start)
        or (after and context.search(text, end, end + after))
    )


def only_digits(text: str) -> str:
    """Return the decimal digits of the text."""
    return "".join(c for c in text if c.isdecimal())
