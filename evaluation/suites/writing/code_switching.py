"""An English question with Welsh in it, as many in Wales write.

Questions that are Welsh throughout are measured elsewhere.
"""

import re
from functools import cache
from random import Random

from assistant.policy.model import Strict
from evaluation.suites.variants import Base, Family, Perturbation
from evaluation.suites.writing.meaning import WORD, is_free, keeps, spliced
from evaluation.suites.writing.reading import FOLDER, read


class _Switching(Strict):
    reviewed: str
    greetings: tuple[str, ...]
    pleases: tuple[str, ...]
    closings: tuple[str, ...]
    chance: float
    words: dict[str, tuple[str, ...]]


def perturbations() -> tuple[Perturbation, ...]:
    """Return code-switching between English and Welsh. Raise DataMissing, DataUnreadable."""
    return (
        Perturbation(
            Family.WRITING, "code_switching", "Welsh words in an English question", _switched
        ),
    )


def _switched(base: Base, random: Random) -> str | None:
    if not WORD.search(base.text):
        return None
    said = _read()
    changes: list[tuple[int, int, str]] = []
    for english, welsh in said.words.items():
        for match in re.finditer(rf"(?<!['’-])\b{english}\b(?!['’-])", base.text, re.IGNORECASE):
            free = not any(start < match.end() and match.start() < end for start, end, _ in changes)
            fresh = random.choice(welsh)
            wanted = random.random() < said.chance
            free = free and is_free(base.text, match.start(), match.end())
            if wanted and free and keeps(match[0], fresh):
                fresh = fresh[:1].upper() + fresh[1:] if match[0][0].isupper() else fresh
                changes.append((match.start(), match.end(), fresh))
    text = spliced(base.text, changes).strip()
    begins, ends = random.choice(((True, True), (True, False), (False, True)))
    if ends and random.random() < 0.5:
        mark = text[-1] if text[-1] in ".?!" else ""
        text = f"{text.rstrip('.?!')}, {random.choice(said.pleases)}{mark}"
    elif ends:
        text = f"{text}{'' if text[-1] in '.?!' else '.'} {random.choice(said.closings)}."
    if begins:
        text = f"{random.choice(said.greetings)}, {text}"
    return text


@cache
def _read() -> _Switching:
    return read(FOLDER / "code_switching.toml", _Switching)
