"""The log: records go in at the end, inside the caller's own transaction, and never change.

An append locks the one head row (on SQLite the writer already holds the database), so leaves are
numbered without gaps in the order in which their transactions commit. The head always carries a
signed checkpoint over everything committed, so a receipt can be given at once.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any, cast

from sqlalchemy import Connection, Row

from audit import statements
from audit.canonical import Json, canonical_json, parse_canonical
from audit.checkpoint import Checkpoint
from audit.errors import (
    CommitmentBroken,
    KeyErased,
    LogMismatch,
    NothingPersonal,
    RecordUnknown,
)
from audit.events import Event, Kind
from audit.keyfiles import LogSigner
from audit.keys import KeyStore
from audit.leaf import Leaf, parse_leaf, read_time, write_time
from audit.merkle import HASH_SIZE, Frontier, Node, leaf_hash
from audit.note import Note
from audit.proofs import stored_inclusion_proof
from audit.receipts import Opening, Receipt
from audit.records import Record, Recorded
from audit.storage import insert_unless_there, log_head
from audit.vault import commitment, record_salt, seal, unseal

__all__ = ["Log", "Record", "Recorded"]

PUBLISH_EVERY = 256
"""A signed checkpoint is kept for good whenever the log passes a multiple of this many leaves."""


@dataclass(frozen=True, slots=True)
class _Head:
    frontier: Frontier
    checkpoint: str


class Log:
    """One log, named by its origin. Holds no state: may be shared between threads."""

    def __init__(
        self,
        origin: str,
        signer: LogSigner,
        keys: KeyStore,
        clock: Callable[[], datetime],
        new_id: Callable[[], str],
        *,
        publish_every: int = PUBLISH_EVERY,
    ) -> None:
        if signer.origin != origin:
            raise LogMismatch(f"the key of {signer.origin} cannot sign the log {origin}")
        self.origin = origin
        self._signer = signer
        self._verifier_key = str(signer.verifier_key)
        self._keys = keys
        self._clock = clock
        self._new_id = new_id
        self._publish_every = publish_every

    def append(self, connection: Connection, events: Sequence[Event]) -> tuple[Recorded, ...]:
        """Record the events, in order, in the caller's write transaction.

        They are in the log if and only if that transaction commits; until it ends, other appends
        wait. Raises NotCanonical for facts that JSON cannot carry, KeyUnknown when a conversation
        has no key yet, and KeyErased when one with a personal part was erased.
        """
        if not events:
            return ()
        head = self._locked_head(connection)
        for conversation in {e.conversation for e in events if e.personal is not None}:
            self._require_not_erased(connection, str(conversation))
        at = write_time(self._clock())
        moment = read_time(at)
        frontier = head.frontier
        recorded: list[Recorded] = []
        leaf_rows: list[dict[str, object]] = []
        sealed_rows: list[dict[str, object]] = []
        nodes: list[Node] = []
        for event in events:
            leaf, sealed = self._prepare(event, at)
            encoded = leaf.encode()
            hashed = leaf_hash(encoded)
            recorded.append(Recorded(frontier.size, leaf.record_id, hashed, moment))
            leaf_rows.append(_leaf_row(frontier.size, leaf, encoded))
            if sealed is not None:
                sealed_rows.append(
                    {
                        "record_id": leaf.record_id,
                        "conversation_id": leaf.conversation,
                        "ciphertext": sealed,
                    }
                )
            frontier, completed = frontier.append(hashed)
            nodes.extend(completed)
        connection.execute(statements.INSERT_LEAVES, _one_or_many(leaf_rows))
        connection.execute(
            statements.INSERT_NODES,
            [{"level": n.level, "position": n.position, "hash": n.hash} for n in nodes],
        )
        if sealed_rows:
            connection.execute(statements.INSERT_SEALED, _one_or_many(sealed_rows))
        self._move_head(connection, head.frontier.size, frontier)
        return tuple(recorded)

    def lock(self, connection: Connection) -> None:
        """Wait for the log's turn and hold it until the caller's write transaction ends.

        Appending does this by itself; call it first where something must be read, too, that no
        other append may overtake.
        """
        self._locked_head(connection)

    def checkpoint(self, connection: Connection) -> str:
        """Return the signed checkpoint (a C2SP note) of the whole log as it stands.

        An empty log has one too, signed afresh.
        """
        row = self._head_row(connection)
        return self._sign(Frontier()) if row is None else cast(str, row.checkpoint)

    def size(self, connection: Connection) -> int:
        """Return how many leaves the log has."""
        row = self._head_row(connection)
        return 0 if row is None else cast(int, row.size)

    def record(self, connection: Connection, record_id: str) -> Record:
        """Return one record, or raise RecordUnknown."""
        row = connection.execute(statements.SELECT_LEAF, {"record": record_id}).first()
        if row is None:
            raise RecordUnknown(f"the log has no record {record_id}: check the identifier")
        return Record(row.leaf_index, parse_leaf(row.leaf))

    def records(self, connection: Connection, conversation_id: str) -> tuple[Record, ...]:
        """Return the records of a conversation, oldest first."""
        rows = connection.execute(
            statements.SELECT_CONVERSATION, {"conversation": conversation_id}
        ).all()
        return tuple(Record(row.leaf_index, parse_leaf(row.leaf)) for row in rows)

    def newest(self, connection: Connection, kind: Kind) -> Record | None:
        """Return the last record of a kind, or None where there is none."""
        row = connection.execute(statements.SELECT_NEWEST, {"kind": kind.value}).first()
        return None if row is None else Record(row.leaf_index, parse_leaf(row.leaf))

    def of_kind(self, connection: Connection, kind: Kind) -> tuple[Record, ...]:
        """Return all records of a kind, oldest first. For kinds of which there are few."""
        rows = connection.execute(statements.SELECT_KIND, {"kind": kind.value}).all()
        return tuple(Record(row.leaf_index, parse_leaf(row.leaf)) for row in rows)

    def scan(
        self, connection: Connection, kind: Kind, containing: bytes = b"", page: int = 1_000
    ) -> Iterator[Record]:
        """Yield records of a kind, oldest first, read a `page` at a time: for kinds of many.

        `containing` passes over leaves whose canonical JSON does not hold these bytes.
        """
        last = -1
        while True:
            asked = {"kind": kind.value, "after": last, "page": page}
            rows = connection.execute(statements.SELECT_KIND_AFTER, asked).all()
            for row in rows:
                if containing in row.leaf:
                    yield Record(row.leaf_index, parse_leaf(row.leaf))
            if len(rows) < page:
                return
            last = rows[-1].leaf_index

    def personal(self, connection: Connection, record_id: str) -> Mapping[str, Json]:
        """Return the personal part of a record, decrypted and checked against its commitment.

        Raises RecordUnknown, NothingPersonal, KeyErased after an erasure, SealBroken when the
        ciphertext was tampered with, and CommitmentBroken when it is not what was recorded.
        """
        return self._open(connection, self.record(connection, record_id).leaf).personal

    def receipt(self, connection: Connection, record_id: str, reveal: bool) -> Receipt:
        """Return the proof that a record is in the log as now signed.

        With `reveal`, what was said is in it too, with the salt that proves it; raises as
        `personal` does. It may be made in the transaction that appends, but must reach nobody
        before that commits: a signed checkpoint that was rolled back would contradict later ones.
        """
        record = self.record(connection, record_id)
        row = self._head_row(connection)
        if row is None or row.size <= record.index:
            raise LogMismatch("the log's head is behind its leaves: run signpost-audit verify")
        return Receipt(
            leaf=record.leaf,
            index=record.index,
            proof=stored_inclusion_proof(connection, record.index, row.size),
            checkpoint=row.checkpoint,
            opening=self._open(connection, record.leaf) if reveal else None,
        )

    def erase(self, connection: Connection, conversation_id: str) -> Recorded | None:
        """Delete the conversation's ciphertexts and record that it was erased.

        Returns None when it was erased before. The key must be destroyed after this transaction
        has committed: use `audit.erasure.erase_conversation`, which does both.
        """
        self._locked_head(connection)
        if _is_erased(connection, conversation_id):
            return None
        deleted = connection.execute(
            statements.DELETE_SEALED, {"conversation": conversation_id}
        ).rowcount
        event = Event(Kind.CONVERSATION_ERASED, {"ciphertexts": deleted}, conversation_id)
        return self.append(connection, [event])[0]

    def _prepare(self, event: Event, at: str) -> tuple[Leaf, bytes | None]:
        record_id = self._new_id()
        if event.personal is None:
            return Leaf(record_id, event.kind, at, event.facts, event.conversation), None
        key = self._keys.get(str(event.conversation))
        personal = canonical_json(event.personal)
        sealed = seal(key, record_id, personal)
        leaf = Leaf(
            record_id=record_id,
            kind=event.kind,
            at=at,
            facts=event.facts,
            conversation=event.conversation,
            commitment=commitment(record_salt(key, record_id), personal).hex(),
            ciphertext=sha256(sealed).hexdigest(),
        )
        return leaf, sealed

    def _open(self, connection: Connection, leaf: Leaf) -> Opening:
        if leaf.commitment is None or leaf.conversation is None:
            raise NothingPersonal(f"record {leaf.record_id} has no personal part")
        sealed = connection.execute(statements.SELECT_SEALED, {"record": leaf.record_id}).scalar()
        if sealed is None:
            self._require_not_erased(connection, leaf.conversation)
            raise LogMismatch(
                f"the ciphertext of record {leaf.record_id} is gone: run signpost-audit verify"
            )
        key = self._keys.get(leaf.conversation)
        plain = unseal(key, leaf.record_id, sealed)
        salt = record_salt(key, leaf.record_id)
        if commitment(salt, plain).hex() != leaf.commitment:
            raise CommitmentBroken(
                f"record {leaf.record_id} is not what was recorded: run signpost-audit verify"
            )
        return Opening(salt, cast(Mapping[str, Json], parse_canonical(plain)))

    def _require_not_erased(self, connection: Connection, conversation_id: str) -> None:
        if _is_erased(connection, conversation_id):
            raise KeyErased(f"conversation {conversation_id} was erased: nothing of it can be kept")

    def _head_row(self, connection: Connection) -> Row[Any, Any, Any, Any] | None:
        row = connection.execute(statements.SELECT_HEAD).first()
        if row is not None and row.origin != self.origin:
            raise LogMismatch(f"this database holds the log {row.origin}, not {self.origin}")
        return row

    def _locked_head(self, connection: Connection) -> _Head:
        """Return the head, locked until the transaction ends; make the first one if need be."""
        row = connection.execute(statements.LOCK_HEAD).first()
        if row is None:
            connection.execute(
                insert_unless_there(connection, log_head),
                {
                    "id": 1,
                    "origin": self.origin,
                    "size": 0,
                    "peaks": b"",
                    "checkpoint": self._sign(Frontier()),
                    "verifier_key": self._verifier_key,
                },
            )
            row = connection.execute(statements.LOCK_HEAD).one()
        if row.origin != self.origin:
            raise LogMismatch(f"this database holds the log {row.origin}, not {self.origin}")
        peaks = row.peaks
        try:
            frontier = Frontier(
                row.size,
                tuple(peaks[i : i + HASH_SIZE] for i in range(0, len(peaks), HASH_SIZE)),
            )
        except ValueError as error:
            raise LogMismatch("the log's head is damaged: run signpost-audit verify") from error
        return _Head(frontier, row.checkpoint)

    def _move_head(self, connection: Connection, old_size: int, frontier: Frontier) -> None:
        note = self._sign(frontier)
        connection.execute(
            statements.UPDATE_HEAD,
            {
                "size": frontier.size,
                "peaks": b"".join(frontier.peaks),
                "checkpoint": note,
                "verifier_key": self._verifier_key,
            },
        )
        if frontier.size // self._publish_every > old_size // self._publish_every:
            connection.execute(
                statements.INSERT_CHECKPOINT,
                {
                    "size": frontier.size,
                    "checkpoint": note,
                    "verifier_key": self._verifier_key,
                },
            )

    def _sign(self, frontier: Frontier) -> str:
        text = Checkpoint(self.origin, frontier.size, frontier.root()).text()
        return str(Note(text, (self._signer.sign(text),)))


def _leaf_row(index: int, leaf: Leaf, encoded: bytes) -> dict[str, object]:
    return {
        "leaf_index": index,
        "record_id": leaf.record_id,
        "kind": str(leaf.kind),
        "conversation_id": leaf.conversation,
        "at": leaf.at,
        "leaf": encoded,
    }


def _is_erased(connection: Connection, conversation_id: str) -> bool:
    found = connection.execute(statements.SELECT_ERASURE, {"conversation": conversation_id})
    return found.first() is not None


def _one_or_many(rows: list[dict[str, object]]) -> list[dict[str, object]] | dict[str, object]:
    """Return a single row by itself: PostgreSQL's driver sends lists in a costlier way."""
    return rows[0] if len(rows) == 1 else rows
