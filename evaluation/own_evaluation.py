"""How an assistant does on the project's own questions, each half apart.

What ships was fitted on the `fit` half (fusion, ranking, quoting, confidence, follow-ups); the
`report` half says how that holds on pages that nothing was fitted on. Follow-ups are asked with the
questions before them. Intervals are by page.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from evaluation.cases import AnswerGiven, Ask, EarlierTurn, Question
from evaluation.figures import Case, Measure, Reading
from evaluation.measuring import Watch
from evaluation.own_set import OwnQuestion, OwnQuestions, segment_digest

MEASURES = (
    Measure(
        "right page first",
        "right page first",
        "Right page cited first",
        "Of answerable first questions, the share whose first quotation is from their page.",
    ),
    Measure(
        "marked sentence",
        "marked sentence",
        "Marked sentence in the answer",
        "Of answerable first questions, the share whose answer quotes a sentence marked as the "
        "answer. A declined question counts as not.",
        says="{value} of the answers to first questions hold a sentence marked as the answer.",
    ),
    Measure(
        "declined",
        "declined",
        "Answerable, but not answered",
        "Of answerable first questions, the share that got no answer.",
        higher_is_better=False,
    ),
    Measure(
        "follow-ups: right page first",
        "follow-ups: right page first",
        "Follow-ups: right page cited first",
        "The same, of answerable follow-ups.",
    ),
    Measure(
        "follow-ups: marked sentence",
        "follow-ups: marked sentence",
        "Follow-ups: marked sentence in the answer",
        "The same, of answerable follow-ups.",
    ),
    Measure(
        "follow-ups: declined",
        "follow-ups: declined",
        "Follow-ups: answerable, but not answered",
        "The same, of answerable follow-ups.",
        higher_is_better=False,
    ),
    Measure(
        "near miss answered",
        "near miss answered",
        "Near misses answered",
        "Of questions on a page's topic that it does not answer, the share answered all the same.",
        says="{value} of the near misses are answered all the same.",
        higher_is_better=False,
    ),
    Measure(
        "out of scope answered",
        "out of scope answered",
        "Out of scope answered",
        "Of questions that guidance is not there for, the share answered all the same.",
        higher_is_better=False,
    ),
)

Values = dict[str, tuple[float, float]]
Given = Mapping[str, AnswerGiven]
"""What was answered, by the question's id."""


@dataclass(frozen=True, slots=True)
class OwnCase:
    """A question and what came of it. `right`: the answer holds a sentence marked as answering."""

    asked: OwnQuestion
    given: AnswerGiven
    right: bool
    cites_page: bool

    @property
    def answered(self) -> bool:
        """Return whether an answer was given at all."""
        return self.given.outcome == "answered"


def ask_own(questions: OwnQuestions, ask: Ask, watch: Watch) -> tuple[OwnCase, ...]:
    """Ask every question; follow-ups after the questions before them and what was answered."""
    given = ask_in_order(questions, questions.questions, ask, watch)
    return tuple(judged(asked, given[asked.id]) for asked in questions.questions)


def ask_in_order(
    questions: OwnQuestions,
    wanted: Sequence[OwnQuestion],
    ask: Ask,
    watch: Watch,
    heard: Callable[[AnswerGiven], AnswerGiven] = lambda given: given,
) -> Given:
    """Return what is answered to the wanted questions and to those that they follow, by id.

    `heard` is what of an answer the questions after it know of.
    """
    given: dict[str, AnswerGiven] = {}
    for done, asked in enumerate(wanted):
        watch("asking the project's own questions", done, len(wanted))
        for turn in (*questions.before(asked), asked):
            if turn.id not in given:
                before = questions.before(turn)
                told = {each.id: heard(given[each.id]) for each in before}
                history = earlier_turns(before, told)
                given[turn.id] = ask(Question(turn.id, turn.text, history))
    return given


def earlier_turns(turns: Iterable[OwnQuestion], given: Given) -> tuple[EarlierTurn, ...]:
    """Return questions that were asked, and what was answered, as the history of the next one."""
    return tuple(_earlier(turn, given[turn.id]) for turn in turns)


def case_of(case: OwnCase, before: Iterable[OwnQuestion] = ()) -> Case:
    """Return the case of a question that was asked after those `before` it."""
    asked, right, cites = case.asked, float(case.right), float(case.cites_page)
    answered = float(case.answered)
    values: Values
    if asked.answerable:
        apart = "follow-ups: " if asked.follows else ""
        values = {
            f"{apart}right page first": (cites, 1.0),
            f"{apart}marked sentence": (right, 1.0),
            f"{apart}declined": (1 - answered, 1.0),
        }
    elif asked.out_of_scope:
        values = {"out of scope answered": (answered, 1.0)}
    else:
        values = {"near miss answered": (answered, 1.0)}
    short = 2 - cites - right if asked.answerable else answered * (case.given.confidence or 0.0)
    return Case(asked.id, asked.page or asked.id, values, reading_of(case, before), short)


def reading_of(case: OwnCase, before: Iterable[OwnQuestion] = ()) -> Reading:
    """Return what a person needs to judge the case, the questions `before` it included."""
    cited = tuple(f"{each.title} – {each.heading}" for each in case.given.citations)
    about = case.asked.page or "nothing that guidance is there for"
    return Reading(
        question=" → ".join((*(turn.text for turn in before), case.asked.text)),
        came=(case.given.answer or "(no answer)", *cited),
        verdict=f"{case.given.outcome} ({case.given.reason}), about {about}",
    )


def judged(asked: OwnQuestion, given: AnswerGiven) -> OwnCase:
    """Return the question with what came of it, judged."""
    quoted = {segment_digest(line) for cited in given.citations for line in cited.quote.split("\n")}
    right = bool(quoted.intersection(asked.evidence))
    return OwnCase(asked, given, right, bool(given.citations) and _cites_page(asked, given))


def _cites_page(asked: OwnQuestion, given: AnswerGiven) -> bool:
    """Say whether the section quoted first is of a page that answers, or of a part of a guide."""
    first = given.citations[0].url.partition("#")[0]
    pages = (asked.page, *asked.also)
    if not asked.collection:
        return first in {f"/guidance/{slug}" for slug in pages}
    return any(first == page or first.startswith(f"{page}/") for page in pages)


def _earlier(asked: OwnQuestion, given: AnswerGiven) -> EarlierTurn:
    cited = given.citations[0] if given.citations else None
    title, url = (cited.title, cited.url) if cited else ("", "")
    return EarlierTurn(asked.text, given.answer, title, url)
