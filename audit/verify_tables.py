"""Verification of a log in its database: the leaves, and everything kept beside them."""

from collections.abc import Sequence

from sqlalchemy import Connection

from audit import stored_log
from audit.checking import MOST_MISMATCHES, Checker, StoredLeaf
from audit.database import Database
from audit.findings import Fault, Report
from audit.leaf import Leaf
from audit.merkle import Frontier
from audit.note import VerifierKey
from audit.trust import begin, conclude


def verify_tables(url: str, keys: Sequence[VerifierKey], held_checkpoint: str | None) -> Report:
    """Check everything in the log's tables; see `audit.verify.verify_database`."""
    database = Database.open(url, must_exist=True)
    try:
        with database.read() as connection:
            header = stored_log.read_header(connection, ciphertexts=True)
            checker, signed_size, cautions = begin(header, keys, held_checkpoint)
            for size, note in stored_log.read_checkpoints(connection):
                checker.expect(note, f"the checkpoint published at {size} leaves")
            _check_leaves(checker, connection)
            _check_tree(checker, connection)
            for record_id in stored_log.orphaned_records(connection, MOST_MISMATCHES):
                checker.findings.add(
                    Fault.CIPHERTEXT_ORPHANED, f"the log has no record {record_id}"
                )
    finally:
        database.close()
    return conclude(checker, header, signed_size, cautions)


def _check_leaves(checker: Checker, connection: Connection) -> None:
    for row in stored_log.read_rows(connection):
        if row.index > checker.size:
            _pass_over_gap(checker, connection, row.index)
        leaf = checker.leaf(StoredLeaf(row.index, row.text, row.hash, row.ciphertext))
        if leaf is not None:
            _check_columns(checker, row, leaf)
    end = max(
        stored_log.leaf_hashes(connection, checker.size, checker.size + MOST_MISMATCHES),
        default=-1,
    )
    _pass_over_gap(checker, connection, end + 1)


def _pass_over_gap(checker: Checker, connection: Connection, end: int) -> None:
    """Let the leaves before `end` pass as absent, by the hashes that the tree still has."""
    end = min(end, checker.size + MOST_MISMATCHES)
    hashes = stored_log.leaf_hashes(connection, checker.size, end)
    while checker.size < end:
        checker.absent(hashes.get(checker.size, b""))


def _check_columns(checker: Checker, row: stored_log.Row, leaf: Leaf) -> None:
    copies = {
        "record_id": (row.record_id, leaf.record_id),
        "kind": (row.kind, leaf.kind),
        "conversation_id": (row.conversation_id, leaf.conversation),
        "at": (row.at, leaf.at),
    }
    if row.ciphertext is not None:
        copies["the vault's conversation_id"] = (row.sealed_for, leaf.conversation)
    for name, (kept, said) in copies.items():
        if kept != said:
            checker.findings.add(
                Fault.COLUMN_CHANGED,
                f"leaf {row.index}: {name} is {kept!r}, the leaf says {said!r}",
            )


def _check_tree(checker: Checker, connection: Connection) -> None:
    """Check that every stored hash above the leaves follows from those below it."""
    frontier = Frontier()
    while True:
        following, wrong = stored_log.wrong_nodes(connection, frontier)
        for node in wrong:
            checker.findings.add(
                Fault.NODE_CHANGED, f"the hash at level {node.level}, position {node.position}"
            )
        if following.size == frontier.size:
            break
        frontier = following
    due = 2 * frontier.size - frontier.size.bit_count()
    kept = stored_log.count_nodes(connection)
    if kept != due:
        checker.findings.add(
            Fault.NODE_CHANGED, f"{kept} hashes are stored, but a tree of this size has {due}"
        )
