"""Long rambling messages and very short ones.

Rambling puts sentences about the day round the question, which itself stays as it is. Keywords
leave only the words that carry it; a question with more of them than people type as keywords is
left out, as choosing among them would choose what is asked.
"""

from functools import cache
from random import Random

from pydantic import Field

from assistant.policy.model import Strict
from evaluation.suites.variants import Base, Family, Perturbation
from evaluation.suites.writing.meaning import WORD, pieces
from evaluation.suites.writing.reading import FOLDER, read


class _Rambling(Strict):
    openers: tuple[str, ...]
    before: tuple[str, ...]
    after: tuple[str, ...]
    sentences_before: tuple[int, int]
    sentences_after: tuple[int, int]
    longest: int


class _Keywords(Strict):
    fewest: int = Field(ge=1)
    most: int
    dropped: tuple[str, ...]


class Lengths(Strict):
    """The file: sentences to ramble with, and words to drop."""

    rambling: _Rambling
    keywords: _Keywords


def perturbations() -> tuple[Perturbation, ...]:
    """Return rambling and keywords. Raise DataMissing, DataUnreadable."""
    return (
        Perturbation(Family.WRITING, "rambling", "Long rambling messages", _rambling),
        Perturbation(Family.WRITING, "keywords", "Two to five keywords", _keywords),
    )


@cache
def lengths() -> Lengths:
    """Return the file. Raise DataMissing, DataUnreadable with the line."""
    return read(FOLDER / "length.toml", Lengths)


def _rambling(base: Base, random: Random) -> str | None:
    said = lengths().rambling
    text = base.text.strip()
    if not text:
        return None
    first = [
        random.choice(said.openers),
        *random.sample(said.before, random.randint(*said.sentences_before) - 1),
    ]
    last = random.sample(said.after, random.randint(*said.sentences_after))
    stop = "" if text.endswith((".", "!", "?", "…", ")", "”", '"')) else "."
    long = " ".join((*first, f"{text}{stop}", *last))
    return long if len(long) <= said.longest else None


def _keywords(base: Base, random: Random) -> str | None:
    told = lengths().keywords
    fixed = [(piece.start, piece.end, piece.text) for piece in pieces(base.text)]
    words = [
        (word.start(), word.end(), word[0])
        for word in WORD.finditer(base.text)
        if word[0].lower().replace("’", "'") not in _dropped()
        and not any(start < word.end() and word.start() < end for start, end, _ in fixed)
    ]
    kept = sorted((*fixed, *words))
    if not told.fewest <= len(kept) <= told.most or not words:
        return None
    return " ".join(text if text.isupper() else text.lower() for _, _, text in kept)


@cache
def _dropped() -> frozenset[str]:
    return frozenset(lengths().keywords.dropped)
