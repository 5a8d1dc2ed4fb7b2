"""Run a whole evaluation: read the data, ask everything, measure, write the report.

What is measured comes in as a plain function for each corpus, so that an assistant in this process,
LangChain's default recipe and the output files of a batch run are all measured alike.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Generic, TypeVar

from evaluation import datasets
from evaluation.cases import Question
from evaluation.corpora import READERS, Corpus
from evaluation.errors import MeasurementImpossible
from evaluation.measuring import Evaluation, Watch, measured, unwatched
from evaluation.reported import reported, run_of
from evaluation.runs import Part, Run

T = TypeVar("T")
Identity = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class System(Generic[T]):
    """What is examined, over one corpus. `identity` names its snapshot, model and settings."""

    ask: Callable[[Question], T]
    identity: Identity


Prepare = Callable[[Corpus], System[T]]


def evaluate(
    evaluation: Evaluation[T],
    systems: Mapping[str, Prepare[T]],
    data: Path,
    out: Path,
    *,
    command: str,
    now: datetime,
    only: Collection[str] = (),
    watch: Watch = unwatched,
) -> Run:
    """Measure systems on the data's questions and write `<kind>.json` and `.html` to `out`.

    The first of `systems` is the one examined, the others stand beside it, and so does the run
    whose report `out` has. `only` names corpora; all of the evaluation's if empty. Raise
    DataMissing, DataUnreadable, MeasurementImpossible.
    """
    return reported(
        evaluation.kind,
        out,
        lambda: measure(
            evaluation, systems, data, command=command, now=now, only=only, watch=watch
        ),
    )


def measure(
    evaluation: Evaluation[T],
    systems: Mapping[str, Prepare[T]],
    data: Path,
    *,
    command: str,
    now: datetime,
    only: Collection[str] = (),
    watch: Watch = unwatched,
) -> Run:
    """Measure systems as `evaluate` does, and write nothing."""
    if not systems:
        raise MeasurementImpossible("Nothing was measured: name at least one system.")
    parts: dict[str, list[Part]] = {system: [] for system in systems}
    identities: dict[str, dict[str, str]] = {system: {} for system in systems}
    names = wanted(evaluation, only)
    for name in names:
        corpus = READERS[name](data)
        suites = evaluation.suites(corpus, data)
        for system, prepare in systems.items():
            watch(f"{system}: preparing {name}", 0, len(corpus.documents))
            ready = prepare(corpus)
            identities[system] |= _named(corpus, ready.identity)
            parts[system] += [measured(suite, system, ready.ask, watch) for suite in suites]
    return run_of(
        evaluation.kind,
        evaluation.title,
        [part for mine in parts.values() for part in mine],
        command=command,
        now=now,
        data=datasets.digests(data, evaluation.kind, names),
        systems=identities,
    )


def wanted(evaluation: Evaluation[Any], only: Collection[str]) -> tuple[str, ...]:
    """Return the evaluation's corpora, or `only` some. Raise MeasurementImpossible."""
    unknown = sorted(set(only) - set(evaluation.corpora))
    if unknown:
        raise MeasurementImpossible(
            f"There is no corpus {', '.join(unknown)}. "
            f"Choose from: {', '.join(evaluation.corpora)}."
        )
    return tuple(name for name in evaluation.corpora if not only or name in only)


def _named(corpus: Corpus, identity: Identity) -> dict[str, str]:
    return {f"{corpus.name}: {name}": value for name, value in identity.items() if value}
