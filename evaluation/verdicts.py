"""What an evaluation found, as a small file beside its report: what a release is decided on.

    {"kind": "bias", "release": "<digest>", "verdict": "passed", "says": "One plain sentence.",
     "report": "bias.json", "report_sha256": "<digest>", "at": "2026-11-27T12:00:00.000Z"}

`kind` is quality, safety or bias; `verdict` passed, failed or "too few data"; `report` names the
file in the same folder that `report_sha256` (hexadecimal) is the digest of; `at` is UTC.
"""

import hashlib
import json
import os
import re
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from assistant.releases import EvaluationKind, EvaluationRecord, Verdict
from assistant.storage import as_moment, as_text
from evaluation.errors import VerdictInvalid

SUFFIX = "verdict.json"
LARGEST = 100_000
"""Bytes of a verdict's file."""
LONGEST = 1_000
"""Characters of its sentence."""

_HEX = re.compile(r"[0-9a-f]{64}")
_FILE_NAME = re.compile(r"[^/\\\x00-\x1f.][^/\\\x00-\x1f]{0,199}")
_SENTENCE = re.compile(r"[^\x00-\x1f\x7f-\x9f\u2028\u2029]{1,1000}")


def write_verdict(
    report: Path, kind: EvaluationKind, release: str, verdict: Verdict, says: str, at: datetime
) -> Path:
    """Write `<kind>.verdict.json` beside a finished report and return its path.

    `release` is the digest of what was examined, `says` one plain sentence, cut where it is too
    long.
    """
    line = " ".join(says.split())
    if len(line) > LONGEST:
        line = f"{line[: LONGEST - 1]}…"
    path = report.with_name(f"{kind}.{SUFFIX}")
    value = {
        "kind": kind.value,
        "release": release,
        "verdict": verdict.value,
        "says": line,
        "report": report.name,
        "report_sha256": _sha256(report),
        "at": as_text(at),
    }
    fresh = path.with_name(f"{path.name}.part")
    fresh.write_text(json.dumps(value, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    os.replace(fresh, path)
    return path


def read_verdicts(folder: Path) -> tuple[EvaluationRecord, ...]:
    """Return the verdicts in a folder and in those below it, one of a kind, in the kinds' order.

    Reads each file whose name ends in `verdict.json`. Raises VerdictInvalid, naming the file, for
    one that is not in the documented form, whose report is missing or was changed since, and where
    two are of one kind or there is none.
    """
    found: dict[EvaluationKind, tuple[Path, EvaluationRecord]] = {}
    for path in sorted(folder.rglob(f"*{SUFFIX}")) if folder.is_dir() else ():
        record = read_verdict(path)
        if record.kind in found:
            first = found[record.kind][0]
            raise VerdictInvalid(path, f"{first} is a verdict on {record.kind} too: keep one")
        found[record.kind] = (path, record)
    if not found:
        raise VerdictInvalid(
            folder,
            f"there is no verdict (a file that ends in {SUFFIX}): pass the folder that "
            "`signpost evaluate … --out` wrote to",
        )
    return tuple(found[kind][1] for kind in EvaluationKind if kind in found)


def read_verdict(path: Path) -> EvaluationRecord:
    """Return one verdict, its report checked against its digest; or raise VerdictInvalid."""
    try:
        if path.stat().st_size > LARGEST:
            raise VerdictInvalid(path, f"is longer than {LARGEST:,} bytes")
        value = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise VerdictInvalid(path, f"cannot be read ({error.strerror})") from error
    except (ValueError, RecursionError) as error:
        raise VerdictInvalid(path, "is not JSON in UTF-8") from error
    record = record_from(value, path, {"report": _is_file_name})
    report = path.with_name(value["report"])
    try:
        digest = _sha256(report)
    except OSError as error:
        raise VerdictInvalid(path, f"its report {report} cannot be read ({error.strerror})") from (
            error
        )
    if digest != record.report_sha256:
        raise VerdictInvalid(
            path, f"{report} is not the report that was judged: it was changed since. Evaluate anew"
        )
    return record


def record_as_json(record: EvaluationRecord) -> dict[str, str]:
    """Return a verdict as plain JSON, without the name of a report's file."""
    return {
        "kind": record.kind.value,
        "release": record.release,
        "verdict": record.verdict.value,
        "says": record.says,
        "report_sha256": record.report_sha256,
        "at": record.at,
    }


def record_from(
    value: Any, path: Path, further: Mapping[str, Callable[[str], bool]] | None = None
) -> EvaluationRecord:
    """Return the verdict in a JSON value, or raise VerdictInvalid naming the member at fault.

    `further` are members that have to be there besides, each with what holds of it.
    """
    checks: dict[str, Callable[[str], bool]] = {
        "kind": lambda text: text in set(EvaluationKind),
        "release": lambda text: _HEX.fullmatch(text) is not None,
        "verdict": lambda text: text in set(Verdict),
        "says": lambda text: _SENTENCE.fullmatch(text) is not None and bool(text.strip()),
        "report_sha256": lambda text: _HEX.fullmatch(text) is not None,
        "at": _is_moment,
        **(further or {}),
    }
    if not isinstance(value, dict) or set(value) != set(checks):
        raise VerdictInvalid(path, f"write an object with exactly {', '.join(checks)}")
    for member, holds in checks.items():
        if not isinstance(value[member], str) or not holds(value[member]):
            raise VerdictInvalid(path, f"{member} is wrong; see docs/releases.md")
    return EvaluationRecord(
        EvaluationKind(value["kind"]),
        value["release"],
        Verdict(value["verdict"]),
        value["says"],
        value["report_sha256"],
        value["at"],
    )


def _is_moment(text: str) -> bool:
    try:
        return as_text(as_moment(text)) == text
    except ValueError:
        return False


def _is_file_name(text: str) -> bool:
    return _FILE_NAME.fullmatch(text) is not None


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
