"""Puts misspelt words right by the words that guidance itself uses.

A word is left alone when guidance has it in any form, or when the embedding model knows it whole;
of the others the nearest word of the guidance is taken, where one is near enough (a letter left
out, put in, changed, or two swapped: optimal string alignment). Long words may have two slips, if
they begin alike. So nothing is ever turned into a
word that no page has.
"""

from collections.abc import Callable
from functools import lru_cache

from rapidfuzz import process
from rapidfuzz.distance import OSA

from knowledge.lexical import STOP_WORDS, TOKEN, Vocabulary, fold, terms_of

SHORTEST = 4
"""Letters that a word must have: shorter ones have too many neighbours."""
LONG = 8
"""From so many letters on, two slips are put right; before, one."""
REMEMBERED = 4096


class Spelling:
    """The words of one snapshot. Safe to share between threads.

    `whole` says of a word in lower case whether it is one that people know.
    """

    def __init__(self, vocabulary: Vocabulary, whole: Callable[[str], bool]) -> None:
        self._known = vocabulary.numbers
        meant = {
            form: word
            for term, word in zip(vocabulary.terms, vocabulary.words, strict=True)
            for form in (term, word)
            if word and len(form) >= SHORTEST
        }
        self._forms, self._words = list(meant), list(meant.values())
        self._whole = whole
        self._nearest = lru_cache(REMEMBERED)(self._find)

    def mended(self, text: str) -> str:
        """Return the text with misspelt words put right; all else stays as it is."""
        return TOKEN.sub(lambda found: self._read(found[0]), text) if self._forms else text

    def _read(self, word: str) -> str:
        if len(word) < SHORTEST or not word.isalpha():
            return word
        return self._nearest(fold(word)) or word

    def _find(self, word: str) -> str:
        """Return the word that is meant, or "" where it is right or cannot be told."""
        if not word.isalpha() or word in STOP_WORDS or self._whole(word):
            return ""
        if any(term in self._known or self._whole(term) for term in terms_of(word)):
            return ""
        near = process.extract(
            word,
            self._forms,
            scorer=OSA.distance,
            score_cutoff=2 if len(word) >= LONG else 1,
            limit=None,
        )
        ranked = [
            (slips, form[0] != word[0], place)
            for form, slips, place in near
            if slips < 2 or form[0] == word[0]
        ]
        return self._words[min(ranked)[2]] if ranked else ""
