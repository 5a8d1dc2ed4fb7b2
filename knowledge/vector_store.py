"""What every search engine promises: the same candidates, scores and order on the same contents."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from knowledge.documents import Passage
from knowledge.embedding import Vectors
from knowledge.lexical import LexicalWeights, Vocabulary


@dataclass(frozen=True, slots=True, eq=False)
class Contents:
    """What an index is made of. Row i of everything belongs to passage i.

    `vectors` is float32[passages, dimensions] with unit rows. `segment_vectors` is
    float16[segments, dimensions], the segments of all passages in order.
    """

    passages: tuple[Passage, ...]
    vectors: Vectors
    segment_vectors: NDArray[np.float16]
    lexical: LexicalWeights

    @property
    def segment_starts(self) -> NDArray[np.int64]:
        """Return int64[passages + 1]: passage i has the segment rows starts[i]:starts[i + 1]."""
        return np.cumsum([0, *(len(passage.segments) for passage in self.passages)])


@dataclass(frozen=True, slots=True)
class Filters:
    """Which passages may be found.

    `nations`: those of at least one of these nations, or that name none; all where empty.
    `language`: those of this language, or all. `excluded`: never those whose document, page,
    section or official page has one of these addresses.
    """

    nations: frozenset[str] = frozenset()
    language: str | None = None
    excluded: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, eq=False)
class Candidates:
    """The union of the best by meaning and the best by words, by ascending position.

    Each has both scores: `dense` (float32, cosine) and `lexical` (float32, sum of BM25 weights).
    `ceiling` is a lexical score that no passage can exceed for the terms that were asked.
    """

    positions: NDArray[np.int64]
    dense: NDArray[np.float32]
    lexical: NDArray[np.float32]
    ceiling: float


class PassageIndex(Protocol):
    """A searchable, immutable set of passages, numbered from 0. Safe to share between threads."""

    def __len__(self) -> int: ...

    @property
    def vocabulary(self) -> Vocabulary:
        """The terms of the passages."""

    def candidates(
        self,
        vector: Vectors,
        terms: Mapping[str, float],
        *,
        dense: int,
        lexical: int,
        filters: Filters,
    ) -> Candidates:
        """Return the union of the `dense` nearest passages and the `lexical` best by words.

        `vector` is the question's, float32[dimensions], of unit length; `terms` gives its terms'
        weights. A passage without any of the terms is no lexical candidate.
        """

    def fetch(self, positions: Sequence[int], vector: Vectors) -> tuple["Fetched", ...]:
        """Return the passages at these positions, with their segments' cosines to the vector."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """A passage and the cosines of its segments (rounded to half precision when stored)."""

    passage: Passage
    segments: tuple[float, ...]


def addresses(passage: Passage) -> frozenset[str]:
    """Return every address by which the passage can be excluded."""
    page = passage.url.partition("#")[0]
    given = (passage.document_url, passage.url, page, passage.official_url)
    return frozenset(address for address in given if address)


def best(
    scores: NDArray[np.float32], count: int, positions: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Return the positions of the `count` greatest scores; of equals, the earlier ones."""
    if count <= 0:
        return positions[:0]
    if len(scores) > count:
        least = np.partition(scores, len(scores) - count)[len(scores) - count]
        above = np.flatnonzero(scores > least)
        level = np.flatnonzero(scores == least)[: count - len(above)]
        return np.concatenate((positions[above], positions[level]))
    return positions


def union(parts: Iterable[NDArray[np.int64]]) -> NDArray[np.int64]:
    """Return the distinct positions in ascending order."""
    return np.unique(np.concatenate(tuple(parts)))
