"""Accounts of staff: roles, codes, sessions, devices and attempts to sign in."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0010"

_ID = sa.String(length=64)
_TIME = sa.String(length=32)


def _account(table: str) -> tuple[sa.Column[str], sa.Constraint]:
    return (
        sa.Column("account_id", _ID, nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["staff_accounts.id"],
            name=op.f(f"fk_{table}_account_id_staff_accounts"),
        ),
    )


def upgrade() -> None:
    op.create_table(
        "staff_accounts",
        sa.Column("id", _ID, nullable=False),
        sa.Column("email", sa.String(length=320), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("first_name", sa.Text(), nullable=False),
        sa.Column("teams", sa.Text(), nullable=False),
        sa.Column("languages", sa.Text(), nullable=False),
        sa.Column("added_at", _TIME, nullable=False),
        sa.Column("joined_at", _TIME, nullable=True),
        sa.Column("disabled_at", _TIME, nullable=True),
        sa.Column("password_hash", sa.Text(), nullable=True),
        sa.Column("second_factor", sa.LargeBinary(), nullable=True),
        sa.Column("last_step", sa.Integer(), nullable=False),
        sa.Column("provider_subject", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_accounts")),
        sa.UniqueConstraint("email", name=op.f("uq_staff_accounts_email")),
    )
    op.create_table(
        "staff_roles",
        *_account("staff_roles"),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.PrimaryKeyConstraint("account_id", "role", name=op.f("pk_staff_roles")),
    )
    op.create_index("staff_roles_by_role", "staff_roles", ["role"])
    op.create_table(
        "staff_join_codes",
        *_account("staff_join_codes"),
        sa.Column("code_hash", _ID, nullable=False),
        sa.Column("ends_at", _TIME, nullable=False),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_staff_join_codes")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_staff_join_codes_code_hash")),
    )
    op.create_table(
        "staff_recovery_codes",
        *_account("staff_recovery_codes"),
        sa.Column("code_hash", _ID, nullable=False),
        sa.PrimaryKeyConstraint("account_id", "code_hash", name=op.f("pk_staff_recovery_codes")),
    )
    op.create_table(
        "staff_sessions",
        sa.Column("id_hash", _ID, nullable=False),
        sa.Column("reference", _ID, nullable=False),
        *_account("staff_sessions"),
        sa.Column("stage", sa.String(length=16), nullable=False),
        sa.Column("began_at", _TIME, nullable=False),
        sa.Column("seen_at", _TIME, nullable=False),
        sa.Column("ends_at", _TIME, nullable=False),
        sa.Column("browser", sa.Text(), nullable=False),
        sa.Column("draft_password", sa.Text(), nullable=True),
        sa.Column("draft_second_factor", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("id_hash", name=op.f("pk_staff_sessions")),
        sa.UniqueConstraint("reference", name=op.f("uq_staff_sessions_reference")),
    )
    op.create_index("staff_sessions_by_account", "staff_sessions", ["account_id"])
    op.create_table(
        "staff_devices",
        *_account("staff_devices"),
        sa.Column("id_hash", _ID, nullable=False),
        sa.Column("seen_at", _TIME, nullable=False),
        sa.PrimaryKeyConstraint("account_id", "id_hash", name=op.f("pk_staff_devices")),
    )
    op.create_table(
        "staff_attempts",
        sa.Column("key", _ID, nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("not_before", _TIME, nullable=False),
        sa.Column("last_at", _TIME, nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_staff_attempts")),
    )
    op.create_table(
        "staff_provider_attempts",
        sa.Column("state_hash", _ID, nullable=False),
        sa.Column("browser_hash", _ID, nullable=False),
        sa.Column("ends_at", _TIME, nullable=False),
        sa.PrimaryKeyConstraint("state_hash", name=op.f("pk_staff_provider_attempts")),
    )
