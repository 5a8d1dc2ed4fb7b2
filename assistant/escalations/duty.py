"""Who is on duty, for which queues and how many cases at once: what "staffed" means.

Somebody goes on duty by choice. It lapses when they go off, and when they have not used the console
for `LAPSES`: a browser left open with nobody at it takes no case.
"""

import json
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, Row, delete, func, insert, select, update

from assistant.errors import CaseMoveRefused
from assistant.escalations.states import Status
from assistant.escalations.tables import cases, staff_duty
from assistant.service_levels.availability import OnDuty
from assistant.storage import as_moment, as_text
from audit.database import Database

LAPSES = timedelta(minutes=15)
MOST = 20
"""The largest number of cases that somebody may set to have at once."""
_SEEN_EVERY = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Duty:
    """Somebody's duty: since when, for which queues, for how many cases at once."""

    staff_id: str
    queues: tuple[str, ...]
    most: int
    since: datetime


@dataclass(frozen=True, slots=True)
class Duties:
    """Keeps who is on duty. `queues` are the names of all queues."""

    database: Database
    clock: Callable[[], datetime]
    queues: Collection[str]

    def go_on(self, staff_id: str, queues: Sequence[str], most: int) -> None:
        """Put somebody on duty, or change what their duty is.

        Raises CaseMoveRefused for no queue, an unknown one, or a number of cases not from 1 to
        MOST.
        """
        wanted = tuple(dict.fromkeys(queues))
        if not wanted or set(wanted) - set(self.queues):
            raise CaseMoveRefused("Choose one or more of the queues that are listed.")
        if not 1 <= most <= MOST:
            raise CaseMoveRefused(f"Choose a number of cases from 1 to {MOST}.")
        now = as_text(self.clock())
        values = {"queues": json.dumps(wanted), "most": most, "seen_at": now}
        mine = staff_duty.c.staff_id == staff_id
        with self.database.write() as connection:
            row = connection.execute(select(staff_duty).where(mine)).one_or_none()
            if row is None:
                connection.execute(
                    insert(staff_duty), {"staff_id": staff_id, "since": now, **values}
                )
                return
            if not self._lives(row):
                values["since"] = now
            connection.execute(update(staff_duty).where(mine).values(**values))

    def go_off(self, staff_id: str) -> None:
        """Take somebody off duty. Cases that they have stay theirs."""
        with self.database.write() as connection:
            connection.execute(delete(staff_duty).where(staff_duty.c.staff_id == staff_id))

    def seen(self, staff_id: str) -> None:
        """Say that somebody used the console just now; a duty that lapsed stays lapsed."""
        mine = staff_duty.c.staff_id == staff_id
        with self.database.read() as connection:
            row = connection.execute(select(staff_duty).where(mine)).one_or_none()
        if row is None or not self._lives(row):
            return
        if self.clock() - as_moment(row.seen_at) >= _SEEN_EVERY:
            with self.database.write() as connection:
                now = as_text(self.clock())
                connection.execute(update(staff_duty).where(mine).values(seen_at=now))

    def of(self, staff_id: str) -> Duty | None:
        """Return somebody's duty, or None while they are off."""
        with self.database.read() as connection:
            query = select(staff_duty).where(staff_duty.c.staff_id == staff_id)
            row = connection.execute(query).one_or_none()
        return _duty(row) if row is not None and self._lives(row) else None

    def on_duty(
        self, connection: Connection, queue: str, among: Collection[str] | None = None
    ) -> tuple[OnDuty, ...]:
        """Return who is on duty for a queue, with how many cases they have, in any queue.

        `among` are the identifiers of those who may be: None does not ask.
        """
        counted = connection.execute(
            select(cases.c.holder_id, func.count().label("held"))
            .where(cases.c.status == Status.CLAIMED.value)
            .group_by(cases.c.holder_id)
        )
        held: dict[str, int] = {row.holder_id: row.held for row in counted}
        rows = connection.execute(select(staff_duty).order_by(staff_duty.c.staff_id)).all()
        return tuple(
            OnDuty(held.get(row.staff_id, 0), row.most)
            for row in rows
            if self._lives(row)
            and queue in json.loads(row.queues)
            and (among is None or row.staff_id in among)
        )

    def _lives(self, row: Row[tuple[object, ...]]) -> bool:
        return self.clock() - as_moment(row.seen_at) < LAPSES


def _duty(row: Row[tuple[object, ...]]) -> Duty:
    return Duty(row.staff_id, tuple(json.loads(row.queues)), row.most, as_moment(row.since))
