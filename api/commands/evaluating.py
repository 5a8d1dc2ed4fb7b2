"""Evaluate the assistant on public test sets, and time it."""

import contextlib
import sys
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from api.bootstrap import Home, OpenedGuidance, now
from api.commands.asking import BatchAsker, exchanges
from api.commands.running import errors, opened_home, output
from assistant.grounding import problems, vocabulary
from assistant.text import RawText
from evaluation.baselines import langchain_search, packaged_embeddings
from evaluation.cases import Found, Question, found_in
from evaluation.corpora import Corpus
from evaluation.grounding import evaluate_grounding
from evaluation.own_evaluation import ask_own, figures, reliability
from evaluation.own_questions import HALVES, load_questions, starter_documents
from evaluation.parts import Watch
from evaluation.retrieval import DEPTH
from evaluation.runner import (
    CORPORA,
    Asking,
    Index,
    Prepare,
    Searching,
    asked,
    evaluate_answers,
    evaluate_retrieval,
    searched,
    searching,
)
from knowledge.building import build

evaluate = typer.Typer(help="Measure quality on public test sets.", no_args_is_help=True)

Data = Annotated[Path, typer.Option("--data", help="Folder of the test sets.")]
Out = Annotated[Path, typer.Option("--out", help="Folder for the report.")]
Only = Annotated[list[str] | None, typer.Option("--only", help="guidance or government.")]
"""Which corpora to measure on."""


@evaluate.command("retrieval")
def retrieval(
    data: Data,
    out: Out,
    baseline: Annotated[bool, typer.Option(help="Measure LangChain's recipe too.")] = False,
    only: Only = None,
    batch: Annotated[
        Path | None, typer.Option(help="Measure an output of `signpost search --batch` instead.")
    ] = None,
) -> None:
    """Does it find the right section?"""
    with opened_home() as home, _progress() as watch:
        systems: dict[str, Index] = {"signpost": partial(_searching, home)}
        if batch is not None:
            systems = {"batch": lambda corpus: searched(batch)}
        if baseline:
            systems["langchain"] = lambda corpus: searching(
                langchain_search(corpus.documents, packaged_embeddings()),
                {"recipe": "LangChain default"},
            )
        evaluate_retrieval(
            systems,
            data,
            out,
            command=_command(),
            now=now(),
            watch=watch,
            only=only or CORPORA,
        )
    output.print(f"Report: {out / 'retrieval.html'}")


@evaluate.command("answers")
def answers(
    data: Data,
    out: Out,
    only: Only = None,
    batch: Annotated[
        Path | None, typer.Option(help="Measure an output of `signpost ask --batch` instead.")
    ] = None,
) -> None:
    """Does it say the right thing, and only that?"""
    with opened_home() as home, _progress() as watch:
        systems: dict[str, Prepare] = {"signpost": partial(_asking, home)}
        if batch is not None:
            systems = {"batch": lambda corpus: asked(batch)}
        evaluate_answers(
            systems,
            data,
            out,
            command=_command(),
            now=now(),
            watch=watch,
            only=only or CORPORA,
        )
    output.print(f"Report: {out / 'answers.html'}")


@evaluate.command("grounding")
def grounding(
    out: Out,
    data: Annotated[
        Path | None, typer.Option("--data", help="Folder of the test sets, to judge theirs too.")
    ] = None,
) -> None:
    """Does it tell what guidance says from what it does not?"""
    with opened_home() as home, _progress() as watch:
        words = vocabulary(home.policy.grounding)
        enough = home.policy.thresholds.grounding
        evaluate_grounding(
            lambda statement, generated: problems(
                statement, words, generated=generated, enough=enough
            ),
            out,
            identity={"policy": home.policy.digest},
            command=_command(),
            now=now(),
            data=data,
            watch=watch,
        )
    output.print(f"Report: {out / 'grounding.html'}")


@evaluate.command("own")
def own() -> None:
    """How does it do on the project's own questions, over the bundled guidance?"""
    with opened_home() as home, _progress() as watch:
        questions = load_questions()
        documents = starter_documents().values()
        report = build(home.library, "evaluation-own", documents, home.cut(), home.embedder)
        guidance = home.opened(home.library.open(report.digest, home.embedder))
        cases = ask_own(questions, BatchAsker(home, guidance), watch)
    output.print(f"{len(cases):,} questions, set {questions.digest[:16]}")
    for half in HALVES:
        mine = [case for case in cases if case.asked.half == half]
        output.print(f"\n{half} half", style="bold")
        for figure in figures(mine):
            ends = figure.interval
            within = f" ({ends.low:.2f} to {ends.high:.2f})" if ends else ""
            output.print(f"  {figure.name}: {figure.value:.3f}{within}, n = {figure.n}")
        output.print("  confidence: promised → kept")
        for band in reliability(mine):
            output.print(
                f"    {band.low:.1f}–{band.high:.1f}: {band.promised:.2f} → {band.kept:.2f}, "
                f"n = {band.n}"
            )


@contextlib.contextmanager
def _progress() -> Iterator[Watch]:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, TimeElapsedColumn(), console=errors, transient=True) as bar:
        task = bar.add_task("starting", total=None)
        yield lambda what, done, of: bar.update(
            task, description=what, completed=done, total=of or None
        )


def _searching(home: Home, corpus: Corpus) -> Searching:
    guidance = _indexed(home, corpus)
    search = home.finder(guidance, DEPTH)

    def find(question: Question, k: int) -> Sequence[Found]:
        return found_in(search(RawText(question.text), exchanges(question))[:k])

    return Searching(find, _identity(home, guidance))


def _asking(home: Home, corpus: Corpus) -> Asking:
    guidance = _indexed(home, corpus)
    return Asking(BatchAsker(home, guidance), _identity(home, guidance))


def _indexed(home: Home, corpus: Corpus) -> OpenedGuidance:
    """Return the corpus as a snapshot of its own, built only when it has changed."""
    report = build(
        home.library, f"evaluation-{corpus.name}", corpus.documents, home.cut(), home.embedder
    )
    return home.opened(home.library.open(report.digest, home.embedder))


def _identity(home: Home, guidance: OpenedGuidance) -> dict[str, str]:
    versions = home.versions_of(guidance.version).facts()
    return {name: str(value) for name, value in versions.items()}


def _command() -> str:
    return " ".join(["signpost", *sys.argv[1:]])
