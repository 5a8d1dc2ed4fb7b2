"""A bundle says all that is in the log, and any other bytes are found out."""

import json
from hashlib import sha256
from pathlib import Path

import pytest
from sqlalchemy import update

from audit.bundle import read_bundle
from audit.canonical import canonical_json
from audit.erasure import erase_conversation
from audit.errors import BundleInvalid
from audit.export import export_bundle
from audit.findings import Fault, Report
from audit.merkle import leaf_hash
from audit.storage import log_leaves
from audit.verify import verify_bundle
from tests.auditing import SIGNER, World, open_world

KEYS = [SIGNER.verifier_key]
Lines = list[dict[str, object]]


@pytest.fixture
def world(tmp_path: Path):
    with open_world(f"sqlite:///{tmp_path}/log.db", f"sqlite:///{tmp_path}/keys.db") as world:
        fill(world)
        yield world


def fill(world: World) -> None:
    for number in range(6):
        world.answer(f"c{number % 3}", f"question {number}")
    erase_conversation(world.database, world.keys, world.log, "c2")


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The export of a log of seven leaves, two conversations and one that was erased."""
    folder = tmp_path_factory.mktemp("exported")
    with open_world(f"sqlite:///{folder}/log.db", f"sqlite:///{folder}/keys.db") as world:
        fill(world)
        export_bundle(world.database, folder / "log.jsonl")
    return (folder / "log.jsonl").read_bytes()


@pytest.fixture
def bundle(exported: bytes, tmp_path: Path) -> Path:
    (tmp_path / "log.jsonl").write_bytes(exported)
    return tmp_path / "log.jsonl"


def lines_of(bundle: Path) -> Lines:
    return [json.loads(line) for line in bundle.read_bytes().splitlines()]


def rewrite(bundle: Path, lines: Lines) -> None:
    """Write the lines back with an end line that fits, as a careful attacker would."""
    body = b"".join(canonical_json(line) + b"\n" for line in lines[:-1])
    end = {"type": "end", "lines": len(lines) - 1, "sha256": sha256(body).hexdigest()}
    bundle.write_bytes(body + canonical_json(end) + b"\n")


def check(bundle: Path) -> Report:
    return verify_bundle(bundle, KEYS)


def test_an_untouched_bundle_is_in_order(bundle: Path) -> None:
    report = check(bundle)
    assert report.ok
    assert (report.leaves, report.checkpoints, report.ciphertexts) == (7, 2, 4)
    assert [line["type"] for line in lines_of(bundle)] == [
        "header",
        *["leaf"] * 4,
        "checkpoint",
        *["leaf"] * 3,
        "end",
    ]


def test_anything_after_the_end_is_found(bundle: Path) -> None:
    bundle.write_bytes(bundle.read_bytes() + b"\n")
    assert check(bundle).faults == {Fault.BUNDLE_DAMAGED}


def test_a_changed_leaf_is_named(bundle: Path) -> None:
    lines = lines_of(bundle)
    lines[3]["leaf"]["facts"] = {"outcome": "refused"}  # type: ignore[index]
    rewrite(bundle, lines)
    assert check(bundle).faults == {Fault.LEAF_CHANGED, Fault.ROOT_MISMATCH}


def test_a_changed_leaf_with_its_hash_made_to_fit(bundle: Path) -> None:
    lines = lines_of(bundle)
    lines[3]["leaf"]["facts"] = {"outcome": "refused"}  # type: ignore[index]
    lines[3]["hash"] = leaf_hash(canonical_json(lines[3]["leaf"])).hex()  # type: ignore[arg-type]
    rewrite(bundle, lines)
    report = check(bundle)
    assert report.faults == {Fault.ROOT_MISMATCH}
    assert "first 4 leaves" in str(report.findings[0])


def test_a_dropped_leaf_is_named(bundle: Path) -> None:
    lines = lines_of(bundle)
    del lines[2]
    rewrite(bundle, lines)
    assert Fault.LEAF_MISSING in check(bundle).faults


def test_a_cut_tail_is_named(bundle: Path) -> None:
    lines = lines_of(bundle)
    del lines[-3:-1]
    rewrite(bundle, lines)
    assert Fault.TAIL_TRUNCATED in check(bundle).faults


def test_swapped_lines_are_named(bundle: Path) -> None:
    lines = lines_of(bundle)
    lines[1], lines[2] = lines[2], lines[1]
    rewrite(bundle, lines)
    assert Fault.REORDERED in check(bundle).faults


def test_swapped_leaves_are_named(bundle: Path) -> None:
    lines = lines_of(bundle)
    lines[1]["leaf"], lines[2]["leaf"] = lines[2]["leaf"], lines[1]["leaf"]
    rewrite(bundle, lines)
    assert Fault.REORDERED in check(bundle).faults


def test_swapped_ciphertexts_are_named(bundle: Path) -> None:
    lines = lines_of(bundle)
    lines[1]["ciphertext"], lines[2]["ciphertext"] = lines[2]["ciphertext"], lines[1]["ciphertext"]
    rewrite(bundle, lines)
    assert check(bundle).faults == {Fault.CIPHERTEXT_SWAPPED}


def test_a_dropped_ciphertext_is_named(bundle: Path) -> None:
    lines = lines_of(bundle)
    del lines[1]["ciphertext"]
    rewrite(bundle, lines)
    assert check(bundle).faults == {Fault.CIPHERTEXT_MISSING}


def test_a_moved_checkpoint_is_named(bundle: Path) -> None:
    lines = lines_of(bundle)
    lines.insert(7, lines.pop(5))
    rewrite(bundle, lines)
    assert check(bundle).faults == {Fault.CHECKPOINT_MISPLACED}


def test_an_inserted_leaf_is_named(bundle: Path) -> None:
    lines = lines_of(bundle)
    lines.insert(len(lines) - 1, {**lines[1], "index": 7})
    rewrite(bundle, lines)
    assert Fault.LEAF_INSERTED in check(bundle).faults


@pytest.mark.parametrize(
    "line",
    [
        {},
        {"type": "leaf"},
        {"type": "other"},
        {"type": "checkpoint", "checkpoint": 1},
        {"type": "checkpoint", "checkpoint": "", "more": 1},
        {"type": "leaf", "index": True, "hash": "", "leaf": {}},
        {"type": "leaf", "index": 0, "hash": "zz", "leaf": {}},
        {"type": "leaf", "index": 0, "hash": "AA", "leaf": {}},
        {"type": "leaf", "index": 0, "hash": "", "leaf": {}, "more": 1},
        {"type": "leaf", "index": 0, "hash": "", "leaf": {}, "ciphertext": 1},
        {"type": "leaf", "index": 0, "hash": "", "leaf": {}, "ciphertext": "*"},
        {"type": "end", "lines": 0, "sha256": ""},
        [],
    ],
    ids=str,
)
def test_lines_of_any_other_form_are_refused(bundle: Path, line: dict[str, object]) -> None:
    lines = lines_of(bundle)
    lines.insert(3, line)
    rewrite(bundle, lines)
    assert Fault.BUNDLE_DAMAGED in check(bundle).faults


def test_a_second_header_is_refused(bundle: Path) -> None:
    lines = lines_of(bundle)
    lines.insert(3, lines[0])
    rewrite(bundle, lines)
    assert Fault.BUNDLE_DAMAGED in check(bundle).faults


def test_a_bundle_without_its_header_is_none(bundle: Path) -> None:
    rewrite(bundle, lines_of(bundle)[1:])
    with pytest.raises(BundleInvalid, match="line 1"):
        check(bundle)


@pytest.mark.parametrize("change", [{"v": 2}, {"format": "other"}, {"v": True}, {"keys": [1]}])
def test_a_bundle_of_another_version_is_refused(bundle: Path, change: dict[str, object]) -> None:
    lines = lines_of(bundle)
    lines[0].update(change)
    rewrite(bundle, lines)
    with pytest.raises(BundleInvalid, match="line 1"):
        list(read_bundle(bundle))


def test_a_damaged_log_is_not_exported(world: World, tmp_path: Path) -> None:
    with world.database.write() as connection:
        connection.execute(
            update(log_leaves).where(log_leaves.c.leaf_index == 3).values(leaf=b"{ }")
        )
    with pytest.raises(BundleInvalid, match="leaf 3 is damaged"):
        export_bundle(world.database, tmp_path / "new.jsonl")
    assert not (tmp_path / "new.jsonl").exists()
    assert not list(tmp_path.glob(".*"))


def test_nothing_is_overwritten(world: World, bundle: Path, tmp_path: Path) -> None:
    before = bundle.read_bytes()
    with pytest.raises(BundleInvalid, match="there already"):
        export_bundle(world.database, bundle)
    assert bundle.read_bytes() == before
    with pytest.raises(BundleInvalid, match="cannot be written"):
        export_bundle(world.database, tmp_path / "none" / "log.jsonl")
