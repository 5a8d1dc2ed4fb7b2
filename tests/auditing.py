"""A whole small log, for tests: database, keys, clock and identifiers that a test can foresee."""

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from audit.database import Database
from audit.events import Event, Kind
from audit.keyfiles import LogSigner, Secret
from audit.keys import KeyStore
from audit.log import Log, Recorded
from audit.storage import metadata

ORIGIN = "audit.example/log"
SIGNER = LogSigner(ORIGIN, Secret(b"s" * 32))
OTHER_SIGNER = LogSigner(ORIGIN, Secret(b"o" * 32))
MASTER = Secret(b"m" * 32)


@dataclass
class Clock:
    """A clock that moves on by a second whenever it is read."""

    now: datetime = datetime(2026, 1, 2, 3, 4, 5, 678000, tzinfo=UTC)

    def __call__(self) -> datetime:
        self.now += timedelta(seconds=1)
        return self.now


@dataclass
class World:
    """An opened log and everything it was made with."""

    url: str
    keys_url: str
    database: Database
    keys: KeyStore
    log: Log
    conversations: set[str] = field(default_factory=set)

    def append(self, *events: Event) -> tuple[Recorded, ...]:
        """Append in a transaction of its own, making the keys that the events need."""
        for conversation in {e.conversation for e in events if e.personal is not None}:
            if conversation is not None and conversation not in self.conversations:
                self.keys.create(conversation)
                self.conversations.add(conversation)
        with self.database.write() as connection:
            return self.log.append(connection, events)

    def answer(self, conversation: str, said: str) -> Recorded:
        """Record an answered turn with something personal."""
        return self.append(answered(conversation, said))[0]


def answered(conversation: str, said: str) -> Event:
    return Event(
        Kind.TURN_ANSWERED, {"outcome": "answered"}, conversation, {"question": said, "answer": "…"}
    )


@contextmanager
def open_world(
    url: str,
    keys_url: str,
    *,
    signer: LogSigner = SIGNER,
    publish_every: int = 4,
    prefix: str = "r",
) -> Iterator[World]:
    """Open (and, where new, make) a log at `url` with its keys at `keys_url`."""
    database = Database.open(url)
    with database.write() as connection:
        metadata.create_all(connection)
    keys = KeyStore.open(keys_url, MASTER, Clock())
    numbers = itertools.count(1)
    log = Log(
        ORIGIN,
        signer,
        keys,
        Clock(),
        lambda: f"{prefix}{next(numbers)}",
        publish_every=publish_every,
    )
    try:
        yield World(url, keys_url, database, keys, log)
    finally:
        keys.close()
        database.close()
