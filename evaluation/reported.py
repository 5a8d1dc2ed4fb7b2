"""Report what was measured: with its circumstances, beside the run before."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path

from evaluation.report import write_report
from evaluation.runs import Circumstances, Part, Run, beside_others, beside_previous, read_run
from evaluation.versions import installed_versions


def run_of(
    kind: str,
    title: str,
    parts: Sequence[Part],
    *,
    command: str,
    now: datetime,
    data: Mapping[str, str],
    systems: Mapping[str, Mapping[str, str]],
) -> Run:
    """Return the parts as a run: systems beside the first, and what is needed to repeat it.

    `data` holds the digests of the files read, by name; `systems` what identifies each system.
    """
    told = Circumstances(
        command=command,
        created=now.isoformat(timespec="seconds"),
        versions=installed_versions(),
        data=data,
        systems=systems,
    )
    return Run(kind, title, tuple(parts), told, beside_others(parts))


def reported(kind: str, out: Path | None, measure: Callable[[], Run]) -> Run:
    """Measure, and write `<kind>.json` and `<kind>.html` to `out`, beside the run it has.

    That run is read first: one that cannot be read costs no measuring. Without `out` nothing is
    read or written. Raise DataUnreadable, and whatever `measure` raises.
    """
    if out is None:
        return measure()
    previous = read_run(out / f"{kind}.json")
    run = beside_previous(measure(), previous)
    write_report(run, out)
    return run
