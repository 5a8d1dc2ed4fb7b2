"""Does it know what it does not know? `signpost evaluate abstention`.

The assistant is asked with its thresholds at nothing, so that it says whatever it can; what the
thresholds in force would hold back is worked out afterwards. So one asking shows what every
threshold would give. Follow-ups know only of what would have been said before them.

An answer is wrong when it was given and holds no sentence that was marked as answering.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from assistant.policy.model import Thresholds
from evaluation import abstention_measures as measures
from evaluation import answers, datasets, safety_sets
from evaluation.abstention_scoring import (
    Tried,
    covered_tried,
    held_back,
    message_case,
    own_tried,
    turn_case,
    uncovered_tried,
)
from evaluation.abstention_shown import attempts_of, choices, exhibits_of, promises
from evaluation.cases import Ask, Question
from evaluation.confidence_exhibits import choice_table
from evaluation.measuring import Watch
from evaluation.own_evaluation import ask_in_order
from evaluation.own_set import HALVES, Half, OwnQuestions
from evaluation.runs import Part
from evaluation.uncovered_reading import uncovered_read

T = TypeVar("T")

SYSTEM = "signpost"
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


def _own(asking: OwnAsking, thresholds: Thresholds, watch: Watch) -> Iterator[tuple[Half, Tried]]:
    questions = asking.questions
    given = ask_in_order(
        questions,
        questions.questions,
        asking.ask,
        watch,
        lambda answer: held_back(answer, thresholds),
    )
    for asked in questions.questions:
        before = questions.before(asked)
        yield asked.half, own_tried(asked, before, given[asked.id], thresholds, asking.over)


def _own_part(half: Half, halves: dict[Half, list[Tried]], thresholds: Thresholds) -> Part:
    mine = halves[half]
    attempts = attempts_of(mine)
    apart = [(over, attempts_of(t for t in mine if t.over == over)) for over in measures.OVER]
    tables, plots = exhibits_of([("all", attempts), *apart], thresholds)
    if half == "report":
        tables = (*tables, choice_table([*choices(attempts_of(halves["fit"]), attempts)]))
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
        (WRONG, _mixture(mine), *promises(attempts, thresholds)),
        tables=tables,
        plots=plots,
    )


def _mixture(tried: Sequence[Tried]) -> str:
    unanswerable = sum(each.case.values["answerable"][0] == 0 for each in tried)
    return (
        f"Of these {len(tried):,} questions {unanswerable:,} should have no answer. How many that "
        "is among citizens' own questions is not known, and the share of wrong answers hangs on it."
    )


def _guidance_part(unheld: Unheld, data: Path, watch: Watch) -> Part:
    gold, uncovered = datasets.guidance_questions(data), datasets.uncovered_questions(data)
    told, thresholds = "signpost: guidance questions", unheld.thresholds
    read, tried = uncovered_read(), []
    for each in _watched(gold, told, watch):
        ventured = unheld.guidance(each.question)
        tried.append(covered_tried(each, ventured, thresholds))
    for question, page in _watched(uncovered, f"{told}, page not there", watch):
        ventured = unheld.guidance(question)
        tried.append(uncovered_tried(question, page, read.get(question.id), ventured, thresholds))
    attempts = attempts_of(tried)
    tables, plots = exhibits_of([("page there", attempts)], thresholds)
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
        promises(attempts, thresholds),
        tables=tables,
        plots=plots,
    )


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
                message_case(each, held_back(unheld.guidance(asked), unheld.thresholds))
                for each in _watched(messages, f"signpost: {title}", watch)
                for asked in [Question(each.id, each.text)]
            ),
            things="messages",
        )


def _conversation_part(unheld: Unheld, data: Path, watch: Watch) -> Part:
    turns = datasets.conversation_turns(data)
    cases = [
        turn_case(turn, unheld.government(turn.question), unheld.thresholds)
        for turn in _watched(turns, "signpost: conversations", watch)
    ]
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


def _watched(things: Sequence[T], told: str, watch: Watch) -> Iterator[T]:
    for done, each in enumerate(things):
        watch(told, done, len(things))
        yield each
