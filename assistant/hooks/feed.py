"""The feed of events between processes: what came after an id, and waiting for more.

Numbers are the only truth: a reader asks for what comes after the last number it has. Hints
(PostgreSQL's NOTIFY, a condition in this process) only make it ask sooner, and none is relied on.
"""

import contextlib
import logging
import threading
from collections.abc import Callable, Iterator
from typing import Self, cast

import psycopg
from sqlalchemy import NullPool, create_engine
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError

from assistant.escalations.outbox import CHANNEL, NOTHING, newest
from audit.database import Database
from audit.errors import AuditError

_log = logging.getLogger("signpost.hooks")

POLL_SQLITE = 0.1
"""Seconds between two looks where nothing hints at what another process wrote."""
POLL_POSTGRESQL = 1.0
"""Seconds between two looks where hints come, but may be lost."""

Listen = Callable[[float], None]


class Waiting:
    """One thread that looks whether the outbox has grown, for all who wait in this process.

    `url` is the database's address, to LISTEN on PostgreSQL in a connection of its own. Without a
    hint an event is seen within `poll` seconds of its commit. A database that cannot be read is
    asked again; nobody who waits learns of it but by waiting longer.
    """

    def __init__(self, database: Database, url: str, poll: float | None = None) -> None:
        self._database = database
        self._url = url
        on_postgresql = database.engine_name == "postgresql"
        self._poll = poll or (POLL_POSTGRESQL if on_postgresql else POLL_SQLITE)
        self._listening = self._on_channel if on_postgresql else self._on_condition
        self._newest = NOTHING
        self._grown = threading.Condition()
        self._hinted = threading.Event()
        self._stopped = threading.Event()
        self._told: set[Callable[[int], None]] = set()
        self._thread = threading.Thread(target=self._run, name="signpost-feed", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Stop looking, and wake everybody who waits."""
        self._stopped.set()
        self._hinted.set()
        with self._grown:
            self._grown.notify_all()
        self._thread.join(2 * self._poll + 5)

    @property
    def newest(self) -> int:
        """The id of the newest event seen so far, or NOTHING."""
        return self._newest

    def hint(self) -> None:
        """Say that this process has committed something: look at once."""
        self._hinted.set()

    def wait(self, number: int, seconds: float) -> bool:
        """Return True as soon as there is an event after `number`, False when the time is over."""
        with self._grown:
            self._grown.wait_for(
                lambda: self._newest > number or self._stopped.is_set(), timeout=seconds
            )
            return self._newest > number

    @contextlib.contextmanager
    def telling(self, callback: Callable[[int], None]) -> Iterator[None]:
        """Call `callback` with the newest id each time there are more events.

        It is called in the looking thread, so it must be quick: a loop of asyncio gives
        `loop.call_soon_threadsafe`. What came before is not told: ask `after` first.
        """
        with self._grown:
            self._told.add(callback)
        try:
            yield
        finally:
            with self._grown:
                self._told.discard(callback)

    def _run(self) -> None:
        while not self._stopped.is_set():
            try:
                with self._listening() as listen:
                    while not self._stopped.is_set():
                        self._look()
                        listen(self._poll)
            except (AuditError, SQLAlchemyError, psycopg.Error) as fault:
                _log.warning("waiting for events by asking only: %s", fault)
                with contextlib.suppress(AuditError, SQLAlchemyError):
                    self._look()
                self._stopped.wait(self._poll)

    def _look(self) -> None:
        """Read the newest id; done after LISTEN began, so that nothing falls in between."""
        with self._database.read() as connection:
            found = newest(connection)
        with self._grown:
            if found <= self._newest:
                return
            self._newest = found
            self._grown.notify_all()
            told = tuple(self._told)
        for callback in told:
            try:
                callback(found)
            except Exception:  # noqa: BLE001
                _log.exception("somebody who waits for events failed")

    @contextlib.contextmanager
    def _on_condition(self) -> Iterator[Listen]:
        def listen(seconds: float) -> None:
            self._hinted.wait(seconds)
            self._hinted.clear()

        yield listen

    @contextlib.contextmanager
    def _on_channel(self) -> Iterator[Listen]:
        url = make_url(self._url).set(drivername="postgresql+psycopg")
        engine = create_engine(
            url,
            poolclass=NullPool,
            isolation_level="AUTOCOMMIT",
            connect_args={"connect_timeout": 10},
        )
        with engine.connect() as connection:
            connection.exec_driver_sql(f"LISTEN {CHANNEL}")
            driver = cast(psycopg.Connection, connection.connection.driver_connection)

            def listen(seconds: float) -> None:
                for _ in driver.notifies(timeout=seconds, stop_after=1):
                    pass

            yield listen
