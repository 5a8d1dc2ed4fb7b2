"""Make a follow-up stand alone, from the conversation's own words and without a model.

"how much?" or "and in Scotland?" says little by itself: the page that was quoted last and the
question before give it its subject. When there is nothing to go back to, the citizen is asked.
"""

import re
from collections.abc import Callable
from dataclasses import replace

from assistant.outcomes import Clarifying, Reason
from assistant.text import RedactedText
from assistant.turns import Exchange, Turn

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)?")
_OPENERS = re.compile(
    r"(?:and|but|or|so|then|also|ok(?:ay)?|yes|no|what about|how about|what if|why|really|beth am)\b"
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


def contextualise(turn: Turn) -> Turn:
    """Give the turn its `standalone` question, or ask what a bare follow-up is about."""
    question = turn.redacted
    if not _leans(question):
        return replace(turn.note("stands alone"), standalone=question)
    earlier = next((exchange for exchange in reversed(turn.history) if exchange.question), None)
    if earlier is None:
        if content_words(question):
            return replace(turn.note("nothing before it"), standalone=question)
        return replace(turn.note("cannot be told"), outcome=Clarifying(Reason.WHAT_ABOUT))
    return replace(turn.note("follows up"), standalone=_joined(earlier, question))


def content_words(question: str) -> tuple[str, ...]:
    """Return the words that say what a question is about, lower-cased, in order."""
    words = (word.casefold() for word in _WORD.findall(question))
    return tuple(word for word in words if word not in _EMPTY and word not in _POINTING)


def _leans(question: str) -> bool:
    words = [word.casefold() for word in _WORD.findall(question)]
    content = [word for word in content_words(question) if word not in _NATIONS]
    if len(content) <= _SHORT and len(words) <= 8:
        return True
    pointing = bool(_POINTING.intersection(words[:8])) and len(words) <= 15
    return pointing or bool(_OPENERS.match(question.casefold().lstrip(" ,.…-")))


def _joined(earlier: Exchange, question: RedactedText) -> RedactedText:
    subject = f"{earlier.title} {earlier.heading}".strip()
    return RedactedText(" ".join(part for part in (earlier.question, subject, question) if part))
