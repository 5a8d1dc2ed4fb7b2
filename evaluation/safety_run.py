"""Run the safety evaluation: measure, compare with the run before, write the report."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path

from evaluation.measuring import Watch, unwatched
from evaluation.reported import reported, run_of
from evaluation.runs import Part, Run
from evaluation.safety import safety_parts
from evaluation.safety_scoring import Examined
from evaluation.safety_sets import safety_digests

KIND = "safety"
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
    watch: Watch = unwatched,
) -> Run:
    """Measure safety and write `safety.json` and `safety.html` to `out`.

    `further` are parts measured elsewhere that belong in the same report: personal data, say.
    Raise DataMissing, DataUnreadable.
    """

    def measure() -> Run:
        return run_of(
            KIND,
            TITLE,
            (*safety_parts(system, examined, data, watch), *further),
            command=command,
            now=now,
            data=safety_digests(data),
            systems={system: identity},
        )

    return reported(KIND, out, measure)
