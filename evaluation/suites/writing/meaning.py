"""What carries the meaning of a question, and so stays as it is in every way of writing it."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, lru_cache

from assistant.policy.model import Strict
from evaluation.suites.writing.reading import FOLDER, read


class Kind(StrEnum):
    """What a fixed piece of a text is."""

    ADDRESS = "address"
    NUMBER = "number"
    NEGATOR = "negator"
    DATE = "date"
    NATION = "nation"


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a text, from character `start` up to `end`, that no rule may change."""

    kind: Kind
    text: str
    start: int
    end: int


class _Fixed(Strict):
    negators: tuple[str, ...]
    numbers: tuple[str, ...]
    dates: tuple[str, ...]
    named_by_capital: tuple[str, ...]
    nations: tuple[str, ...]
    never_made: tuple[str, ...]


WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
"""A word: letters, with apostrophes only inside."""

_ADDRESS = (
    r"(?:https?://|www\.)\S*[\w/]|[\w.+-]{1,64}@[\w-]+(?:\.[\w-]+)+"
    r"|\b[a-z0-9-]+(?:\.[a-z0-9-]+){0,4}\.(?:uk|com|org|net|info)\b(?:/\S*[\w/])?"
)
_NUMBER = r"[£$€]?\b[^\W_]*\d[^\W_]*(?:[.,:/][^\W_]*\d[^\W_]*)*(?:\s?%)?"


@lru_cache(256)
def pieces(text: str) -> tuple[Piece, ...]:
    """Return the pieces of a text that no rule may change, in order."""
    return tuple(
        Piece(Kind(match.lastgroup or ""), match[0], match.start(), match.end())
        for match in _pattern().finditer(text)
    )


def free_words(text: str) -> tuple[re.Match[str], ...]:
    """Return the words of a text that rules may change, in order."""
    return tuple(word for word in WORD.finditer(text) if is_free(text, word.start(), word.end()))


def is_free(text: str, start: int, end: int) -> bool:
    """Say whether rules may change the text from `start` up to `end`."""
    return not any(piece.start < end and start < piece.end for piece in pieces(text))


def keeps(before: str, after: str, adds_negators: int = 0) -> bool:
    """Say whether the same pieces stand in both texts, in the same order.

    Any negator stands for any other ("didn't" for "never"), and `adds_negators` more may be there.
    """
    old, new = _told(before), list(_told(after))
    for _ in range(len(new) - len(old) if 0 < len(new) - len(old) <= adds_negators else 0):
        changed = next(
            (at for at, told in enumerate(new) if at >= len(old) or told != old[at]), len(new)
        )
        if changed == len(new) or new.pop(changed) != Kind.NEGATOR:
            return False
    return old == tuple(new)


def may_become(word: str, fresh: str) -> bool:
    """Say whether a word may be spelt `fresh`: not where that is a word that says something."""
    if fresh == word or not fresh.strip():
        return False
    return fresh.casefold() not in _never_made() and not pieces(fresh)


def spliced(text: str, changes: Iterable[tuple[int, int, str]]) -> str:
    """Return the text with each (start, end, replacement) put in; none overlaps another."""
    done, after = [], 0
    for start, end, fresh in sorted(changes):
        done += [text[after:start], fresh]
        after = end
    return "".join((*done, text[after:]))


@lru_cache(1024)
def _told(text: str) -> tuple[str, ...]:
    return tuple(
        piece.kind if piece.kind is Kind.NEGATOR else piece.text.casefold()
        for piece in pieces(text)
    )


@cache
def _fixed() -> _Fixed:
    return read(FOLDER / "fixed.toml", _Fixed)


@cache
def _never_made() -> frozenset[str]:
    return frozenset(_fixed().never_made)


@cache
def _pattern() -> re.Pattern[str]:
    fixed = _fixed()
    capital = _any(fixed.named_by_capital)
    return re.compile(
        rf"(?P<address>{_ADDRESS})|(?P<number>{_NUMBER}|{_any(fixed.numbers)})"
        rf"|(?P<negator>{_any(fixed.negators)})"
        rf"|(?P<date>{_any(fixed.dates)})|(?P<nation>{_any(fixed.nations)}|(?-i:{capital}))",
        re.IGNORECASE,
    )


def _any(words: Sequence[str]) -> str:
    longest = sorted(words, key=len, reverse=True)
    return rf"\b(?:{'|'.join(re.escape(word) for word in longest)})\b".replace("'", "['’]?")
