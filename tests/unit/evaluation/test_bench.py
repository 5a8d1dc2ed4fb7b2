"""The benchmark times what it says, in turns, and leaves the warm-up out."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from evaluation.bench import WARM_UP, bench, table, write_speed
from evaluation.cases import AnswerGiven, Ask, OutcomeName, Question
from evaluation.errors import MeasurementImpossible
from evaluation.workload import QUESTION_WORDS, synthetic_guidance, synthetic_questions
from knowledge.chunking import passages_of
from knowledge.documents import Document


class Clock:
    """A clock that moves only when something takes time."""

    def __init__(self) -> None:
        self.now = 0.0
        self.calls: list[str] = []

    def __call__(self) -> float:
        return self.now

    def spend(self, what: str, seconds: float) -> None:
        self.calls.append(what)
        self.now += seconds


def answering(clock: Clock, outcome: OutcomeName = "answered") -> Callable[[], Ask]:
    def ask(question: Question) -> AnswerGiven:
        clock.spend("ask", 0.5 if clock.calls.count("ask") < WARM_UP else 0.012)
        return AnswerGiven(question.id, outcome, "quoted", 0.9, "Yes.", (), 12.0)

    def start() -> Ask:
        clock.spend("start", 2)
        return ask

    return start


def measured(clock: Clock, count: int = 30, outcome: OutcomeName = "answered"):  # type: ignore[no-untyped-def]
    documents = synthetic_guidance(12)

    def ingest(pages: Sequence[Document]) -> int:
        clock.spend("ingest", 4)
        return sum(len(passages_of(page)) for page in pages)

    return bench(
        documents,
        synthetic_questions(documents, count),
        ingest=ingest,
        start=answering(clock, outcome),
        baseline=lambda pages: lambda question: clock.spend("retrieve", 0.010),
        clock=clock,
    )


def test_times_are_of_single_calls_without_the_warm_up() -> None:
    speed = measured(Clock())
    assert len(speed.answer.milliseconds) == len(speed.retriever.milliseconds) == 20
    assert speed.answer.quantile(0.95) == pytest.approx(12)
    assert speed.retriever.quantile(0.5) == pytest.approx(10)
    assert speed.ratio == pytest.approx(1.2)
    assert speed.p50_ratio == pytest.approx(1.2)
    assert (speed.ingest_seconds, speed.start_seconds) == (4, 2)
    assert speed.outcomes == {"answered": 20}
    assert speed.peak_mebibytes > 1


def test_the_two_take_turns_and_neither_always_goes_first() -> None:
    clock = Clock()
    measured(clock)
    turns = clock.calls[2:]
    pairs = {tuple(turns[place : place + 2]) for place in range(0, len(turns), 2)}
    assert pairs == {("ask", "retrieve"), ("retrieve", "ask")}


def test_questions_that_nobody_answered_are_no_benchmark() -> None:
    with pytest.raises(MeasurementImpossible, match="No question was answered"):
        measured(Clock(), outcome="abstained")
    with pytest.raises(MeasurementImpossible, match="more than 10"):
        measured(Clock(), count=WARM_UP)


def test_table_and_json_say_the_same(tmp_path: Path) -> None:
    speed = measured(Clock())
    write_speed(speed, tmp_path / "speed.json")
    told = json.loads((tmp_path / "speed.json").read_text())
    assert told["p50_ratio"] == pytest.approx(1.2)
    assert told["machine"]["torch threads"]
    text = table(speed)
    assert "1.20" in text
    assert "1.5 × at p50: within it" in text
    assert f"passages: {told['passages']}" in text


def test_made_up_guidance_makes_the_passages_that_were_asked_for() -> None:
    documents = synthetic_guidance(60)
    assert sum(len(passages_of(document)) for document in documents) == 60
    assert len({document.url for document in documents}) == len(documents)
    assert documents == synthetic_guidance(60)


def test_made_up_questions_have_exactly_twenty_words_and_differ() -> None:
    questions = synthetic_questions(synthetic_guidance(600), 200)
    assert {len(question.text.split()) for question in questions} == {QUESTION_WORDS}
    assert len({question.text for question in questions}) > 150
