"""Evaluate the assistant on public test sets, and time it."""

import contextlib
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Any, TypeVar

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from api.bootstrap import Home, OpenedGuidance, now
from api.commands.asking import BatchAsker, exchanges
from api.commands.running import errors, fail, opened_home, output
from assistant.grounding import problems, vocabulary
from assistant.releases import EvaluationKind, Verdict
from assistant.text import RawText
from evaluation.abstention import OwnAsking, Unheld
from evaluation.abstention_measures import GUIDANCE_PAGES, STARTER_PAGES
from evaluation.abstention_run import evaluate_abstention
from evaluation.abstention_scoring import holding_nothing_back
from evaluation.answer_suites import ANSWERS
from evaluation.baselines import langchain_search, packaged_embeddings
from evaluation.batches import Batch, asked, searched, write_batches
from evaluation.cases import AnswerGiven, Found, Question, found_in
from evaluation.conversation import Conversing, evaluate_conversation
from evaluation.corpora import GOVERNMENT, GUIDANCE, READERS, Corpus
from evaluation.floors import judge, read_floors
from evaluation.follow_up_fit import fit
from evaluation.grounding import evaluate_grounding
from evaluation.measuring import Evaluation, Watch
from evaluation.own_questions import (
    guidance_documents,
    load_guidance_questions,
    load_questions,
    starter_documents,
)
from evaluation.own_run import OwnTest, evaluate_own
from evaluation.privacy import masking, privacy_parts
from evaluation.prose import ends, number
from evaluation.retrieval import DEPTH
from evaluation.retrieval_suites import RETRIEVAL
from evaluation.runner import Prepare, System
from evaluation.runner import evaluate as run_evaluation
from evaluation.runs import Part, Run
from evaluation.safety_run import evaluate_safety
from evaluation.safety_scoring import Examined
from evaluation.verbatim import sayable
from evaluation.verdicts import write_verdict
from knowledge.building import build

T = TypeVar("T")

evaluate = typer.Typer(help="Measure quality on public test sets.", no_args_is_help=True)

EVALUATIONS: Mapping[str, Evaluation[Any]] = {each.kind: each for each in (RETRIEVAL, ANSWERS)}

Data = Annotated[Path, typer.Option("--data", help="Folder of the test sets.")]
Out = Annotated[Path, typer.Option("--out", help="Folder for the report.")]
For = Annotated[
    str,
    typer.Option(
        "--snapshot", help="Guidance of the release that is judged; what is live if not given."
    ),
]
Only = Annotated[list[str] | None, typer.Option("--only", help="One of the corpora, by name.")]
"""Which corpora to measure on."""
Batches = Annotated[
    list[Path] | None,
    typer.Option("--batch", help="Measure an output of a batch run instead; may be repeated."),
]


@evaluate.command("retrieval")
def retrieval(
    data: Data,
    out: Out,
    baseline: Annotated[bool, typer.Option(help="Measure LangChain's recipe too.")] = False,
    only: Only = None,
    batch: Batches = None,
) -> None:
    """Does it find the right section?"""
    beside = {"langchain": _langchain} if baseline else {}
    _evaluate(RETRIEVAL, _searching, searched, data, out, only, batch, beside)


@evaluate.command("answers")
def answers(data: Data, out: Out, only: Only = None, batch: Batches = None) -> None:
    """Does it say the right thing, and only that?"""
    _evaluate(ANSWERS, _asking, asked, data, out, only, batch)


@evaluate.command("questions")
def questions(
    kind: Annotated[str, typer.Argument(help="retrieval or answers.")],
    data: Data,
    out: Annotated[Path, typer.Option("--out", help="Folder for the files of questions.")],
) -> None:
    """Write what a batch run is asked, a file for each corpus."""
    if kind not in EVALUATIONS:
        fail(f"There is no evaluation {kind}. Choose from: {', '.join(EVALUATIONS)}.")
    with opened_home():
        for path in write_batches(EVALUATIONS[kind], data, out):
            output.print(str(path), markup=False)


@evaluate.command("conversation")
def conversation(data: Data, out: Out) -> None:
    """Does it follow a conversation, and a change of subject?"""
    with opened_home() as home, progress() as watch:
        government = indexed(home, READERS[GOVERNMENT](data))
        search, starter = home.finder(government, DEPTH), starter_guidance(home)
        assistant = Conversing(
            find=lambda question: found_in(search(RawText(question.text), exchanges(question))),
            ask=BatchAsker(home, government),
            ask_own=BatchAsker(home, starter),
            identity=identity_of(home, government),
        )
        evaluate_conversation(
            assistant, load_questions(), data, out, command=command_line(), now=now(), watch=watch
        )
    output.print(f"Report: {out / 'conversation.html'}")


@evaluate.command("fit-follow-ups")
def fit_follow_ups() -> None:
    """Fit when a question follows up, on the fit half of the project's own questions."""
    with opened_home() as home, progress() as watch:
        guidance = starter_guidance(home)
        fitted = fit(
            load_questions(),
            guidance.retriever,
            lambda rules: BatchAsker(home, guidance, rules),
            watch,
        )
    for name, value in asdict(fitted.rules).items():
        output.print(f"{name}: {value}")
    output.print(f"marked sentence, fit half: {fitted.before:.3f} → {fitted.after:.3f}")


@evaluate.command("safety")
def safety(data: Data, out: Out, snapshot: For = "") -> None:
    """Are people in trouble helped, attacks fruitless, personal data masked, others well met?"""
    with opened_home() as home, progress() as watch:
        masked = privacy_parts("signpost", masking(home.redactor), data)
        guidance = starter_guidance(home)
        asker = BatchAsker(home, guidance)
        run = evaluate_safety(
            "signpost",
            Examined(asker.sorted, asker.noted, asker, sayable(guidance.passages, home.policy)),
            identity_of(home, guidance),
            data,
            out,
            command=command_line(),
            now=now(),
            further=masked,
            watch=watch,
        )
        judge_release(home, EvaluationKind.SAFETY, run, out, snapshot)
    output.print(f"Report: {out / 'safety.html'}")


@evaluate.command("grounding")
def grounding(
    out: Out,
    data: Annotated[
        Path | None, typer.Option("--data", help="Folder of the test sets, to judge theirs too.")
    ] = None,
) -> None:
    """Does it tell what guidance says from what it does not?"""
    with opened_home() as home, progress() as watch:
        words = vocabulary(home.policy.grounding)
        enough = home.policy.thresholds.grounding
        evaluate_grounding(
            lambda statement, generated: problems(
                statement, words, generated=generated, enough=enough
            ),
            out,
            identity={"policy": home.policy.digest},
            command=command_line(),
            now=now(),
            data=data,
            watch=watch,
        )
    output.print(f"Report: {out / 'grounding.html'}")


@evaluate.command("abstention")
def abstention(data: Data, out: Out) -> None:
    """Does it know what it does not know? How often wrong, how often needlessly silent?"""
    with opened_home() as home, progress() as watch:
        starter = starter_guidance(home)
        labelled = labelled_guidance(home, data)
        guidance, government = (
            indexed(home, READERS[name](data)) for name in (GUIDANCE, GOVERNMENT)
        )
        evaluate_abstention(
            Unheld(
                own=(
                    OwnAsking(STARTER_PAGES, load_questions(), _unheld(home, starter)),
                    OwnAsking(GUIDANCE_PAGES, load_guidance_questions(), _unheld(home, labelled)),
                ),
                guidance=_unheld(home, guidance),
                government=_unheld(home, government),
                thresholds=home.policy.thresholds,
            ),
            identity_of(home, guidance),
            data,
            out,
            command=command_line(),
            now=now(),
            watch=watch,
        )
    output.print(f"Report: {out / 'abstention.html'}")


@evaluate.command("own")
def own(
    data: Annotated[
        Path | None, typer.Option("--data", help="Ask over the guidance pages of this folder too.")
    ] = None,
    out: Annotated[Path | None, typer.Option("--out", help="Folder for a report.")] = None,
    snapshot: For = "",
) -> None:
    """How does it do on the project's own questions?"""
    with opened_home() as home, progress() as watch:
        starter = starter_guidance(home)
        tests = [OwnTest("starter", STARTER_PAGES, load_questions(), BatchAsker(home, starter))]
        if data:
            asker = BatchAsker(home, labelled_guidance(home, data))
            tests.append(OwnTest("guidance", GUIDANCE_PAGES, load_guidance_questions(), asker))
        run = evaluate_own(
            tests,
            out,
            identity=identity_of(home, starter),
            command=command_line(),
            now=now(),
            data=data,
            watch=watch,
        )
        if out:
            judge_release(home, EvaluationKind.QUALITY, run, out, snapshot)
    for part in run.parts:
        _print_part(part)
    if out:
        output.print(f"Report: {out / 'own.html'}")


def judge_release(
    home: Home, kind: EvaluationKind, run: Run, out: Path, snapshot: str = ""
) -> None:
    """Judge a finished run by the floors and write the verdict beside its report in `out`."""
    judged = judge(kind, run, read_floors())
    note_verdict(home, kind, judged.verdict, judged.says, out / f"{run.kind}.json", snapshot)


def note_verdict(
    home: Home, kind: EvaluationKind, verdict: Verdict, says: str, report: Path, snapshot: str = ""
) -> None:
    """Write a verdict beside its report and say it.

    It is about the release that the named guidance, or else the live one, makes in this home;
    without any there is nothing to judge.
    """
    live = home.operations.state().snapshot
    if snapshot:
        version = home.library.open(snapshot).manifest.digest
    elif live is not None:
        version = live.version
    else:
        return
    release = home.release_of(version).digest
    path = write_verdict(report, kind, release, verdict, says, now())
    output.print(f"Release {release[:16]}, {kind}: {verdict}: {says}", markup=False)
    output.print(f"Verdict: {path}", markup=False)


def _print_part(part: Part) -> None:
    output.print(f"\n{part.title}", style="bold")
    for each in part.figures:
        unit = each.measure.unit
        value = f"{number(each.value, unit)} ({ends(each.interval, unit)})"
        output.print(f"  {each.measure.label}: {value}, n = {each.n:,}")


def labelled_guidance(home: Home, data: Path) -> OpenedGuidance:
    """Return the guidance pages that the project's own questions are about, as a snapshot."""
    return indexed(home, Corpus("own-guidance", tuple(guidance_documents(data).values())))


def _unheld(home: Home, guidance: OpenedGuidance) -> BatchAsker:
    return BatchAsker(home, guidance, policy=holding_nothing_back(home.policy))


def _evaluate(
    evaluation: Evaluation[T],
    prepare: Callable[[Home, Corpus], System[T]],
    read: Callable[[Sequence[Path]], Batch[T]],
    data: Path,
    out: Path,
    only: Sequence[str] | None,
    batch: Sequence[Path] | None,
    beside: Mapping[str, Prepare[T]] = MappingProxyType({}),
) -> None:
    """Measure this home's assistant, or the batch in its stead, and say where the report is."""
    with opened_home() as home, progress() as watch:
        ours: dict[str, Prepare[T]] = {"signpost": partial(prepare, home)}
        corpora = tuple(only or ())
        if batch:
            given = read(batch)
            ours = {"batch": given.system}
            corpora = given.corpora(evaluation, data, corpora)
        run_evaluation(
            evaluation,
            {**ours, **beside},
            data,
            out,
            command=command_line(),
            now=now(),
            only=corpora,
            watch=watch,
        )
    output.print(f"Report: {out / f'{evaluation.kind}.html'}")


@contextlib.contextmanager
def progress() -> Iterator[Watch]:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, TimeElapsedColumn(), console=errors, transient=True) as bar:
        task = bar.add_task("starting", total=None)
        yield lambda what, done, of: bar.update(
            task, description=what, completed=done, total=of or None
        )


def _searching(home: Home, corpus: Corpus) -> System[Sequence[Found]]:
    guidance = indexed(home, corpus)
    search = home.finder(guidance, DEPTH)

    def find(question: Question) -> Sequence[Found]:
        return found_in(search(RawText(question.text), exchanges(question)))

    return System(find, identity_of(home, guidance))


def _langchain(corpus: Corpus) -> System[Sequence[Found]]:
    search = langchain_search(corpus.documents, packaged_embeddings())
    return System(
        lambda question: found_in(search(question.text, DEPTH)), {"recipe": "LangChain default"}
    )


def _asking(home: Home, corpus: Corpus) -> System[AnswerGiven]:
    guidance = indexed(home, corpus)
    return System(BatchAsker(home, guidance), identity_of(home, guidance))


def indexed(home: Home, corpus: Corpus) -> OpenedGuidance:
    """Return the corpus as a snapshot of its own, built only when it has changed."""
    report = build(
        home.library, f"evaluation-{corpus.name}", corpus.documents, home.cut(), home.embedder
    )
    return home.opened(home.library.open(report.digest, home.embedder))


def starter_guidance(home: Home) -> OpenedGuidance:
    """Return the starter pages as a snapshot of their own."""
    return indexed(home, Corpus("own", tuple(starter_documents().values())))


def identity_of(home: Home, guidance: OpenedGuidance) -> dict[str, str]:
    versions = home.versions_of(guidance.version).facts()
    return {name: str(value) for name, value in versions.items()}


def command_line() -> str:
    return " ".join(["signpost", *sys.argv[1:]])
