"""Find the passages that may answer: hybrid search over the live snapshot.

English guidance is searched for every question but a Welsh one, and Welsh guidance for that. What a
Welsh question speaks of is searched in English too, to have a page to point to.
"""

from collections.abc import Callable
from dataclasses import replace

from assistant.follow_ups import FollowUpRules, query_of, understood
from assistant.glossary import Glossary
from assistant.outcomes import Abstained, Clarifying, Reason
from assistant.redaction.redactor import without_labels
from assistant.turns import Background, Turn
from assistant.welsh import by_words
from knowledge.retrieval import Hit, Retriever
from knowledge.vector_store import Filters

DEPTH = 20
"""Passages looked at; the record keeps the best ten of them."""
_WIDER = 5
"""A follow-up is searched so many times deeper, since the page quoted last then moves up, and so is
Welsh guidance, since its order by meaning says nothing."""


def retrieve(
    retriever: Retriever | None,
    withdrawn: frozenset[str],
    depth: int = DEPTH,
    rules: FollowUpRules | None = None,
    glossary: Glossary | None = None,
) -> Callable[[Turn], Turn]:
    """Return the step; `withdrawn` are document addresses that must not be found.

    Without a retriever (no snapshot is live, or answering is off) every turn abstains. Whether
    what a Welsh question finds may be quoted is for the next steps to say.
    """
    follow_ups = rules or FollowUpRules()
    known = glossary or Glossary({})

    def step(turn: Turn) -> Turn:
        if retriever is None:
            off = Abstained(Reason.ANSWERING_OFF)
            return replace(turn.note("off"), outcome=off)
        filters = Filters(language=turn.searched, excluded=withdrawn)
        if turn.searched == "cy":
            return _welsh(retriever, turn, depth, filters, follow_ups, known)
        hits = _found(retriever, turn, depth, filters, follow_ups)
        if not hits:
            return replace(turn.note("nothing found"), outcome=Abstained(Reason.NO_GUIDANCE))
        if turn.background is None and not understood(turn.standalone, hits):
            asked = Clarifying(Reason.NOT_UNDERSTOOD)
            return replace(turn.note("not understood"), outcome=asked)
        return replace(turn.note("found", passages=len(hits)), hits=hits)

    return step


def _welsh(
    retriever: Retriever,
    turn: Turn,
    depth: int,
    filters: Filters,
    rules: FollowUpRules,
    glossary: Glossary,
) -> Turn:
    """Return the turn with Welsh hits, best words first, and English ones by the glossary."""
    found = _found(retriever, turn, depth * _WIDER, filters, rules)
    hits = by_words(found, turn.standalone)[:depth]
    words = glossary.english(turn.standalone)
    english = (
        retriever.search(words, depth, language="en", exclude=filters.excluded) if words else ()
    )
    noted = turn.note("found", passages=len(hits), english=len(english))
    return replace(noted, hits=hits, english=english)


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
