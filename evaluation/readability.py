"""How easy a text is to read: Flesch's score, from words, sentences and syllables.

Flesch (1948): 206.835 − 1.015 × words per sentence − 84.6 × syllables per word; 60–70 is plain
English, higher is easier. Syllables are counted by rule (groups of vowels, a silent final e),
which is off by one for some words; over a hundred words that moves the score by a point or two.
A line counts as a sentence, so that list items do not add up to one long one.
"""

import re

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_SENTENCE_END = re.compile(r"(?<=[.!?…])[\"'”’)\]]*\s+|\n+")
_VOWELS = re.compile(r"[aeiouyáéíóúàèìòùâêîôûäëïöüŵŷ]+")
_SILENT_END = re.compile(r"(?:[^laeiouy]es|[^aeiouytd]ed|[^laeiouy]e|[aeiouy]le)$")


def syllables(word: str) -> int:
    """Return about how many syllables a word has; at least one."""
    lowered = word.lower()
    groups = len(_VOWELS.findall(lowered))
    silent = 1 if groups > 1 and _SILENT_END.search(lowered) else 0
    if re.search(r"(?:[sxz]|ch|sh|[cg])es$", lowered):
        silent = 0
    return max(1, groups - silent)


def reading_ease(text: str) -> float | None:
    """Return Flesch's reading ease of a text; None when it has no words."""
    words = _WORD.findall(text)
    if not words:
        return None
    sentences = sum(1 for part in _SENTENCE_END.split(text) if _WORD.search(part))
    spoken = sum(syllables(word) for word in words)
    return 206.835 - 1.015 * len(words) / max(1, sentences) - 84.6 * spoken / len(words)
