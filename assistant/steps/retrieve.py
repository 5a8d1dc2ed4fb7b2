"""Find the passages that may answer: hybrid search over the live snapshot."""

from collections.abc import Callable
from dataclasses import replace

from assistant.follow_ups import FollowUpRules, query_of, understood
from assistant.outcomes import Abstained, Clarifying, Reason
from assistant.redaction.redactor import without_labels
from assistant.turns import Background, Mark, Turn
from assistant.welsh import speaks_of
from knowledge.retrieval import Hit, Retriever
from knowledge.vector_store import Filters

DEPTH = 20
"""Passages looked at; the record keeps the best ten of them."""
_WIDER = 5
"""A follow-up is searched so many times deeper, since the page quoted last then moves up."""


def retrieve(
    retriever: Retriever | None,
    withdrawn: frozenset[str],
    depth: int = DEPTH,
    rules: FollowUpRules | None = None,
) -> Callable[[Turn], Turn]:
    """Return the step; `withdrawn` are document addresses that must not be found.

    Without a retriever (no snapshot is live, or answering is off) every turn abstains.
    """
    follow_ups = rules or FollowUpRules()

    def step(turn: Turn) -> Turn:
        if retriever is None:
            off = Abstained(Reason.ANSWERING_OFF)
            return replace(turn.note("off"), outcome=off)
        hits = _search(retriever, turn, depth, withdrawn, follow_ups)
        if not hits:
            return replace(turn.note("nothing found"), outcome=Abstained(Reason.NO_GUIDANCE))
        first = turn.background is None and Mark.WELSH not in turn.marks
        if first and not understood(turn.standalone, hits):
            asked = Clarifying(Reason.NOT_UNDERSTOOD)
            return replace(turn.note("not understood"), outcome=asked)
        return replace(turn.note("found", passages=len(hits)), hits=hits)

    return step


def _search(
    retriever: Retriever,
    turn: Turn,
    depth: int,
    withdrawn: frozenset[str],
    rules: FollowUpRules,
) -> tuple[Hit, ...]:
    """Search. A Welsh question finds Welsh guidance that has its words, best words first."""
    if Mark.WELSH not in turn.marks:
        return _found(retriever, turn, depth, Filters(excluded=withdrawn), rules)
    welsh = _found(retriever, turn, depth, Filters(language="cy", excluded=withdrawn), rules)
    found = [hit for hit in welsh if speaks_of(hit.passage, turn.standalone)]
    return tuple(sorted(found, key=lambda hit: -hit.lexical))


def _found(
    retriever: Retriever, turn: Turn, depth: int, filters: Filters, rules: FollowUpRules
) -> tuple[Hit, ...]:
    background = turn.background
    if background is None:
        vector = retriever.embed(turn.standalone)
        return retriever.search_vector(vector, turn.standalone, depth, filters)
    question = without_labels(turn.redacted)
    query = query_of(question, background, rules, filters.language or "en")
    if not background.leaning or not background.page:
        return retriever.search_query(query, depth, filters)
    hits = retriever.search_query(query, depth * _WIDER, filters)
    return _towards(background, hits, rules)[:depth]


def _towards(
    background: Background, hits: tuple[Hit, ...], rules: FollowUpRules
) -> tuple[Hit, ...]:
    """Return the hits with the page quoted last moved up by as much as the question leans."""
    more = background.leaning * rules.quoted
    moved = [
        replace(hit, score=hit.score + more)
        if hit.passage.document_url.partition("#")[0] == background.page
        else hit
        for hit in hits
    ]
    return tuple(sorted(moved, key=lambda hit: -hit.score))
