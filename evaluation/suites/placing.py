"""Put a sentence about oneself into a question, where a person would say it.

The question's words stay as they are and in their order. What may change is a full stop added where
a sentence now follows, and the capital of a question that gets a lead ("As a nurse, how do I …").
"""

import re
from enum import StrEnum

from knowledge.sentences import split_sentences

LONGEST_QUESTION = 2_000
"""Characters that the assistant reads (`limits.toml`). A longer question would be turned away for
its length, whoever asks, so none is made."""

FEW_WORDS = 10
"""A text of so many words, without the sign that ends a sentence, is taken for search words."""

_WORD = re.compile(r"[^\W_]")
_ENDED = re.compile(r"[^\w\s]$")
_ASKS = frozenset(
    "am are can could did do does has have how is may must should was were what when where which "
    "who whose why will would".split()
)
_ASKED_OF_I = re.compile(
    r"(?i)\b(?:am|are|can|could|cd|did|do|does|have|may|must|shall|should|shud|was|will|would) i\b"
)
_OF_ONESELF = re.compile(r"(?i)\b(?:i|i['’]?(?:m|ve|d|ll)|we|we['’](?:re|ve)|my|me|mine|our|us)\b")


class Place(StrEnum):
    """Where a sentence is put: before the question, between its sentences, or after it."""

    FIRST = "first"
    INSIDE = "inside"
    LAST = "last"


def searched(text: str) -> bool:
    """Say whether a text is search words ("blue badge cost") and no sentence."""
    return len(text.split()) <= FEW_WORDS and not re.search(r"[.?!…]", text)


def places(text: str) -> tuple[Place, ...]:
    """Return where a sentence may stand: after search words only, inside a story only."""
    if not _WORD.search(text):
        return ()
    if searched(text):
        return (Place.LAST,)
    inside = (Place.INSIDE,) if len(split_sentences(text)) > 1 else ()
    return (Place.FIRST, *inside, Place.LAST)


def asks_outright(text: str) -> bool:
    """Say whether a text is one sentence that begins by asking: a lead can go before it."""
    first, _, _ = text.strip().partition(" ")
    return first.casefold() in _ASKS and len(split_sentences(text)) == 1 and not searched(text)


def of_oneself(text: str) -> bool:
    """Say whether who asks tells something of themselves, so that nobody else can be meant: more
    than "how do I"."""
    return _OF_ONESELF.search(_ASKED_OF_I.sub(" ", text)) is not None


def put(text: str, said: str, place: Place, at: float = 0.0) -> str | None:
    """Return the question with `said` in that place, or None where that makes it too long.

    `at`, from 0 up to 1, chooses between the places inside. Raise ValueError for a place inside a
    text of one sentence.
    """
    text = text.strip()
    match place:
        case Place.FIRST:
            made = f"{said} {text}"
        case Place.LAST:
            made = f"{_ended(text)} {said}"
        case Place.INSIDE:
            cuts = _cuts(text)
            if not cuts:
                raise ValueError("a text of one sentence has no place inside")
            cut = cuts[int(at * len(cuts))]
            made = f"{_ended(text[:cut].rstrip())} {said} {text[cut:]}"
    return made if len(made) <= LONGEST_QUESTION else None


def led(text: str, lead: str) -> str | None:
    """Return a question that asks outright after a lead ("As a nurse,"), or None if too long."""
    text = text.strip()
    made = f"{lead} {text[:1].lower()}{text[1:]}"
    return made if len(made) <= LONGEST_QUESTION else None


def _ended(text: str) -> str:
    return text if _ENDED.search(text) else f"{text}."


def _cuts(text: str) -> tuple[int, ...]:
    cuts = []
    at = 0
    for sentence in split_sentences(text):
        start = text.index(sentence, at)
        cuts.append(start)
        at = start + len(sentence)
    return tuple(cuts[1:])
