"""Run a whole evaluation: read the data, ask everything, measure, write the report.

What is measured comes in as plain functions, one a corpus, so that an assistant in this process,
LangChain's default recipe and the output file of a batch run are all measured alike.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from evaluation import corpora, datasets
from evaluation.cases import (
    AnswerGiven,
    Ask,
    Found,
    Question,
    Search,
    found_in,
    read_answers,
    read_found,
    write_questions,
)
from evaluation.corpora import Corpus
from evaluation.errors import MeasurementImpossible, RunIncomplete
from evaluation.parts import Find, Watch, answer_parts, retrieval_parts
from evaluation.report import write_report
from evaluation.runs import Circumstances, Part, Run, beside_others, read_run, since
from evaluation.versions import installed_versions

CORPORA = ("guidance", "government")

Identity = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Searching:
    """A search over one corpus. `identity` names its snapshot, model and settings."""

    find: Find
    identity: Identity


@dataclass(frozen=True, slots=True)
class Asking:
    """An assistant that answers from one corpus. `identity` as in `Searching`."""

    ask: Ask
    identity: Identity


Index = Callable[[Corpus], Searching]
Prepare = Callable[[Corpus], Asking]


def searching(search: Search, identity: Identity) -> Searching:
    """Return a search of this process, ready to be measured."""
    return Searching(lambda question, k: found_in(search(question.text, k)), identity)


def searched(path: Path) -> Searching:
    """Return a search that was run elsewhere: an output of `signpost search --batch`."""
    lines = read_found(path)

    def find(question: Question, k: int) -> Sequence[Found]:
        if question.id not in lines:
            raise RunIncomplete(path, (question.id,))
        return lines[question.id][:k]

    return Searching(find, {"output": path.name})


def asked(path: Path) -> Asking:
    """Return an assistant that was asked elsewhere: an output of `signpost ask --batch`."""
    lines = read_answers(path)

    def ask(question: Question) -> AnswerGiven:
        if question.id not in lines:
            raise RunIncomplete(path, (question.id,))
        return lines[question.id]

    snapshots = sorted({line.snapshot for line in lines.values()})
    policies = sorted({line.policy for line in lines.values()})
    told = {"snapshot": ", ".join(snapshots), "policy": ", ".join(policies)}
    return Asking(ask, {"output": path.name, **told})


def write_batches(kind: str, data: Path, folder: Path) -> tuple[Path, ...]:
    """Write what a batch run is asked, a file for each corpus, and return the files.

    Raise DataMissing, DataUnreadable.
    """
    folder.mkdir(parents=True, exist_ok=True)
    corpus = corpora.guidance(data)
    guidance = [gold.question for gold in datasets.guidance_questions(data)]
    if kind == "retrieval":
        queries = datasets.search_queries(data, corpus.documents)
        guidance += [Question(query.id, query.text) for query in queries]
        forms = (datasets.passage_queries(data, form) for form in datasets.QUERY_FORMS)
        government = [Question(query.id, query.text) for form in forms for query in form]
    else:
        guidance += [question for question, _ in datasets.uncovered_questions(data)]
        government = [turn.question for turn in datasets.conversation_turns(data)]
    paths = tuple(folder / f"{kind}-{name}.jsonl" for name in CORPORA)
    for path, questions in zip(paths, (guidance, government), strict=True):
        write_questions(path, questions)
    return paths


def evaluate_retrieval(
    systems: Mapping[str, Index],
    data: Path,
    out: Path,
    *,
    command: str,
    now: datetime,
    only: Collection[str] = CORPORA,
    watch: Watch = lambda what, done, of: None,
) -> Run:
    """Measure searches on the data's questions and write `retrieval.json` and `.html` to `out`.

    The first of `systems` is the one examined, the others stand beside it, and so does the run
    whose report `out` has. Raise DataMissing, DataUnreadable, RunIncomplete,
    MeasurementImpossible.
    """
    previous = read_run(out / "retrieval.json")
    run = measure_retrieval(systems, data, command=command, now=now, only=only, watch=watch)
    return _reported(run, previous, out)


def evaluate_answers(
    systems: Mapping[str, Prepare],
    data: Path,
    out: Path,
    *,
    command: str,
    now: datetime,
    only: Collection[str] = CORPORA,
    watch: Watch = lambda what, done, of: None,
) -> Run:
    """Measure assistants on the data's questions and write `answers.json` and `.html` to `out`.

    As `evaluate_retrieval` otherwise.
    """
    previous = read_run(out / "answers.json")
    run = measure_answers(systems, data, command=command, now=now, only=only, watch=watch)
    return _reported(run, previous, out)


def measure_retrieval(
    systems: Mapping[str, Index],
    data: Path,
    *,
    command: str,
    now: datetime,
    only: Collection[str] = CORPORA,
    watch: Watch = lambda what, done, of: None,
) -> Run:
    """Measure searches as `evaluate_retrieval` does, and write nothing."""
    parts: list[Part] = []
    identities: dict[str, Identity] = {}
    for corpus in _wanted(data, only):
        for system, index in systems.items():
            watch(f"{system}: indexing {corpus.name}", 0, len(corpus.documents))
            ready = index(corpus)
            identities[system] = {**identities.get(system, {}), **_named(corpus, ready.identity)}
            parts.extend(retrieval_parts(system, corpus, ready.find, data, watch))
    told = Circumstances(
        command=command,
        created=now.isoformat(timespec="seconds"),
        versions=installed_versions(),
        data=datasets.digests(data, "retrieval", only),
        systems=identities,
    )
    return _run("retrieval", parts, told)


def measure_answers(
    systems: Mapping[str, Prepare],
    data: Path,
    *,
    command: str,
    now: datetime,
    only: Collection[str] = CORPORA,
    watch: Watch = lambda what, done, of: None,
) -> Run:
    """Measure assistants as `evaluate_answers` does, and write nothing."""
    parts: list[Part] = []
    identities: dict[str, Identity] = {}
    for corpus in _wanted(data, only):
        for system, prepare in systems.items():
            watch(f"{system}: preparing {corpus.name}", 0, len(corpus.documents))
            ready = prepare(corpus)
            identities[system] = {**identities.get(system, {}), **_named(corpus, ready.identity)}
            parts.extend(answer_parts(system, corpus, ready.ask, data, watch))
    told = Circumstances(
        command=command,
        created=now.isoformat(timespec="seconds"),
        versions=installed_versions(),
        data=datasets.digests(data, "answers", only),
        systems=identities,
    )
    return _run("answers", parts, told)


def _wanted(data: Path, only: Collection[str]) -> list[Corpus]:
    unknown = set(only) - set(CORPORA)
    if unknown or not only:
        raise MeasurementImpossible(
            f"There is no corpus {', '.join(sorted(unknown)) or '(none named)'}. "
            f"Choose from: {', '.join(CORPORA)}."
        )
    readers = {"guidance": corpora.guidance, "government": corpora.government}
    return [readers[name](data) for name in CORPORA if name in only]


def _named(corpus: Corpus, identity: Identity) -> Identity:
    return {f"{corpus.name}: {name}": value for name, value in identity.items() if value}


def _run(kind: str, parts: Sequence[Part], circumstances: Circumstances) -> Run:
    if not parts:
        raise MeasurementImpossible("Nothing was measured: name at least one system.")
    order = {system: place for place, system in enumerate(circumstances.systems)}
    ordered = tuple(sorted(parts, key=lambda part: order[part.system]))
    return Run(kind, ordered, circumstances, beside_others(ordered))


def _reported(run: Run, previous: Mapping[str, Any] | None, out: Path) -> Run:
    if previous is not None:
        earlier = since(run.parts, previous)
        run = replace(run, comparisons=(*run.comparisons, *earlier))
    write_report(run, out)
    return run
