"""Slips of the fingers: letters put in, left out, swapped or doubled, and neighbouring keys.

The number of slips is one in so many letters, rounded, and at least one, each in a word of its own
of three letters or more; the first letter of a word stays, as it does in most real slips.
"""

from collections.abc import Callable
from functools import cache
from random import Random

from assistant.policy.model import Strict
from evaluation.suites.variants import Base, Family, Perturbation
from evaluation.suites.writing.meaning import free_words, may_become, pieces, spliced
from evaluation.suites.writing.reading import FOLDER, read

SHORTEST = 3
"""Letters of the shortest word that is mistyped."""
_TRIES = 8

Slip = Callable[[str, int, Random], str]
"""Return the word mistyped at that letter (from 1, as the first letter stays)."""


class _Phone(Strict):
    space: str


class _Mistyping(Strict):
    keyboard: dict[str, str]
    phone: _Phone
    corrected: dict[str, tuple[str, ...]]


def perturbations() -> tuple[Perturbation, ...]:
    """Return typing slips at three rates, slips to neighbouring keys, and a phone's."""

    def way(group: str, title: str, slip: Slip, one_in: int, primary: bool) -> Perturbation:
        def rewrite(base: Base, random: Random) -> str | None:
            return mistyped(base.text, random, slip, one_in)

        return Perturbation(Family.WRITING, group, title, rewrite, primary=primary)

    return (
        way("typos_02", "Typing errors, 1 letter in 50", _typo, 50, False),
        way("typos_05", "Typing errors, 1 letter in 20", _typo, 20, True),
        way("typos_10", "Typing errors, 1 letter in 10", _typo, 10, False),
        way("keyboard", "Neighbouring keys, 1 letter in 20", _neighbour, 20, True),
        Perturbation(
            Family.WRITING, "phone", "Thumb slips on a phone", _phone_slips, primary=False
        ),
    )


def mistyped(text: str, random: Random, slip: Slip, one_in: int) -> str | None:
    """Return the text with one letter in `one_in` mistyped, or None where no word can be."""
    words = [word for word in free_words(text) if len(word[0]) >= SHORTEST]
    letters = sum(len(word[0]) for word in words)
    wanted = max(1, round(letters / one_in))
    random.shuffle(words)
    changes: list[tuple[int, int, str]] = []
    for word in words:
        if len(changes) == wanted:
            break
        for _ in range(_TRIES):
            fresh = slip(word[0], random.randrange(1, len(word[0])), random)
            if may_become(word[0], fresh):
                changes.append((word.start(), word.end(), fresh))
                break
    return spliced(text, changes) if changes else None


def _typo(word: str, at: int, random: Random) -> str:
    match random.randrange(4):
        case 0:
            return word[:at] + random.choice("abcdefghijklmnopqrstuvwxyz") + word[at:]
        case 1:
            return word[:at] + word[at + 1 :]
        case 2 if at + 1 < len(word):
            return word[:at] + word[at + 1] + word[at] + word[at + 2 :]
        case _:
            return word[:at] + word[at] + word[at:]


def _neighbour(word: str, at: int, random: Random) -> str:
    near = _read().keyboard.get(word[at].lower())
    if near is None:
        return word
    key = random.choice(near)
    key = key.upper() if word[at].isupper() else key
    if random.random() < 0.3:
        return word[:at] + key + word[at:]
    return word[:at] + key + word[at + 1 :]


def _phone_slips(base: Base, random: Random) -> str | None:
    changes: list[tuple[int, int, str]] = []
    before = None
    for word in free_words(base.text):
        others = _read().corrected.get(word[0].lower())
        if others and random.random() < 0.15:
            changes.append((word.start(), word.end(), random.choice(others)))
        elif before is not None and word.start() == before + 1 and random.random() < 0.08:
            missed = random.choice((*_read().phone.space, ""))
            joined = base.text[:before].rsplit(" ", 1)[-1] + missed + word[0]
            if base.text[before] == " " and may_become(word[0], joined) and not pieces(joined):
                changes.append((before, before + 1, missed))
        before = word.end()
    text = spliced(base.text, changes)
    return mistyped(text, random, _neighbour, 30)


@cache
def _read() -> _Mistyping:
    return read(FOLDER / "mistyping.toml", _Mistyping)
