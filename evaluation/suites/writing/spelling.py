"""Spelling by sound, as many dyslexic people spell, and common misspellings.

`misspellings_from` reads a public list of misspellings as a second opinion; nothing of it ships.
"""

import csv
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from random import Random

from pydantic import Field

from assistant.policy.model import Strict
from evaluation.errors import DataMissing, DataUnreadable
from evaluation.suites.variants import Base, Family, Perturbation, Rewrite
from evaluation.suites.writing.meaning import (
    free_words,
    is_free,
    keeps,
    may_become,
    spliced,
)
from evaluation.suites.writing.reading import FOLDER, read, wrong

_LISTED = Path("robustness", "misspellings_in_corpus.csv")
_TRIES = 6
_SHORTEST = 4
"""Letters of the shortest word that is bent by a rule rather than a list."""

Options = Mapping[str, tuple[str, ...]]
Change = tuple[int, int, str]


class _Phonetic(Strict):
    reviewed: str
    chance: float = Field(gt=0, le=1)
    rules: tuple[tuple[str, str], ...]
    words: dict[str, tuple[str, ...]]


class _Dyslexic(Strict):
    reviewed: str
    chance: float = Field(gt=0, le=1)
    mirrored: dict[str, str]
    vowels: dict[str, str]
    homophones: dict[str, tuple[str, ...]]
    breaks: dict[str, str]


class _Spelling(Strict):
    phonetic: _Phonetic
    dyslexic: _Dyslexic
    misspelt: dict[str, tuple[str, ...]]


def perturbations() -> tuple[Perturbation, ...]:
    """Return spelling by sound, dyslexic spelling, and common misspellings alone."""
    read_spelling()
    return (
        Perturbation(Family.WRITING, "phonetic", "Spelling by sound", _phonetic),
        Perturbation(Family.WRITING, "dyslexic", "Dyslexic spelling", _dyslexic),
        Perturbation(
            Family.WRITING,
            "misspellings",
            "Common misspellings",
            _from_list(read_spelling().misspelt),
            primary=False,
        ),
    )


def second_opinion(data: Path) -> tuple[Perturbation, ...]:
    """Return misspelling by the public list of a data folder. Raise DataMissing, DataUnreadable."""
    return (
        Perturbation(
            Family.WRITING,
            "misspellings_listed",
            "Common misspellings (codespell's list)",
            _from_list(misspellings_from(data)),
            primary=False,
        ),
    )


def misspellings_from(data: Path) -> Options:
    """Return the misspellings by correct word of a data folder, the commonest first.

    Raise DataMissing, DataUnreadable.
    """
    path = data / _LISTED
    if not path.is_file():
        raise DataMissing(path, "a public list of misspellings", "Pass the folder: --data DIR.")
    listed: dict[str, list[tuple[int, str]]] = {}
    with path.open(encoding="utf-8", newline="") as file:
        for number, row in enumerate(csv.DictReader(file), start=2):
            try:
                word, spelt, count = row["correction"], row["misspelling"], row["corpus_count"]
                listed.setdefault(word, []).append((-int(count), spelt))
            except (KeyError, ValueError, TypeError) as fault:
                why = "a line needs misspelling, correction and a whole corpus_count"
                raise DataUnreadable(path, number, why) from fault
    return {word: tuple(spelt for _, spelt in sorted(each)) for word, each in listed.items()}


@cache
def read_spelling(path: Path = FOLDER / "spelling.toml") -> _Spelling:
    """Return the rules and lists. Raise DataMissing, DataUnreadable with the line."""
    spelling = read(path, _Spelling)
    for number, (find, put) in enumerate(spelling.phonetic.rules):
        try:
            re.sub(find, put, "some word")
        except (re.error, IndexError) as fault:
            where = ("phonetic", "rules", number)
            raise wrong(path, where, f"{find} is no pattern: {fault}", find) from fault
    for word, options in spelling.misspelt.items():
        bad = [each for each in options if not may_become(word, each)]
        if bad:
            why = f'"{word}" cannot be misspelt "{bad[0]}": it would say something else'
            raise wrong(path, ("misspelt", word), why)
    return spelling


def _from_list(listed: Options) -> Rewrite:
    def rewrite(base: Base, random: Random) -> str | None:
        changes = [
            (word.start(), word.end(), _cased(word[0], random.choice(options)))
            for word in free_words(base.text)
            if (options := _usable(listed, word[0]))
        ]
        return spliced(base.text, changes) if changes else None

    return rewrite


def _usable(listed: Options, word: str) -> tuple[str, ...]:
    options = listed.get(word.lower().replace("’", "'"), ())
    return tuple(each for each in options[:3] if may_become(word.lower(), each))


def _phonetic(base: Base, random: Random) -> str | None:
    spelling = read_spelling()
    listed = {**spelling.misspelt, **spelling.phonetic.words}
    able: list[Change] = []
    for word in free_words(base.text):
        options = _usable(spelling.phonetic.words, word[0])
        sounded = _by_sound(word[0].lower(), random) if len(word[0]) >= _SHORTEST else None
        if not options:
            options = tuple(each for each in (sounded, *_usable(listed, word[0])) if each)
        if options:
            able.append((word.start(), word.end(), _cased(word[0], random.choice(options))))
    return _some(base.text, able, spelling.phonetic.chance, random)


def _by_sound(word: str, random: Random) -> str | None:
    fresh, used = word, 0
    rules = read_spelling().phonetic.rules
    fitting = [rule for rule in rules if re.search(rule[0], word)]
    random.shuffle(fitting)
    for find, put in fitting:
        changed = re.sub(find, put, fresh, count=1)
        used += changed != fresh
        fresh = changed
        if used == 2:
            break
    return fresh if may_become(word, fresh) else None


def _dyslexic(base: Base, random: Random) -> str | None:
    rules = read_spelling().dyslexic
    text = base.text
    able: list[Change] = []
    for parts, joined in rules.breaks.items():
        for match in re.finditer(rf"\b{parts}\b", text, re.IGNORECASE):
            fresh = _cased(match[0], joined)
            if keeps(match[0], fresh) and is_free(text, match.start(), match.end()):
                able.append((match.start(), match.end(), fresh))
    taken = {at for start, end, _ in able for at in range(start, end)}
    for word in free_words(text):
        if word.start() in taken or word.end() - 1 in taken:
            continue
        options = rules.homophones.get(word[0].lower().replace("’", "'"))
        bent = _cased(word[0], random.choice(options)) if options else _bent(word[0], random)
        if bent is not None and keeps(word[0], bent):
            able.append((word.start(), word.end(), bent))
    return _some(text, able, rules.chance, random)


def _bent(word: str, random: Random) -> str | None:
    """Return the word with a letter mirrored, moved, missing or a vowel confused."""
    if len(word) < _SHORTEST:
        return None
    rules = read_spelling().dyslexic
    for _ in range(_TRIES):
        at = random.randrange(1, len(word) - 1)
        match random.randrange(4):
            case 0:
                places = [n for n in range(len(word)) if word[n] in rules.mirrored]
                at = random.choice(places) if places else at
                fresh = word[:at] + rules.mirrored.get(word[at], word[at]) + word[at + 1 :]
            case 1 if at + 2 < len(word):
                fresh = word[:at] + word[at + 1] + word[at] + word[at + 2 :]
            case 2:
                fresh = word[:at] + word[at + 1 :]
            case _:
                fresh = word[:at] + rules.vowels.get(word[at], word[at]) + word[at + 1 :]
        if may_become(word, fresh):
            return fresh
    return None


def _some(text: str, able: list[Change], chance: float, random: Random) -> str | None:
    """Return the text with each change made by that chance, and with one of them at least."""
    if not able:
        return None
    chosen = [change for change in able if random.random() < chance]
    return spliced(text, chosen or [random.choice(able)])


def _cased(word: str, fresh: str) -> str:
    if word.isupper() and len(word) > 1:
        return fresh.upper()
    return fresh[:1].upper() + fresh[1:] if word[:1].isupper() else fresh
