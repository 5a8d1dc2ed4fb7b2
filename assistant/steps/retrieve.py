"""Find the passages that may answer: hybrid search over the live snapshot.

English guidance is searched for every question but a Welsh one, and Welsh guidance for that. What a
Welsh question speaks of is searched in English too, to have a page to point to.
"""

from collections.abc import Callable
from dataclasses import replace

from assistant.english_terms import EnglishTerms
from assistant.follow_ups import FollowUpRules, query_of, understood
from assistant.outcomes import Abstained, Clarifying, Reason
from assistant.steps.embed import vector_of
from assistant.turns import Background, Mark, Turn
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
    terms: EnglishTerms | None = None,
) -> Callable[[Turn], Turn]:
    """Return the step; `withdrawn` are document addresses that must not be found.

    Without a retriever (no snapshot is live, or answering is off) every turn abstains. Whether
    what a Welsh question finds may be quoted is for the next steps to say.
    """
    follow_ups = rules or FollowUpRules()
    known = terms or EnglishTerms({})

    def step(turn: Turn) -> Turn:
        if retriever is None:
            off = Abstained(Reason.ANSWERING_OFF)
            return replace(turn.note("off"), outcome=off)
        if turn.searched == "cy":
            return _welsh(retriever, turn, depth, withdrawn, follow_ups, known)
        filters = Filters(language="en", excluded=withdrawn)
        hits = _found(retriever, turn, depth, filters, follow_ups)
        alone = turn.background is None
        if hits and not (alone and not understood(turn.standalone, hits)):
            return replace(turn.note("found", passages=len(hits)), hits=hits)
        if alone and not turn.detected:  # perhaps words that only Welsh guidance has
            welsh = replace(turn, marks=turn.marks | {Mark.WELSH}, language="cy")
            tried = _welsh(retriever, welsh, depth, withdrawn, follow_ups, known)
            if tried.hits:
                return tried
        outcome = Clarifying(Reason.NOT_UNDERSTOOD) if hits else Abstained(Reason.NO_GUIDANCE)
        return replace(turn.note("not understood" if hits else "nothing found"), outcome=outcome)

    return step


def _welsh(
    retriever: Retriever,
    turn: Turn,
    depth: int,
    withdrawn: frozenset[str],
    rules: FollowUpRules,
    terms: EnglishTerms,
) -> Turn:
    """Return the turn with Welsh hits, best words first, and English ones by the terms."""
    filters = Filters(language="cy", excluded=withdrawn)
    found = _found(retriever, turn, depth * _WIDER, filters, rules)
    hits = by_words(found, turn.standalone)[:depth]
    words = terms.english(turn.standalone)
    english = retriever.search(words, depth, language="en", exclude=withdrawn) if words else ()
    noted = turn.note("found", passages=len(hits), english=len(english))
    return replace(noted, hits=hits, english=english)


def _found(
    retriever: Retriever, turn: Turn, depth: int, filters: Filters, rules: FollowUpRules
) -> tuple[Hit, ...]:
    background = turn.background
    if background is None:
        vector = vector_of(turn, retriever)
        return retriever.search_vector(vector, turn.standalone, depth, filters)
    query = query_of(turn.asked, background, rules, filters.language or "en")
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
