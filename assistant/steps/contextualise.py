"""Make a follow-up stand alone, from the conversation's own words and without a model.

"how much?" or "and in Scotland?" says little by itself: the page that was quoted last gives it its
subject. Many follow-ups do not look like one ("I never went to uni"), and many new questions do, so
both readings are tried, and the guidance that each finds decides. When there is nothing to go back
to, the citizen is asked.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from assistant.outcomes import Clarifying, Reason
from assistant.text import RedactedText
from assistant.turns import Exchange, Turn
from knowledge.retrieval import Retriever

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)?")
_OPENERS = re.compile(
    r"(?:and|but|or|so|then|also|ok(?:ay)?|yes|no|what about|how about|what if|why|really|beth am)"
    r"\b"
)
_POINTING = frozenset(
    "it its that this these those they them their theirs one ones he him his she her hers there "
    "same instead either both hynny hwn hon rhain nhw".split()
)
_EMPTY = frozenset(
    "a an the of to in on for and or but so is are be am was were do does did can could will would "
    "should may might must i i'm i’m me my we us our you your how what when where who which why if "
    "with at by from as not no yes please thanks thank ok okay about much many long often any some "
    "have has had get need want then also too just more else still".split()
)
_NATIONS = frozenset("england wales scotland northern ireland uk britain".split())
_SHORT = 2
"""A question with no more content words than this leans on what came before."""


@dataclass(frozen=True, slots=True)
class FollowUpRules:
    """How much better a follow-up's reading must be found than the bare question's, in score.

    `leaning`: for a question that looks like a follow-up; `bare`: for one that does not. Fitted on
    the `fit` half of the project's own conversations, with sudden changes of subject among them.
    """

    leaning: float = -0.1
    bare: float = 0.25


def contextualise(
    retriever: Retriever | None, withdrawn: frozenset[str], rules: FollowUpRules
) -> Callable[[Turn], Turn]:
    """Return the step that gives a turn its `standalone` question, or asks what it is about."""

    def best(question: str) -> float:
        hits = retriever.search(question, 1, exclude=withdrawn) if retriever else ()
        return hits[0].score if hits else 0.0

    def step(turn: Turn) -> Turn:
        question = turn.redacted
        leans = leans_back(question)
        subject = _subject(turn.history)
        if not subject:
            if leans and not content_words(question):
                return replace(turn.note("cannot be told"), outcome=Clarifying(Reason.WHAT_ABOUT))
            return replace(turn.note("nothing before it"), standalone=question)
        joined = RedactedText(f"{subject}. {question}")
        gain = best(joined) - best(question)
        follows = gain > (rules.leaning if leans else rules.bare)
        noted = turn.note("follows up" if follows else "stands alone", gain=round(gain * 10_000))
        return replace(noted, standalone=joined if follows else question)

    return step


def content_words(question: str) -> tuple[str, ...]:
    """Return the words that say what a question is about, lower-cased, in order."""
    words = (word.casefold() for word in _WORD.findall(question))
    return tuple(word for word in words if word not in _EMPTY and word not in _POINTING)


def leans_back(question: str) -> bool:
    """Say whether a question looks as if it needed what came before it."""
    words = [word.casefold() for word in _WORD.findall(question)]
    content = [word for word in content_words(question) if word not in _NATIONS]
    if len(content) <= _SHORT and len(words) <= 8:
        return True
    pointing = bool(_POINTING.intersection(words[:8])) and len(words) <= 15
    return pointing or bool(_OPENERS.match(question.casefold().lstrip(" ,.…-")))


def _subject(history: tuple[Exchange, ...]) -> str:
    """Return the title of the page quoted last, or else the question asked last."""
    for exchange in reversed(history):
        if exchange.title or exchange.question:
            return exchange.title or exchange.question
    return ""
