"""Make a follow-up stand alone, from the conversation's own words and without a model.

"how much?" or "and in Scotland?" says little by itself: the questions before it and the page that
was quoted last give it its subject. Many follow-ups do not look like one ("I never went to uni"),
and many new questions do, so words and guidance are weighed together (`assistant.follow_ups`). When
there is nothing to go back to, the citizen is asked.
"""

from collections.abc import Callable
from dataclasses import replace

from assistant.follow_ups import (
    FollowUpRules,
    content_words,
    cues,
    found_alone,
    gap,
    leaning,
    on_the_subject,
    understood,
)
from assistant.outcomes import Clarifying, Reason
from assistant.steps.embed import vector_of
from assistant.text import RedactedText
from assistant.turns import Background, Mark, Turn
from knowledge.retrieval import Retriever
from knowledge.vector_store import Filters

_SLIGHT = 0.02
"""A leaning below this changes nothing that could be seen."""


def contextualise(
    retriever: Retriever | None, withdrawn: frozenset[str], rules: FollowUpRules
) -> Callable[[Turn], Turn]:
    """Return the step that gives a turn its `standalone` question, or asks what it is about.

    A first question is not searched here; a later one is, once. The earlier questions are embedded
    together where it leans on them.
    """

    def step(turn: Turn) -> Turn:
        filters = Filters(language=turn.searched, excluded=withdrawn)
        question = turn.asked
        questions, page = on_the_subject(turn.history, rules)
        if not questions:
            if not content_words(question):
                return replace(turn.note("cannot be told"), outcome=Clarifying(Reason.WHAT_ABOUT))
            return replace(turn.note("nothing before it"), standalone=question)
        if retriever is None:
            return replace(turn.note("no guidance"), standalone=question)
        own = vector_of(turn, retriever)
        hits = found_alone(retriever, question, own, filters)
        if Mark.WELSH not in turn.marks and not understood(question, hits):
            return replace(turn.note("not understood"), outcome=Clarifying(Reason.NOT_UNDERSTOOD))
        leans = leaning(cues(question), gap(hits, page), rules)
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
