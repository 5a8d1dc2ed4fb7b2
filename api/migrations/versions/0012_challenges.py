"""Citizens' challenges to answers."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    op.create_table(
        "challenges",
        sa.Column("reference", sa.String(length=24), nullable=False),
        sa.Column("conversation_id", sa.String(length=64), nullable=False),
        sa.Column("turn_id", sa.String(length=64), nullable=False),
        sa.Column("case_id", sa.String(length=64), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("made_at", sa.String(length=32), nullable=False),
        sa.Column("record_id", sa.String(length=64), nullable=False),
        sa.Column("made_record", sa.String(length=64), nullable=False),
        sa.Column("ruling", sa.String(length=16), nullable=True),
        sa.Column("decided_at", sa.String(length=32), nullable=True),
        sa.Column("decided_by", sa.String(length=60), nullable=True),
        sa.Column("decided_name", sa.String(length=60), nullable=True),
        sa.Column("decided_record", sa.String(length=64), nullable=True),
        sa.Column("erased", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"], ["cases.id"], name=op.f("fk_challenges_case_id_cases")
        ),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversations.id"],
            name=op.f("fk_challenges_conversation_id_conversations"),
        ),
        sa.ForeignKeyConstraint(
            ["turn_id"], ["turns.id"], name=op.f("fk_challenges_turn_id_turns")
        ),
        sa.PrimaryKeyConstraint("reference", name=op.f("pk_challenges")),
        sa.UniqueConstraint("turn_id", name=op.f("uq_challenges_turn_id")),
    )
    op.create_index("challenges_of_conversation", "challenges", ["conversation_id"])
    op.create_index("challenges_in_order", "challenges", ["ruling", "made_at"])
