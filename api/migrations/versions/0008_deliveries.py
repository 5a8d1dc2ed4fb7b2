"""Endpoints of other systems, and what was delivered to each."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.create_table(
        "hook_endpoints",
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("cursor", sa.BigInteger(), nullable=False),
        sa.Column("disabled_at", sa.String(length=32), nullable=True),
        sa.Column("disabled_why", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_hook_endpoints")),
    )
    op.create_table(
        "deliveries",
        sa.Column("endpoint", sa.String(length=64), nullable=False),
        sa.Column("event_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("recipient", sa.String(length=320), nullable=False),
        sa.Column("case_id", sa.String(length=64), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_at", sa.String(length=32), nullable=False),
        sa.Column("taken_by", sa.String(length=64), nullable=True),
        sa.Column("taken_until", sa.String(length=32), nullable=True),
        sa.Column("settled_at", sa.String(length=32), nullable=True),
        sa.Column("last_error", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("endpoint", "event_id", "recipient", name=op.f("pk_deliveries")),
    )
    op.create_index(
        op.f("ix_deliveries_endpoint_status_event_id"),
        "deliveries",
        ["endpoint", "status", "event_id"],
    )
    op.create_index(
        op.f("ix_deliveries_case_id_endpoint_status"),
        "deliveries",
        ["case_id", "endpoint", "status"],
    )
