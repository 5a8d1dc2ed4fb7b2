"""Hybrid search: dense and lexical scores of the same passages, fused."""

from dataclasses import dataclass

from knowledge.documents import Passage


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage that was found. `score` is the fused one; `dense` is a cosine in [−1, 1];
    `lexical` is the BM25 weight; `segments` are the cosines of the passage's segments."""

    passage: Passage
    score: float
    dense: float
    lexical: float
    segments: tuple[float, ...] = ()
