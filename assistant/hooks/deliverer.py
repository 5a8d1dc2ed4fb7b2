"""Delivers from the outbox: one thread an endpoint, so that none holds up another."""

import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Self

from sqlalchemy.exc import SQLAlchemyError

from assistant.escalations.outbox import NOTHING
from assistant.hooks.deliveries import Deliveries
from assistant.hooks.feed import Waiting
from assistant.hooks.results import Delivered, Endpoint, Failed, Gone, Rejected, Result, Skipped
from audit.errors import AuditError

_log = logging.getLogger("signpost.hooks")

IDLE_SECONDS = 1.0
"""Between two looks at what is due; a new event is looked at as soon as it is seen."""
PRUNE_EVERY = 3600
"""Idle looks between two prunings."""

Attempted = Callable[[str, Result], None]


def attempt_next(deliveries: Deliveries, endpoint: Endpoint) -> Result | None:
    """Make one attempt at what is due for the endpoint; None where nothing is due."""
    taken = deliveries.take(endpoint)
    if taken is None:
        return None
    try:
        result = endpoint.sender.send(taken.event, taken.recipient, taken.attempt)
    except Exception as fault:  # noqa: BLE001
        _log.exception("%s failed in a way that it should not", endpoint.name)
        result = Failed(f"failed here ({type(fault).__name__})")
    deliveries.settle(taken, result)
    _tell(endpoint.name, taken.event.id, taken.attempt, result)
    return result


def drain(deliveries: Deliveries, endpoints: Sequence[Endpoint]) -> int:
    """Attempt everything that is due now, once each; return how many attempts that took."""
    deliveries.enrol([each.name for each in endpoints])
    attempts = 0
    for endpoint in endpoints:
        while deliveries.spread(endpoint):
            pass
        while attempt_next(deliveries, endpoint) is not None:
            attempts += 1
    return attempts


@dataclass(slots=True)
class Deliverer:
    """Delivers until closed. Several processes may run one over the same database.

    Killed at any instant it loses nothing: what was taken is taken again once its lease is over.
    """

    deliveries: Deliveries
    endpoints: Sequence[Endpoint]
    waiting: Waiting
    idle: float = IDLE_SECONDS
    _stopped: threading.Event = field(default_factory=threading.Event, init=False)
    _threads: list[threading.Thread] = field(default_factory=list, init=False)

    def __enter__(self) -> Self:
        self.deliveries.enrol([each.name for each in self.endpoints])
        for endpoint in self.endpoints:
            thread = threading.Thread(
                target=self._run, args=(endpoint,), name=f"signpost-{endpoint.name}", daemon=True
            )
            self._threads.append(thread)
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self, patience: float = 5.0) -> None:
        """Begin nothing more, and wait so many seconds for attempts that are being made.

        Those that take longer are left to their lease.
        """
        self._stopped.set()
        for thread in self._threads:
            thread.join(patience)

    def _run(self, endpoint: Endpoint) -> None:
        looks = 0
        number = NOTHING
        while not self._stopped.is_set():
            try:
                number = max(number, self._seen(endpoint))
                while not self._stopped.is_set():
                    if attempt_next(self.deliveries, endpoint) is None:
                        break
                    self.deliveries.spread(endpoint)
                if looks % PRUNE_EVERY == 0:
                    self.deliveries.prune()
                looks += 1
            except (AuditError, SQLAlchemyError) as fault:
                _log.warning("%s waits for the database: %s", endpoint.name, fault)
            if self._stopped.is_set():
                return
            self.waiting.wait(number, self.idle)

    def _seen(self, endpoint: Endpoint) -> int:
        """Give the endpoint what was announced; return the newest id that there was before."""
        number = self.waiting.newest
        while self.deliveries.spread(endpoint) and not self._stopped.is_set():
            pass
        return number


def _tell(name: str, event_id: int, attempt: int, result: Result) -> None:
    match result:
        case Delivered() | Skipped():
            _log.debug("%s has event %d", name, event_id)
        case Failed(why) | Rejected(why):
            _log.info("%s did not take event %d (attempt %d): %s", name, event_id, attempt, why)
        case Gone(why):
            _log.warning("%s is disabled: %s. `signpost hooks enable %s`", name, why, name)
