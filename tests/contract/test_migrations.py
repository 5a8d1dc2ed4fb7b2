"""The migrations give exactly the tables that the code uses, on both databases, again and again."""

import json
import re
import threading
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, inspect, text

from api.bootstrap import Home
from api.migrations import metadata_for, upgrade
from api.settings import Settings
from audit.database import Database
from knowledge.pgvector_tables import INSTALLATION, metadata, passages_table
from tests.databases import NewDatabase


def differences(connection: Connection, database: Database) -> list[object]:
    context = MigrationContext.configure(
        connection, opts={"compare_type": True, "compare_server_default": True}
    )
    return list(compare_metadata(context, metadata_for(database.engine_name)))


def test_the_result_of_all_migrations_is_what_the_tables_say(database_url: str) -> None:
    database = Database.open(database_url)
    upgrade(database)
    with database.write() as connection:
        assert differences(connection, database) == []
    database.close()


def test_constraints_and_indices_have_the_same_names(new_database: NewDatabase) -> None:
    """`compare_metadata` looks at tables, columns and indices; this looks at the rest."""
    migrated, made = Database.open(new_database()), Database.open(new_database())
    upgrade(migrated)
    with made.write() as connection:
        for tables in metadata_for(made.engine_name):
            tables.create_all(connection)
    seen = []
    for database in (migrated, made):
        with database.read() as connection:
            found = inspect(connection)
            seen.append(
                {
                    table: (
                        found.get_pk_constraint(table),
                        sorted(found.get_unique_constraints(table), key=str),
                        sorted(found.get_foreign_keys(table), key=str),
                        sorted(found.get_check_constraints(table), key=str),
                        sorted(found.get_indexes(table), key=str),
                    )
                    for table in found.get_table_names()
                    if table != "alembic_version"
                }
            )
        database.close()
    assert _without_schema(seen[0]) == _without_schema(seen[1])


def _without_schema(found: object) -> str:
    plain = json.dumps(found, sort_keys=True, default=str)
    return re.sub(r"\btest_\d+", "schema", plain)


def test_upgrading_again_changes_nothing(database_url: str) -> None:
    database = Database.open(database_url)
    upgrade(database)
    with database.write() as connection:
        connection.execute(text("INSERT INTO live VALUES (7, '{}', 'now', 'r')"))
    upgrade(database)
    with database.read() as connection:
        assert connection.execute(text("SELECT version FROM live")).scalar_one() == 7
        assert connection.execute(text("SELECT count(*) FROM alembic_version")).scalar_one() == 1
    database.close()


def test_servers_that_start_together_migrate_one_after_the_other(database_url: str) -> None:
    databases = [Database.open(database_url) for _ in range(4)]
    faults: list[Exception] = []

    def start(database: Database) -> None:
        try:
            upgrade(database)
        except Exception as error:  # noqa: BLE001
            faults.append(error)

    threads = [threading.Thread(target=start, args=(each,)) for each in databases]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with databases[0].write() as connection:
        assert differences(connection, databases[0]) == []
    for database in databases:
        database.close()
    assert faults == []


@pytest.mark.parametrize("column", ["dense", "lexical", "segments"])
def test_vectors_are_stored_as_the_search_needs_them(postgresql_url: str, column: str) -> None:
    database = Database.open(postgresql_url)
    upgrade(database)
    with database.read() as connection:
        storage = connection.execute(
            text(
                "SELECT attstorage FROM pg_attribute WHERE attname = :column"
                " AND attrelid = 'guidance_passages'::regclass"
            ),
            {"column": column},
        ).scalar_one()
    wanted = next(line for line in INSTALLATION if f"COLUMN {column} " in line).rsplit(" ", 1)[1]
    assert {"m": "MAIN", "e": "EXTERNAL"}[
        storage if isinstance(storage, str) else storage.decode()
    ] == wanted
    assert passages_table.name in metadata.tables
    database.close()


def test_guidance_finds_its_tables_in_a_database_that_nobody_opened_before(
    postgresql_url: str, tmp_path: Path
) -> None:
    """`signpost snapshots activate` publishes before anything else looks at the database."""
    settings = Settings(
        home=tmp_path, database_url=postgresql_url, keys_url=f"sqlite:///{tmp_path}/keys.db"
    )
    home = Home(settings)
    assert home.shared_index is not None
    with home.shared_index.connect() as connection:
        assert connection.dialect.has_table(connection, "guidance_snapshots")
    home.close()


def test_one_machine_shares_no_index(tmp_path: Path) -> None:
    home = Home(Settings(home=tmp_path))
    assert home.shared_index is None
    home.close()
