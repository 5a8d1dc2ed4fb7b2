"""The English words for what a Welsh question speaks of, by the policy's terms.

They find English guidance to point to; nothing is translated for anybody to read.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Self

from knowledge.lexical import fold
from knowledge.welsh import root, telling, unmutated

LONGEST = 5
"""The most words of a Welsh phrase."""

_WORD = re.compile(r"[^\W_]+")
_BEGINS = re.compile(r"(?:^|[.!?…:])\W*$")
_BORROWED_FROM = 4
"""English words shorter than this may as well be Welsh ones ("a", "do", "man")."""


@dataclass(frozen=True, slots=True)
class EnglishTerms:
    """Welsh phrases by the roots of their words, and English words that people use in Welsh.

    `words` are the telling words of the phrases that are no English words too.
    """

    phrases: Mapping[tuple[str, ...], tuple[tuple[tuple[str, ...], str], ...]]
    borrowed: frozenset[str] = frozenset()
    words: frozenset[str] = frozenset()

    @classmethod
    def of(cls, entries: Mapping[str, str], borrowed: Iterable[str] = ()) -> Self:
        """Build from Welsh phrases and their English; `borrowed` are everyday English words."""
        phrases: dict[tuple[str, ...], tuple[tuple[tuple[str, ...], str], ...]] = {}
        for welsh, english in entries.items():
            words = words_of(welsh)
            roots = tuple(root(word) for word in words)
            phrases[roots] = (*phrases.get(roots, ()), (words, english))
        long = frozenset(word for word in borrowed if len(word) >= _BORROWED_FROM)
        theirs = {word for english in entries.values() for word in words_of(english)}
        ours = {word for welsh in entries for word in words_of(welsh) if telling(word)}
        return cls(phrases, long, frozenset(ours - theirs - long))

    def english(self, question: str) -> str:
        """Return English words for a Welsh question, each once, in the question's order.

        The longest phrases known count; then numbers, names and borrowed words as they
        stand. "" where nothing is known.
        """
        return " ".join(dict.fromkeys(self._known(question)))

    def _known(self, question: str) -> Iterator[str]:
        found = tuple(_WORD.finditer(question))
        words = tuple(fold(match[0]) for match in found)
        roots = tuple(root(word) for word in words)
        place = 0
        while place < len(words):
            for length in range(min(LONGEST, len(words) - place), 0, -1):
                part = slice(place, place + length)
                said = self._phrase(words[part], roots[part])
                if said:
                    yield said
                    break
            else:
                length = 1
                if self._kept(found[place], words[place]):
                    yield found[place][0]
            place += length

    def _phrase(self, words: tuple[str, ...], roots: tuple[str, ...]) -> str:
        """Return the English of the phrase nearest to these words, as written, or ""."""
        if len(words) == 1 and not telling(words[0]):
            return ""
        candidates = self.phrases.get(roots, ())
        if not candidates:
            return ""
        return max(candidates, key=lambda each: _likeness(words, each[0]))[1]

    def _kept(self, match: re.Match[str], word: str) -> bool:
        written = match[0]
        if written.isdigit() or word in self.borrowed:
            return True
        named = written[0].isupper() and not _BEGINS.search(match.string[: match.start()])
        return telling(word) and (named or (written.isupper() and len(written) > 1))


def words_of(phrase: str) -> tuple[str, ...]:
    """Return the folded words of a Welsh phrase."""
    return tuple(fold(word) for word in _WORD.findall(phrase))


def _likeness(words: tuple[str, ...], phrase: tuple[str, ...]) -> tuple[int, int]:
    pairs = tuple(zip(words, phrase, strict=True))
    return (
        sum(said == written for said, written in pairs),
        sum(unmutated(said) == unmutated(written) for said, written in pairs),
    )
