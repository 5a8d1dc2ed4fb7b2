"""The tables of published snapshots. Migrations include `metadata` and run `INSTALLATION`."""

from pgvector.sqlalchemy import SPARSEVEC, VECTOR
from sqlalchemy import (
    DDL,
    Column,
    ForeignKey,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    event,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, REAL

INSTALLATION = (
    "CREATE EXTENSION IF NOT EXISTS vector",
    "ALTER TABLE guidance_passages ALTER COLUMN dense SET STORAGE MAIN",
    "ALTER TABLE guidance_passages ALTER COLUMN lexical SET STORAGE MAIN",
    "ALTER TABLE guidance_passages ALTER COLUMN addresses SET STORAGE MAIN",
    "ALTER TABLE guidance_passages ALTER COLUMN segments SET STORAGE EXTERNAL",
    "ALTER TABLE guidance_passages SET (toast_tuple_target = 4080)",
)
"""What a migration runs beside creating the tables: the first before them, the others after.

Scores are read of every row, passages only of a few: so vectors stay in the row."""


def _of_snapshot() -> ForeignKey:
    return ForeignKey("guidance_snapshots.digest", ondelete="CASCADE")


metadata = MetaData()

snapshots_table = Table(
    "guidance_snapshots",
    metadata,
    Column("digest", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("manifest", JSONB, nullable=False),
    Column("documents", Text, nullable=False),
)

terms_table = Table(
    "guidance_terms",
    metadata,
    Column("snapshot", Text, _of_snapshot(), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("term", Text, nullable=False),
    Column("ceiling", REAL, nullable=False),
    Column("word", Text, nullable=False),
)

passages_table = Table(
    "guidance_passages",
    metadata,
    Column("snapshot", Text, _of_snapshot(), primary_key=True),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("dense", VECTOR, nullable=False),
    Column("lexical", SPARSEVEC, nullable=False),
    Column("language", Text, nullable=False),
    Column("nations", ARRAY(Text), nullable=False),
    Column("addresses", ARRAY(Text), nullable=False),
    Column("data", Text, nullable=False),
    Column("segments", LargeBinary, nullable=False),
)

event.listen(metadata, "before_create", DDL(INSTALLATION[0]))  # type: ignore[no-untyped-call]
for _statement in INSTALLATION[1:]:
    event.listen(passages_table, "after_create", DDL(_statement))  # type: ignore[no-untyped-call]
