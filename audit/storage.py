"""The tables of the log, the same on SQLite and PostgreSQL.

`log_leaves` is the truth; everything else can be computed from it (`log_nodes`, `log_head`), was
signed on the way (`log_checkpoints`), or is the encrypted part that the leaves only commit to
(`vault`). The column copies beside a leaf's bytes are for finding it, and verification compares
them.
"""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ColumnElement,
    Connection,
    Index,
    Insert,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    SmallInteger,
    Table,
    Text,
    literal_column,
)
from sqlalchemy.dialects import postgresql, sqlite

from audit.events import Kind

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

metadata = MetaData(naming_convention=NAMING)

log_head = Table(
    "log_head",
    metadata,
    Column("id", SmallInteger, CheckConstraint("id = 1", name="single_row"), primary_key=True,
           autoincrement=False),
    Column("origin", Text, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("peaks", LargeBinary, nullable=False),
    Column("checkpoint", Text, nullable=False),
    Column("verifier_key", Text, nullable=False),
)  # fmt: skip
"""One row: the size, the frontier's peaks end to end, the signed checkpoint and whose key it is."""

log_leaves = Table(
    "log_leaves",
    metadata,
    Column("leaf_index", BigInteger, primary_key=True, autoincrement=False),
    Column("record_id", Text, nullable=False, unique=True),
    Column("kind", Text, nullable=False),
    Column("conversation_id", Text),
    Column("at", Text, nullable=False),
    Column("leaf", LargeBinary, nullable=False),
    Index(None, "conversation_id", "leaf_index"),
    Index(None, "kind", "leaf_index"),
)
"""The leaves in order: canonical JSON, exactly as hashed."""

ERASED: ColumnElement[str] = literal_column(f"'{Kind.CONVERSATION_ERASED}'")
"""Spelt out rather than bound, so that the engines see that the index below applies."""

erasures = Index(
    "uq_log_leaves_erased_conversation_id",
    log_leaves.c.conversation_id,
    unique=True,
    sqlite_where=log_leaves.c.kind == ERASED,
    postgresql_where=log_leaves.c.kind == ERASED,
)
"""Holds erasures alone: every append with a personal part asks for them, and each is there once."""

log_nodes = Table(
    "log_nodes",
    metadata,
    Column("level", SmallInteger, nullable=False, autoincrement=False),
    Column("position", BigInteger, nullable=False, autoincrement=False),
    Column("hash", LargeBinary, nullable=False),
    PrimaryKeyConstraint("level", "position"),
    sqlite_with_rowid=False,
)
"""The hash of every perfect subtree; level 0 is the leaf hashes."""

log_checkpoints = Table(
    "log_checkpoints",
    metadata,
    Column("size", BigInteger, primary_key=True, autoincrement=False),
    Column("checkpoint", Text, nullable=False),
    Column("verifier_key", Text, nullable=False),
)
"""Signed checkpoints kept for good, so that a rewritten history has to explain them."""

vault = Table(
    "vault",
    metadata,
    Column("record_id", Text, primary_key=True),
    Column("conversation_id", Text, nullable=False),
    Column("ciphertext", LargeBinary, nullable=False),
    Index(None, "conversation_id"),
)
"""What is personal, encrypted under the key of its conversation; erasing deletes the rows."""


def insert_unless_there(connection: Connection, table: Table) -> Insert:
    """Return an insert that does nothing where the row's key exists; waits for one just being made.

    The two engines spell it alike but SQLAlchemy has no common name for it.
    """
    if connection.dialect.name == "sqlite":
        return sqlite.insert(table).on_conflict_do_nothing()
    return postgresql.insert(table).on_conflict_do_nothing()
