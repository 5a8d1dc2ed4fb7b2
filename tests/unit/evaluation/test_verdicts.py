"""Verdicts: what was written is read back, and nothing else is; a changed report is found."""

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.releases import EvaluationKind, EvaluationRecord, Release, Verdict
from evaluation.errors import VerdictInvalid
from evaluation.shipped import read_shipped, write_shipped
from evaluation.verdicts import read_verdict, read_verdicts, record_from, write_verdict

RELEASE = Release("1.0+abc", "5" * 64, "6" * 64, "7" * 64, "quotation")
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
QUALITY, SAFETY, BIAS = EvaluationKind


def written(
    folder: Path, kind: EvaluationKind = BIAS, changes: Mapping[str, object] = MappingProxyType({})
) -> Path:
    """Write a report and its verdict, changed so (None: left out); return the verdict's path."""
    folder.mkdir(exist_ok=True, parents=True)
    report = folder / f"{kind}.json"
    report.write_text('{"figures": []}', encoding="utf-8")
    path = write_verdict(report, kind, RELEASE.digest, Verdict.PASSED, "All is well.", NOON)
    value = json.loads(path.read_text(encoding="utf-8")) | dict(changes)
    path.write_text(json.dumps({k: v for k, v in value.items() if v is not None}), encoding="utf-8")
    return path


def test_a_verdict_reads_back_as_it_was_given(tmp_path: Path) -> None:
    found = read_verdict(written(tmp_path))
    assert (found.kind, found.release, found.verdict) == (BIAS, RELEASE.digest, Verdict.PASSED)
    assert (found.says, found.at) == ("All is well.", "2026-03-02T12:00:00.000Z")
    assert found.report_sha256 == hashlib.sha256(b'{"figures": []}').hexdigest()


def test_verdicts_are_found_below_a_folder_in_the_order_of_kinds(tmp_path: Path) -> None:
    for kind in (BIAS, SAFETY, QUALITY):
        written(tmp_path / kind, kind)
    assert [each.kind for each in read_verdicts(tmp_path)] == list(EvaluationKind)


def test_two_verdicts_of_a_kind_are_one_too_many(tmp_path: Path) -> None:
    written(tmp_path / "a")
    written(tmp_path / "b")
    with pytest.raises(VerdictInvalid, match="keep one"):
        read_verdicts(tmp_path)


def test_a_folder_without_a_verdict_is_named(tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "none"):
        with pytest.raises(VerdictInvalid, match="there is no verdict"):
            read_verdicts(folder)


@pytest.mark.parametrize("change", [b'{"figures": [] }', b"", b'{"figures": [1]}'])
def test_a_report_that_was_changed_is_found(tmp_path: Path, change: bytes) -> None:
    path = written(tmp_path)
    (tmp_path / "bias.json").write_bytes(change)
    with pytest.raises(VerdictInvalid, match="changed since"):
        read_verdict(path)


def test_a_report_that_is_gone_is_named(tmp_path: Path) -> None:
    path = written(tmp_path)
    (tmp_path / "bias.json").unlink()
    with pytest.raises(VerdictInvalid, match=r"bias\.json cannot be read"):
        read_verdict(path)


WRONG = {
    "kind": ["speed", "", 1, None, "BIAS"],
    "release": ["abc", "", RELEASE.digest.upper(), RELEASE.digest + "0", 5, None],
    "verdict": ["pass", "PASSED", "", True, None],
    "says": ["", " ", "two\nlines", "x" * 1001, "a\u2028b", None, 7],
    "report": ["../bias.json", "a/b", "a\\b", "..", ".", "", "a\x00b", "missing.json", None],
    "report_sha256": ["0" * 64, "xyz", "", None],
    "at": ["today", "2026-03-02", "2026-03-02T12:00:00.000", "", None],
    "further": ["member"],
}


@pytest.mark.parametrize(
    ("member", "value"), [(name, value) for name, values in WRONG.items() for value in values]
)
def test_anything_else_is_refused(tmp_path: Path, member: str, value: object) -> None:
    path = written(tmp_path, changes={member: value})
    with pytest.raises(VerdictInvalid) as refused:
        read_verdict(path)
    assert str(path) in str(refused.value)


@pytest.mark.parametrize(
    "text", [b"", b"[]", b"{}", b"null", b"\xff", b"[" * 90_000, b" " * 200_000]
)
def test_what_is_no_verdict_is_refused(tmp_path: Path, text: bytes) -> None:
    path = tmp_path / "verdict.json"
    path.write_bytes(text)
    with pytest.raises(VerdictInvalid):
        read_verdict(path)


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=8,
)
_FORMED = st.fixed_dictionaries(
    dict.fromkeys(("kind", "release", "verdict", "says", "report_sha256", "at"), _JSON)
)


@given(_JSON | _FORMED)
def test_no_json_is_taken_for_a_verdict_by_mistake(value: object) -> None:
    with pytest.raises(VerdictInvalid):
        record_from(value, Path("x"))


# ---- the evaluation that ships -----------------------------------------------------------------


def ours(*kinds: EvaluationKind) -> tuple[EvaluationRecord, ...]:
    at = "2026-03-02T12:00:00.000Z"
    return tuple(
        EvaluationRecord(kind, RELEASE.digest, Verdict.PASSED, "Well.", "e" * 64, at)
        for kind in kinds or EvaluationKind
    )


def test_what_ships_reads_back_and_is_of_that_version_and_those_digests(tmp_path: Path) -> None:
    path = tmp_path / "evaluation.json"
    assert read_shipped(path) is None
    write_shipped(path, RELEASE, ours())
    shipped = read_shipped(path)
    assert shipped is not None
    assert (shipped.version, shipped.examined) == ("1.0", RELEASE.digest)
    assert shipped.evaluations == ours()
    assert shipped.is_of(RELEASE)
    assert shipped.is_of(Release("1.0+other", *_rest(RELEASE)))
    assert not shipped.is_of(Release("1.0.1+abc", *_rest(RELEASE)))
    for part in range(4):
        rest = [*_rest(RELEASE)]
        rest[part] = "0" * 64
        assert not shipped.is_of(Release("1.0+abc", *rest))


def _rest(release: Release) -> tuple[str, str, str, str]:
    return release.snapshot, release.policy, release.embedder, release.composer


@pytest.mark.parametrize(
    "change",
    [
        {"format": 2},
        {"version": 1},
        {"evaluations": []},
        {"evaluations": [{}]},
        {"more": ""},
        {"policy": None},
    ],
)
def test_what_ships_in_another_form_is_named(tmp_path: Path, change: dict[str, object]) -> None:
    path = tmp_path / "evaluation.json"
    write_shipped(path, RELEASE, ours())
    path.write_text(json.dumps(json.loads(path.read_text()) | change), encoding="utf-8")
    with pytest.raises(VerdictInvalid, match=r"evaluation\.json"):
        read_shipped(path)
