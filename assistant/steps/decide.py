"""Answer, answer with a caution, ask which one, or say honestly that there is no answer."""

from collections.abc import Callable
from dataclasses import replace

from assistant.answers import Link
from assistant.confidence import Calibration
from assistant.nations import limited_to, silent_on
from assistant.outcomes import Abstained, Answered, Clarifying, Outcome, Reason
from assistant.policy.model import Limits, Thresholds
from assistant.redaction.redactor import without_labels
from assistant.turns import Turn
from knowledge.documents import Passage

CLOSE = 0.03
"""Scores nearer than this are taken for equal when asking which page is meant."""

SHORT_QUESTION = 8
"""Up to so many words, a question can be read in one go behind a page's title."""


def decide(
    thresholds: Thresholds, limits: Limits, calibration: Calibration
) -> Callable[[Turn], Turn]:
    """Return the step that gives every turn that came this far its outcome."""

    def step(turn: Turn) -> Turn:
        welsh = turn.searched == "cy"
        confidence = turn.confidence if welsh else calibration.confidence(turn.hits, _outside(turn))
        outcome = _outcome(turn, confidence, thresholds, limits)
        noted = turn.note(
            outcome.reason.value,
            confidence=round(confidence * 10_000),
            needed=round(thresholds.caution * 10_000),
        )
        return replace(noted, confidence=confidence, outcome=outcome)

    return step


def _outcome(turn: Turn, confidence: float, thresholds: Thresholds, limits: Limits) -> Outcome:
    answer = turn.answer
    if answer is None:
        return Abstained(Reason.NO_GUIDANCE, _nearest(turn, limits), confidence)
    for_nations = limited_to(passage.nations for passage in answer.passages)
    sure = confidence >= thresholds.answer and turn.searched == "en"  # fitted on English
    if sure and not silent_on(turn.nation, for_nations, answer.text):
        reason = Reason.GENERATED if answer.generated else Reason.QUOTED
        return Answered(reason, answer, confidence)
    if confidence >= thresholds.caution or turn.searched == "cy":
        return Answered(Reason.QUOTED_WITH_CAUTION, answer, confidence)
    if confidence >= thresholds.abstain:
        choices = _choices(turn, limits)
        if len(choices) > 1:
            return Clarifying(Reason.WHICH_ONE, choices)
        return Abstained(Reason.LOW_CONFIDENCE, _nearest(turn, limits), confidence)
    return Abstained(Reason.NO_GUIDANCE, _nearest(turn, limits), confidence)


def _outside(turn: Turn) -> float:
    """Return how far outside the question is. What follows up is judged by what it is about."""
    follows = turn.background is not None and turn.background.leaning >= 0.5
    return 0.0 if follows else turn.outside


def _choices(turn: Turn, limits: Limits) -> tuple[str, ...]:
    """Return whole questions, one for each page that is about equally near.

    A short question is asked again of the page ("Blue Badge: how much?"); instead of a long one
    the page's title is asked.
    """
    question = without_labels(turn.redacted)
    short = len(question.split()) <= SHORT_QUESTION
    close = [hit for hit in turn.hits if turn.hits[0].score - hit.score <= CLOSE]
    titles = dict.fromkeys(hit.passage.title for hit in close)
    choices = (f"{title}: {question}" if short else title for title in titles)
    return tuple(choices)[: limits.clarifying_choices]


def _nearest(turn: Turn, limits: Limits) -> tuple[Link, ...]:
    pages: dict[str, Passage] = {}
    for hit in turn.hits:
        pages.setdefault(hit.passage.document_url, hit.passage)
    links = (
        Link(page.title, page.document_url, page.updated, page.language) for page in pages.values()
    )
    return tuple(links)[: limits.nearest_pages]
