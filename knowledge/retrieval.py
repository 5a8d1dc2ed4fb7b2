"""Hybrid search: dense and lexical scores of the same passages, fused."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from math import isfinite

import numpy as np

from knowledge.documents import Passage
from knowledge.embedding import Embedder, Vectors
from knowledge.lexical import terms_of
from knowledge.spelling import Spelling
from knowledge.vector_store import Filters, PassageIndex

EVERYTHING = Filters()


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage that was found. `score` is the fused one; `dense` is a cosine in [−1, 1];
    `lexical` is the BM25 weight; `segments` are the cosines of the passage's segments."""

    passage: Passage
    score: float
    dense: float
    lexical: float
    segments: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class FusionWeights:
    """How two scores become one: dense + `lexical` × (BM25 ÷ the most the question could get).

    The divisor depends on the question alone, so a passage's score does not change with what
    else was found. `dense_candidates` and `lexical_candidates` are how many of the best by
    meaning and by words are looked at.
    """

    lexical: float = 0.5
    dense_candidates: int = 100
    lexical_candidates: int = 100

    def __post_init__(self) -> None:
        if not isfinite(self.lexical) or self.lexical < 0:
            raise ValueError("The lexical weight must be a number of at least 0.")
        if self.dense_candidates < 0 or self.lexical_candidates < 0:
            raise ValueError("The numbers of candidates must be at least 0.")


@dataclass(frozen=True, slots=True, eq=False)
class Query:
    """A question made ready for searching.

    `vector` (float32[dimensions], of unit length) is compared with passages, `reading` with their
    segments; `terms` gives the weight of each term. They differ for a question that follows up.
    """

    vector: Vectors
    reading: Vectors
    terms: Mapping[str, float]


class Retriever:
    """Finds passages in one index. Holds no state of its own: safe to share between threads."""

    def __init__(
        self, index: PassageIndex, embedder: Embedder, weights: FusionWeights | None = None
    ) -> None:
        self._index = index
        self._embedder = embedder
        self._weights = weights or FusionWeights()
        one = embedder.count_tokens("a")
        self._spelling = Spelling(index.vocabulary, lambda word: embedder.count_tokens(word) <= one)

    def mended(self, question: str) -> str:
        """Return an English question with misspelt words as the guidance spells them."""
        return self._spelling.mended(question)

    def search(
        self,
        question: str,
        k: int,
        *,
        nations: Collection[str] = (),
        language: str | None = None,
        exclude: Collection[str] = frozenset(),
    ) -> tuple[Hit, ...]:
        """Return the k best passages, best first; fewer where there are fewer.

        Equal scores keep the order of the snapshot. `nations`, `language` and `exclude` are those
        of `Filters`; the question is read as English unless `language` says otherwise.
        """
        filters = Filters(frozenset(nations), language, frozenset(exclude))
        return self.search_vector(self._embedder.embed_question(question), question, k, filters)

    def search_vector(
        self, vector: Vectors, question: str, k: int, filters: Filters = EVERYTHING
    ) -> tuple[Hit, ...]:
        """Return what `search` does, for a question whose vector is at hand already."""
        terms = dict.fromkeys(terms_of(question, filters.language or "en"), 1.0)
        return self.search_query(Query(vector, vector, terms), k, filters)

    def embed(self, question: str) -> Vectors:
        """Return the question's vector, float32[dimensions], of unit length."""
        return self._embedder.embed_question(question)

    def search_query(self, query: Query, k: int, filters: Filters = EVERYTHING) -> tuple[Hit, ...]:
        """Return what `search` does, for a question made ready; segments are compared with
        `reading`."""
        found = self._index.candidates(
            query.vector,
            query.terms,
            dense=max(k, self._weights.dense_candidates),
            lexical=self._weights.lexical_candidates,
            filters=filters,
        )
        scale = self._weights.lexical / found.ceiling if found.ceiling > 0 else 0.0
        scores = found.dense + np.float32(scale) * found.lexical
        order = np.argsort(-scores, kind="stable")[: max(k, 0)]
        fetched = self._index.fetch(found.positions[order].tolist(), query.reading)
        return tuple(
            Hit(
                passage=each.passage,
                score=float(scores[place]),
                dense=float(found.dense[place]),
                lexical=float(found.lexical[place]),
                segments=each.segments,
            )
            for each, place in zip(fetched, order.tolist(), strict=True)
        )
