"""The project's own questions: what counts as right, and what the figures say of it."""

from collections.abc import Callable

import pytest

from evaluation.cases import AnswerGiven, CitedSection, Question
from evaluation.own_evaluation import OwnCase, ask_own, figures, reliability
from evaluation.own_questions import OwnQuestion, OwnQuestions, segment_digest

FIRST = OwnQuestion(
    "a-page-1", "a-page", "plain", "When?", (segment_digest("On Monday."),), answerable=True
)
NEXT = OwnQuestion(
    "a-page-2",
    "a-page",
    "short",
    "And here?",
    (segment_digest("On Friday."),),
    answerable=True,
    follows="a-page-1",
    standalone="When here?",
)
NEAR = OwnQuestion("b-page-1", "b-page", "plain", "How much?")
OUTSIDE = OwnQuestion("out-of-scope-1", "", "plain", "A joke?", out_of_scope=True)
QUESTIONS = OwnQuestions((FIRST, NEXT, NEAR, OUTSIDE))


def given(
    question: Question,
    quote: str = "",
    page: str = "a-page",
    outcome: str = "answered",
    confidence: float | None = 0.75,
) -> AnswerGiven:
    cited = (CitedSection(f"/guidance/{page}#part", "A page", "Part", quote),) if quote else ()
    return AnswerGiven(question.id, outcome, "quoted", confidence, quote, cited, 1.0)  # type: ignore[arg-type]


def cases(ask: Callable[[Question], AnswerGiven]) -> tuple[OwnCase, ...]:
    return ask_own(QUESTIONS, ask, lambda what, done, of: None)


def test_a_follow_up_is_asked_after_what_came_before_it_and_nothing_twice() -> None:
    asked: list[Question] = []

    def ask(question: Question) -> AnswerGiven:
        asked.append(question)
        return given(question, "On Monday.")

    cases(ask)
    assert [question.id for question in asked] == [q.id for q in QUESTIONS.questions]
    (before,) = asked[1].history
    assert (before.question, before.answer, before.title) == ("When?", "On Monday.", "A page")


@pytest.mark.parametrize(
    ("quote", "page", "right", "cites"),
    [
        ("It depends.\nOn Monday.", "a-page", True, True),
        ("On Monday", "a-page", False, True),
        ("On Monday.", "other", True, False),
        ("", "a-page", False, False),
    ],
)
def test_right_is_a_marked_sentence_word_for_word(
    quote: str, page: str, right: bool, cites: bool
) -> None:
    first = cases(lambda question: given(question, quote, page))[0]
    assert (first.right, first.cites_page) == (right, cites)


def test_figures_part_what_is_answerable_from_what_is_not() -> None:
    found = {
        figure.name: (figure.value, figure.n)
        for figure in figures(cases(lambda question: given(question, "On Monday.")))
    }
    assert found == {
        "right page cited first": (1.0, 1),
        "marked sentence in the answer": (1.0, 1),
        "answerable, but not answered": (0.0, 1),
        "follow-ups: right page cited first": (1.0, 1),
        "follow-ups: marked sentence in the answer": (0.0, 1),
        "near misses answered": (1.0, 1),
        "out of scope answered": (1.0, 1),
    }
    declined = figures(cases(lambda question: given(question, outcome="abstained")))
    assert {figure.name: figure.value for figure in declined}["answerable, but not answered"] == 1.0


def test_reliability_sets_what_was_promised_beside_what_was_kept() -> None:
    (band,) = reliability(cases(lambda question: given(question, "On Monday.")))
    assert (band.low, band.high, band.n, band.promised, band.kept) == (0.7, 0.8, 4, 0.75, 0.25)
    assert reliability(cases(lambda question: given(question, confidence=None))) == ()
