"""Find the passages that may answer: hybrid search over the live snapshot."""

from collections.abc import Callable
from dataclasses import replace

from assistant.outcomes import Abstained, Reason
from assistant.turns import Mark, Turn
from knowledge.retrieval import Hit, Retriever

DEPTH = 20
"""Passages looked at; the record keeps the best ten of them."""


def retrieve(
    retriever: Retriever | None, withdrawn: frozenset[str], depth: int = DEPTH
) -> Callable[[Turn], Turn]:
    """Return the step; `withdrawn` are document addresses that must not be found.

    Without a retriever (no snapshot is live, or answering is off) every turn abstains.
    """

    def step(turn: Turn) -> Turn:
        if retriever is None:
            off = Abstained(Reason.ANSWERING_OFF)
            return replace(turn.note("off"), outcome=off)
        hits = _search(retriever, turn, depth, withdrawn)
        if not hits:
            return replace(turn.note("nothing found"), outcome=Abstained(Reason.NO_GUIDANCE))
        return replace(turn.note("found", passages=len(hits)), hits=hits)

    return step


def _search(
    retriever: Retriever, turn: Turn, depth: int, withdrawn: frozenset[str]
) -> tuple[Hit, ...]:
    """Search; a Welsh question also reads Welsh guidance by its own words."""
    hits = retriever.search(turn.standalone, depth, exclude=withdrawn)
    if Mark.WELSH not in turn.marks:
        return hits
    welsh = retriever.search(turn.standalone, depth, language="cy", exclude=withdrawn)
    found = {hit.passage: hit for hit in (*hits, *welsh)}
    return tuple(sorted(found.values(), key=lambda hit: -hit.score)[:depth])
