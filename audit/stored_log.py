"""A whole log read from its tables, in order and a piece at a time, to export or to check it."""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import Connection, and_, bindparam, func, inspect, or_, select

from audit.bundle import BundleLine, CheckpointLine, Header, LeafLine
from audit.database import Database
from audit.errors import LogMismatch
from audit.merkle import Frontier, Node
from audit.storage import log_checkpoints, log_head, log_leaves, log_nodes, vault

LEAVES_AT_ONCE = 1000


@dataclass(frozen=True, slots=True)
class Row:
    """A leaf's row and what belongs to it; `hash` is empty where the tree has none for it."""

    index: int
    record_id: str
    kind: str
    conversation_id: str | None
    at: str
    text: bytes
    hash: bytes
    sealed_for: str | None
    ciphertext: bytes | None


_SELECT_ROWS = (
    select(
        log_leaves.c.leaf_index,
        log_leaves.c.record_id,
        log_leaves.c.kind,
        log_leaves.c.conversation_id,
        log_leaves.c.at,
        log_leaves.c.leaf,
        log_nodes.c.hash,
        vault.c.conversation_id.label("sealed_for"),
        vault.c.ciphertext,
    )
    .select_from(
        log_leaves.outerjoin(
            log_nodes,
            and_(log_nodes.c.level == 0, log_nodes.c.position == log_leaves.c.leaf_index),
        ).outerjoin(vault, vault.c.record_id == log_leaves.c.record_id)
    )
    .where(log_leaves.c.leaf_index > bindparam("after"))
    .order_by(log_leaves.c.leaf_index)
    .limit(LEAVES_AT_ONCE)
)


def read_header(connection: Connection, *, ciphertexts: bool) -> Header:
    """Return what heads a bundle of this log. Raises LogMismatch if the database holds none."""
    if not inspect(connection).has_table(log_head.name):
        raise LogMismatch("this database holds no log: check the address")
    head = connection.execute(select(log_head)).first()
    if head is None:
        raise LogMismatch("the log in this database is still empty: nothing was ever recorded")
    older = connection.execute(select(log_checkpoints.c.verifier_key).distinct()).scalars()
    keys = tuple(sorted({head.verifier_key, *older}))
    return Header(head.origin, head.checkpoint, keys, ciphertexts)


def read_checkpoints(connection: Connection) -> Iterator[tuple[int, str]]:
    """Yield the size and text of each published checkpoint, smallest first."""
    after = -1
    while True:
        rows = connection.execute(
            select(log_checkpoints.c.size, log_checkpoints.c.checkpoint)
            .where(log_checkpoints.c.size > after)
            .order_by(log_checkpoints.c.size)
            .limit(LEAVES_AT_ONCE)
        ).all()
        for row in rows:
            yield row.size, row.checkpoint
        if len(rows) < LEAVES_AT_ONCE:
            return
        after = rows[-1].size


def read_rows(connection: Connection) -> Iterator[Row]:
    """Yield the leaves by their numbers; gaps are the reader's to notice."""
    after = -(2**62)
    while True:
        rows = connection.execute(_SELECT_ROWS, {"after": after}).all()
        for row in rows:
            yield Row(
                index=row.leaf_index,
                record_id=row.record_id,
                kind=row.kind,
                conversation_id=row.conversation_id,
                at=row.at,
                text=row.leaf,
                hash=row.hash or b"",
                sealed_for=row.sealed_for,
                ciphertext=row.ciphertext,
            )
        if len(rows) < LEAVES_AT_ONCE:
            return
        after = rows[-1].leaf_index


def read_lines(database: Database, *, ciphertexts: bool) -> Iterator[BundleLine]:
    """Yield the lines of a bundle, all from one state of the log."""
    with database.read() as connection:
        yield read_header(connection, ciphertexts=ciphertexts)
        checkpoints = read_checkpoints(connection)
        published = next(checkpoints, None)
        for row in read_rows(connection):
            yield LeafLine(row.index, row.hash, row.text, row.ciphertext if ciphertexts else None)
            while published is not None and published[0] <= row.index + 1:
                yield CheckpointLine(published[1])
                published = next(checkpoints, None)
        while published is not None:
            yield CheckpointLine(published[1])
            published = next(checkpoints, None)


def leaf_hashes(connection: Connection, start: int, end: int) -> dict[int, bytes]:
    """Return the leaf hashes kept in the tree for the leaves from `start` up to `end`."""
    rows = connection.execute(
        select(log_nodes.c.position, log_nodes.c.hash).where(
            log_nodes.c.level == 0, log_nodes.c.position >= start, log_nodes.c.position < end
        )
    )
    return {row.position: row.hash for row in rows}


def wrong_nodes(connection: Connection, old: Frontier) -> tuple[Frontier, tuple[Node, ...]]:
    """Check the next piece of the stored tree above `old`, from its own leaf hashes.

    Returns the frontier after the piece, and the nodes that are not stored as they follow from
    those. The frontier is `old` itself when the tree has no more leaf hashes.
    """
    kept = leaf_hashes(connection, old.size, old.size + LEAVES_AT_ONCE)
    frontier, due = old, dict[tuple[int, int], bytes]()
    while frontier.size in kept:
        frontier, completed = frontier.append(kept[frontier.size])
        due.update({(n.level, n.position): n.hash for n in completed if n.level})
    pieces = [
        and_(
            log_nodes.c.level == level,
            log_nodes.c.position >= old.size >> level,
            log_nodes.c.position < frontier.size >> level,
        )
        for level in range(1, frontier.size.bit_length())
    ]
    if not pieces or frontier.size == old.size:
        return frontier, ()
    rows = connection.execute(
        select(log_nodes.c.level, log_nodes.c.position, log_nodes.c.hash).where(or_(*pieces))
    )
    stored = {(row.level, row.position): row.hash for row in rows}
    wrong = tuple(Node(*at, hashed) for at, hashed in due.items() if stored.get(at) != hashed)
    return frontier, wrong


def count_nodes(connection: Connection) -> int:
    """Return how many hashes the tree has in all."""
    return connection.execute(select(func.count()).select_from(log_nodes)).scalar_one()


def orphaned_records(connection: Connection, limit: int) -> tuple[str, ...]:
    """Return record identifiers in the vault that no leaf has."""
    known = select(log_leaves.c.record_id).where(log_leaves.c.record_id == vault.c.record_id)
    found = connection.execute(select(vault.c.record_id).where(~known.exists()).limit(limit))
    return tuple(found.scalars())
