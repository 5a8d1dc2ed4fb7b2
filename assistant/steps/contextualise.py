"""Make a follow-up stand alone, from the conversation's own words and without a model.

"how much?" or "and in Scotland?" says little by itself: the questions before it and the page that
was quoted last give it its subject. Many follow-ups do not look like one ("I never went to uni"),
and many new questions do, so words and guidance are weighed together (`assistant.follow_ups`). When
there is nothing to go back to, the citizen is asked.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace

from assistant.follow_ups import (
    FollowUpRules,
    content_words,
    cues,
    leaning,
    on_the_subject,
    understood,
)
from assistant.outcomes import Clarifying, Reason
from assistant.redaction.redactor import without_labels
from assistant.text import RedactedText
from assistant.turns import Background, Mark, Turn
from knowledge.lexical import terms_of
from knowledge.retrieval import Hit, Query, Retriever
from knowledge.vector_store import Filters

_DEPTH = 100
"""How deep the bare question's search looks for the page quoted last."""
_SLIGHT = 0.02
"""A leaning below this changes nothing that could be seen."""


def contextualise(
    retriever: Retriever | None, withdrawn: frozenset[str], rules: FollowUpRules
) -> Callable[[Turn], Turn]:
    """Return the step that gives a turn its `standalone` question, or asks what it is about.

    A first question is not searched here; a later one is, once, and embedded once, and the earlier
    questions together once more where it leans on them.
    """
    filters = Filters(excluded=withdrawn)

    def step(turn: Turn) -> Turn:
        question = without_labels(turn.redacted)
        questions, page = on_the_subject(turn.history, rules)
        if not questions:
            if not content_words(question):
                return replace(turn.note("cannot be told"), outcome=Clarifying(Reason.WHAT_ABOUT))
            return replace(turn.note("nothing before it"), standalone=question)
        if retriever is None:
            return replace(turn.note("no guidance"), standalone=question)
        own = retriever.embed(question)
        terms = dict.fromkeys(terms_of(question), 1.0)
        hits = retriever.search_query(Query(own, own, terms), _DEPTH, filters)
        if Mark.WELSH not in turn.marks and not understood(question, hits):
            return replace(turn.note("not understood"), outcome=Clarifying(Reason.NOT_UNDERSTOOD))
        leans = leaning(cues(question), _gap(hits, page), rules)
        if leans < _SLIGHT:
            leans = 0.0
        earlier = retriever.embed(". ".join(questions)) if leans else None
        follows = leans >= 0.5
        joined = RedactedText(". ".join((*questions, question))) if follows else question
        noted = turn.note(
            "follows up" if follows else "stands alone", leaning=round(leans * 10_000)
        )
        background = Background(questions, page, leans, own, earlier)
        return replace(noted, standalone=joined, background=background)

    return step


def _gap(hits: Sequence[Hit], page: str) -> float | None:
    """Return how far the page quoted last is behind the best passage, None if none was quoted."""
    if not page or not hits:
        return None
    theirs = (hit.score for hit in hits if hit.passage.document_url.partition("#")[0] == page)
    return hits[0].score - next(theirs, hits[-1].score)
