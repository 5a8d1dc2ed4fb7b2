"""An export damaged anywhere at all is found out: every byte, every place to cut it."""

from pathlib import Path

import pytest

from audit.errors import BundleInvalid
from audit.export import export_bundle
from audit.findings import Fault, Report
from audit.verify import verify_bundle
from tests.auditing import SIGNER, open_world


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    """The smallest log that has every kind of line, with and without an encrypted part."""
    urls = (f"sqlite:///{tmp_path}/log.db", f"sqlite:///{tmp_path}/keys.db")
    with open_world(*urls, publish_every=1) as world:
        world.answer("c1", "?")
        export_bundle(world.database, tmp_path / "small.jsonl")
    assert check(tmp_path / "small.jsonl").ok
    return tmp_path / "small.jsonl"


def check(bundle: Path) -> Report:
    return verify_bundle(bundle, [SIGNER.verifier_key])


def test_every_flipped_byte_is_found(bundle: Path) -> None:
    whole = bundle.read_bytes()
    for place in range(len(whole)):
        changed = bytearray(whole)
        changed[place] ^= 1 << place % 8
        bundle.write_bytes(changed)
        try:
            assert not check(bundle).ok, f"byte {place}"
        except BundleInvalid:
            continue


def test_every_cut_is_found(bundle: Path) -> None:
    whole = bundle.read_bytes()
    for place in range(len(whole)):
        bundle.write_bytes(whole[:place])
        try:
            assert check(bundle).faults >= {Fault.BUNDLE_DAMAGED}, f"cut at {place}"
        except BundleInvalid:
            continue
