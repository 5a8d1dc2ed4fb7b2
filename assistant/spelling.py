"""Read the few words that matter most although they are misspelt or written as in a text message.

People in trouble type fast. A word counts as one of the listed ones when it begins alike and is one
slip away from it: a letter left out, put in, changed, or two swapped. Words of their own right
("sharing" beside "sharking") are never touched, nor is any word that a phrase already uses.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from assistant.policy.model import Spelling

SHORTEST = 5
"""Letters that a word must have: shorter ones have too many neighbours."""


@dataclass(frozen=True, slots=True)
class Speller:
    """What short forms stand for, which words are right as they are, and the nearest of the rest.

    `near` maps each listed word, and each of them with one letter left out, to the word.
    """

    short: Mapping[str, str]
    known: frozenset[str]
    near: Mapping[str, str]

    def read(self, folded: str) -> str:
        """Return folded text with slips and short forms written out; the same text if none."""
        return "\n".join(
            " ".join(self._word(word) for word in line.split(" ")) for line in folded.split("\n")
        )

    def _word(self, word: str) -> str:
        if word in self.known:
            return word
        if word in self.short:
            return self.short[word]
        if len(word) < SHORTEST or not word.isalpha():
            return word
        for form in (word, *_with_one_less(word)):
            meant = self.near.get(form)
            if meant is not None and meant[0] == word[0]:
                return meant
        return word


def speller(spelling: Spelling, known: Iterable[str] = ()) -> Speller:
    """Return the speller of a policy; `known` are further words to be left as they are."""
    near: dict[str, str] = {}
    for word in spelling.words:
        for form in _with_one_less(word):
            near.setdefault(form, word)
    near |= {word: word for word in spelling.words}
    short = {form: meant for meant, forms in spelling.short.items() for form in forms}
    right = {*known, *spelling.right, *spelling.words} - set(short)
    return Speller(short, frozenset(right), near)


def _with_one_less(word: str) -> tuple[str, ...]:
    return tuple(word[:place] + word[place + 1 :] for place in range(len(word)))
