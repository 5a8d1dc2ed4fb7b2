"""Two engines, one way to read and write: SQLite on one machine, PostgreSQL on many.

SQLite keeps one writer connection, whose transactions begin with BEGIN IMMEDIATE so that a
transaction which reads before it writes is never turned away half-way, and a separate pool of
readers. Python's sqlite3 starts transactions by itself and too late (it ignores SELECT), so that is
switched off (`isolation_level = None`) and BEGIN is sent when SQLAlchemy begins, as SQLAlchemy's
SQLite page advises ("Transactions with SQLite and the sqlite3 driver").
"""

import contextlib
import os
import sqlite3
import threading
from collections.abc import Iterator
from enum import Enum
from pathlib import Path
from typing import Any, Literal

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.pool import QueuePool

from audit.errors import AuditError, DatabaseUnavailable, StorageFull

EngineName = Literal["sqlite", "postgresql"]

BUSY_SECONDS = 30
"""How long a writer waits for its turn before giving up."""

_SQLITE_UNAVAILABLE = {
    sqlite3.SQLITE_BUSY: "another process kept the database locked: try again",
    sqlite3.SQLITE_LOCKED: "the database is locked: try again",
    sqlite3.SQLITE_CANTOPEN: "the file cannot be opened: check its folder and permissions",
    sqlite3.SQLITE_READONLY: "this connection may only read: use write(), and check permissions",
    sqlite3.SQLITE_IOERR: "reading or writing the disk failed: check the disk",
    sqlite3.SQLITE_CORRUPT: "the file is damaged: restore it from a backup",
    sqlite3.SQLITE_NOTADB: "the file is not an SQLite database",
    sqlite3.SQLITE_PERM: "the file may not be accessed: check its permissions",
}


_POSTGRESQL_UNAVAILABLE = {"08", "53", "57", "58"}
"""Classes of SQLSTATE: connection, resources, the operator's intervention, the system."""


class Journal(Enum):
    """How SQLite protects a transaction that is cut short."""

    WAL = "wal"
    """Write-ahead log: readers and the writer do not wait for each other."""
    TRUNCATE = "truncate"
    """Rollback journal cut to nothing at commit, and deleted content overwritten with zeros, so
    that what was deleted does not linger in the file. For databases that hold keys."""


class Database:
    """An opened database. `read()` and `write()` each yield a connection inside a transaction.

    May be shared between threads. Open it anew in each process.
    """

    def __init__(self, reader: Engine, writer: Engine, where: str) -> None:
        self._reader = reader
        self._writer = writer
        self._where = where
        self._one_writer = threading.Lock()
        self._writing = threading.local()

    @classmethod
    def open(
        cls,
        url: str,
        *,
        journal: Journal = Journal.WAL,
        must_exist: bool = False,
        pool_size: int = 8,
    ) -> "Database":
        """Open `sqlite:////absolute/file.db` or `postgresql://user@host/name` and try it once.

        An SQLite file is made, readable by its owner alone, unless `must_exist`. Raises
        DatabaseUnavailable, naming the place and what to do, when it cannot be used.
        """
        parsed = _parse_url(url)
        where = parsed.render_as_string(hide_password=True)
        with _translated(where):
            if parsed.get_backend_name() == "sqlite":
                database = _open_sqlite(parsed, where, journal, must_exist, pool_size)
            else:
                database = _open_postgresql(parsed, where, pool_size)
        try:
            with database.read() as connection:
                connection.exec_driver_sql("SELECT 1")
        except BaseException:
            database.close()
            raise
        return database

    @property
    def engine_name(self) -> EngineName:
        """Which of the two engines this is."""
        return "sqlite" if self._writer.dialect.name == "sqlite" else "postgresql"

    @contextlib.contextmanager
    def write(self) -> Iterator[Connection]:
        """Yield a connection in a transaction that commits at the end, or rolls back on an error.

        When it returns, what was written is durable. On SQLite one writer at a time, across
        threads and processes; a second waits BUSY_SECONDS, then DatabaseUnavailable is raised. A
        thread must not begin a second write within the first.
        """
        with _translated(self._where), self._turn_to_write(), self._writer.begin() as connection:
            yield connection

    @contextlib.contextmanager
    def read(self) -> Iterator[Connection]:
        """Yield a connection that sees one unchanging state of the database and cannot write."""
        with _translated(self._where), self._reader.begin() as connection:
            yield connection

    def close(self) -> None:
        """Let go of every connection. The object is of no further use."""
        self._writer.dispose()
        self._reader.dispose()

    @contextlib.contextmanager
    def _turn_to_write(self) -> Iterator[None]:
        if self.engine_name == "postgresql":
            yield
            return
        if getattr(self._writing, "now", False):
            raise DatabaseUnavailable(
                "this thread already has a write transaction open: pass its connection on instead"
            )
        if not self._one_writer.acquire(timeout=BUSY_SECONDS):
            raise DatabaseUnavailable(
                f"{self._where}: another thread kept the database locked for {BUSY_SECONDS} s"
            )
        self._writing.now = True
        try:
            yield
        finally:
            self._writing.now = False
            self._one_writer.release()


def _parse_url(url: str) -> URL:
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise DatabaseUnavailable(
            "the database address cannot be read: write sqlite:////folder/file.db or"
            " postgresql://user:password@host/name"
        ) from error
    match parsed.get_backend_name():
        case "sqlite":
            if not parsed.database or parsed.database.startswith((":memory:", "file:")):
                raise DatabaseUnavailable(
                    "an SQLite database must be a file: write sqlite:////folder/file.db"
                )
            return parsed.set(drivername="sqlite+pysqlite")
        case "postgresql" | "postgres":
            return parsed.set(drivername="postgresql+psycopg")
        case other:
            raise DatabaseUnavailable(f"{other} is not supported: use sqlite or postgresql")


def _open_sqlite(
    url: URL, where: str, journal: Journal, must_exist: bool, pool_size: int
) -> Database:
    path = Path(str(url.database))
    if not path.exists():
        if must_exist:
            raise DatabaseUnavailable(f"{path} does not exist: check the address")
        _create_private_file(path)
    writer = _sqlite_engine(url, pool_size=1)
    reader = _sqlite_engine(url, pool_size=pool_size)

    @event.listens_for(writer, "connect")
    def _prepare_writer(connection: sqlite3.Connection, _record: Any) -> None:
        _set_sqlite_defaults(connection)
        connection.execute(f"PRAGMA journal_mode = {journal.value}")
        if journal is Journal.TRUNCATE:
            connection.execute("PRAGMA secure_delete = ON")

    @event.listens_for(writer, "begin")
    def _begin_write(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    @event.listens_for(reader, "connect")
    def _prepare_reader(connection: sqlite3.Connection, _record: Any) -> None:
        _set_sqlite_defaults(connection)
        connection.execute("PRAGMA query_only = ON")

    @event.listens_for(reader, "begin")
    def _begin_read(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN")

    if not must_exist:
        with writer.connect():
            pass
    return Database(reader, writer, where)


def _sqlite_engine(url: URL, pool_size: int) -> Engine:
    return create_engine(
        url,
        poolclass=QueuePool,
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=BUSY_SECONDS,
        connect_args={"timeout": BUSY_SECONDS, "check_same_thread": False},
    )


def _set_sqlite_defaults(connection: sqlite3.Connection) -> None:
    connection.isolation_level = None
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute(f"PRAGMA busy_timeout = {BUSY_SECONDS * 1000}")


def _create_private_file(path: Path) -> None:
    """Make an empty file that only its owner can read; SQLite's side files copy its permissions."""
    try:
        os.close(os.open(path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600))
    except OSError as error:
        raise DatabaseUnavailable(
            f"{path} cannot be made ({error.strerror}): check its folder and permissions"
        ) from error


def _open_postgresql(url: URL, where: str, pool_size: int) -> Database:
    writer = create_engine(
        url,
        pool_size=pool_size,
        max_overflow=pool_size,
        pool_timeout=BUSY_SECONDS,
        pool_pre_ping=True,
        isolation_level="READ COMMITTED",
        connect_args={"connect_timeout": 10},
    )
    reader = writer.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
    return Database(reader, writer, where)


@contextlib.contextmanager
def _translated(where: str) -> Iterator[None]:
    """Turn what the drivers say when a database cannot be used into our own errors.

    Errors about the statements themselves (a broken constraint, say) pass through unchanged.
    """
    try:
        yield
    except DBAPIError as error:
        unavailable = _unavailable(error, where)
        if unavailable is None:
            raise
        raise unavailable from error
    except PoolTimeout as error:
        raise DatabaseUnavailable(
            f"{where}: every connection stayed in use for {BUSY_SECONDS} s: raise the pool size"
        ) from error
    except ModuleNotFoundError as error:
        if error.name != "psycopg":
            raise
        raise DatabaseUnavailable(
            f"{where}: PostgreSQL's driver is missing: install 'signpost-enquiries[database]'"
        ) from error


def _unavailable(error: DBAPIError, where: str) -> AuditError | None:
    cause = error.orig
    if isinstance(cause, sqlite3.Error):
        code = getattr(cause, "sqlite_errorcode", 0) & 0xFF
        if code == sqlite3.SQLITE_FULL:
            return StorageFull(f"{where}: the disk is full: free some space; nothing was written")
        if code in _SQLITE_UNAVAILABLE:
            return DatabaseUnavailable(f"{where}: {_SQLITE_UNAVAILABLE[code]}")
        return None
    state = getattr(cause, "sqlstate", None)
    if state == "53100":
        return StorageFull(f"{where}: the database server's disk is full: nothing was written")
    if error.connection_invalidated or (
        isinstance(error, OperationalError)
        and (state is None or state[:2] in _POSTGRESQL_UNAVAILABLE)
    ):
        return DatabaseUnavailable(f"{where}: {str(cause).strip()}")
    return None
