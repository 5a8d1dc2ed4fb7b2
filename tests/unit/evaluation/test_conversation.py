"""An evaluation of conversations: who follows does better, and what is due is what is measured."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from evaluation import answer_suites
from evaluation.cases import AnswerGiven, CitedSection, Question
from evaluation.conversation import Conversing, changes, evaluate_conversation, own_parts
from evaluation.corpora import government
from evaluation.errors import DataMissing
from evaluation.measuring import measured
from evaluation.own_evaluation import ask_in_order
from evaluation.own_questions import OwnQuestion, OwnQuestions, half_of, segment_digest
from tests.unit.evaluation.data_folder import write_data
from tests.unit.evaluation.fakes import quoting, searching, word_search

NOW = datetime(2026, 1, 2, 3, 4, tzinfo=UTC)


def pages(half: str, count: int) -> list[str]:
    return [f"page-{n}" for n in range(200) if half_of(f"page-{n}") == half][:count]


def conversation(page: str) -> tuple[OwnQuestion, ...]:
    first = OwnQuestion(
        f"{page}-1", page, "plain", f"When is {page}?", (digest(page),), answerable=True
    )
    follow = {"follows": first.id, "standalone": f"How much is {page}?"}
    second = OwnQuestion(
        f"{page}-2", page, "short", "how much?", (digest(page),), answerable=True, **follow
    )
    near = OwnQuestion(
        f"{page}-3", page, "short", "and in gold?", follows=second.id, standalone="x"
    )
    return first, second, near


def digest(page: str) -> str:
    return segment_digest(f"All about {page}.")


QUESTIONS = OwnQuestions(
    tuple(q for half in ("fit", "report") for page in pages(half, 4) for q in conversation(page))
)


def knowing(question: Question) -> AnswerGiven:
    """Answer about the page the question names, or else the first one named before it."""
    said = (question.text, *(turn.question for turn in question.history))
    named = [word.strip("?") for text in said for word in text.split() if word.startswith("page-")]
    return about(question, named[0] if named else "nothing")


def forgetful(question: Question) -> AnswerGiven:
    """Answer as if nothing had been said before."""
    return knowing(Question(question.id, question.text))


def clinging(question: Question) -> AnswerGiven:
    """Answer about what was said first, whatever is asked."""
    return knowing(Question(question.id, "", question.history) if question.history else question)


def about(question: Question, page: str) -> AnswerGiven:
    cited = CitedSection(f"/guidance/{page}#all", page, "All", f"All about {page}.")
    text = f"All about {page}."
    return AnswerGiven(question.id, "answered", "quoted", 0.5, text, (cited,), 1.0)


@pytest.mark.parametrize(
    ("ask", "following", "changed"),
    [(knowing, 1.0, 1.0), (forgetful, 0.0, 1.0), (clinging, 1.0, 0.0)],
)
def test_follow_ups_and_changes_of_subject_part_three_ways_of_listening(
    ask: Any, following: float, changed: float
) -> None:
    parts = {part.name: part for part in own_parts(QUESTIONS, ask, lambda what, done, of: None)}
    assert list(parts) == ["own-fit", "changes-fit", "own-report", "changes-report"]
    for half in ("fit", "report"):
        told = {f.measure.name: f.value for f in parts[f"own-{half}"].figures}
        assert told["marked sentence"] == told["right page first"] == following
        assert told["near miss answered"] == 1.0
        told = {f.measure.name: f.value for f in parts[f"changes-{half}"].figures}
        assert told == {"after a change": changed, "asked first": 1.0}
        assert all(half_of(case.cluster) == half for case in parts[f"own-{half}"].cases)


def test_a_change_of_subject_is_one_and_stays_in_its_half() -> None:
    following = [each for each in QUESTIONS.questions if each.follows]
    given = ask_in_order(QUESTIONS, following, knowing, lambda what, done, of: None)
    for half in ("fit", "report"):
        found = changes(QUESTIONS, half, given)  # type: ignore[arg-type]
        assert found
        for asked, before in found:
            assert asked.half == half
            assert before
            assert all(asked.page not in turn.question for turn in before)


def test_the_report_has_both_sets_and_is_compared_with_the_run_before(tmp_path: Path) -> None:
    data, out = write_data(tmp_path / "data"), tmp_path / "out"
    search = word_search(government(data))
    assistant = Conversing(searching(search, "s").ask, quoting(search), knowing, {"snapshot": "s"})
    for _ in range(2):
        evaluate_conversation(assistant, QUESTIONS, data, out, command="signpost", now=NOW)
    run = json.loads((out / "conversation.json").read_text(encoding="utf-8"))
    assert [part["name"] for part in run["parts"]] == [
        "own-fit",
        "changes-fit",
        "own-report",
        "changes-report",
        "conversations-lastturn",
        "conversations-history",
        "conversations-rewrite",
        "conversations",
    ]
    assert run["comparisons"]
    assert "how much?" in (out / "conversation.html").read_text(encoding="utf-8")
    assert "how much?" not in (out / "conversation.json").read_text(encoding="utf-8")


def test_missing_data_is_named(tmp_path: Path) -> None:
    assistant = Conversing(lambda question: (), knowing, knowing, {})
    with pytest.raises(DataMissing):
        evaluate_conversation(
            assistant, QUESTIONS, tmp_path, tmp_path / "out", command="x", now=NOW
        )


def test_a_caution_is_what_parts_an_answer_from_a_complete_one(tmp_path: Path) -> None:
    suite = answer_suites.conversation_suite(write_data(tmp_path))

    def told(reason: str) -> dict[str, float]:
        def ask(question: Question) -> AnswerGiven:
            return AnswerGiven(question.id, "answered", reason, 0.5, "Yes.", (), 1.0)

        part = measured(suite, "x", ask, lambda what, done, of: None)
        return {figure.measure.name: figure.value for figure in part.figures}

    assert told("quoted")["unanswerable as complete"] == 1.0
    assert told("quoted_with_caution")["unanswerable as complete"] == 0.0
    assert told("quoted_with_caution")["answered unanswerable"] == 1.0
