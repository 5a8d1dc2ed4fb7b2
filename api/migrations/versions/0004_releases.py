"""Releases, the moves made with them, their evaluations, and the board's keys."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.create_table(
        "releases",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("software", sa.Text(), nullable=False),
        sa.Column("snapshot", sa.Text(), nullable=False),
        sa.Column("policy", sa.Text(), nullable=False),
        sa.Column("embedder", sa.Text(), nullable=False),
        sa.Column("composer", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_releases")),
    )
    op.create_table(
        "release_moves",
        sa.Column("record_id", sa.String(length=64), nullable=False),
        sa.Column("release", sa.String(length=64), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("at", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["release"], ["releases.digest"], name=op.f("fk_release_moves_release_releases")
        ),
        sa.PrimaryKeyConstraint("record_id", name=op.f("pk_release_moves")),
        sa.UniqueConstraint("release", "position", name=op.f("uq_release_moves_release_position")),
    )
    op.create_table(
        "evaluation_records",
        sa.Column("record_id", sa.String(length=64), nullable=False),
        sa.Column("release", sa.String(length=64), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("verdict", sa.String(length=16), nullable=False),
        sa.Column("says", sa.Text(), nullable=False),
        sa.Column("report_sha256", sa.String(length=64), nullable=False),
        sa.Column("at", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["release"], ["releases.digest"], name=op.f("fk_evaluation_records_release_releases")
        ),
        sa.PrimaryKeyConstraint("record_id", name=op.f("pk_evaluation_records")),
        sa.UniqueConstraint(
            "release", "position", name=op.f("uq_evaluation_records_release_position")
        ),
    )
    op.create_table(
        "board_keys",
        sa.Column("verifier_key", sa.String(length=400), nullable=False),
        sa.Column("record_id", sa.String(length=64), nullable=False),
        sa.Column("registered_at", sa.String(length=32), nullable=False),
        sa.Column("retired_at", sa.String(length=32), nullable=True),
        sa.PrimaryKeyConstraint("verifier_key", name=op.f("pk_board_keys")),
    )
