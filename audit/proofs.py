"""Proofs made from the stored tree, each in one query of O(log n) rows."""

from collections.abc import Sequence

from sqlalchemy import Connection

from audit import statements
from audit.errors import LogMismatch
from audit.merkle import (
    NodeId,
    Range,
    consistency_ranges,
    inclusion_ranges,
    range_nodes,
    range_root,
)


def stored_inclusion_proof(connection: Connection, index: int, size: int) -> tuple[bytes, ...]:
    """Return the proof that leaf `index` is in the log's first `size` leaves.

    Requires 0 <= index < size <= the log's size. Raises LogMismatch when nodes are missing.
    """
    return _roots(connection, inclusion_ranges(index, size))


def stored_consistency_proof(connection: Connection, old: int, new: int) -> tuple[bytes, ...]:
    """Return the proof that the log's first `new` leaves extend its first `old`.

    Requires 0 <= old <= new <= the log's size. Raises LogMismatch when nodes are missing.
    """
    return _roots(connection, consistency_ranges(old, new))


def _roots(connection: Connection, ranges: Sequence[Range]) -> tuple[bytes, ...]:
    nodes = _read_nodes(connection, [node for a, b in ranges for node in range_nodes(a, b)])
    return tuple(range_root(a, b, nodes.__getitem__) for a, b in ranges)


def _read_nodes(connection: Connection, wanted: Sequence[NodeId]) -> dict[NodeId, bytes]:
    if not wanted:
        return {}
    names: dict[str, int] = {}
    for number, (level, position) in enumerate(wanted):
        names |= {f"level{number}": level, f"position{number}": position}
    rows = connection.execute(statements.select_nodes(len(wanted)), names)
    found = {(row.level, row.position): row.hash for row in rows}
    if len(found) != len(wanted):
        raise LogMismatch("nodes of the log's tree are missing: run signpost-audit verify")
    return found
