"""Habits of typing: punctuation and capitals left out or overdone, emoji, text-speak."""

import re
import unicodedata
from collections.abc import Callable
from functools import cache
from itertools import pairwise
from random import Random

from assistant.policy.model import Strict
from evaluation.suites.variants import Base, Family, Perturbation, Rewrite
from evaluation.suites.writing.meaning import Kind, free_words, pieces, spliced
from evaluation.suites.writing.reading import FOLDER, read


class _Emoji(Strict):
    ending: tuple[str, ...]
    beside: dict[str, str]


class _TextSpeak(Strict):
    chance: float
    words: dict[str, tuple[str, ...]]


class _Stretched(Strict):
    words: tuple[str, ...]


class _Habits(Strict):
    emoji: _Emoji
    text_speak: _TextSpeak
    stretched: _Stretched


def perturbations() -> tuple[Perturbation, ...]:
    """Return the habits of typing."""

    def way(group: str, title: str, rewrite: Rewrite, primary: bool = True) -> Perturbation:
        return Perturbation(Family.WRITING, group, title, rewrite, primary=primary)

    return (
        way(
            "no_punctuation",
            "No punctuation",
            lambda base, _: without_punctuation(base.text) or None,
        ),
        way("capitals", "All capitals", lambda base, _: _outside(base.text, str.upper)),
        way("lower_case", "Lower case only", lambda base, _: lowered(base.text), False),
        way("no_spaces", "No spaces after punctuation", _no_spaces, False),
        way("emoji", "Emoji", _emoji),
        way("text_speak", "Text-speak", _text_speak),
        way("stretched", "Drawn-out words and marks", _stretched, False),
    )


def without_punctuation(text: str) -> str:
    """Return the text without marks, those inside numbers and addresses kept; a dash or slash
    between words becomes a space."""
    fixed = {
        at
        for piece in pieces(text)
        if piece.kind in (Kind.NUMBER, Kind.ADDRESS)
        for at in range(piece.start, piece.end)
    }
    kept = []
    for at, letter in enumerate(text):
        if at in fixed or not unicodedata.category(letter).startswith("P"):
            kept.append(letter)
        elif unicodedata.category(letter) == "Pd" or letter in "/…":
            kept.append(" ")
    return re.sub(r" {2,}", " ", "".join(kept)).strip()


def lowered(text: str) -> str:
    """Return the text in lower case, but addresses, and "US", which is a nation."""
    return re.sub(r"\bus\b", lambda us: text[us.start() : us.end()], _outside(text, str.lower))


def _outside(text: str, change: Callable[[str], str]) -> str:
    addresses = [piece for piece in pieces(text) if piece.kind is Kind.ADDRESS]
    edges = [0, *(edge for piece in addresses for edge in (piece.start, piece.end)), len(text)]
    parts = [text[start:end] for start, end in pairwise(edges)]
    return "".join(
        part if number % 2 else "".join(_same_length(letter, change) for letter in part)
        for number, part in enumerate(parts)
    )


def _same_length(letter: str, change: Callable[[str], str]) -> str:
    changed = change(letter)
    return changed if len(changed) == 1 else letter


def _no_spaces(base: Base, random: Random) -> str | None:
    return re.sub(r"(?<=[^\W\d_][,.;:!?]) (?=[^\W\d_])", "", base.text)


def _emoji(base: Base, random: Random) -> str | None:
    if not re.search(r"[^\W_]", base.text):
        return None
    emoji = _read().emoji
    shown = [word for word in free_words(base.text) if word[0].lower() in emoji.beside]
    random.shuffle(shown)
    places = {word.end(): emoji.beside[word[0].lower()] for word in shown[:2]}
    changes = [(at, at, f" {each}") for at, each in places.items()]
    ends = [match.end() for match in re.finditer(r"[.!?](?=\s)", base.text)]
    for at in (*ends, len(base.text)):
        if at == len(base.text) or random.random() < 0.4:
            ending = random.choice(emoji.ending) * random.choice((1, 1, 1, 2))
            changes.append((at, at, f" {ending}"))
    return spliced(base.text, changes)


def _text_speak(base: Base, random: Random) -> str | None:
    told = _read().text_speak
    numbers = [piece for piece in pieces(base.text) if piece.kind in (Kind.NUMBER, Kind.DATE)]
    changes = []
    for word in free_words(base.text):
        options = told.words.get(word[0].lower().replace("’", "'"))
        options = options or told.words.get(word[0].replace("’", "'"))
        if options is None or random.random() >= told.chance:
            continue
        fresh = random.choice(options)
        near = any(
            word.start() - 12 <= piece.end and piece.start <= word.end() + 12 for piece in numbers
        )
        if fresh.lower() != word[0].lower() and not (near and re.search(r"\d|no\.", fresh)):
            changes.append((word.start(), word.end(), fresh))
    if not changes:
        return None
    text = spliced(base.text, changes)
    return lowered(text).rstrip(".") if random.random() < 0.7 else text


def _stretched(base: Base, random: Random) -> str | None:
    words = [word for word in free_words(base.text) if word[0].lower() in _read().stretched.words]
    random.shuffle(words)
    changes = []
    for word in words[:2]:
        vowels = [at for at, letter in enumerate(word[0]) if letter.lower() in "aeiouy"]
        silent = len(word[0]) > 3 and word[0].lower().endswith("e") and len(vowels) > 1
        at = vowels[-2 if silent else -1] if vowels else len(word[0]) - 1
        more = word[0][at].lower() * random.randint(2, 4)
        changes.append((word.start(), word.end(), word[0][: at + 1] + more + word[0][at + 1 :]))
    text = spliced(base.text, changes)
    marks = random.randint(1, 3)
    return re.sub(r"([?!])(?=\s|$)", lambda mark: mark[1] * (marks + 1), text)


@cache
def _read() -> _Habits:
    return read(FOLDER / "habits.toml", _Habits)
