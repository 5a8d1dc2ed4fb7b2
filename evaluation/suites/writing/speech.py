"""What voice recognition writes: no marks, words that sound alike, initials letter by letter.

Whole numbers below a thousand are written in words, and whole pounds as pounds; a date, a year, a
decimal, a percentage and anything else with a digit in it stay as they are.
"""

import re
from functools import cache
from random import Random

from pydantic import Field

from assistant.policy.model import Strict
from evaluation.suites.variants import Base, Family, Perturbation
from evaluation.suites.writing.habits import lowered, without_punctuation
from evaluation.suites.writing.meaning import (
    WORD,
    Kind,
    free_words,
    is_free,
    keeps,
    may_become,
    pieces,
    spliced,
)
from evaluation.suites.writing.reading import FOLDER, read

_ONES = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
    "sixteen seventeen eighteen nineteen"
).split()
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
_MONTH = re.compile(r" (?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)", re.IGNORECASE)

Options = dict[str, tuple[str, ...]]


class _Speech(Strict):
    misheard: float = Field(ge=0, le=1)
    dropped: float = Field(ge=0, le=1)
    filled: float = Field(ge=0, le=1)
    repeated: float = Field(ge=0, le=1)
    fillers: tuple[str, ...]
    openers: tuple[str, ...]
    little: tuple[str, ...]
    initials: tuple[str, ...]
    said: Options
    homophones: Options
    misheard_names: Options


def perturbations() -> tuple[Perturbation, ...]:
    """Return voice recognition, and names of services misheard. Raise DataUnreadable."""
    return (
        Perturbation(Family.WRITING, "speech", "Voice recognition", _spoken),
        Perturbation(
            Family.WRITING,
            "speech_misheard",
            "Voice recognition, names of services misheard",
            _misheard,
            primary=False,
        ),
    )


def in_words(number: int) -> str:
    """Return a whole number from 0 to 999 in words, as the British say it."""
    if not 0 <= number <= 999:
        raise ValueError(f"{number} is not from 0 to 999")
    if number < 20:
        return _ONES[number]
    if number < 100:
        ten, one = divmod(number, 10)
        return _TENS[ten - 2] + (f" {_ONES[one]}" if one else "")
    hundred, rest = divmod(number, 100)
    return f"{_ONES[hundred]} hundred" + (f" and {in_words(rest)}" if rest else "")


def _spoken(base: Base, random: Random) -> str | None:
    if not WORD.search(base.text):
        return None
    speech = _read()
    text = without_punctuation(_numbers(_initials(base.text)))
    changes: list[tuple[int, int, str]] = []
    for word in free_words(text):
        heard = word[0].lower()
        options = speech.homophones.get(heard, ())
        if options and random.random() < speech.misheard:
            fresh = random.choice(options)
            if keeps(heard, fresh):
                changes.append((word.start(), word.end(), fresh))
        elif heard in speech.little and random.random() < speech.dropped:
            changes.append((word.start(), min(word.end() + 1, len(text)), ""))
        elif random.random() < speech.repeated and len(heard) < 6:
            changes.append((word.start(), word.end(), f"{word[0]} {word[0]}"))
        elif random.random() < speech.filled:
            changes.append((word.end(), word.end(), f" {random.choice(speech.fillers)}"))
    said = lowered(spliced(text, changes)).strip()
    return f"{random.choice(speech.openers)} {said}" if random.random() < 0.5 else said


def _misheard(base: Base, random: Random) -> str | None:
    changes: list[tuple[int, int, str]] = []
    for name, options in _read().misheard_names.items():
        for match in re.finditer(rf"\b{name}\b".replace("'", "['’]?"), base.text, re.IGNORECASE):
            fresh = random.choice(options)
            taken = any(start < match.end() and match.start() < end for start, end, _ in changes)
            free = not taken and is_free(base.text, match.start(), match.end())
            if free and may_become(match[0], fresh):
                changes.append((match.start(), match.end(), fresh))
    if not changes:
        return None
    return lowered(without_punctuation(spliced(base.text, changes)))


def _initials(text: str) -> str:
    speech = _read()
    changes = []
    for word in free_words(text):
        if word[0].upper() not in speech.initials or word[0].istitle():
            continue
        if word[0].islower() and word[0] in ("id", "sen", "cab", "eta"):
            continue
        said = speech.said.get(word[0].lower(), (" ".join(word[0].lower()),))
        changes.append((word.start(), word.end(), said[0]))
    return spliced(text, changes)


def _numbers(text: str) -> str:
    changes = []
    for piece in pieces(text):
        amount = re.fullmatch(r"(£?)(\d{1,3})", piece.text)
        if piece.kind is not Kind.NUMBER or amount is None or piece.text.startswith("£0"):
            continue
        beside = text[max(0, piece.start - 4) : piece.start]
        before_it = text[: piece.start].rstrip().rpartition(" ")[2]
        follows = text[piece.end : piece.end + 5]
        if _MONTH.match(follows) or _MONTH.search(f" {before_it}"):
            continue
        if re.match(r"[-'’°]|\.\d", follows) or re.search(r"[-'’.]$", beside):
            continue
        said = in_words(int(amount[2]))
        changes.append((piece.start, piece.end, f"{said} pounds" if amount[1] else said))
    return spliced(text, changes)


@cache
def _read() -> _Speech:
    return read(FOLDER / "speech.toml", _Speech)
