"""Does it know what it does not know? `signpost evaluate abstention`.

The assistant is asked with its thresholds at nothing, so that it says whatever it can; what the
thresholds in force would hold back is worked out afterwards. So one asking shows what every
threshold would give. Follow-ups know only of what would have been said before them.

An answer is wrong when it was given and holds no sentence that was marked as answering.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

from assistant.policy import Policy
from assistant.policy.model import Thresholds
from evaluation import abstention_measures as measures
from evaluation import answers, datasets, safety_sets
from evaluation.cases import AnswerGiven, Ask, Question
from evaluation.confidence_exhibits import (
    choice_table,
    in_force_table,
    reliability,
    reliability_plot,
    reliability_table,
    risk_plot,
)
from evaluation.exhibits import Plot, Table
from evaluation.figures import Case, Reading
from evaluation.own_evaluation import OwnCase, Values, ask_in_order, judged, reading_of
from evaluation.own_set import HALVES, Half, OwnQuestions
from evaluation.risk import Attempt, Risk, curve, risk, threshold_for
from evaluation.runs import Part
from evaluation.safety_sets import Message
from evaluation.suites import Watch

T = TypeVar("T")

SYSTEM = "signpost"
WANTED = (0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4)
"""Shares of wrong answers that somebody may want to allow."""
WRONG = (
    "Wrong: an answer was given, and it holds no sentence that was marked as answering the "
    "question. Every answer to a near miss, or to a question out of scope, is wrong."
)


@dataclass(frozen=True, slots=True)
class OwnAsking:
    """Own questions, and an assistant that holds nothing back over their pages.

    `over` is one of `abstention_measures.OVER`.
    """

    over: str
    questions: OwnQuestions
    ask: Ask


@dataclass(frozen=True, slots=True)
class Unheld:
    """What is measured: assistants that hold nothing back, and the thresholds in force."""

    own: tuple[OwnAsking, ...]
    guidance: Ask
    government: Ask
    thresholds: Thresholds


@dataclass(frozen=True, slots=True)
class _Tried:
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


def abstention_parts(unheld: Unheld, data: Path, watch: Watch) -> tuple[Part, ...]:
    """Return the parts of the evaluation, the half of the own questions to report first.

    Raise DataMissing, DataUnreadable.
    """
    own = [tried for asking in unheld.own for tried in _own(asking, unheld.thresholds, watch)]
    halves = {half: [tried for half_of, tried in own if half_of == half] for half in HALVES}
    return (
        _own_part("report", halves, unheld.thresholds),
        _guidance_part(unheld, data, watch),
        *_message_parts(unheld, data, watch),
        _conversation_part(unheld, data, watch),
        _own_part("fit", halves, unheld.thresholds),
    )


def _own(asking: OwnAsking, thresholds: Thresholds, watch: Watch) -> Iterator[tuple[Half, _Tried]]:
    questions = asking.questions
    given = ask_in_order(
        questions,
        questions.questions,
        asking.ask,
        watch,
        lambda answer: held_back(answer, thresholds),
    )
    for asked in questions.questions:
        ventured = judged(asked, given[asked.id])
        kept = judged(asked, held_back(given[asked.id], thresholds))
        case = Case(
            asked.id,
            asked.page or asked.id,
            _own_values(ventured, kept, asking.over),
            reading_of(kept, questions.before(asked)),
            _shortfall(kept.answered, ventured.right, kept.given),
        )
        yield asked.half, _Tried(case, _attempt(ventured.given, ventured.right, case), asking.over)


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


def _own_part(half: Half, halves: dict[Half, list[_Tried]], thresholds: Thresholds) -> Part:
    mine = halves[half]
    attempts = _attempts(mine)
    apart = [(over, _attempts(t for t in mine if t.over == over)) for over in measures.OVER]
    tables, plots = _shown([("all", attempts), *apart], thresholds)
    if half == "report":
        tables = (*tables, choice_table([*_choices(_attempts(halves["fit"]), attempts)]))
    fitted = {
        "fit": "What ships was fitted on this half, and thresholds are chosen on it.",
        "report": "Nothing was fitted on this half: these figures count.",
    }
    return Part(
        SYSTEM,
        f"own-{half}",
        f"The project's own questions, {half} half",
        "Answerable questions, near misses, follow-ups and questions out of scope, over the "
        f"starter pages and over guidance pages. {fitted[half]} Resampled by page.",
        measures.OWN,
        tuple(tried.case for tried in mine),
        (WRONG, _mixture(mine), *_promises(attempts, thresholds)),
        tables=tables,
        plots=plots,
    )


def _mixture(tried: Sequence[_Tried]) -> str:
    unanswerable = sum(each.case.values["answerable"][0] == 0 for each in tried)
    return (
        f"Of these {len(tried):,} questions {unanswerable:,} should have no answer. How many that "
        "is among citizens' own questions is not known, and the share of wrong answers hangs on it."
    )


def _guidance_part(unheld: Unheld, data: Path, watch: Watch) -> Part:
    gold, uncovered = datasets.guidance_questions(data), datasets.uncovered_questions(data)
    told, thresholds = "signpost: guidance questions", unheld.thresholds
    tried = []
    for each in _watched(gold, told, watch):
        ventured = unheld.guidance(each.question)
        tried.append(_covered(each, ventured, thresholds))
    for question, page in _watched(uncovered, f"{told}, page not there", watch):
        tried.append(_uncovered(question, page, unheld.guidance(question), thresholds))
    attempts = _attempts(tried)
    tables, plots = _shown([("page there", attempts)], thresholds)
    return Part(
        SYSTEM,
        "guidance",
        "Guidance questions, with their page there and not there",
        "People's situations with a question about a GOV.UK page (ConditionalQA, development set), "
        "and questions of the same kind about pages that the corpus lacks. Right: the first "
        f"{answers.WORDS} words of the answer hold some of the gold evidence whole. Wrong is "
        "counted of the questions whose page is there alone. Nothing was fitted on these. "
        "Resampled by page.",
        measures.GUIDANCE,
        tuple(each.case for each in tried),
        _promises(attempts, thresholds),
        tables=tables,
        plots=plots,
    )


def _covered(gold: datasets.GoldQuestion, ventured: AnswerGiven, thresholds: Thresholds) -> _Tried:
    kept = held_back(ventured, thresholds)
    scored = answers.score_guidance(gold, kept)
    answered = kept.outcome == "answered"
    known = answers.score_guidance(gold, ventured).values.get("any evidence")
    if known is None and gold.answerable:
        return _Tried(replace(scored, values={"declined": (float(not answered), 1.0)}))
    right = bool(known and known[0])
    values = _confidence(ventured, right) | _given(kept, right)
    if gold.answerable:
        values |= {"declined": (float(not answered), 1.0), "page there": (1.0, 1.0)}
    case = replace(scored, values=values, shortfall=_shortfall(answered, right, kept))
    return _Tried(case, _attempt(ventured, right, case))


def _uncovered(
    question: Question, page: str, ventured: AnswerGiven, thresholds: Thresholds
) -> _Tried:
    kept = held_back(ventured, thresholds)
    scored = answers.score_uncovered(question, page, kept)
    values: Values = {
        "confidence": (_certainty(ventured), 1.0),
        "page there": (0.0, 1.0),
        "uncovered answered": (float(kept.outcome == "answered"), 1.0),
        "uncovered as complete": (float(_complete(kept)), 1.0),
    }
    return _Tried(replace(scored, values=values))


def _message_parts(unheld: Unheld, data: Path, watch: Watch) -> Iterator[Part]:
    for name, title, messages in (
        ("out-of-scope", "Out of scope, CLINC150", safety_sets.out_of_scope(data)),
        ("small-talk", "Small talk, CLINC150", safety_sets.small_talk(data)),
    ):
        yield Part(
            SYSTEM,
            name,
            title,
            "Messages that government guidance is not there for, over the guidance pages of the "
            "test data. Rules were written with one half in view; the other counts.",
            measures.MESSAGES,
            tuple(
                _message_case(each, held_back(unheld.guidance(asked), unheld.thresholds))
                for each in _watched(messages, f"signpost: {title}", watch)
                for asked in [Question(each.id, each.text)]
            ),
            things="messages",
        )


def _message_case(message: Message, kept: AnswerGiven) -> Case:
    answered = float(kept.outcome == "answered")
    values: Values = {"answered, seen": (answered, 1.0)}
    if message.half == "report":
        values = {"answered": (answered, 1.0), "as complete": (float(_complete(kept)), 1.0)}
    reading = Reading(message.text, (), (kept.answer,), f"{kept.outcome} ({kept.reason})")
    return Case(message.id, message.id, values, reading, answered * _certainty(kept))


def _conversation_part(unheld: Unheld, data: Path, watch: Watch) -> Part:
    cases = []
    for turn in _watched(datasets.conversation_turns(data), "signpost: conversations", watch):
        ventured = unheld.government(turn.question)
        scored = answers.score_conversation(turn, held_back(ventured, unheld.thresholds))
        values = {**scored.values, "confidence": (_certainty(ventured), 1.0)}
        if turn.answerability in ("ANSWERABLE", "UNANSWERABLE"):
            values["answerable"] = (float(turn.answerability == "ANSWERABLE"), 1.0)
        cases.append(replace(scored, values=values))
    return Part(
        SYSTEM,
        "conversations",
        "US government conversations",
        "Turns of conversations about US government services, each asked with the published turns "
        "before it (MTRAG). Only a dozen are unanswerable. Resampled by conversation.",
        measures.CONVERSATIONS,
        tuple(cases),
        things="turns",
    )


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


def _attempts(tried: Iterable[_Tried]) -> list[Attempt]:
    return [each.attempt for each in tried if each.attempt is not None]


def _shown(
    over: Sequence[tuple[str, Sequence[Attempt]]], thresholds: Thresholds
) -> tuple[tuple[Table, ...], tuple[Plot, ...]]:
    """Return tables and plots of some attempts; the first of `over` are all of them."""
    rows = [
        (name, level, risk(attempts, threshold))
        for name, attempts in over
        for level, threshold in _levels(thresholds)
        if attempts
    ]
    every = over[0][1]
    bands = reliability(
        [each.confidence for each in every if each.confidence is not None],
        [each.right for each in every if each.confidence is not None],
    )
    marked = [(level, at) for name, level, at in rows if name == over[0][0] and at.given]
    return (
        (in_force_table(rows), reliability_table(bands)),
        (reliability_plot(bands), risk_plot(curve(every), marked)),
    )


def _choices(
    fit: Sequence[Attempt], report: Sequence[Attempt]
) -> Iterator[tuple[float, Risk | None, Risk | None]]:
    for wanted in WANTED:
        threshold = threshold_for(wanted, fit)
        if threshold is None:
            yield wanted, None, None
        else:
            yield wanted, risk(fit, threshold), risk(report, threshold)


def _levels(thresholds: Thresholds) -> tuple[tuple[str, float], ...]:
    return ("with or without a caution", thresholds.caution), ("plainly", thresholds.answer)


def _promises(attempts: Sequence[Attempt], thresholds: Thresholds) -> tuple[str, ...]:
    """Return what can be promised of the answers given, in words."""
    said = []
    for level, threshold in _levels(thresholds):
        at = risk(attempts, threshold)
        if not at.given:
            said.append(f"From confidence {threshold:.2f} on ({level}), nothing was answered.")
            continue
        said.append(
            f"Of answers given {level}, at most {at.at_most:.1%} are wrong, with 95% confidence "
            f"({at.wrong:,} of {at.given:,} were, from confidence {threshold:.2f} on; exact "
            f"binomial bound). That takes questions as independent, and those of one page are not: "
            f"these, about {at.pages:,} pages, are worth {at.worth:,.0f} independent ones, and by "
            f"that count it is at most {at.at_most_by_page:.1%}."
        )
    return tuple(said)


def _watched(things: Sequence[T], told: str, watch: Watch) -> Iterator[T]:
    for done, each in enumerate(things):
        watch(told, done, len(things))
        yield each
