"""Knowing what it does not know: the modest and the sure are told apart, and nothing is hidden."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from assistant.outcomes import Outcome
from assistant.pipeline import answer, build_steps
from assistant.policy import load_policy
from assistant.policy.model import Thresholds
from assistant.presentation import Versions, outcome_name, view_of
from assistant.redaction.redactor import Redactor
from assistant.turns import Turn
from evaluation.abstention import (
    OwnAsking,
    Unheld,
    abstention_parts,
)
from evaluation.abstention_measures import GUIDANCE_PAGES, STARTER_PAGES
from evaluation.abstention_run import evaluate_abstention
from evaluation.abstention_scoring import held_back, holding_nothing_back
from evaluation.cases import AnswerGiven, CitedSection, Question
from evaluation.errors import DataMissing
from evaluation.own_questions import OwnQuestion, OwnQuestions, half_of, segment_digest
from evaluation.runs import Part
from tests.assisting import little_guidance, opened
from tests.unit.assistant.asking import asked as turn_of
from tests.unit.evaluation.data_folder import write_data

NOW = datetime(2026, 1, 2, 3, 4, tzinfo=UTC)
POLICY = load_policy()
THRESHOLDS = Thresholds(answer=0.6, caution=0.3, abstain=0.1, grounding=0.6)


def pages(half: str) -> list[str]:
    return [f"page-{n}" for n in range(200) if half_of(f"page-{n}") == half][:8]


def about(page: str) -> tuple[OwnQuestion, ...]:
    marked = (segment_digest(f"All about {page}."),)
    first = OwnQuestion(f"{page}-1", page, "plain", f"When is {page}?", marked, answerable=True)
    after = OwnQuestion(
        f"{page}-2",
        page,
        "short",
        f"And {page}?",
        marked,
        answerable=True,
        follows=first.id,
        standalone="x",
    )
    return first, after, OwnQuestion(f"{page}-3", page, "plain", f"Near {page}?")


OWN = OwnQuestions(
    (
        *(each for half in ("fit", "report") for page in pages(half) for each in about(page)),
        *(
            OwnQuestion(f"out-of-scope-{n}", "", "plain", "A joke?", out_of_scope=True)
            for n in range(6)
        ),
    )
)


def said(question: Question, confidence: float) -> AnswerGiven:
    named = next((w.strip("?") for w in question.text.split() if w.startswith("page-")), "nothing")
    text = f"All about {named}."
    cited = CitedSection(f"/guidance/{named}#all", named, "All", text)
    return AnswerGiven(question.id, "answered", "quoted", confidence, text, (cited,), 1.0)


def modest(question: Question) -> AnswerGiven:
    """Be sure of what is right, and of nothing else."""
    right = question.text.startswith(("When is page", "And page"))
    return said(question, 0.9 if right else 0.05)


def bluffing(question: Question) -> AnswerGiven:
    """Be equally sure of everything."""
    return said(question, 0.9)


def timid(question: Question) -> AnswerGiven:
    """Be sure of nothing, right as it may be."""
    return said(question, 0.2)


def parts(ask: object, data: Path, thresholds: Thresholds = THRESHOLDS) -> dict[str, Part]:
    examined = Unheld(
        own=(
            OwnAsking(STARTER_PAGES, OWN, ask),  # type: ignore[arg-type]
            OwnAsking(GUIDANCE_PAGES, OwnQuestions(()), ask),  # type: ignore[arg-type]
        ),
        guidance=ask,  # type: ignore[arg-type]
        government=ask,  # type: ignore[arg-type]
        thresholds=thresholds,
    )
    found = abstention_parts(examined, data, lambda what, done, of: None)
    return {part.name: part for part in found}


def figures(part: Part) -> dict[str, float]:
    return {figure.measure.name: figure.value for figure in part.figures}


def table(part: Part, name: str) -> list[dict[str, object]]:
    (found,) = (each for each in part.tables if each.name == name)
    return [dict(row) for row in found.rows]


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_data(tmp_path_factory.mktemp("data"))


def test_the_modest_the_bluffing_and_the_timid_are_told_apart(data: Path) -> None:
    told = {ask: figures(parts(ask, data)["own-report"]) for ask in (modest, bluffing, timid)}
    assert told[modest]["wrong"] == told[modest]["declined"] == 0.0
    assert told[modest]["area: right"] == told[modest]["area: answerable"] == 1.0
    assert told[modest]["near miss answered"] == 0.0
    assert told[bluffing]["wrong"] == pytest.approx(1 / 3, abs=0.1)
    assert told[bluffing]["declined"] == 0.0
    assert told[bluffing]["area: right"] == 0.5
    assert told[bluffing]["near miss answered"] == 1.0
    assert told[timid]["declined"] == told[timid]["right declined"] == 1.0
    assert "wrong" not in told[timid]


def test_whose_page_is_not_there_and_what_is_out_of_scope_is_counted(data: Path) -> None:
    for ask, answered in ((modest, 0.0), (bluffing, 1.0), (timid, 0.0)):
        found = parts(ask, data)
        assert figures(found["guidance"])["uncovered answered"] == answered
        for name in ("out-of-scope", "small-talk"):
            told = figures(found[name])
            assert set(told.values()) == {answered}
        assert figures(found["conversations"])["answered unanswerable"] == answered
        assert figures(found["conversations"])["unanswerable as complete"] == answered


def test_an_answer_with_a_caution_is_given_but_not_as_complete(data: Path) -> None:
    found = parts(lambda question: said(question, 0.5), data)
    own = figures(found["own-report"])
    assert own["near miss answered"] == 1.0
    assert own["near miss as complete"] == 0.0
    assert "wrong, no caution" not in own
    assert figures(found["guidance"])["uncovered as complete"] == 0.0
    assert figures(found["conversations"])["unanswerable as complete"] == 0.0


def test_every_half_keeps_to_its_pages(data: Path) -> None:
    found = parts(modest, data)
    for half in ("fit", "report"):
        keys = {case.cluster for case in found[f"own-{half}"].cases}
        assert keys
        assert {half_of(key) for key in keys} == {half}


def test_a_follow_up_knows_only_of_what_was_said_before_it(data: Path) -> None:
    heard: dict[str, list[str]] = {"sure": [], "unsure": []}

    def asking(name: str, confidence: float) -> object:
        def ask(question: Question) -> AnswerGiven:
            heard[name] += [turn.answer for turn in question.history if question.text[0] == "A"]
            return said(question, confidence)

        return ask

    parts(asking("sure", 0.9), data)
    parts(asking("unsure", 0.2), data)
    assert all(text for text in heard["sure"] if "page" in text)
    own = len([each for each in OWN.questions if each.follows])
    assert heard["unsure"].count("") >= own
    assert sum(text.startswith("All about page") for text in heard["sure"]) == own
    assert not any(text.startswith("All about page") for text in heard["unsure"])


def test_what_is_promised_says_how_many_and_by_page(data: Path) -> None:
    part = parts(bluffing, data)["own-report"]
    first, plain = table(part, "in force")[:2]
    assert first["over"] == "all"
    assert first["given"] == len(part.cases) == plain["given"]
    assert first["wrong"] == sum(case.values["wrong"][0] for case in part.cases)
    assert float(str(first["share"])) < float(str(first["at_most"]))
    assert any("with 95% confidence" in note and "exact binomial" in note for note in part.notes)
    assert any("independent" in note for note in part.notes)


def test_a_threshold_is_chosen_on_the_fit_half_and_told_of_on_the_other(data: Path) -> None:
    found = parts(modest, data)
    rows = {row["wanted"]: row for row in table(found["own-report"], "choice")}
    assert rows[0.05]["threshold"] == "none reaches it"  # too few pages to promise that much
    assert rows[0.4]["threshold"] == 0.0 or float(str(rows[0.4]["threshold"])) <= 0.9
    assert rows[0.4]["kept"] == "yes"
    assert not any(each.name == "choice" for each in found["own-fit"].tables)


def test_nothing_given_promises_nothing_and_breaks_nothing(data: Path) -> None:
    part = parts(timid, data, THRESHOLDS)["own-report"]
    assert all(row["given"] == 0 for row in table(part, "in force"))
    assert any("nothing was answered" in note for note in part.notes)

    def silent(question: Question) -> AnswerGiven:
        return AnswerGiven(question.id, "abstained", "no_guidance", None, "", (), 1.0)

    assert figures(parts(silent, data)["own-report"])["declined"] == 1.0


def test_the_report_is_written_compared_and_holds_no_text_of_the_data(
    data: Path, tmp_path: Path
) -> None:
    examined = Unheld((OwnAsking(STARTER_PAGES, OWN, modest),), modest, modest, THRESHOLDS)
    for ask in (bluffing, modest):
        own = (OwnAsking(STARTER_PAGES, OWN, ask),)
        evaluate_abstention(
            replace(examined, own=own), {"snapshot": "s"}, data, tmp_path, command="x", now=NOW
        )
    run = json.loads((tmp_path / "abstention.json").read_text(encoding="utf-8"))
    assert [part["name"] for part in run["parts"]] == [
        "own-report",
        "guidance",
        "out-of-scope",
        "small-talk",
        "conversations",
        "own-fit",
    ]
    changed = {
        each["name"]: each["value"]
        for one in run["comparisons"]
        if one["part"] == "own-report"
        for each in one["differences"]
    }
    assert changed["wrong"] < 0 < changed["area: right"]
    assert run["parts"][0]["tables"][0]["rows"][0]["over"] == "all"
    page = (tmp_path / "abstention.html").read_text(encoding="utf-8")
    assert page.count("<img") >= 6
    assert "Risk and coverage" in page
    assert "joke" not in json.dumps(run)
    assert (tmp_path / "abstention.previous.html").exists()


def test_missing_data_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataMissing, match="questions_dev_visible"):
        parts(modest, tmp_path)


QUESTIONS = (
    "How do I renew my passport?",
    "Does a paper form cost more?",
    "parking badge",
    "Can I get a badge for my goat?",
    "When are bins emptied?",
    "Which planet has rings?",
    "Hello",
    "I want to talk to a person",
    "Can anyone join the library for free?",
)
VERSIONS = Versions("s", "s", "p", "e", "quotation", 0)


@pytest.mark.parametrize("answer_from", [0.2, 0.5, 0.8])
@pytest.mark.parametrize("caution_from", [0.1, 0.2])
def test_what_is_worked_out_afterwards_is_what_the_pipeline_does(
    answer_from: float, caution_from: float
) -> None:
    thresholds = POLICY.thresholds.model_copy(
        update={"answer": answer_from, "caution": caution_from, "abstain": 0.05}
    )
    strict = replace(POLICY, thresholds=thresholds)
    retriever = opened(little_guidance()).retriever
    outcomes = set()
    for text in QUESTIONS:
        shipped, unheld = (
            _given(
                answer(turn_of(text), build_steps(policy, Redactor(policy.redaction), retriever))
            )
            for policy in (strict, holding_nothing_back(strict))
        )
        worked_out = held_back(unheld, thresholds)
        assert (worked_out.outcome == "answered") == (shipped.outcome == "answered"), text
        if shipped.outcome == "answered":
            assert worked_out.reason == shipped.reason
            assert worked_out.citations == shipped.citations
        outcomes.add(shipped.outcome)
    assert len(outcomes) > 2


def _given(turn: Turn) -> AnswerGiven:
    assert turn.outcome is not None
    outcome: Outcome = turn.outcome
    view = view_of(
        turn,
        conversation_id="",
        position=0,
        message="",
        notice="",
        versions=VERSIONS,
        answered_at=NOW,
    )
    cited = tuple(
        CitedSection(c.url, c.title, c.heading, c.quote, c.updated) for c in view.citations
    )
    return AnswerGiven(
        "1",
        outcome_name(outcome),
        outcome.reason.value,
        view.confidence,
        "x",
        cited,
        1.0,  # type: ignore[arg-type]
    )
