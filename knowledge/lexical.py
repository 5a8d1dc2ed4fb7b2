"""BM25 as a sparse matrix: passages × terms of weights, made once when a snapshot is built.

A passage's score is the sum of the weights of the question's terms (Robertson & Zaragoza 2009,
with the fields weighted as in BM25F). Any engine that can add numbers gives the same scores. How
rare a term is, and how long a passage usually is, are counted among passages of one language: so
pages in one change nothing for those in another.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
import Stemmer  # type: ignore[import-not-found]
from numpy.typing import NDArray

from knowledge.documents import Passage
from knowledge.welsh import root, telling

ANALYSER: Final = "fold-snowball-welsh-2"
TOKEN: Final = re.compile(r"\d+(?:[.,]\d+)+|[^\W_]+(?:'[^\W_]+)*")
APOSTROPHES: Final = str.maketrans({"’": "'", "‘": "'", "ʼ": "'", "＇": "'"})
_COMMON = (
    "a am an and are as at be been being but by can could did do does doing for from had has have "
    "having he her hers him his how i i'd i'll i'm i've if in into is it it's its just me my of on "
    "or our ours she should so some such than that that's the their theirs them then there these "
    "they they're this those to us was we we're were what when where whether which who whom whose "
    "why with would you you'd you'll you're you've your yours"
)
STOP_WORDS: Final = frozenset(_COMMON.split())


def terms_of(text: str, language: str = "en") -> tuple[str, ...]:
    """Return the terms of the text in the order they stand there, repeats included.

    Case and accents are folded, numbers are kept whole ("£1,250.50" → "1250.50"), English words
    lose their endings (Snowball) and the commonest ones go. A Welsh word is a term as it stands
    and one more by its root, both marked as Welsh. Other languages are only folded.
    """
    words = [word.replace(",", "") for word in TOKEN.findall(fold(text))]
    if language == "cy":
        return tuple(_welsh_terms(words))
    if language.partition("-")[0].casefold() != "en":
        return tuple(words)
    stemmer = Stemmer.Stemmer("english", 0)  # one each: they must not be shared between threads
    return tuple(stemmer.stemWords([word for word in words if word not in STOP_WORDS]))


def _welsh_terms(words: Iterable[str]) -> Iterator[str]:
    for word in (part for each in words for part in each.split("'")):
        yield f"cy.{word}"
        if telling(word):
            yield f"cy~{root(word)}"


def fold(text: str) -> str:
    """Return the text in lower case without accents or typographic variants."""
    plain = unicodedata.normalize("NFKD", text)
    if not plain.isascii():
        plain = "".join(letter for letter in plain if not unicodedata.combining(letter))
        plain = unicodedata.normalize("NFKD", plain.casefold()).translate(APOSTROPHES)
    return plain.casefold()


@dataclass(frozen=True, slots=True)
class LexicalSettings:
    """How passages are weighted: BM25's k1 and b, and how often title and headings count."""

    k1: float = 1.2
    b: float = 0.75
    title: float = 1.0
    headings: float = 1.0
    analyser: str = ANALYSER


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The terms of a snapshot, sorted; a term's number is its place.

    `ceilings` (float32[terms]) is the greatest weight each term has in any passage. `words` has
    for each English term the word, in lower case, that it stands for most often, and "" where that
    is seen once only, perhaps by mistake.
    """

    terms: tuple[str, ...]
    ceilings: NDArray[np.float32]
    words: tuple[str, ...]
    numbers: Mapping[str, int] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "numbers", {term: n for n, term in enumerate(self.terms)})

    def known(self, terms: Mapping[str, float]) -> dict[int, float]:
        """Return the given terms' weights by number, without the terms no passage has."""
        numbers = self.numbers
        return {numbers[term]: weight for term, weight in terms.items() if term in numbers}

    def ceiling(self, terms: Mapping[str, float]) -> float:
        """Return a score that no passage can exceed for these terms."""
        return sum(
            weight * float(self.ceilings[number]) for number, weight in self.known(terms).items()
        )


@dataclass(frozen=True, slots=True)
class LexicalWeights:
    """The matrix of BM25 weights by term (compressed sparse columns).

    The weights of term t are `weights[starts[t]:starts[t + 1]]` (float32, positive) and belong to
    the passages `rows[…]` (int32, ascending).
    """

    vocabulary: Vocabulary
    passages: int
    weights: NDArray[np.float32]
    rows: NDArray[np.int32]
    starts: NDArray[np.int64]

    def scores(self, terms: Mapping[str, float]) -> NDArray[np.float32]:
        """Return float32[passages]: the sum of each passage's weights of the given terms."""
        total = np.zeros(self.passages, dtype=np.float32)
        for number, weight in sorted(self.vocabulary.known(terms).items()):
            part = slice(self.starts[number], self.starts[number + 1])
            total[self.rows[part]] += np.float32(weight) * self.weights[part]
        return total

    def by_passage(self) -> list[dict[int, float]]:
        """Return each passage's weights by term number (the same matrix, row by row)."""
        table: list[dict[int, float]] = [{} for _ in range(self.passages)]
        for number in range(len(self.vocabulary.terms)):
            part = slice(self.starts[number], self.starts[number + 1])
            for row, weight in zip(
                self.rows[part].tolist(), self.weights[part].tolist(), strict=True
            ):
                table[row][number] = weight
        return table


def weigh(passages: Iterable[Passage], settings: LexicalSettings) -> LexicalWeights:
    """Return the BM25 weights of the passages; the same input gives the same bytes."""
    held = tuple(passages)
    spoken = sorted({passage.language for passage in held})
    languages = np.array([spoken.index(passage.language) for passage in held], dtype=np.int64)
    frequencies = [_frequencies(passage, settings) for passage in held]
    return _bm25(frequencies, languages, settings, _words(held))


def _words(passages: Iterable[Passage]) -> dict[str, str]:
    """Return for each term of English passages the word that it stands for most often."""
    counted = Counter(
        word
        for passage in passages
        if passage.language == "en"
        for text in (passage.text, passage.title, *passage.headings)
        for word in TOKEN.findall(fold(text))
    )
    meant: dict[str, str] = {}
    for word, times in sorted(counted.items(), key=lambda each: (-each[1], each[0])):
        if times > 1:
            for term in terms_of(word):
                meant.setdefault(term, word)
    return meant


def _frequencies(passage: Passage, settings: LexicalSettings) -> dict[str, float]:
    """Return how often each term stands in the passage, each field counted by its weight."""
    fields = (
        (1.0, passage.text),
        (settings.title, passage.title),
        (settings.headings, "\n".join(passage.headings)),
    )
    found: dict[str, float] = {}
    for weight, text in fields:
        if weight > 0:
            for term in terms_of(text, passage.language):
                found[term] = found.get(term, 0.0) + weight
    return found


def _bm25(
    frequencies: Sequence[Mapping[str, float]],
    languages: NDArray[np.int64],
    settings: LexicalSettings,
    words: Mapping[str, str],
) -> LexicalWeights:
    """`languages` numbers each passage's language from 0; `words` has the word of each term."""
    terms = sorted({term for counts in frequencies for term in counts})
    numbers = {term: number for number, term in enumerate(terms)}
    sizes = np.array([len(counts) for counts in frequencies], dtype=np.int64)
    rows = np.repeat(np.arange(len(frequencies), dtype=np.int32), sizes)
    columns = np.array([numbers[term] for counts in frequencies for term in counts], dtype=np.int64)
    counts = np.array([n for each in frequencies for n in each.values()], dtype=np.float64)

    lengths = np.array([sum(each.values()) for each in frequencies], dtype=np.float64)
    passages = np.bincount(languages)
    total = np.bincount(languages, weights=lengths)
    mean = np.where(total > 0, total, 1.0) / np.where(total > 0, passages, 1)
    pair = languages[rows] * len(terms) + columns
    found = np.bincount(pair)[pair]
    rarity = np.log1p((passages[languages[rows]] - found + 0.5) / (found + 0.5))
    damping = settings.k1 * (1 - settings.b + settings.b * lengths / mean[languages])
    weights = rarity * counts * (settings.k1 + 1) / (counts + damping[rows])

    order = np.lexsort((rows, columns))
    held = np.bincount(columns, minlength=len(terms))
    starts = np.concatenate(([0], np.cumsum(held))).astype(np.int64)
    ordered = weights[order].astype(np.float32)
    ceilings = np.maximum.reduceat(ordered, starts[:-1]) if terms else np.empty(0, np.float32)
    return LexicalWeights(
        vocabulary=Vocabulary(tuple(terms), ceilings, tuple(words.get(term, "") for term in terms)),
        passages=len(frequencies),
        weights=ordered,
        rows=rows[order],
        starts=starts,
    )
