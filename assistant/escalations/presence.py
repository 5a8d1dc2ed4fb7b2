"""Who else has a case on the screen: kept in the database, so that every process says the same.

A look lasts `LASTS`; a live page renews it well before that. It is a courtesy and no lock: who may
move a case is decided by the move.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, insert, select, update

from assistant.escalations.people import StaffMember
from assistant.escalations.tables import case_presence, cases
from assistant.storage import as_moment, as_text
from audit.database import Database

LASTS = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class Looker:
    """A colleague who has the case on the screen, last seen there at `seen_at`."""

    staff_id: str
    first_name: str
    seen_at: datetime


@dataclass(frozen=True, slots=True)
class Presence:
    """Keeps who looks at which case."""

    database: Database
    clock: Callable[[], datetime]

    def look(self, case_id: str, by: StaffMember) -> None:
        """Say that somebody has the case on the screen; nothing where there is no such case."""
        now = as_text(self.clock())
        with self.database.write() as connection:
            if connection.execute(select(cases.c.id).where(cases.c.id == case_id)).first() is None:
                return
            key = (case_presence.c.case_id == case_id) & (case_presence.c.staff_id == by.id)
            seen = {"first_name": by.first_name, "seen_at": now}
            if connection.execute(update(case_presence).where(key).values(**seen)).rowcount == 0:
                connection.execute(
                    insert(case_presence), {"case_id": case_id, "staff_id": by.id, **seen}
                )

    def leave(self, case_id: str, staff_id: str) -> None:
        """Say that somebody has closed the case's page."""
        key = (case_presence.c.case_id == case_id) & (case_presence.c.staff_id == staff_id)
        with self.database.write() as connection:
            connection.execute(delete(case_presence).where(key))

    def others(self, connection: Connection, case_id: str, staff_id: str) -> tuple[Looker, ...]:
        """Return who else has the case on the screen, by first name."""
        since = as_text(self.clock() - LASTS)
        rows = connection.execute(
            select(case_presence)
            .where(
                case_presence.c.case_id == case_id,
                case_presence.c.staff_id != staff_id,
                case_presence.c.seen_at > since,
            )
            .order_by(case_presence.c.first_name, case_presence.c.staff_id)
        )
        return tuple(Looker(r.staff_id, r.first_name, as_moment(r.seen_at)) for r in rows)

    def forget_old(self) -> int:
        """Delete looks that are over; return how many."""
        since = as_text(self.clock() - LASTS)
        with self.database.write() as connection:
            old = delete(case_presence).where(case_presence.c.seen_at <= since)
            return connection.execute(old).rowcount
