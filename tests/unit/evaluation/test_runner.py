"""A whole evaluation, over the small data folder."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from evaluation.answer_suites import ANSWERS
from evaluation.cases import Question
from evaluation.corpora import Corpus
from evaluation.errors import DataMissing, DataUnreadable, MeasurementImpossible
from evaluation.retrieval_suites import RETRIEVAL
from evaluation.runner import Prepare, System, evaluate, measure
from evaluation.runs import as_json
from tests.unit.evaluation.data_folder import write_data
from tests.unit.evaluation.fakes import (
    last_first_index,
    quoting_assistant,
    word_index,
)

NOW = datetime(2026, 1, 2, 3, 4, tzinfo=UTC)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return write_data(tmp_path / "data")


def retrieval(data: Path, systems: Mapping[str, Prepare[Any]] | None = None) -> dict[str, Any]:
    chosen = systems or {"Signpost": word_index, "Reversed": last_first_index}
    return as_json(measure(RETRIEVAL, chosen, data, command="signpost evaluate", now=NOW))


def reported(data: Path, out: Path, index: Prepare[Any]) -> dict[str, Any]:
    evaluate(
        RETRIEVAL,
        {"Signpost": index},
        data,
        out,
        command="signpost evaluate",
        now=NOW,
        only=("guidance",),
    )
    return json.loads((out / "retrieval.json").read_text())


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Two searches, measured once for all tests that only read the result."""
    root = tmp_path_factory.mktemp("examined")
    return retrieval(write_data(root))


def figure(run: dict[str, Any], part: str, name: str, system: str = "Signpost") -> dict[str, Any]:
    (found,) = [
        each
        for one in run["parts"]
        if (one["system"], one["name"]) == (system, part)
        for each in one["figures"]
        if each["name"] == name
    ]
    return found


def test_retrieval_is_measured_on_every_kind_of_question(run: dict[str, Any]) -> None:
    assert [part["name"] for part in run["parts"] if part["system"] == "Signpost"] == [
        "guidance",
        "queries",
        "titles",
        "conversations-lastturn",
        "conversations-history",
        "conversations-rewrite",
        "conversations-questions",
        "welsh-titles",
        "welsh-questions",
    ]
    assert figure(run, "welsh-titles", "page@1")["n"] == 1
    assert figure(run, "welsh-titles", "page@1")["value"] == 1
    assert figure(run, "welsh-titles", "page@1", "Reversed")["value"] == 0
    assert figure(run, "welsh-questions", "page@1")["n"] == 2
    assert figure(run, "guidance", "page@1")["value"] == 1
    assert figure(run, "guidance", "evidence@300")["n"] == 2
    assert figure(run, "titles", "page@1")["n"] == 1
    assert figure(run, "conversations-rewrite", "nDCG@5")["value"] > 0


def test_the_report_says_what_was_left_out_of_the_count(run: dict[str, Any]) -> None:
    notes = " ".join(run["parts"][0]["notes"])
    assert "Of 3 gold elements, 1 are headings" in notes
    assert "1 of the 3 questions have no evidence" in notes
    assert "For 3 of 3 questions the search gave fewer than 1,500 words" in notes


def test_everything_needed_to_repeat_it_is_written(run: dict[str, Any]) -> None:
    assert run["command"] == "signpost evaluate"
    assert run["created"] == "2026-01-02T03:04:00+00:00"
    assert run["systems"]["Signpost"]["guidance: snapshot"] == "words of guidance"
    assert run["systems"]["Signpost"]["government: snapshot"] == "words of government"
    assert len(run["data"]["govuk/conditionalqa/documents_dev.json"]) == 64
    assert run["versions"]["python"].startswith("3.")
    assert run["settings"]["seed"]


def test_the_same_run_gives_the_same_figures(run: dict[str, Any], data: Path) -> None:
    assert retrieval(data) == run


def test_systems_stand_beside_the_first_on_the_same_questions(run: dict[str, Any]) -> None:
    (told,) = [each for each in run["comparisons"] if each["part"] == "guidance"]
    assert (told["system"], told["beside"]) == ("Signpost", "Reversed")
    (page,) = [each for each in told["differences"] if each["name"] == "page@1"]
    assert page["paired"]
    assert page["value"] == pytest.approx(
        figure(run, "guidance", "page@1")["value"]
        - figure(run, "guidance", "page@1", "Reversed")["value"]
    )


def test_a_second_run_is_compared_with_the_first_which_is_kept(data: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    first = reported(data, out, last_first_index)
    second = reported(data, out, word_index)
    assert json.loads((out / "retrieval.previous.json").read_text()) == first
    told = {each["part"]: each for each in second["comparisons"]}["guidance"]
    assert told["beside"] == "the run of 2026-01-02T03:04:00+00:00"
    (page,) = [each for each in told["differences"] if each["name"] == "page@1"]
    assert page["paired"]
    assert page["value"] > 0


def test_another_file_of_that_name_is_not_overwritten(data: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / "retrieval.json").write_text('{"mine": 1}')
    with pytest.raises(DataUnreadable, match="Choose another folder"):
        reported(data, out, word_index)
    assert (out / "retrieval.json").read_text() == '{"mine": 1}'


def answers(data: Path, prepare: Prepare[Any]) -> dict[str, Any]:
    return as_json(
        measure(ANSWERS, {"Signpost": prepare}, data, command="signpost evaluate", now=NOW)
    )


def test_an_evaluation_of_answers_leaves_its_report(data: Path, tmp_path: Path) -> None:
    run = evaluate(
        ANSWERS, {"Signpost": quoting_assistant}, data, tmp_path / "out", command="", now=NOW
    )
    assert json.loads((tmp_path / "out" / "answers.json").read_text()) == as_json(run)
    assert (tmp_path / "out" / "answers.html").read_text().startswith("<!doctype html>")


def test_answers_are_measured_on_every_kind_of_question(data: Path) -> None:
    run = answers(data, quoting_assistant)
    assert [part["name"] for part in run["parts"]] == ["guidance", "uncovered", "conversations"]
    assert figure(run, "guidance", "any evidence")["n"] == 2
    assert figure(run, "guidance", "declined")["value"] == 0
    assert figure(run, "guidance", "span contained")["n"] == 1
    assert figure(run, "uncovered", "answered uncovered")["value"] == 1
    assert figure(run, "conversations", "answered unanswerable")["value"] == 1
    assert figure(run, "guidance", "elapsed p95")["value"] == 3


def test_one_corpus_alone_needs_only_its_own_data(data: Path) -> None:
    (data / "conversational/mtrag_govt/passages.jsonl").unlink()
    run = measure(
        RETRIEVAL, {"Signpost": word_index}, data, command="", now=NOW, only=("guidance",)
    )
    assert {part.name for part in run.parts} == {"guidance", "queries", "titles"}
    assert not any(name.startswith("conversational") for name in run.circumstances.data)
    with pytest.raises(DataMissing, match=r"passages\.jsonl"):
        retrieval(data)


def test_a_search_is_given_the_conversation_so_far(data: Path) -> None:
    heard: dict[str, tuple[str, ...]] = {}

    def attentive(corpus: Corpus) -> System[Any]:
        ready = word_index(corpus)

        def ask(question: Question) -> Any:
            heard[question.id] = tuple(each.question for each in question.history)
            return ready.ask(question)

        return System(ask, ready.identity)

    measure(RETRIEVAL, {"s": attentive}, data, command="", now=NOW, only=("government",))
    assert heard["history/c<::>2"] == ("May dogs run free?",)
    assert heard["lastturn/c<::>2"] == ()


def test_every_question_is_asked_once_and_in_order(data: Path) -> None:
    heard: list[str] = []

    def listening(corpus: Corpus) -> System[Any]:
        ready = quoting_assistant(corpus)

        def ask(question: Question) -> Any:
            heard.append(question.id)
            return ready.ask(question)

        return System(ask, ready.identity)

    run = measure(ANSWERS, {"s": listening}, data, command="", now=NOW)
    assert heard == [case.id for part in run.parts for case in part.cases]
    assert len(set(heard)) == len(heard)


def test_a_corpus_nobody_knows_is_named(data: Path) -> None:
    only = ("guidance", "nowhere")
    with pytest.raises(MeasurementImpossible, match="Choose from: guidance, government, welsh"):
        measure(RETRIEVAL, {"Signpost": word_index}, data, command="", now=NOW, only=only)
    with pytest.raises(MeasurementImpossible, match="at least one system"):
        measure(RETRIEVAL, {}, data, command="", now=NOW)
