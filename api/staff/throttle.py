"""Guessing gets slow, and nobody can lock a colleague out.

Failures are counted by what is tried and who tries: a browser from which that person signed in
before, else an address. So whoever guesses slows down only themselves, and a known browser is never
slowed by strangers. An attempt is counted before it is looked at: many at once win nothing.

The second factor is also counted for all strangers together, because its codes are few: those
attempts are only open to somebody who knows the password.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

from sqlalchemy import Connection, delete, select, update

from api.staff.errors import SignInSlowed
from api.staff.sealing import StaffKeys, token_digest
from api.staff.tables import attempts, devices
from assistant.storage import as_moment, as_text
from audit.database import Database
from audit.storage import insert_unless_there

FREE = 5
"""So many attempts in a row may fail before one has to wait."""
LONGEST_WAIT = timedelta(minutes=15)
FORGOTTEN_AFTER = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Tries:
    """What counts one attempt. `own` is this pair's; `shared` that of all strangers, or ""."""

    own: str
    shared: str = ""


@dataclass(frozen=True, slots=True)
class Throttle:
    """Counts attempts in the database, so for all servers together."""

    database: Database
    clock: Callable[[], datetime]
    keys: StaffKeys

    def knows(self, connection: Connection, account_id: str, device: str) -> bool:
        """Return whether somebody signed in to this account from this browser before."""
        found = connection.execute(
            select(devices.c.account_id).where(
                devices.c.account_id == account_id, devices.c.id_hash == token_digest(device)
            )
        )
        return found.first() is not None

    def tries(self, door: str, subject: str, who: str, *, shared: bool = False) -> Tries:
        """Return how an attempt is counted; `shared` with those of all other strangers as well."""
        own = self.keys.digest("attempt", door, subject, who)
        return Tries(own, self.keys.digest("attempt", door, subject) if shared else "")

    def admit(self, tries: Tries) -> None:
        """Count an attempt, as failed until `passed` is called; raise SignInSlowed."""
        now = self.clock()
        with self.database.write() as connection:
            old = as_text(now - FORGOTTEN_AFTER)
            forgotten = select(attempts.c.key).where(attempts.c.last_at < old)
            unused = forgotten.with_for_update(skip_locked=True)
            connection.execute(delete(attempts).where(attempts.c.key.in_(unused)))
            counted = {key: self._locked(connection, key, now) for key in _keys(tries)}
            waits = [as_moment(not_before) - now for _, not_before in counted.values()]
            longest = max(waits)
            if longest > timedelta(0):
                raise SignInSlowed(max(1, ceil(longest.total_seconds())))
            for key, (failures, _) in counted.items():
                connection.execute(
                    update(attempts)
                    .where(attempts.c.key == key)
                    .values(
                        failures=failures + 1,
                        not_before=as_text(now + _wait(failures + 1)),
                        last_at=as_text(now),
                    )
                )

    def passed(self, connection: Connection, tries: Tries) -> None:
        """Forget this pair's failures; take back the one that was counted for all strangers."""
        for key in _keys(tries):
            connection.execute(select(attempts).where(attempts.c.key == key).with_for_update())
        connection.execute(delete(attempts).where(attempts.c.key == tries.own))
        if tries.shared:
            connection.execute(
                update(attempts)
                .where(attempts.c.key == tries.shared, attempts.c.failures > 0)
                .values(failures=attempts.c.failures - 1, not_before=as_text(self.clock()))
            )

    def _locked(self, connection: Connection, key: str, now: datetime) -> tuple[int, str]:
        at = as_text(now)
        fresh = {"key": key, "failures": 0, "not_before": at, "last_at": at}
        connection.execute(insert_unless_there(connection, attempts), fresh)
        row = connection.execute(
            select(attempts).where(attempts.c.key == key).with_for_update()
        ).one()
        return row.failures, row.not_before


def _keys(tries: Tries) -> list[str]:
    """Return the counters in one order for everybody, so that no two wait for each other."""
    return sorted({tries.own, tries.shared} - {""})


def _wait(failures: int) -> timedelta:
    """Return how long to wait after so many failures: nothing, then 2, 4, 8 … seconds."""
    if failures <= FREE:
        return timedelta(0)
    return min(LONGEST_WAIT, timedelta(seconds=2 ** min(failures - FREE, 20)))
