"""How fast an audited answer is, as a ratio to a bare LangChain retriever call.

Both run in one process, in turns, on the same questions of 20 words over the same pages, so that
whatever else the machine does slows both. An answer is timed whole: from question to committed
audit record.
"""

import json
import resource
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from time import perf_counter

import numpy as np

from evaluation.cases import Ask, Question
from evaluation.errors import MeasurementImpossible
from evaluation.figures import Unit
from evaluation.intervals import Interval, quantile_interval
from evaluation.prose import number
from evaluation.versions import installed_versions, machine
from knowledge.documents import Document

TARGET = 1.5
WARM_UP = 10

Retrieve = Callable[[str], object]
Watch = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Timing:
    """Wall times of single calls in milliseconds, in the order they were made."""

    milliseconds: tuple[float, ...]

    def quantile(self, share: float) -> float:
        """Return the time that `share` of the calls stay within."""
        return float(np.quantile(self.milliseconds, share, method="inverted_cdf"))


@dataclass(frozen=True, slots=True)
class Speed:
    """What a benchmark measured. `ratio` is the median over questions of answer ÷ retriever.

    `start_seconds` is from nothing loaded to the first answer possible, in this process;
    `peak_mebibytes` the process's largest resident size so far.
    """

    answer: Timing
    retriever: Timing
    ratio: float
    ratio_interval: Interval | None
    outcomes: Mapping[str, int]
    passages: int
    ingest_seconds: float
    start_seconds: float
    peak_mebibytes: float
    machine: Mapping[str, str]

    @property
    def p50_ratio(self) -> float:
        """Return the ratio of the medians."""
        return self.answer.quantile(0.5) / self.retriever.quantile(0.5)

    @property
    def p95_ratio(self) -> float:
        """Return the ratio of the 95th percentiles."""
        return self.answer.quantile(0.95) / self.retriever.quantile(0.95)


def bench(
    documents: Sequence[Document],
    questions: Sequence[Question],
    *,
    ingest: Callable[[Sequence[Document]], int],
    start: Callable[[], Ask],
    baseline: Callable[[Sequence[Document]], Retrieve],
    watch: Watch = lambda what: None,
    clock: Callable[[], float] = perf_counter,
) -> Speed:
    """Ingest `documents`, start an assistant on them and time it beside a bare retriever.

    `ingest` builds and activates a snapshot and returns its number of passages; `start` opens
    what is needed and returns an assistant whose answers are recorded before they come back;
    `baseline` returns a retriever's call. The first `WARM_UP` questions are asked and not
    counted. Raise MeasurementImpossible with too few questions, or when nothing was answered.
    """
    if len(questions) <= WARM_UP:
        raise MeasurementImpossible(f"Pass more than {WARM_UP} questions: those only warm up.")
    watch(f"ingesting {len(documents):,} pages")
    began = clock()
    passages = ingest(documents)
    ingested = clock()
    watch("starting the assistant")
    ask = start()
    started = clock()
    watch("indexing the same pages with LangChain")
    retrieve = baseline(documents)
    watch(f"asking {len(questions):,} questions of each, in turns")
    answers, retrievals, outcomes = _in_turns(ask, retrieve, questions, clock)
    if "answered" not in outcomes:
        raise MeasurementImpossible(
            f"No question was answered ({dict(outcomes)}), so there is no answer to time. "
            "Ask about what the pages say."
        )
    ratios = [ours / theirs for ours, theirs in zip(answers, retrievals, strict=True)]
    places = [str(place) for place in range(len(ratios))]
    return Speed(
        answer=Timing(tuple(answers)),
        retriever=Timing(tuple(retrievals)),
        ratio=float(np.median(ratios)),
        ratio_interval=quantile_interval(ratios, places, 0.5),
        outcomes=outcomes,
        passages=passages,
        ingest_seconds=ingested - began,
        start_seconds=started - ingested,
        peak_mebibytes=peak_mebibytes(),
        machine=machine(),
    )


def peak_mebibytes() -> float:
    """Return the largest resident size of this process so far, in MiB."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 2**20 if sys.platform == "darwin" else peak / 2**10


def table(speed: Speed) -> str:
    """Return the benchmark as a plain text table."""
    ends = speed.ratio_interval
    within = f" (95% interval {ends.low:.2f} to {ends.high:.2f})" if ends else ""
    verdict = "within" if speed.p50_ratio <= TARGET else "over"
    times = [
        (name, number(ours, _MS), number(theirs, _MS), f"{ours / theirs:.2f}")
        for name, share in (("p50", 0.5), ("p95", 0.95))
        for ours, theirs in [(speed.answer.quantile(share), speed.retriever.quantile(share))]
    ]
    rows = [("", "audited answer", "LangChain retriever", "ratio"), *times]
    lines = [f"{a:<5}{b:>16}{c:>22}{d:>8}" for a, b, c, d in rows]
    facts = {
        "ratio, question by question": f"{speed.ratio:.2f}{within}",
        "target": f"{TARGET} × at p50: {verdict} it",
        "calls timed": f"{len(speed.answer.milliseconds)} of each, in turns",
        "outcomes": ", ".join(f"{name} {count}" for name, count in speed.outcomes.items()),
        "passages": f"{speed.passages:,}",
        "ingest": f"{speed.passages / speed.ingest_seconds:,.0f} passages a second "
        f"({speed.ingest_seconds:.1f} s)",
        "start-up": f"{speed.start_seconds:.2f} s",
        "peak memory": f"{speed.peak_mebibytes:,.0f} MiB",
        **speed.machine,
    }
    return "\n".join([*lines, "", *(f"{name}: {value}" for name, value in facts.items())])


def write_speed(speed: Speed, path: Path) -> None:
    """Write the benchmark with every single time as JSON."""
    told = {
        **asdict(speed),
        "p50_ratio": speed.p50_ratio,
        "p95_ratio": speed.p95_ratio,
        "target": TARGET,
        "versions": dict(installed_versions()),
    }
    path.write_text(json.dumps(told, ensure_ascii=False, indent=1), encoding="utf-8")


_MS = Unit.MILLISECONDS


def _in_turns(
    ask: Ask, retrieve: Retrieve, questions: Sequence[Question], clock: Callable[[], float]
) -> tuple[list[float], list[float], dict[str, int]]:
    answers: list[float] = []
    retrievals: list[float] = []
    outcomes: dict[str, int] = {}

    def answer(question: Question) -> None:
        began = clock()
        given = ask(question)
        answers.append(1000 * (clock() - began))
        outcomes[given.outcome] = outcomes.get(given.outcome, 0) + 1

    def call(question: Question) -> None:
        began = clock()
        retrieve(question.text)
        retrievals.append(1000 * (clock() - began))

    for place, question in enumerate(questions):
        if place == WARM_UP:
            answers.clear()
            retrievals.clear()
            outcomes.clear()
        for step in (answer, call) if place % 2 else (call, answer):
            step(question)
    return answers, retrievals, outcomes
