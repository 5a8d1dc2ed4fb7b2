"""Who has a case on the screen, and who is on duty."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0008"


def upgrade() -> None:
    op.create_table(
        "case_presence",
        sa.Column("case_id", sa.String(length=64), nullable=False),
        sa.Column("staff_id", sa.String(length=60), nullable=False),
        sa.Column("first_name", sa.String(length=60), nullable=False),
        sa.Column("seen_at", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"], ["cases.id"], name=op.f("fk_case_presence_case_id_cases")
        ),
        sa.PrimaryKeyConstraint("case_id", "staff_id", name=op.f("pk_case_presence")),
    )
    op.create_table(
        "staff_duty",
        sa.Column("staff_id", sa.String(length=60), nullable=False),
        sa.Column("queues", sa.Text(), nullable=False),
        sa.Column("most", sa.Integer(), nullable=False),
        sa.Column("since", sa.String(length=32), nullable=False),
        sa.Column("seen_at", sa.String(length=32), nullable=False),
        sa.PrimaryKeyConstraint("staff_id", name=op.f("pk_staff_duty")),
    )
