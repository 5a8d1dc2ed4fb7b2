"""Verification: is the log what was recorded, all of it, in order, and signed?

Two sources, one check: an exported bundle (which needs nothing but `cryptography`) or the database
itself, where the stored tree, the index columns and the vault are checked as well.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import assert_never

from audit.bundle import BundleLine, CheckpointLine, EndLine, Header, LeafLine, read_bundle
from audit.checking import Checker, StoredLeaf
from audit.errors import BundleInvalid
from audit.findings import Fault, Report
from audit.note import VerifierKey
from audit.trust import begin, conclude


def verify_bundle(
    path: Path, keys: Sequence[VerifierKey] = (), held_checkpoint: str | None = None
) -> Report:
    """Check an exported log from its first byte to its last.

    `keys` are those the reader trusts; without any, the keys that the bundle itself names are
    used and the report says so. `held_checkpoint` is an older signed checkpoint that was kept
    elsewhere: it shows whether history was cut or rewritten since. Raises BundleInvalid if the
    file is no bundle at all; a damaged bundle is a finding.
    """
    lines = read_bundle(path)
    header = next(lines)
    if not isinstance(header, Header):
        raise BundleInvalid("line 1: the header is missing")
    checker, signed_size, cautions = begin(header, keys, held_checkpoint)
    if not header.ciphertexts:
        cautions = (*cautions, "encrypted parts were left out of this bundle, so not checked.")
    try:
        for line in lines:
            _take(checker, line)
    except BundleInvalid as error:
        checker.findings.add(Fault.BUNDLE_DAMAGED, str(error))
    return conclude(checker, header, signed_size, cautions)


def verify_database(
    url: str, keys: Sequence[VerifierKey] = (), held_checkpoint: str | None = None
) -> Report:
    """Check the log in a database, with its stored tree, index columns and vault.

    All from one state, while the service goes on. Arguments as for `verify_bundle`. Raises
    DatabaseUnavailable or LogMismatch when there is no log to check. Needs SQLAlchemy.
    """
    from audit.verify_tables import verify_tables

    return verify_tables(url, keys, held_checkpoint)


def _take(checker: Checker, line: BundleLine) -> None:
    match line:
        case LeafLine():
            checker.leaf(StoredLeaf(line.index, line.text, line.hash, line.ciphertext))
        case CheckpointLine():
            checker.expect(line.checkpoint, f"the checkpoint published at {checker.size} leaves")
        case EndLine():
            if not line.intact:
                checker.findings.add(
                    Fault.BUNDLE_DAMAGED, "the end line does not fit what stands before it"
                )
        case Header():
            raise BundleInvalid("there is a second header")
        case _:
            assert_never(line)
