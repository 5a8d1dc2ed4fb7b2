"""A key for each conversation, wrapped under a master key, in a database of their own.

Destroying a key is what erases a conversation: its ciphertexts and the salts of its commitments go
dark together, wherever copies of them lie. That holds only if the key is gone, so keys are kept
apart from the ciphertexts, where backups can be short. On SQLite deleted bytes are overwritten and
the journal is cut at commit; PostgreSQL keeps old row versions until they are vacuumed, so there
the wrapped key lingers, unreadable without the master key: `rotate_master` and destroying the old
master key end that for good.
"""

import os
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from datetime import UTC, datetime
from hashlib import sha256

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import (
    CheckConstraint,
    Column,
    Connection,
    LargeBinary,
    MetaData,
    SmallInteger,
    Table,
    Text,
    bindparam,
    select,
)

from audit.canonical import canonical_json
from audit.database import Database, Journal
from audit.errors import KeyErased, KeyUnknown, SealBroken, SecretUnusable
from audit.keyfiles import LogSigner, Secret, load_or_create_secret
from audit.storage import NAMING, insert_unless_there
from audit.vault import KEY_SIZE, NONCE_SIZE, ConversationKey, derive_key

__all__ = ["ConversationKey", "KeyStore", "LogSigner", "Secret", "load_or_create_secret"]

CACHED_KEYS = 1024
CACHED_SECONDS = 30.0

key_metadata = MetaData(naming_convention=NAMING)

master_key = Table(
    "master_key",
    key_metadata,
    Column("id", SmallInteger, CheckConstraint("id = 1", name="single_row"), primary_key=True,
           autoincrement=False),
    Column("fingerprint", LargeBinary, nullable=False),
)  # fmt: skip
"""One row: a fingerprint of the master key now in use, so that a wrong one is noticed at once."""

conversation_keys = Table(
    "conversation_keys",
    key_metadata,
    Column("conversation_id", Text, primary_key=True),
    Column("wrapped", LargeBinary),
    Column("destroyed_at", Text),
    CheckConstraint("(wrapped IS NULL) <> (destroyed_at IS NULL)", name="key_or_tombstone"),
)
"""A wrapped key, or the tombstone of one that was destroyed."""

_CREATING = 7_364_921_085
"""The advisory lock that lets one process at a time make the tables: PostgreSQL's CREATE TABLE IF
NOT EXISTS may fail when two run at once."""

_SELECT_MASTER = select(master_key.c.fingerprint)
_SELECT_KEY = select(conversation_keys.c.wrapped).where(
    conversation_keys.c.conversation_id == bindparam("conversation")
)


class KeyStore:
    """The keys of conversations. May be shared between threads."""

    def __init__(self, database: Database, master: Secret, clock: Callable[[], datetime]) -> None:
        """Use the key tables in `database`, which must exist, under this master key.

        The first use records which master key it was; later any other raises SecretUnusable.
        """
        self._database = database
        self._master = master
        self._clock = clock
        self._lock = threading.Lock()
        self._cache: OrderedDict[str, tuple[float, ConversationKey]] = OrderedDict()
        with database.read() as connection:
            fingerprint = connection.execute(_SELECT_MASTER).scalar()
        if fingerprint is None:
            with database.write() as connection:
                connection.execute(
                    insert_unless_there(connection, master_key),
                    {"id": 1, "fingerprint": _fingerprint(master)},
                )
        with database.read() as connection:
            self._require_master(connection, locked=False)

    @classmethod
    def open(
        cls, url: str, master: Secret, clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> "KeyStore":
        """Open the key database at `url`, making its tables if they are missing."""
        database = Database.open(url, journal=Journal.TRUNCATE)
        try:
            with database.write() as connection:
                if database.engine_name == "postgresql":
                    connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_CREATING})")
                key_metadata.create_all(connection)
            return cls(database, master, clock)
        except BaseException:
            database.close()
            raise

    def close(self) -> None:
        """Let go of the key database and forget the cached keys."""
        self._forget_all()
        self._database.close()

    def create(self, conversation_id: str) -> ConversationKey:
        """Return the new key of a conversation, durable before this returns.

        When it has one already, that one is returned. Raises KeyErased after it was destroyed.
        """
        with self._database.write() as connection:
            self._require_master(connection)
            connection.execute(
                insert_unless_there(connection, conversation_keys),
                {
                    "conversation_id": conversation_id,
                    "wrapped": _wrap(self._master, conversation_id, os.urandom(KEY_SIZE)),
                    "destroyed_at": None,
                },
            )
            row = connection.execute(_SELECT_KEY, {"conversation": conversation_id}).one()
            key = self._unwrap(conversation_id, row.wrapped)
        self._remember(key)
        return key

    def get(self, conversation_id: str) -> ConversationKey:
        """Return the key of a conversation; raise KeyUnknown or KeyErased when there is none.

        A key may be returned from memory for up to CACHED_SECONDS after another process destroyed
        it. The log allows for that: it neither writes nor finds personal data after an erasure.
        """
        remembered = self._recall(conversation_id)
        if remembered is not None:
            return remembered
        with self._database.read() as connection:
            row = connection.execute(_SELECT_KEY, {"conversation": conversation_id}).first()
        if row is None:
            raise KeyUnknown(f"conversation {conversation_id} has no key: create it first")
        key = self._unwrap(conversation_id, row.wrapped)
        self._remember(key)
        return key

    def destroy(self, conversation_id: str) -> None:
        """Destroy the key of a conversation for good; durable before this returns.

        A tombstone stays, so that the conversation can have no second key. Destroying twice, or
        before there was a key, is the same as destroying once.
        """
        tombstone = {
            "wrapped": None,
            "destroyed_at": self._clock().astimezone(UTC).isoformat(timespec="seconds"),
        }
        with self._database.write() as connection:
            connection.execute(
                insert_unless_there(connection, conversation_keys),
                {"conversation_id": conversation_id, **tombstone},
            )
            connection.execute(
                conversation_keys.update()
                .where(conversation_keys.c.conversation_id == conversation_id)
                .where(conversation_keys.c.wrapped.is_not(None)),
                tombstone,
            )
        with self._lock:
            self._cache.pop(conversation_id, None)

    def is_destroyed(self, conversation_id: str) -> bool:
        """Tell whether the conversation's tombstone stands, asking the database."""
        with self._database.read() as connection:
            row = connection.execute(_SELECT_KEY, {"conversation": conversation_id}).first()
        return row is not None and row.wrapped is None

    def rotate_master(self, new: Secret) -> int:
        """Wrap every key under a new master key, all or none; return how many.

        Other processes must be restarted with the new key; until then they are refused. Destroy
        the old master key afterwards, and with it everything still wrapped under it in backups.
        """
        with self._database.write() as connection:
            connection.execute(_SELECT_MASTER.with_for_update())
            self._require_master(connection)
            rows = connection.execute(
                select(conversation_keys.c.conversation_id, conversation_keys.c.wrapped)
                .where(conversation_keys.c.wrapped.is_not(None))
                .with_for_update()
            ).all()
            rewrapped = [
                {
                    "conversation": row.conversation_id,
                    "rewrapped": _wrap(
                        new,
                        row.conversation_id,
                        _unwrap_secret(self._master, row.conversation_id, row.wrapped),
                    ),
                }
                for row in rows
            ]
            if rewrapped:
                connection.execute(
                    conversation_keys.update()
                    .where(conversation_keys.c.conversation_id == bindparam("conversation"))
                    .values(wrapped=bindparam("rewrapped")),
                    rewrapped,
                )
            connection.execute(master_key.update().values(fingerprint=_fingerprint(new)))
        self._master = new
        self._forget_all()
        return len(rewrapped)

    def _require_master(self, connection: Connection, *, locked: bool = True) -> None:
        """Refuse to go on under another master key than the one in use.

        The row is locked while keys are written, so that none is wrapped under a master key that
        is just being replaced.
        """
        statement = _SELECT_MASTER.with_for_update(read=True) if locked else _SELECT_MASTER
        if connection.execute(statement).scalar() != _fingerprint(self._master):
            raise SecretUnusable(
                "this master key does not fit the key database: use the key in force now"
                " (was it rotated?)"
            )

    def _unwrap(self, conversation_id: str, wrapped: bytes | None) -> ConversationKey:
        if wrapped is None:
            raise KeyErased(f"conversation {conversation_id} was erased: nothing can be read")
        return derive_key(conversation_id, _unwrap_secret(self._master, conversation_id, wrapped))

    def _recall(self, conversation_id: str) -> ConversationKey | None:
        with self._lock:
            entry = self._cache.get(conversation_id)
            if entry is None:
                return None
            since, key = entry
            if time.monotonic() - since > CACHED_SECONDS:
                del self._cache[conversation_id]
                return None
            self._cache.move_to_end(conversation_id)
            return key

    def _remember(self, key: ConversationKey) -> None:
        with self._lock:
            self._cache[key.conversation_id] = (time.monotonic(), key)
            if len(self._cache) > CACHED_KEYS:
                self._cache.popitem(last=False)

    def _forget_all(self) -> None:
        with self._lock:
            self._cache.clear()


def _fingerprint(master: Secret) -> bytes:
    return sha256(b"signpost/master-key/v1\n" + master.value).digest()[:16]


def _wrap(master: Secret, conversation_id: str, secret: bytes) -> bytes:
    nonce = os.urandom(NONCE_SIZE)
    return nonce + AESGCM(master.value).encrypt(nonce, secret, _binding(conversation_id))


def _unwrap_secret(master: Secret, conversation_id: str, wrapped: bytes) -> bytes:
    try:
        return AESGCM(master.value).decrypt(
            wrapped[:NONCE_SIZE], wrapped[NONCE_SIZE:], _binding(conversation_id)
        )
    except (InvalidTag, ValueError) as error:
        raise SealBroken(
            f"the key of conversation {conversation_id} does not open: the master key was rotated"
            " (restart with the new one), or the key database is damaged (restore it)"
        ) from error


def _binding(conversation_id: str) -> bytes:
    return canonical_json(["signpost/key/v1", conversation_id])
