"""Single days that differ from the policy's week: closing, opening, and taking either back.

Each move is one transaction: its row and its audit event. Opening hours named "always" are never
changed: whoever is in danger is never met by a closed door.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Row, func, insert, select, update

from assistant.errors import HoursRefused
from assistant.policy.levels import ALWAYS, DAY, ServiceLevels
from assistant.service_levels.calendars import Change, ChangeKind
from assistant.service_levels.queues import Queue, queues_of
from assistant.storage import as_moment, as_text, closures
from audit.canonical import Json
from audit.database import Database
from audit.events import Event, Kind
from audit.log import Log

LONGEST = 200
"""Characters of a reason, and of who gives it."""


@dataclass(frozen=True, slots=True)
class RecordedChange:
    """A change as it was recorded: its number, for which hours, by whom and when."""

    number: int
    hours: str
    change: Change
    by: str
    at: datetime
    undone: bool = False


@dataclass(frozen=True, slots=True)
class Closures:
    """The changes of opening hours of one home. `by` and `reason` stay readable in the log."""

    database: Database
    log: Log
    levels: ServiceLevels
    clock: Callable[[], datetime]

    def all(self) -> tuple[RecordedChange, ...]:
        """Return every change ever made, in the order of recording, those taken back too."""
        with self.database.read() as connection:
            rows = connection.execute(select(closures).order_by(closures.c.number)).all()
        return tuple(_recorded(row) for row in rows)

    def queues(self) -> Mapping[str, Queue]:
        """Return the queues by name with the changes in force."""
        with self.database.read() as connection:
            return read_queues(connection, self.levels)

    def close(
        self, hours: str, day: date, reason: str, by: str, opens: int = 0, closes: int = DAY
    ) -> RecordedChange:
        """Close these hours on a day, or between two minutes of it.

        Raises HoursRefused for unknown hours, a day gone by, no reason, or "always".
        """
        return self._record(hours, Change(day, opens, closes, ChangeKind.CLOSED, reason), by)

    def open(
        self, hours: str, day: date, reason: str, by: str, opens: int, closes: int
    ) -> RecordedChange:
        """Open between two minutes of a day on which it would be closed; raises as `close`."""
        return self._record(hours, Change(day, opens, closes, ChangeKind.OPEN, reason), by)

    def undo(self, number: int, reason: str, by: str) -> RecordedChange:
        """Take a change back, by its number; raises HoursRefused where there is none in force."""
        facts: dict[str, Json] = {"what": "undone", "number": number, **_said(reason, by)}
        with self.database.write() as connection:
            self.log.lock(connection)
            row = connection.execute(
                select(closures).where(closures.c.number == number)
            ).one_or_none()
            if row is None or row.undone_at is not None:
                raise HoursRefused(f"No change {number} is in force: see `signpost hours show`.")
            (recorded,) = self.log.append(connection, [Event(Kind.HOURS_CHANGED, facts)])
            connection.execute(
                update(closures)
                .where(closures.c.number == number)
                .values(undone_at=as_text(recorded.at))
            )
            row = connection.execute(select(closures).where(closures.c.number == number)).one()
        return _recorded(row)

    def _record(self, hours: str, change: Change, by: str) -> RecordedChange:
        self._require(hours, change)
        said = _said(change.reason, by)
        row: dict[str, Any] = {
            "hours": hours,
            "day": change.day.isoformat(),
            "opens": change.opens,
            "closes": change.closes,
            "kind": change.kind.value,
        }
        with self.database.write() as connection:
            self.log.lock(connection)
            last = connection.execute(select(func.max(closures.c.number))).scalar_one()
            row["number"] = (last or 0) + 1
            facts = {k: v for k, v in row.items() if k != "kind"} | said | {"what": row["kind"]}
            (recorded,) = self.log.append(connection, [Event(Kind.HOURS_CHANGED, facts)])
            row |= {"reason": said["reason"], "who": said["by"], "at": as_text(recorded.at)}
            connection.execute(insert(closures), row | {"record_id": recorded.record_id})
            made = connection.execute(
                select(closures).where(closures.c.number == row["number"])
            ).one()
        return _recorded(made)

    def _require(self, hours: str, change: Change) -> None:
        if hours == ALWAYS:
            raise HoursRefused('The hours "always" are never changed: people in danger use them.')
        if hours not in self.levels.hours:
            known = ", ".join(self.levels.hours)
            raise HoursRefused(f'There are no hours "{hours}". The policy has: {known}.')
        if not 0 <= change.opens < change.closes <= DAY:
            raise HoursRefused("Give times of one day, the end after the start: 9:00 to 24:00.")
        today = self.clock().astimezone(ZoneInfo(self.levels.time_zone)).date()
        if change.day < today:
            raise HoursRefused(
                f"{change.day} has gone by, and due times were told by it: choose {today} or later."
            )


def read_queues(connection: Connection, levels: ServiceLevels) -> Mapping[str, Queue]:
    """Return the queues by name, with the changes in force in the caller's transaction."""
    rows = connection.execute(
        select(closures).where(closures.c.undone_at.is_(None)).order_by(closures.c.number)
    ).all()
    changes: dict[str, list[Change]] = {}
    for row in rows:
        changes.setdefault(row.hours, []).append(_recorded(row).change)
    return queues_of(levels, changes)


def _recorded(row: Row[Any]) -> RecordedChange:
    change = Change(
        date.fromisoformat(row.day), row.opens, row.closes, ChangeKind(row.kind), row.reason
    )
    undone = row.undone_at is not None
    return RecordedChange(row.number, row.hours, change, row.who, as_moment(row.at), undone)


def _said(reason: str, by: str) -> dict[str, str]:
    said = {"reason": reason.strip(), "by": by.strip()}
    for key, what in (("reason", "why (--reason)"), ("by", "who decides (--by)")):
        if not said[key] or len(said[key]) > LONGEST or not said[key].isprintable():
            raise HoursRefused(f"Say {what} on one line, in at most {LONGEST} characters.")
    return said
