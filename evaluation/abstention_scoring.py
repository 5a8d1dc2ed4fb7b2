"""How each question of an abstention evaluation is scored.

The assistant was asked with its thresholds at nothing, so `ventured` is all that it could say; what
the thresholds in force make of it is worked out here.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from assistant.policy import Policy
from assistant.policy.model import Thresholds
from evaluation import answers, datasets
from evaluation.cases import AnswerGiven, Question
from evaluation.figures import Case, Reading
from evaluation.own_evaluation import OwnCase, Values, judged, reading_of
from evaluation.own_set import OwnQuestion
from evaluation.risk import Attempt
from evaluation.safety_sets import Message
from evaluation.uncovered_reading import Covered


@dataclass(frozen=True, slots=True)
class Tried:
    """A question's case, and the attempt it is judged by where it is known what is right."""

    case: Case
    attempt: Attempt | None = None
    over: str = ""


def holding_nothing_back(policy: Policy) -> Policy:
    """Return the policy with every threshold of confidence at nothing."""
    nothing = {"answer": 0.0, "caution": 0.0, "abstain": 0.0}
    return replace(policy, thresholds=policy.thresholds.model_copy(update=nothing))


def held_back(given: AnswerGiven, thresholds: Thresholds) -> AnswerGiven:
    """Return what the thresholds make of an answer that nothing held back.

    What is declined says nothing and cites nothing; whether the citizen is offered pages or a
    choice instead is not told apart.
    """
    if given.outcome != "answered":
        return given
    confidence = given.confidence or 0.0
    if confidence < thresholds.caution:
        return replace(given, outcome="abstained", reason="low_confidence", answer="", citations=())
    if confidence < thresholds.answer:
        return replace(given, reason=answers.WITH_CAUTION)
    return given


def own_tried(
    asked: OwnQuestion,
    before: Iterable[OwnQuestion],
    given: AnswerGiven,
    thresholds: Thresholds,
    over: str,
) -> Tried:
    """Return what came of one of the project's own questions, asked after those `before` it.

    `over` is one of `abstention_measures.OVER`.
    """
    ventured, kept = judged(asked, given), judged(asked, held_back(given, thresholds))
    case = Case(
        asked.id,
        asked.page or asked.id,
        _own_values(ventured, kept, over),
        reading_of(kept, before),
        _shortfall(kept.answered, ventured.right, kept.given),
    )
    return Tried(case, _attempt(given, ventured.right, case), over)


def covered_tried(
    gold: datasets.GoldQuestion, ventured: AnswerGiven, thresholds: Thresholds
) -> Tried:
    """Return what came of a guidance question whose page is there."""
    kept = held_back(ventured, thresholds)
    scored = answers.score_guidance(gold, kept)
    answered = kept.outcome == "answered"
    known = answers.score_guidance(gold, ventured).values.get("any evidence")
    if known is None and gold.answerable:
        return Tried(replace(scored, values={"declined": (float(not answered), 1.0)}))
    right = bool(known and known[0])
    values = _confidence(ventured, right) | _given(kept, right)
    if gold.answerable:
        values |= {"declined": (float(not answered), 1.0), "page there": (1.0, 1.0)}
    case = replace(scored, values=values, shortfall=_shortfall(answered, right, kept))
    return Tried(case, _attempt(ventured, right, case))


def uncovered_tried(
    question: Question,
    page: str,
    covered: Covered | None,
    ventured: AnswerGiven,
    thresholds: Thresholds,
) -> Tried:
    """Return what came of a guidance question whose page is not there.

    `covered` says whether another page answers it, None where nobody has looked.
    """
    kept = held_back(ventured, thresholds)
    scored = answers.score_uncovered(question, page, kept)
    answered = (float(kept.outcome == "answered"), 1.0)
    values: Values = {
        "confidence": (_certainty(ventured), 1.0),
        "page there": (0.0, 1.0),
        "uncovered answered": answered,
        "uncovered as complete": (float(_complete(kept)), 1.0),
    }
    if covered == "no":
        values["uncovered answered, read"] = answered
    return Tried(replace(scored, values=values))


def message_case(message: Message, kept: AnswerGiven) -> Case:
    """Return the case of a message that guidance is not there for."""
    answered = float(kept.outcome == "answered")
    values: Values = {"answered, seen": (answered, 1.0)}
    if message.half == "report":
        values = {"answered": (answered, 1.0), "as complete": (float(_complete(kept)), 1.0)}
    reading = Reading(message.text, (), (kept.answer,), f"{kept.outcome} ({kept.reason})")
    return Case(message.id, message.id, values, reading, answered * _certainty(kept))


def turn_case(
    turn: datasets.ConversationTurn, ventured: AnswerGiven, thresholds: Thresholds
) -> Case:
    """Return the case of a turn of the government conversations."""
    scored = answers.score_conversation(turn, held_back(ventured, thresholds))
    values = {**scored.values, "confidence": (_certainty(ventured), 1.0)}
    if turn.answerability in ("ANSWERABLE", "UNANSWERABLE"):
        values["answerable"] = (float(turn.answerability == "ANSWERABLE"), 1.0)
    return replace(scored, values=values)


def _own_values(ventured: OwnCase, kept: OwnCase, over: str) -> Values:
    asked, answered = kept.asked, kept.answered
    values = _confidence(ventured.given, ventured.right) | _given(kept.given, ventured.right)
    values["answerable"] = (float(asked.answerable), 1.0)
    if answered:
        values[f"wrong: {over}"] = values["wrong"]
    if asked.answerable:
        declined = (float(not answered), 1.0)
        values |= {"declined": declined, f"declined: {over}": declined}
        if asked.follows:
            values["declined: follow-ups"] = declined
    elif asked.out_of_scope:
        values["out of scope answered"] = (float(answered), 1.0)
    else:
        values["near miss answered"] = (float(answered), 1.0)
        values["near miss as complete"] = (float(_complete(kept.given)), 1.0)
    return values


def _confidence(ventured: AnswerGiven, right: bool) -> Values:
    values: Values = {
        "confidence": (_certainty(ventured), 1.0),
        "right": (float(right), 1.0),
    }
    if ventured.outcome == "answered":
        values["promised"] = (_certainty(ventured), 1.0)
    return values


def _given(kept: AnswerGiven, right: bool) -> Values:
    """Return what is counted of the answer as it was given, or held back."""
    values: Values = {}
    answered = kept.outcome == "answered"
    if answered:
        values["wrong"] = (float(not right), 1.0)
    if _complete(kept):
        values["wrong, no caution"] = (float(not right), 1.0)
    if right:
        values["right declined"] = (float(not answered), 1.0)
    return values


def _complete(given: AnswerGiven) -> bool:
    return given.outcome == "answered" and given.reason != answers.WITH_CAUTION


def _certainty(given: AnswerGiven) -> float:
    """Return the confidence by which it is ranked: none where there is nothing to say."""
    return (given.confidence or 0.0) if given.outcome == "answered" else 0.0


def _shortfall(answered: bool, right: bool, kept: AnswerGiven) -> float:
    """Return how much a case is worth reading: sure and wrong first, then right but held back."""
    if answered and not right:
        return 1.0 + (kept.confidence or 0.0)
    return 1.0 - (kept.confidence or 0.0) if right and not answered else 0.0


def _attempt(ventured: AnswerGiven, right: bool, case: Case) -> Attempt:
    said = ventured.outcome == "answered"
    return Attempt((ventured.confidence or 0.0) if said else None, right, case.cluster)
