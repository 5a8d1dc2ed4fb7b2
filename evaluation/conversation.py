"""How an assistant does in conversations: `signpost evaluate conversation`.

The project's own conversations over the starter pages, each half apart (weights are fitted on
`fit`), and the US government conversations (MTRAG; nothing is fitted on them): finding by the last
turn alone, with its history, and as a person rewrote it; and answering every turn.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from evaluation import answer_suites, datasets, retrieval_suites
from evaluation.cases import Ask, EarlierTurn, Found, Question
from evaluation.corpora import GOVERNMENT
from evaluation.figures import Case, Measure, Reading
from evaluation.measuring import Watch, measured, unwatched
from evaluation.own_evaluation import Given, OwnCase, ask_in_order, earlier_turns, judged
from evaluation.own_questions import HALVES, Half, OwnQuestion, OwnQuestions
from evaluation.reported import reported, run_of
from evaluation.runs import Part, Run

KIND = "conversation"
TITLE = "How well Signpost follows a conversation"
SYSTEM = "signpost"
FORMS: tuple[datasets.QueryForm, ...] = ("lastturn", "history", "rewrite")

FOLLOW_UPS = (
    Measure(
        "marked sentence",
        "marked sentence",
        "Answer holds a sentence marked as the answer",
        "Share of answerable follow-ups whose answer quotes at least one marked sentence.",
        says="{value} of the answers to follow-ups hold a sentence marked as the answer.",
    ),
    Measure(
        "right page first",
        "right page first",
        "Right page cited first",
        "Share of answerable follow-ups whose first quotation is from their page.",
    ),
    Measure(
        "declined",
        "declined",
        "Declined",
        "Share of answerable follow-ups that got no answer.",
        higher_is_better=False,
    ),
    Measure(
        "near miss answered",
        "near miss answered",
        "Near misses answered",
        "Share of follow-ups that no page answers that were answered all the same.",
        higher_is_better=False,
    ),
)
CHANGES = (
    Measure(
        "after a change",
        "after a change",
        "Marked sentence, asked after other questions",
        "Share of answerable questions, asked after a conversation about another page, whose "
        "answer quotes at least one marked sentence.",
    ),
    Measure(
        "asked first",
        "asked first",
        "Marked sentence, asked first",
        "The same questions with nothing before them: what a change of subject may not spoil.",
    ),
)


@dataclass(frozen=True, slots=True)
class Conversing:
    """An assistant to examine: `find` and `ask` over the government passages, `ask_own` over the
    starter pages. `identity` names its snapshots, model and settings."""

    find: Callable[[Question], Sequence[Found]]
    ask: Ask
    ask_own: Ask
    identity: Mapping[str, str]


def evaluate_conversation(
    assistant: Conversing,
    questions: OwnQuestions,
    data: Path,
    out: Path,
    *,
    command: str,
    now: datetime,
    watch: Watch = unwatched,
) -> Run:
    """Measure, and write `conversation.json` and `.html` to `out`, beside the run it has.

    Raise DataMissing, DataUnreadable.
    """

    def measure() -> Run:
        own = own_parts(questions, assistant.ask_own, watch)
        return run_of(
            KIND,
            TITLE,
            (*own, *_government(assistant, data, watch)),
            command=command,
            now=now,
            data=datasets.digests(data, KIND, (GOVERNMENT,)),
            systems={SYSTEM: {**assistant.identity, "own questions": questions.digest}},
        )

    return reported(KIND, out, measure)


def own_parts(questions: OwnQuestions, ask: Ask, watch: Watch) -> tuple[Part, ...]:
    """Return the parts of the project's own conversations: follow-ups and changes of subject."""
    following = tuple(each for each in questions.questions if each.follows)
    given = ask_in_order(questions, following, ask, watch)
    parts = []
    for half in HALVES:
        mine = tuple(each for each in following if each.half == half)
        parts += [
            Part(
                SYSTEM,
                f"own-{half}",
                f"Own follow-ups, {half} half",
                "Second to fourth turns over the starter pages, each asked after what was asked "
                f"and answered before. {_FITTED[half]} Resampled by page.",
                FOLLOW_UPS,
                tuple(
                    _follow_up(
                        judged(each, given[each.id]), earlier_turns(questions.before(each), given)
                    )
                    for each in mine
                ),
            ),
            Part(
                SYSTEM,
                f"changes-{half}",
                f"Own changes of subject, {half} half",
                "Questions that stand alone, asked after a conversation about another page. "
                f"{_FITTED[half]} Resampled by page.",
                CHANGES,
                tuple(
                    _change(asked, before, ask) for asked, before in changes(questions, half, given)
                ),
            ),
        ]
    return tuple(parts)


def changes(
    questions: OwnQuestions, half: Half, given: Given
) -> tuple[tuple[OwnQuestion, tuple[EarlierTurn, ...]], ...]:
    """Return questions of a half, each with another page's conversation before it.

    Every conversation is used at most twice: once whole, once with its first turn only.
    """
    chains = [chain for chain in questions.chains() if chain[0].half == half]
    chains = chains[len(chains) // 2 :] + chains[: len(chains) // 2]  # away from their own pages
    alone = [each for each in questions.of(half) if each.answerable and not each.follows]
    step = max(1, len(alone) // max(1, 2 * len(chains)))
    pairs = zip(alone[::step], (*chains, *(chain[:1] for chain in chains)), strict=False)
    return tuple(
        (asked, earlier_turns(chain, given))
        for asked, chain in pairs
        if chain[0].page != asked.page
    )


_FITTED = {
    "fit": "Weights were fitted on this half.",
    "report": "Nothing was fitted on this half.",
}


def _government(assistant: Conversing, data: Path, watch: Watch) -> tuple[Part, ...]:
    found = [
        measured(retrieval_suites.conversation_suite(data, form), SYSTEM, assistant.find, watch)
        for form in FORMS
    ]
    return (*found, measured(answer_suites.conversation_suite(data), SYSTEM, assistant.ask, watch))


def _follow_up(case: OwnCase, before: Sequence[EarlierTurn]) -> Case:
    values = {
        "marked sentence": (float(case.right), 1.0),
        "right page first": (float(case.cites_page), 1.0),
        "declined": (float(not case.answered), 1.0),
    }
    if not case.asked.answerable:
        values = {"near miss answered": (float(case.answered), 1.0)}
    missed = float(not case.right) if case.asked.answerable else float(case.answered) / 2
    return Case(case.asked.id, case.asked.page, values, _reading(case, before), missed)


def _change(asked: OwnQuestion, before: tuple[EarlierTurn, ...], ask: Ask) -> Case:
    later = judged(asked, ask(Question(asked.id, asked.text, before)))
    first = judged(asked, ask(Question(asked.id, asked.text)))
    values = {"after a change": (float(later.right), 1.0), "asked first": (float(first.right), 1.0)}
    spoilt = max(0.0, float(first.right) - float(later.right))
    return Case(asked.id, asked.page, values, _reading(later, before), spoilt)


def _reading(case: OwnCase, before: Sequence[EarlierTurn]) -> Reading:
    cited = tuple(f"{each.title} – {each.heading}" for each in case.given.citations)
    return Reading(
        question=" → ".join((*(turn.question for turn in before), case.asked.text)),
        came=(case.given.answer or "(no answer)", *cited),
        verdict=f"{case.given.outcome} ({case.given.reason}), about {case.asked.page}",
    )
