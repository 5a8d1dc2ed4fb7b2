"""What `Database` promises, on both engines."""

import os
import stat
import threading
from pathlib import Path

import pytest
from sqlalchemy import Column, Integer, MetaData, Table, Text, insert, select
from sqlalchemy.exc import DBAPIError, IntegrityError

from audit.database import Database, Journal
from audit.errors import DatabaseUnavailable, StorageFull

metadata = MetaData()
things = Table("things", metadata, Column("id", Integer, primary_key=True), Column("text", Text))


@pytest.fixture
def database(database_url: str):
    database = Database.open(database_url)
    with database.write() as connection:
        metadata.create_all(connection)
    yield database
    database.close()


def ids(database: Database) -> list[int]:
    with database.read() as connection:
        return list(connection.execute(select(things.c.id).order_by(things.c.id)).scalars())


def test_what_is_written_is_read_by_another_opening(database: Database, database_url: str) -> None:
    with database.write() as connection:
        connection.execute(insert(things), {"id": 1})
    again = Database.open(database_url, must_exist=True)
    assert ids(again) == [1]
    again.close()


def test_an_error_undoes_the_whole_transaction(database: Database) -> None:
    def fail_half_way() -> None:
        with database.write() as connection:
            connection.execute(insert(things), {"id": 1})
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_half_way()
    assert ids(database) == []


def test_errors_of_statements_pass_through(database: Database) -> None:
    with pytest.raises(IntegrityError), database.write() as connection:
        connection.execute(insert(things), [{"id": 1}, {"id": 1}])
    assert ids(database) == []


def test_a_reader_sees_one_state_while_others_write(database: Database) -> None:
    with database.read() as reading:
        before = reading.execute(select(things.c.id)).all()
        with database.write() as connection:
            connection.execute(insert(things), {"id": 1})
        assert reading.execute(select(things.c.id)).all() == before
    assert ids(database) == [1]


def test_a_reader_cannot_write(database: Database) -> None:
    with pytest.raises(Exception, match=r"(?i)read"), database.read() as connection:
        connection.execute(insert(things), {"id": 1})
    assert ids(database) == []


def test_what_is_written_is_read_within_the_same_transaction(database: Database) -> None:
    with database.write() as connection:
        connection.execute(insert(things), {"id": 1})
        assert connection.execute(select(things.c.id)).scalar() == 1


def test_threads_take_turns_and_lose_nothing(database: Database) -> None:
    """Read-then-write transactions: without a lock from the start, some would be turned away."""
    failures: list[BaseException] = []

    def work(number: int) -> None:
        try:
            for step in range(20):
                with database.write() as connection:
                    connection.execute(select(things.c.id)).all()
                    connection.execute(insert(things), {"id": number * 100 + step})
        except Exception as error:  # noqa: BLE001
            failures.append(error)

    threads = [threading.Thread(target=work, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert len(ids(database)) == 80


def test_a_lost_connection_is_named_and_the_next_one_works(postgresql_url: str) -> None:
    database = Database.open(postgresql_url)
    with pytest.raises(DatabaseUnavailable), database.write() as connection:
        connection.exec_driver_sql("SELECT pg_terminate_backend(pg_backend_pid())")
    with database.read() as connection:
        assert connection.exec_driver_sql("SELECT 1").scalar() == 1
    database.close()


def test_a_deadlock_is_not_called_an_outage(postgresql_url: str) -> None:
    """It is the caller's to try again, so it must reach the caller as it is."""
    database = Database.open(postgresql_url)
    with pytest.raises(DBAPIError, match="chosen"), database.write() as connection:
        connection.exec_driver_sql(
            "DO $$ BEGIN RAISE EXCEPTION 'chosen' USING ERRCODE = '40P01'; END $$"
        )
    database.close()


def sqlite(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/a.db"


def test_sqlite_is_durable_and_private(tmp_path: Path) -> None:
    database = Database.open(sqlite(tmp_path))
    with database.write() as connection:
        metadata.create_all(connection)
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
    for file in tmp_path.iterdir():
        assert stat.S_IMODE(file.stat().st_mode) == 0o600, file
    database.close()


def test_a_key_database_overwrites_what_it_deletes(tmp_path: Path) -> None:
    database = Database.open(sqlite(tmp_path), journal=Journal.TRUNCATE)
    with database.write() as connection:
        metadata.create_all(connection)
        connection.execute(insert(things), {"id": 1, "text": "a-secret-worth-losing"})
    assert b"a-secret-worth-losing" in (tmp_path / "a.db").read_bytes()
    with database.write() as connection:
        connection.execute(things.update().values(text=None))
    left = b"".join(file.read_bytes() for file in tmp_path.iterdir())
    assert b"a-secret-worth-losing" not in left
    database.close()


def test_a_write_within_a_write_is_refused_instead_of_waiting_for_itself(tmp_path: Path) -> None:
    database = Database.open(sqlite(tmp_path))
    with (
        database.write(),
        pytest.raises(DatabaseUnavailable, match="already has a write"),
        database.write(),
    ):
        pass
    database.close()


def test_a_full_disk_is_named_and_nothing_is_half_written(tmp_path: Path) -> None:
    database = Database.open(sqlite(tmp_path))
    with database.write() as connection:
        metadata.create_all(connection)
        connection.exec_driver_sql("PRAGMA max_page_count = 10")
    rows = [{"id": number, "text": "x" * 4000} for number in range(100)]
    with pytest.raises(StorageFull, match="disk is full"), database.write() as connection:
        connection.execute(insert(things), rows)
    assert ids(database) == []
    database.close()


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("nonsense", "cannot be read"),
        ("mysql://x/y", "not supported"),
        ("sqlite://", "must be a file"),
        ("sqlite:///:memory:", "must be a file"),
        ("sqlite:////no/such/folder/a.db", "check its folder"),
        ("postgresql://nobody@127.0.0.1:1/none", "127.0.0.1"),
    ],
)
def test_an_unusable_address_is_refused_with_a_reason(url: str, message: str) -> None:
    with pytest.raises(DatabaseUnavailable, match=message):
        Database.open(url)


def test_the_password_is_never_in_the_message() -> None:
    with pytest.raises(DatabaseUnavailable) as caught:
        Database.open("postgresql://nobody:hunter2@127.0.0.1:1/none")
    assert "hunter2" not in str(caught.value)


def test_a_missing_file_is_not_made_when_it_must_exist(tmp_path: Path) -> None:
    with pytest.raises(DatabaseUnavailable, match="does not exist"):
        Database.open(sqlite(tmp_path), must_exist=True)
    assert os.listdir(tmp_path) == []


def test_a_file_of_another_kind_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.db").write_bytes(b"this is a letter, not a database " * 100)
    with pytest.raises(DatabaseUnavailable, match="not an SQLite database"):
        Database.open(sqlite(tmp_path))
