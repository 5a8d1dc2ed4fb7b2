"""What a server does by itself now and then, beside answering: one thread, one list of jobs.

Each job is a conditional move, so any number of processes may do the same job at once.
"""

import logging
import threading
from collections.abc import Callable, Mapping
from typing import Self

from sqlalchemy.exc import SQLAlchemyError

from assistant.errors import AssistantError
from audit.errors import AuditError

_log = logging.getLogger("signpost.upkeep")

EVERY = 600.0
"""Seconds between two rounds."""


class Upkeep:
    """Does each job at once, then every `every` seconds until closed.

    A job returns how much it did. One that fails is logged and tried again in the next round; the
    others go on.
    """

    def __init__(self, jobs: Mapping[str, Callable[[], int]], every: float = EVERY) -> None:
        self._jobs = jobs
        self._every = every
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="signpost-upkeep", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopped.set()
        self._thread.join(30)

    def _run(self) -> None:
        while True:
            for name, job in self._jobs.items():
                try:
                    if done := job():
                        _log.info("%s: %d", name, done)
                except (AssistantError, AuditError, SQLAlchemyError) as fault:
                    _log.warning("%s failed, and is tried again: %s", name, fault)
            if self._stopped.wait(self._every):
                return
