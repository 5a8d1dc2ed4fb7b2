"""Does the passage say it? One function, plain reasons (invariant 2).

An extractive statement must be a segment of its passage, word for word. A worded one must agree
with the segment it cites in its links, numbers, dates, money, negation, modality, conditions and
names, and use mostly the segment's own words.
"""

import re
from enum import StrEnum

from assistant.answers import Statement
from knowledge.documents import Segment


class Ungrounded(StrEnum):
    """Why a statement may not be shown."""

    NOT_IN_PASSAGE = "the passage does not say this"
    LEAD_NOT_IN_PASSAGE = "the passage does not introduce it like that"
    LINK = "a link that the passage does not have"
    NUMBER = "a number, date or amount that the passage does not have"
    NEGATION = "says not where the passage does not, or leaves it out"
    MODALITY = "must, may, should or can is not as in the passage"
    CONDITION = "leaves out a condition"
    NAME = "a name that the passage does not have"
    WORDS = "mostly other words than the passage's"


_LINK = re.compile(
    r"(?:https?://|www\.)\S{1,300}|\b[\w-]{1,60}(?:\.[\w-]{1,60}){0,5}\.(?:uk|com|org|net|gov|io)\b",
    re.I,
)
_NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?")
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_NAME = re.compile(r"(?<![.!?:•\n] )(?<!^)\b[A-Z][\w’']{2,}")
_NUMBER_WORDS = {
    "one": "1", "two": "2", "three": "3", "four": "4", "five": "5", "six": "6", "seven": "7",
    "eight": "8", "nine": "9", "ten": "10", "eleven": "11", "twelve": "12",
}  # fmt: skip
_MONTHS = frozenset(
    "january february march april may june july august september october november december".split()
)
_NEGATIONS = frozenset("not no never none neither nor cannot without unless except".split())
_OBLIGATION = frozenset("must need needs required shall mandatory".split())
_PERMISSION = frozenset("may might can could should".split())
_CONDITIONS = frozenset("if unless until only when provided except".split())
_EMPTY = frozenset(
    "a an the of to in on for and or is are be it its this that these those with as at by from "
    "you your they their them will do does have has been also any there which who what".split()
)


def problems(
    statement: Statement, *, generated: bool, enough: float = 0.6
) -> tuple[Ungrounded, ...]:
    """Return every reason why the passage does not support the statement; empty when it does.

    `enough` is the least share of a worded statement's content words that its quote must have.
    """
    segments = [s for s in statement.passage.segments if s.text == statement.quote]
    if not segments:
        return (Ungrounded.NOT_IN_PASSAGE,)
    if generated:
        return min((_worded(statement, segment, enough) for segment in segments), key=len)
    if statement.text != statement.quote:
        return (Ungrounded.NOT_IN_PASSAGE,)
    if statement.lead not in {segment.lead for segment in segments}:
        return (Ungrounded.LEAD_NOT_IN_PASSAGE,)
    return ()


def _worded(statement: Statement, segment: Segment, enough: float) -> tuple[Ungrounded, ...]:
    source = f"{segment.lead} {segment.text}".strip()
    return tuple(reason for reason, wrong in _disagreements(statement, source, enough) if wrong)


def _disagreements(
    statement: Statement, source: str, enough: float
) -> tuple[tuple[Ungrounded, bool], ...]:
    said, text = _words(statement.text), statement.text
    have = _words(source)
    around = _words(f"{statement.passage.heading} {source}")
    return (
        (Ungrounded.LINK, bool(_links(text) - _links(source))),
        (
            Ungrounded.NUMBER,
            bool(_numbers(text) - _numbers(source)) or bool((said & _MONTHS) - have),
        ),
        (Ungrounded.NEGATION, _negated(text) != _negated(source)),
        (Ungrounded.MODALITY, _modality(said) - _modality(have) != set()),
        (Ungrounded.CONDITION, bool(have & _CONDITIONS) and not said & _CONDITIONS),
        (Ungrounded.NAME, bool({n.casefold() for n in _NAME.findall(text)} - around)),
        (Ungrounded.WORDS, _overlap(said, around) < enough),
    )


def _words(text: str) -> frozenset[str]:
    return frozenset(word.casefold() for word in _WORD.findall(text))


def _links(text: str) -> set[str]:
    return {link.casefold().rstrip(".,;)") for link in _LINK.findall(text)}


def _numbers(text: str) -> set[str]:
    spelt = {_NUMBER_WORDS[word] for word in _words(text) if word in _NUMBER_WORDS}
    return {number.replace(",", "").rstrip(".") for number in _NUMBER.findall(text)} | spelt


def _negated(text: str) -> int:
    words = [str(word).casefold() for word in _WORD.findall(text)]
    return sum(word in _NEGATIONS or word.endswith(("n't", "n’t")) for word in words) % 2


def _modality(words: frozenset[str]) -> set[str]:
    kinds = {"must": words & _OBLIGATION, "may": words & _PERMISSION}
    return {kind for kind, found in kinds.items() if found}


def _overlap(said: frozenset[str], have: frozenset[str]) -> float:
    content = said - _EMPTY
    if not content:
        return 1.0
    stems = {word[:5] for word in have}
    return sum(word in have or word[:5] in stems for word in content) / len(content)
