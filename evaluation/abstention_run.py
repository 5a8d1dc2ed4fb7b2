"""Run the evaluation of abstention: measure, compare with the run before, write the report."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from evaluation import datasets
from evaluation.abstention import SYSTEM, Unheld, abstention_parts
from evaluation.corpora import GOVERNMENT, GUIDANCE, LABELLED
from evaluation.measuring import Watch, unwatched
from evaluation.reported import reported, run_of
from evaluation.runs import Run

KIND = "abstention"
TITLE = "How well Signpost knows what it does not know"


def evaluate_abstention(
    unheld: Unheld,
    identity: Mapping[str, str],
    data: Path,
    out: Path,
    *,
    command: str,
    now: datetime,
    watch: Watch = unwatched,
) -> Run:
    """Measure abstention and write `abstention.json` and `abstention.html` to `out`.

    Raise DataMissing, DataUnreadable.
    """
    thresholds = unheld.thresholds
    settings = {
        "threshold, plain answer": f"{thresholds.answer:.2f}",
        "threshold, answer with a caution": f"{thresholds.caution:.2f}",
        **{f"own questions over {own.over}": own.questions.digest for own in unheld.own},
    }

    def measure() -> Run:
        return run_of(
            KIND,
            TITLE,
            abstention_parts(unheld, data, watch),
            command=command,
            now=now,
            data=datasets.digests(data, KIND, (GUIDANCE, LABELLED, GOVERNMENT)),
            systems={SYSTEM: {**identity, **settings}},
        )

    return reported(KIND, out, measure)
