"""The evaluation that ships with the bundled guidance, so that a first start need not wait for one.

`knowledge/starter/evaluation.json` says which guidance, policy and models were examined, with which
version of Signpost, and what was found. It is about these alone: with any other policy, model,
guidance or version it does not apply. Written by `python -m api.shipping`.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from assistant.releases import EvaluationRecord, Release
from evaluation.errors import VerdictInvalid
from evaluation.verdicts import record_as_json, record_from

FORMAT = 1
_PARTS = ("version", "snapshot", "policy", "embedder", "composer")


@dataclass(frozen=True, slots=True)
class Shipped:
    """`version` is the package's; the others are digests, as in a release."""

    version: str
    snapshot: str
    policy: str
    embedder: str
    composer: str
    evaluations: tuple[EvaluationRecord, ...]

    @property
    def examined(self) -> str:
        """Return the digest of the release that was evaluated."""
        return self.evaluations[0].release if self.evaluations else ""

    def is_of(self, release: Release) -> bool:
        """Say whether the release is the one examined: its software by version, the rest exactly.

        The software's digest cannot be asked for: it changes with every later correction of a word
        on a page, and the version is what its makers published.
        """
        return (
            release.software.partition("+")[0] == self.version
            and (release.snapshot, release.policy) == (self.snapshot, self.policy)
            and (release.embedder, release.composer) == (self.embedder, self.composer)
        )


def read_shipped(path: Path) -> Shipped | None:
    """Return the evaluation that ships; None where there is none.

    Raises VerdictInvalid for a file that is not in its form.
    """
    if not path.exists():
        return None
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise VerdictInvalid(path, "cannot be read as JSON") from error
    if (
        not isinstance(value, dict)
        or set(value) != {"format", *_PARTS, "evaluations"}
        or value["format"] != FORMAT
        or not all(isinstance(value[part], str) for part in _PARTS)
        or not isinstance(value["evaluations"], list)
    ):
        raise VerdictInvalid(path, "is not in its form; write it with: python -m api.shipping")
    found = tuple(record_from(each, path) for each in value["evaluations"])
    if len({each.release for each in found}) != 1:
        raise VerdictInvalid(path, "its evaluations are not all of one release")
    return Shipped(evaluations=found, **{part: value[part] for part in _PARTS})


def write_shipped(path: Path, release: Release, found: Sequence[EvaluationRecord]) -> None:
    """Write the evaluation of a release, to ship with the guidance that it is of."""
    value = {
        "format": FORMAT,
        "version": release.software.partition("+")[0],
        "snapshot": release.snapshot,
        "policy": release.policy,
        "embedder": release.embedder,
        "composer": release.composer,
        "evaluations": [record_as_json(each) for each in found],
    }
    path.write_text(json.dumps(value, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
