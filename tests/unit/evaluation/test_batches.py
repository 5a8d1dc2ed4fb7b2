"""Measuring from outside: the questions as files, and what a batch run gave."""

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from evaluation.answer_suites import ANSWERS
from evaluation.batches import Batch, asked, searched, write_batches
from evaluation.cases import Question, read_questions
from evaluation.corpora import READERS
from evaluation.errors import DataMissing, DataUnreadable, MeasurementImpossible, RunIncomplete
from evaluation.measuring import Evaluation
from evaluation.retrieval_suites import RETRIEVAL
from evaluation.runner import Prepare, measure
from evaluation.runs import Run
from tests.unit.evaluation.data_folder import write_data
from tests.unit.evaluation.fakes import quoting_assistant, word_index

NOW = datetime(2026, 1, 2, 3, 4, tzinfo=UTC)
FOUND = ("url", "title", "heading", "text", "score")
GIVEN = ("outcome", "reason", "confidence", "answer", "citations", "elapsed_ms")


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return write_data(tmp_path / "data")


def run_batches(
    evaluation: Evaluation[Any],
    prepare: Prepare[Any],
    data: Path,
    folder: Path,
    line: Callable[[Question, Any], dict[str, Any]],
) -> list[Path]:
    """Answer each question file as another program would, and return the outputs."""
    outputs = []
    for path in write_batches(evaluation, data, folder):
        corpus = path.stem.removeprefix(f"{evaluation.kind}-")
        ready = prepare(READERS[corpus](data))
        lines = [line(each, ready.ask(each)) for each in read_questions(path)]
        outputs.append(folder / f"{corpus}.out.jsonl")
        outputs[-1].write_text("\n".join(json.dumps(each) for each in lines))
    return outputs


def searches(data: Path, folder: Path) -> list[Path]:
    def line(question: Question, found: Sequence[Any]) -> dict[str, Any]:
        passages = [{name: getattr(each, name) for name in FOUND} for each in found]
        return {"id": question.id, "passages": passages}

    return run_batches(RETRIEVAL, word_index, data, folder, line)


def answers(data: Path, folder: Path) -> list[Path]:
    def line(question: Question, given: Any) -> dict[str, Any]:
        told = {name: value for name, value in asdict(given).items() if name in GIVEN}
        return {"id": question.id, **told, "snapshot": "s", "policy": "p"}

    return run_batches(ANSWERS, quoting_assistant, data, folder, line)


def measured(evaluation: Evaluation[Any], prepare: Prepare[Any], data: Path) -> Run:
    return measure(evaluation, {"Signpost": prepare}, data, command="", now=NOW)


def figures(run: Run) -> list[Any]:
    return [part.figures for part in run.parts]


def test_answers_given_elsewhere_have_the_same_figures(data: Path, tmp_path: Path) -> None:
    batch = asked(answers(data, tmp_path / "in"))
    outside = measured(ANSWERS, batch.system, data)
    assert figures(outside) == figures(measured(ANSWERS, quoting_assistant, data))
    assert outside.circumstances.systems["Signpost"]["guidance: snapshot"] == "s"


def test_searches_run_elsewhere_have_the_same_figures(data: Path, tmp_path: Path) -> None:
    batch = searched(searches(data, tmp_path / "in"))
    assert figures(measured(RETRIEVAL, batch.system, data)) == figures(
        measured(RETRIEVAL, word_index, data)
    )


def test_a_batch_says_itself_which_corpora_it_is_about(data: Path, tmp_path: Path) -> None:
    guidance, government = answers(data, tmp_path / "in")
    assert asked([guidance, government]).corpora(ANSWERS, data) == ("guidance", "government")
    assert asked([government]).corpora(ANSWERS, data) == ("government",)
    assert asked([guidance]).corpora(ANSWERS, data, ("guidance",)) == ("guidance",)


def test_a_corpus_that_the_batch_is_not_about_needs_no_data(data: Path, tmp_path: Path) -> None:
    guidance, _ = answers(data, tmp_path / "in")
    (data / "conversational/mtrag_govt/passages.jsonl").unlink()
    assert asked([guidance]).corpora(ANSWERS, data) == ("guidance",)


def test_a_batch_that_misses_questions_is_refused(data: Path, tmp_path: Path) -> None:
    guidance, _ = answers(data, tmp_path / "in")
    first, *rest = guidance.read_text().splitlines()
    guidance.write_text("\n".join(rest))
    with pytest.raises(
        RunIncomplete, match=r"out\.jsonl has no line for 1 of the questions"
    ) as told:
        asked([guidance]).corpora(ANSWERS, data)
    assert told.value.missing == (json.loads(first)["id"],)


def test_a_corpus_that_is_asked_for_must_be_in_the_batch(data: Path, tmp_path: Path) -> None:
    guidance, _ = answers(data, tmp_path / "in")
    with pytest.raises(RunIncomplete):
        asked([guidance]).corpora(ANSWERS, data, ("government",))


def test_a_batch_about_something_else_is_refused(data: Path, tmp_path: Path) -> None:
    other: Batch[Any] = Batch((tmp_path / "mine.jsonl",), {"x": None}, {})
    with pytest.raises(MeasurementImpossible, match=r"mine\.jsonl has no line for any question"):
        other.corpora(ANSWERS, data)


def test_one_id_in_two_files_is_refused(data: Path, tmp_path: Path) -> None:
    guidance, _ = answers(data, tmp_path / "in")
    again = tmp_path / "again.jsonl"
    again.write_text(guidance.read_text())
    with pytest.raises(DataUnreadable, match="stands in another file too"):
        asked([guidance, again])


def test_a_batch_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataMissing, match="signpost search --batch"):
        searched([tmp_path / "none.jsonl"])
