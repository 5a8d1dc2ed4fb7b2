"""The project's own questions: what counts as right, and what the figures say of it."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from evaluation.cases import AnswerGiven, CitedSection, Question
from evaluation.own_evaluation import OwnCase, ask_own
from evaluation.own_questions import OwnQuestion, OwnQuestions, half_of, segment_digest
from evaluation.own_run import OwnTest, evaluate_own, own_parts
from evaluation.runs import Part, Run

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


def parts(ask: Callable[[Question], AnswerGiven]) -> dict[str, Part]:
    return {part.name: part for part in own_parts(OwnTest("set", "a set", QUESTIONS, ask))}


def figures(ask: Callable[[Question], AnswerGiven]) -> dict[str, tuple[float, int]]:
    """Return the figures of both halves, which no measure has in common here."""
    return {
        each.measure.name: (each.value, each.n)
        for part in parts(ask).values()
        for each in part.figures
    }


def test_figures_part_what_is_answerable_from_what_is_not() -> None:
    assert figures(lambda question: given(question, "On Monday.")) == {
        "right page first": (1.0, 1),
        "marked sentence": (1.0, 1),
        "declined": (0.0, 1),
        "follow-ups: right page first": (1.0, 1),
        "follow-ups: marked sentence": (0.0, 1),
        "follow-ups: declined": (0.0, 1),
        "near miss answered": (1.0, 1),
        "out of scope answered": (1.0, 1),
    }
    declined = figures(lambda question: given(question, outcome="abstained"))
    assert declined["declined"] == declined["follow-ups: declined"] == (1.0, 1)
    assert declined["near miss answered"] == declined["out of scope answered"] == (0.0, 1)


def test_each_half_holds_its_own_pages_and_the_one_that_counts_stands_first() -> None:
    found = parts(lambda question: given(question, "On Monday."))
    assert list(found) == ["set-report", "set-fit"]
    assert sum(len(part.cases) for part in found.values()) == len(QUESTIONS.questions)
    for name, part in found.items():
        assert {half_of(case.cluster) for case in part.cases} <= {name.removeprefix("set-")}


def test_a_report_is_written_where_wanted_and_compared_with_the_one_before(tmp_path: Path) -> None:
    def run(quote: str, out: Path | None) -> Run:
        test = OwnTest("set", "a set", QUESTIONS, lambda question: given(question, quote))
        return evaluate_own(
            [test], out, identity={}, command="signpost", now=datetime(2026, 1, 2, tzinfo=UTC)
        )

    assert not run("On Monday.", None).comparisons
    assert list(tmp_path.iterdir()) == []
    run("On Tuesday.", tmp_path)
    changed = {
        each.measure.name: each.value
        for one in run("On Monday.", tmp_path).comparisons
        for each in one.differences
    }
    assert changed["marked sentence"] == 1.0
    assert changed["right page first"] == 0.0
    page = (tmp_path / "own.html").read_text(encoding="utf-8")
    assert "Worth reading" in page
    assert "When? → And here?" in page
    assert "And here?" not in (tmp_path / "own.json").read_text(encoding="utf-8")
    assert (tmp_path / "own.previous.json").exists()
