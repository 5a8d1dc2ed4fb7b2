"""Run the evaluation on the project's own questions: measure, compare, write the report."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from evaluation import datasets
from evaluation.cases import Ask
from evaluation.corpora import LABELLED
from evaluation.own_evaluation import MEASURES, Watch, ask_own, case_of
from evaluation.own_set import HALVES, OwnQuestions
from evaluation.report import write_report
from evaluation.runs import Circumstances, Part, Run, beside_previous, read_run
from evaluation.versions import installed_versions

KIND = "own"
SYSTEM = "signpost"
_FITTED = {
    "fit": "What ships was fitted on this half, so its figures flatter.",
    "report": "Nothing was fitted on this half: these figures count.",
}


@dataclass(frozen=True, slots=True)
class OwnTest:
    """Questions to ask, and the assistant to ask over their pages. `over` names these."""

    name: str
    over: str
    questions: OwnQuestions
    ask: Ask


def own_parts(test: OwnTest, watch: Watch = lambda what, done, of: None) -> tuple[Part, ...]:
    """Return the parts of a set: the half to report first, the half fitted on next."""
    cases = ask_own(test.questions, test.ask, watch)
    return tuple(
        Part(
            SYSTEM,
            f"{test.name}-{half}",
            f"Own questions over {test.over}, {half} half",
            f"The project's own questions, follow-ups asked after those before them. "
            f"{_FITTED[half]} Resampled by page.",
            MEASURES,
            tuple(
                case_of(case, test.questions.before(case.asked))
                for case in cases
                if case.asked.half == half
            ),
        )
        for half in reversed(HALVES)
    )


def evaluate_own(
    tests: Sequence[OwnTest],
    out: Path | None,
    *,
    identity: Mapping[str, str],
    command: str,
    now: datetime,
    data: Path | None = None,
    watch: Watch = lambda what, done, of: None,
) -> Run:
    """Measure, and write `own.json` and `own.html` to `out`, if given, beside the run it has.

    `data` is the folder that guidance pages came from. Raise DataUnreadable.
    """
    previous = read_run(out / f"{KIND}.json") if out else None
    parts = tuple(part for test in tests for part in own_parts(test, watch))
    sets = {f"own questions over {test.over}": test.questions.digest for test in tests}
    told = Circumstances(
        command=command,
        created=now.isoformat(timespec="seconds"),
        versions=installed_versions(),
        data=datasets.digests(data, KIND, (LABELLED,)) if data else {},
        systems={SYSTEM: {**identity, **sets}},
    )
    title = "How Signpost does on the project's own questions"
    run = beside_previous(Run(KIND, title, parts, told), previous)
    if out:
        write_report(run, out)
    return run
