"""The tables' history (Alembic), applied at start: `upgrade` is all that the product calls.

To change a table: edit its `Table`, then write the next file in `versions/` by hand or with
`alembic revision --autogenerate`; a test compares the result of all files with the tables.
"""

from importlib.resources import files

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import MetaData, text

import api.staff.tables
import assistant.challenges.tables
import assistant.escalations.tables
import assistant.hooks.tables
import assistant.reviewed_knowledge.tables
import assistant.storage
import audit.storage
import knowledge.pgvector_tables
from audit.database import Database

LOCK = 7_310_557_821
"""PostgreSQL advisory lock: servers that start together migrate one after the other."""


def metadata_for(engine_name: str) -> list[MetaData]:
    """Return the tables that belong in the main database of that engine."""
    tables = [audit.storage.metadata, assistant.storage.metadata, api.staff.tables.metadata]
    if engine_name == "postgresql":
        tables.append(knowledge.pgvector_tables.metadata)
    return tables


def upgrade(database: Database) -> None:
    """Bring the database's tables up to date, in one transaction."""
    config = Config()
    config.set_main_option("script_location", str(files(__name__)))
    head = ScriptDirectory.from_config(config).get_current_head()
    with database.write() as connection:
        if database.engine_name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
        exists = connection.dialect.has_table(connection, "alembic_version")
        if (
            exists
            and connection.execute(text("SELECT version_num FROM alembic_version")).scalar() == head
        ):
            return
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
