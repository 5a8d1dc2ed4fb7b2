"""How groups fare in live use, for `/metrics`: looked at again when it is some minutes old."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from assistant.policy import Policy
from audit.database import Database
from evaluation.monitoring import Seen, watch

FRESH = timedelta(minutes=10)
"""A scrape comes every few seconds, and several hundred exact tests take a second."""


@dataclass(slots=True)
class Monitored:
    """What `signpost monitor` would say of the policy's own span of days."""

    database: Database
    policy: Policy
    clock: Callable[[], datetime]
    _seen: tuple[Seen, ...] = field(default=(), repr=False)
    _at: datetime | None = field(default=None, repr=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def seen(self) -> tuple[Seen, ...]:
        """Return it, at most `FRESH` old. Raises as reading the database does."""
        with self._lock:
            now = self.clock()
            if self._at is None or now - self._at >= FRESH:
                with self.database.read() as connection:
                    self._seen = watch(connection, self.policy, now.date()).seen
                self._at = now
            return self._seen
