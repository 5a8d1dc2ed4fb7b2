"""What a finder yields, and what finders share."""

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
"""Finds values in time linear in the text: every repetition in a pattern is bounded.

Finders read plain characters: the redactor has made digits, spaces, dashes and apostrophes ASCII.
"""

BETWEEN = r"[ .-]{0,2}"
"""What people put between the characters of a number."""
NO_SUM = r"(?<![\d£$€])(?<!\d[.,])"
"""Stands before a number that is not a sum of money or the end of a longer number."""
WHOLE = r"(?!\d|[.,]\d)"
"""Stands after a number that goes no further."""

_SHORT_WORDS_TEXT = """
am an ar as at be by do ei go he if in is it me my na no of oh ok on or os pm se to un up us we yn
"""
_SHORT_WORDS = frozenset(_SHORT_WORDS_TEXT.split())

_DAY = re.compile(
    r"\(?(?:\d{1,2}([ ./-])\d{1,2}\1(?:19|20)\d\d(?!\d)"
    r"|(?:19|20)\d\d[ /-]{1,3}(?:19|20)?\d\d(?!\d)"
    r"|(?:19|20)\d\d(?:[ ./-]?)(?:0[1-9]|1[0-2])[ ./-]?(?:[0-2]\d|3[01])(?!\d)"
    r"|(?:[0-2]\d|3[01])([ ./-]?)(?:0[1-9]|1[0-2])\2(?:19|20)\d\d(?!\d)"
    r"|(?:[0-2]?\d|3[01])([ ./-])(?:0?[1-9]|1[0-2])\3\d\d(?!\d))"
)


def is_day(number: str) -> bool:
    """Say whether the number begins with a date or two years ("12 04 2020", "2019/20")."""
    return _DAY.match(number) is not None


def are_days(numbers: str) -> bool:
    """Say whether two numbers side by side begin with a date each ("12-04-20 and 20240101")."""
    return is_day(numbers) and is_day(numbers[-8:])


def is_word(letters: str, gap: str) -> bool:
    """Say whether two letters, parted from the digits after them, are an English or Welsh word.

    "on 12 03 19" begins with a word, "on120319" and "ON 12 03 19" do not.
    """
    return bool(gap) and letters in _SHORT_WORDS


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
