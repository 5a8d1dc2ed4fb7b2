"""`signpost bench`: what an audited answer costs beside a bare LangChain retriever call."""

import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated

import typer

from api.bootstrap import Home
from api.commands.guidance import activate
from api.commands.running import OURS, errors, fail, output
from api.settings import load_settings
from assistant.text import RawText
from evaluation.baselines import langchain_retriever, packaged_embeddings
from evaluation.bench import Retrieve, bench, table, write_speed
from evaluation.cases import AnswerGiven, Ask, Question
from evaluation.workload import synthetic_guidance, synthetic_questions
from knowledge.building import build
from knowledge.documents import Document

SNAPSHOT = "bench"


def run_bench(
    passages: Annotated[int, typer.Option(min=100, help="Passages to answer from.")] = 3000,
    questions: Annotated[int, typer.Option(min=20, help="Questions to time.")] = 200,
    out: Annotated[Path | None, typer.Option(help="JSON file to write.")] = None,
) -> None:
    """Time audited answers beside LangChain's retriever, in a home made for this alone."""
    with tempfile.TemporaryDirectory(prefix="signpost-bench-") as folder:
        try:
            home = Home(load_settings(home=Path(folder)))
            documents = synthetic_guidance(passages)
            speed = bench(
                documents,
                synthetic_questions(documents, questions),
                ingest=_ingest(home),
                start=_start(home, questions),
                baseline=_baseline,
                watch=lambda what: errors.print(what, style="dim"),
            )
            home.close()
        except OURS as error:
            fail(str(error))
    output.print(table(speed), markup=False, highlight=False)
    if out is not None:
        write_speed(speed, out)


def _ingest(home: Home) -> Callable[[Sequence[Document]], int]:
    def ingest(documents: Sequence[Document]) -> int:
        report = build(home.library, SNAPSHOT, documents, home.cut(), home.embedder)
        activate(home, home.library.open(report.digest), report.name)
        return report.passages

    return ingest


def _start(home: Home, questions: int) -> Callable[[], Ask]:
    def start() -> Ask:
        assistant = home.assistant
        home.warm_up()
        conversations = iter([assistant.start().id for _ in range(questions)])

        def ask(question: Question) -> AnswerGiven:
            view = assistant.ask(next(conversations), RawText(question.text), question.id)
            return AnswerGiven(
                id=question.id,
                outcome=view.outcome,  # type: ignore[arg-type]
                reason=view.reason,
                confidence=view.confidence,
                answer=view.answer,
                citations=(),
                elapsed_ms=view.elapsed_ms,
            )

        return ask

    return start


def _baseline(documents: Sequence[Document]) -> Retrieve:
    retriever = langchain_retriever(documents, packaged_embeddings())
    return retriever.invoke
