"""How easy an English text is to read, from words, sentences and syllables.

Flesch (1948): 206.835 − 1.015 × words per sentence − 84.6 × syllables per word; 60–70 is plain
English, higher is easier. Kincaid and others (1975): 0.39 × words per sentence + 11.8 × syllables
per word − 15.59 is a United States school grade, and a pupil of grade n is about n + 5 years old.
Syllables are counted by rule (groups of vowels, a silent final e), which is off by one for some
words; over a hundred words that moves the ease by a point or two, the age by some tenths.
A line counts as a sentence, so that list items do not add up to one long one.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_SENTENCE_END = re.compile(r"(?<=[.!?…])[\"'”’)\]]*\s+")
_VOWELS = re.compile(r"[aeiouyáéíóúàèìòùâêîôûäëïöüŵŷ]+")
_SILENT_END = re.compile(r"(?:[^laeiouy]es|[^aeiouytd]ed|[^laeiouy]e|[aeiouy]le)$")
_SPOKEN_END = re.compile(r"(?:[sxz]|ch|sh|[cg])es$")

YOUNGEST = 5
"""The age that the least text is given: school begins then."""


@lru_cache(maxsize=16_384)
def syllables(word: str) -> int:
    """Return about how many syllables a word has; at least one."""
    lowered = word.lower()
    groups = len(_VOWELS.findall(lowered))
    silent = 1 if groups > 1 and _SILENT_END.search(lowered) else 0
    if _SPOKEN_END.search(lowered):
        silent = 0
    return max(1, groups - silent)


@dataclass(frozen=True, slots=True)
class _Counts:
    words: int
    sentences: int
    syllables: int


@lru_cache(maxsize=8_192)
def _counts_of_line(line: str) -> tuple[int, int, int]:
    """Return a line's words, sentences and syllables; guidance is quoted again and again."""
    words = _WORD.findall(line)
    sentences = sum(1 for part in _SENTENCE_END.split(line) if _WORD.search(part))
    return len(words), sentences, sum(map(syllables, words))


def _counts(text: str) -> _Counts | None:
    words, sentences, spoken = 0, 0, 0
    for line in text.split("\n"):
        of_line = _counts_of_line(line)
        words += of_line[0]
        sentences += of_line[1]
        spoken += of_line[2]
    return _Counts(words, sentences, spoken) if words else None


def reading_ease(text: str) -> float | None:
    """Return Flesch's reading ease of a text; None when it has no words."""
    count = _counts(text)
    if count is None:
        return None
    return 206.835 - 1.015 * count.words / count.sentences - 84.6 * count.syllables / count.words


def reading_age(text: str) -> float | None:
    """Return the age, in years, at which most can read a text; None when it has no words."""
    count = _counts(text)
    if count is None:
        return None
    grade = 0.39 * count.words / count.sentences + 11.8 * count.syllables / count.words - 15.59
    return max(float(YOUNGEST), grade + 5)
