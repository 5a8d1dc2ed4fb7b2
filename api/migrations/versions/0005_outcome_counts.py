"""Counts of what came of questions and conversations by group, and who sent the form."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.add_column("conversations", sa.Column("described", sa.Boolean(), nullable=True))
    op.create_table(
        "outcome_counts",
        sa.Column("since", sa.String(length=10), nullable=False),
        sa.Column("dimension", sa.String(length=40), nullable=False),
        sa.Column("group_name", sa.String(length=40), nullable=False),
        sa.Column("outcome", sa.String(length=16), nullable=False),
        sa.Column("counted", sa.Integer(), nullable=False),
        sa.Column("came", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint(
            "since", "dimension", "group_name", "outcome", name=op.f("pk_outcome_counts")
        ),
    )
