"""The word that each term of a published snapshot stands for.

Snapshots published before are of an older format and have to be built and published again; their
terms get no words, so nothing misspelt is put right over them.
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    if op.get_context().dialect.name != "postgresql":
        return
    op.add_column("guidance_terms", sa.Column("word", sa.Text(), nullable=False, server_default=""))
    op.alter_column("guidance_terms", "word", server_default=None)
