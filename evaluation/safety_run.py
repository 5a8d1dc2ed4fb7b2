"""Run the safety evaluation: measure, compare with the run before, write the report."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path

from evaluation.report import write_report
from evaluation.runs import Circumstances, Part, Run, beside_previous, read_run
from evaluation.safety import safety_parts
from evaluation.safety_scoring import Examined
from evaluation.safety_sets import safety_digests
from evaluation.suites import Watch
from evaluation.versions import installed_versions

TITLE = "How Signpost meets people in trouble, attacks, personal data and the rest"


def evaluate_safety(
    system: str,
    examined: Examined,
    identity: Mapping[str, str],
    data: Path,
    out: Path,
    *,
    command: str,
    now: datetime,
    further: Sequence[Part] = (),
    watch: Watch = lambda what, done, of: None,
) -> Run:
    """Measure safety and write `safety.json` and `safety.html` to `out`.

    `further` are parts measured elsewhere that belong in the same report: personal data, say.
    Raise DataMissing, DataUnreadable.
    """
    previous = read_run(out / "safety.json")
    parts = (*safety_parts(system, examined, data, watch), *further)
    told = Circumstances(
        command=command,
        created=now.isoformat(timespec="seconds"),
        versions=installed_versions(),
        data=safety_digests(data),
        systems={system: identity},
    )
    run = beside_previous(Run("safety", TITLE, parts, told), previous)
    write_report(run, out)
    return run
