"""Run the evaluation of abstention: measure, compare with the run before, write the report."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from evaluation import datasets
from evaluation.abstention import SYSTEM, Unheld, abstention_parts
from evaluation.corpora import GOVERNMENT, GUIDANCE, LABELLED
from evaluation.report import write_report
from evaluation.runs import Circumstances, Run, beside_previous, read_run
from evaluation.suites import Watch
from evaluation.versions import installed_versions

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
    watch: Watch = lambda what, done, of: None,
) -> Run:
    """Measure abstention and write `abstention.json` and `abstention.html` to `out`.

    Raise DataMissing, DataUnreadable.
    """
    previous = read_run(out / f"{KIND}.json")
    thresholds = unheld.thresholds
    settings = {
        "threshold, plain answer": f"{thresholds.answer:.2f}",
        "threshold, answer with a caution": f"{thresholds.caution:.2f}",
        **{f"own questions over {own.over}": own.questions.digest for own in unheld.own},
    }
    parts = abstention_parts(unheld, data, watch)
    told = Circumstances(
        command=command,
        created=now.isoformat(timespec="seconds"),
        versions=installed_versions(),
        data=datasets.digests(data, KIND, (GUIDANCE, LABELLED, GOVERNMENT)),
        systems={SYSTEM: {**identity, **settings}},
    )
    run = beside_previous(Run(KIND, TITLE, parts, told), previous)
    write_report(run, out)
    return run
