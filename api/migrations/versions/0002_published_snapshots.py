"""Published snapshots, where PostgreSQL keeps them for every process (pgvector)."""

import sqlalchemy as sa
from alembic import op
from pgvector.sqlalchemy import SPARSEVEC, VECTOR
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    if op.get_context().dialect.name != "postgresql":
        return
    op.execute("CREATE EXTENSION IF NOT EXISTS vector")
    op.create_table(
        "guidance_snapshots",
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("manifest", postgresql.JSONB(), nullable=False),
        sa.Column("documents", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("digest"),
    )
    op.create_table(
        "guidance_terms",
        sa.Column("snapshot", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("term", sa.Text(), nullable=False),
        sa.Column("ceiling", sa.REAL(), nullable=False),
        sa.ForeignKeyConstraint(["snapshot"], ["guidance_snapshots.digest"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("snapshot", "number"),
    )
    op.create_table(
        "guidance_passages",
        sa.Column("snapshot", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("dense", VECTOR(), nullable=False),
        sa.Column("lexical", SPARSEVEC(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("nations", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("addresses", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("data", sa.Text(), nullable=False),
        sa.Column("segments", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["snapshot"], ["guidance_snapshots.digest"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("snapshot", "position"),
    )
    op.execute("ALTER TABLE guidance_passages ALTER COLUMN dense SET STORAGE MAIN")
    op.execute("ALTER TABLE guidance_passages ALTER COLUMN lexical SET STORAGE MAIN")
    op.execute("ALTER TABLE guidance_passages ALTER COLUMN segments SET STORAGE EXTERNAL")
