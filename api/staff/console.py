"""What the console is given, and what it is made of."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from api.staff.sealing import StaffKeys
from api.staff.sessions import USUAL_TIMES, Sessions, SessionTimes
from audit.database import Database
from audit.keyfiles import Secret
from audit.log import Log


@dataclass(frozen=True, slots=True)
class StaffParts:
    """What `create_app` needs for the console. `master` is the home's master key."""

    database: Database
    log: Log
    master: Secret = field(repr=False)
    clock: Callable[[], datetime]
    new_id: Callable[[], str]
    times: SessionTimes = USUAL_TIMES


@dataclass(frozen=True, slots=True)
class Console:
    """Built once by `create_app`, read by the console's routes as `web.console`."""

    keys: StaffKeys
    sessions: Sessions


def open_console(parts: StaffParts) -> Console:
    """Return the console over its parts."""
    return Console(
        keys=StaffKeys(parts.master),
        sessions=Sessions(parts.database, parts.clock, parts.new_id, parts.times),
    )
