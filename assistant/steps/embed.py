"""Embed: read the question once, for every step that needs its vector."""

from collections.abc import Callable
from dataclasses import replace

from assistant.turns import Turn
from knowledge.embedding import Vectors
from knowledge.retrieval import Retriever


def embed(retriever: Retriever | None) -> Callable[[Turn], Turn]:
    """Return the step that gives a turn the vector of what it asks, alone."""

    def step(turn: Turn) -> Turn:
        if retriever is None:
            return turn.note("no guidance")
        return replace(turn, vector=vector_of(turn, retriever))

    return step


def vector_of(turn: Turn, retriever: Retriever) -> Vectors:
    """Return the question's vector, float32[dimensions], made now only where it was not before."""
    if turn.vector is not None:
        return turn.vector
    return retriever.embed(turn.asked)
