"""Which earlier questions a question leans on, how far, and how both are searched together.

A follow-up leaves out what was said before: it has few words of its own, points ("it", "she"),
begins like a reply ("and", "what about") or ends like one ("though", "already"). A new question
names its subject, and the guidance says so: its best passage is found far better than any of the
page quoted last. These facts make the log-odds that it follows up. Fitted by

    signpost evaluate fit-follow-ups

on the `fit` half of the project's own conversations, with changes of subject among them.
"""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from assistant.redaction.redactor import without_labels
from assistant.text import RedactedText
from assistant.turns import Background, Exchange
from knowledge.embedding import Vectors
from knowledge.lexical import terms_of
from knowledge.retrieval import Hit, Query, Retriever
from knowledge.vector_store import Filters

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)?")
_ENDING = re.compile(r"['’](?:s|d|ll|ve|re|m)$")
_OPENERS = re.compile(
    r"(?:and|but|or|so|then|also|ok(?:ay)?|yes|no|what about|how about|what if|why|really"
    r"|beth am|ac|a beth|ond)\b"
)
_POINTING = frozenset(
    "it its that this these those they them their theirs one ones he him his she her hers there "
    "same instead either both hynny hwn hon rhain nhw".split()
)
_REPLYING = frozenset(
    "though actually anyway also too then instead since already yet yourself ourselves myself "
    "still else again otherwise either".split()
)
_EMPTY = frozenset(
    "a an the of to in on for and or but so is are be am was were do does did can could will would "
    "should may might must i i'm i’m my me we us our you your how what when where who which why if "
    "with at by from as not no yes please thanks thank ok okay about much many long often any some "
    "have has had get need want then also too just more else still".split()
)
_EVERYDAY = _EMPTY | _POINTING | _REPLYING
_MOST_WORDS = 10
_DEPTH = 100
"""How deep the bare question's search looks for the page quoted last."""
_KNOWN_FROM = 0.4
"""A question none of whose words the guidance has is still understood from this cosine on."""
UNQUOTED_GAP = 0.25
"""What is taken for the gap where no page was quoted: about the mean of those that have one."""


@dataclass(frozen=True, slots=True)
class FollowUpRules:
    """When a question follows up, in log-odds for each fact, and what that changes.

    `content`: each word that says what it is about, up to ten; `gap`: how much better its best
    passage is found than the best of the page quoted last, in score; `pointing`, `opener`,
    `replying`: such words are there. The earlier questions weigh as much as `earlier` content
    words; no term of theirs more than `term`, and a turn further back `decay` × as much. `reading`
    is their share in comparing sentences: those must answer the new question. `quoted` is added to
    the score of passages of the page quoted last. `turns` is how many earlier questions are read.
    """

    intercept: float = 9.2
    content: float = -1.44
    gap: float = -11.2
    pointing: float = 2.8
    opener: float = 3.5
    replying: float = 2.3
    earlier: float = 2.0
    term: float = 0.35
    decay: float = 0.6
    reading: float = 0.4
    quoted: float = 0.3
    turns: int = 3


@dataclass(frozen=True, slots=True)
class Cues:
    """What a question's own words say: content words (up to ten), and kinds of words found."""

    content: int
    pointing: bool
    opener: bool
    replying: bool


def content_words(question: str) -> tuple[str, ...]:
    """Return the words that say what a question is about, lower-cased, in order."""
    words = (word.casefold() for word in _WORD.findall(question))
    return tuple(word for word in words if word not in _EMPTY and word not in _POINTING)


def cues(question: str) -> Cues:
    """Return what the question's own words say about following up."""
    words = {_ENDING.sub("", word.casefold()) for word in _WORD.findall(question)}
    return Cues(
        content=min(len(content_words(question)), _MOST_WORDS),
        pointing=not _POINTING.isdisjoint(words),
        opener=bool(_OPENERS.match(question.casefold().lstrip(" ,.…-"))),
        replying=not _REPLYING.isdisjoint(words),
    )


def leaning(said: Cues, behind: float | None, rules: FollowUpRules) -> float:
    """Return the probability in (0, 1) that a question follows up; `behind` is the `gap`."""
    odds = (
        rules.intercept
        + rules.content * said.content
        + rules.gap * (UNQUOTED_GAP if behind is None else behind)
        + rules.pointing * said.pointing
        + rules.opener * said.opener
        + rules.replying * said.replying
    )
    return 1.0 / (1.0 + math.exp(-max(-500.0, min(500.0, odds))))


def understood(question: str, hits: Sequence[Hit]) -> bool:
    """Say whether any of the question's words is known: an everyday one, or one of the guidance's.

    Words that nobody knows are still understood where they are near some guidance in meaning: the
    model reads many misspellings.
    """
    if not _EVERYDAY.isdisjoint(word.casefold() for word in _WORD.findall(question)):
        return True
    return any(hit.lexical > 0 or hit.dense >= _KNOWN_FROM for hit in hits)


def found_alone(
    retriever: Retriever, question: RedactedText, vector: Vectors, filters: Filters
) -> tuple[Hit, ...]:
    """Return what the question, whose vector is at hand, finds without any background."""
    return retriever.search_vector(vector, question, _DEPTH, filters)


def gap(hits: Sequence[Hit], page: str) -> float | None:
    """Return how far the page quoted last is behind the best passage, None if none was quoted."""
    if not page or not hits:
        return None
    theirs = (hit.score for hit in hits if hit.passage.document_url.partition("#")[0] == page)
    return hits[0].score - next(theirs, hits[-1].score)


def on_the_subject(
    history: Sequence[Exchange], rules: FollowUpRules
) -> tuple[tuple[RedactedText, ...], str]:
    """Return the earlier questions back to the one that named the subject, and the page quoted.

    That one and the latest are kept where there are more than `turns`. Questions are without the
    labels of masks; the page's address is without its fragment, "" where none was quoted.
    """
    questions: list[RedactedText] = []
    page = ""
    for exchange in reversed(history):
        question = without_labels(exchange.question)
        page = page or exchange.url.partition("#")[0]
        if not question:
            continue
        questions.append(question)
        if leaning(cues(question), None, rules) < 0.5:
            break
    if len(questions) > rules.turns:
        questions = [*questions[: rules.turns - 1], questions[-1]]
    return tuple(reversed(questions)), page


def query_of(
    question: RedactedText, background: Background, rules: FollowUpRules, language: str = "en"
) -> Query:
    """Return the question made ready for searching, with as much background as it leans on."""
    terms = dict.fromkeys(terms_of(question, language), 1.0)
    if background.earlier is None:
        return Query(background.own, background.own, terms)
    share = background.leaning * rules.earlier / (rules.earlier + cues(question).content)
    older = _older_terms(background.questions, terms, rules, language)
    most = min(rules.term, rules.earlier / max(sum(older.values()), 1e-9))
    terms.update({term: background.leaning * most * weight for term, weight in older.items()})
    return Query(
        _between(background.own, background.earlier, share),
        _between(background.own, background.earlier, background.leaning * rules.reading),
        terms,
    )


def _older_terms(
    questions: Sequence[RedactedText],
    known: dict[str, float],
    rules: FollowUpRules,
    language: str,
) -> dict[str, float]:
    older: dict[str, float] = {}
    for back, question in enumerate(reversed(questions)):
        for term in terms_of(question, language):
            if term not in known:
                older[term] = max(older.get(term, 0.0), rules.decay**back)
    return older


def _between(own: Vectors, earlier: Vectors, share: float) -> Vectors:
    mixed = (1.0 - share) * own + share * earlier
    return np.asarray(mixed / max(float(np.linalg.norm(mixed)), 1e-9), dtype=np.float32)
