"""Run the evaluation on the project's own questions: measure, compare, write the report."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from evaluation import datasets
from evaluation.cases import Ask
from evaluation.corpora import LABELLED
from evaluation.measuring import Watch, unwatched
from evaluation.own_evaluation import MEASURES, ask_own, case_of
from evaluation.own_set import HALVES, OwnQuestions
from evaluation.reported import reported, run_of
from evaluation.runs import Part, Run

KIND = "own"
TITLE = "How Signpost does on the project's own questions"
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


def own_parts(test: OwnTest, watch: Watch = unwatched) -> tuple[Part, ...]:
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
    watch: Watch = unwatched,
) -> Run:
    """Measure, and write `own.json` and `own.html` to `out`, if given, beside the run it has.

    `data` is the folder that guidance pages came from. Raise DataUnreadable.
    """
    sets = {f"own questions over {test.over}": test.questions.digest for test in tests}

    def measure() -> Run:
        return run_of(
            KIND,
            TITLE,
            [part for test in tests for part in own_parts(test, watch)],
            command=command,
            now=now,
            data=datasets.digests(data, KIND, (LABELLED,)) if data else {},
            systems={SYSTEM: {**identity, **sets}},
        )

    return reported(KIND, out, measure)
