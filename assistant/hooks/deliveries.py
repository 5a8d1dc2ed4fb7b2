"""What has to be delivered, and which process delivers it: rows and conditional updates.

A delivery is taken under a lease. When its holder dies the lease runs out and another takes it, so
a receiver may get an event twice but never not at all. Of a case, an endpoint gets the next event
only once the one before is settled.
"""

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, select, update

from assistant.errors import DeliveryUnknown, EndpointUnknown
from assistant.escalations.outbox import Announced, after, newest
from assistant.hooks import rows
from assistant.hooks.results import Delivered, Endpoint, Failed, Gone, Rejected, Result, Skipped
from assistant.hooks.retries import Retries
from assistant.hooks.rows import Status
from assistant.hooks.tables import deliveries, hook_endpoints
from assistant.storage import as_moment, as_text
from audit.database import Database
from audit.storage import insert_unless_there

BATCH = 500
"""Events that become deliveries in one transaction."""


@dataclass(frozen=True, slots=True)
class Taken:
    """A delivery that its holder alone may settle until the lease runs out."""

    endpoint: str
    recipient: str
    event: Announced
    attempt: int
    holder: str


@dataclass(frozen=True, slots=True)
class Deliveries:
    """The deliveries of one database. `clock` is the only time it knows."""

    database: Database
    clock: Callable[[], datetime]
    retries: Retries = field(default_factory=Retries)

    def enrol(self, names: Sequence[str]) -> None:
        """Make endpoints known that were not: they get what is announced from now on."""
        with self.database.read() as connection:
            known = set(connection.execute(select(hook_endpoints.c.name)).scalars())
        missing = [name for name in names if name not in known]
        if missing:
            with self.database.write() as connection:
                last = newest(connection)
                connection.execute(
                    insert_unless_there(connection, hook_endpoints),
                    [{"name": name, "cursor": last} for name in missing],
                )

    def spread(self, endpoint: Endpoint) -> int:
        """Turn new events into deliveries for the endpoint; return how many events there were.

        Does nothing for a disabled one: it goes on from there once it is enabled.
        """
        with self.database.read() as connection:
            place = _place(connection, endpoint.name)
            if place.disabled_at is not None or not after(connection, place.cursor, 1):
                return 0
        with self.database.write() as connection:
            place = _place(connection, endpoint.name)
            found = after(connection, place.cursor, BATCH)
            if not found or not _move_cursor(connection, endpoint.name, place.cursor, found[-1].id):
                return 0
            wanted = [event for event in found if endpoint.wants(event.kind)]
            new = self._rows(endpoint, wanted)
            if new:
                connection.execute(insert_unless_there(connection, deliveries), new)
        return len(found)

    def take(self, endpoint: Endpoint) -> Taken | None:
        """Return the next delivery that is due, taken by the caller alone, or None.

        Its lease lasts as long as an attempt can, and half a minute more.
        """
        while True:
            now = self.clock()
            due = {"endpoint": endpoint.name, "now": as_text(now)}
            with self.database.read() as connection:
                if _place(connection, endpoint.name).disabled_at is not None:
                    return None
                row = connection.execute(rows.SELECT_DUE, due).first()
            if row is None:
                return None
            if row.attempts >= self.retries.tries:
                self._give_up(row, "the process that made the last attempt ended before it did")
                continue
            holder = secrets.token_hex(16)
            until = now + timedelta(seconds=endpoint.sender.longest + 30)
            with self.database.write() as connection:
                took = connection.execute(
                    rows.TAKE,
                    {
                        **rows.key_of(row),
                        "now": as_text(now),
                        "seen": row.attempts,
                        "holder": holder,
                        "until": as_text(until),
                    },
                ).rowcount
            if took:
                event = Announced(
                    row.event_id, row.kind, as_moment(row.at), row.case_id, row.conversation_id
                )
                return Taken(endpoint.name, row.recipient, event, row.attempts + 1, holder)

    def settle(self, taken: Taken, result: Result) -> None:
        """Write down what came of it.

        That the receiver has it counts even when the lease has run out; a failure then does not,
        since another holder is trying.
        """
        now = self.clock()
        key = rows.key(taken.endpoint, taken.event.id, taken.recipient)
        match result:
            case Delivered():
                values = _settled(Status.DELIVERED, now)
                statement = rows.pending(key)
            case Skipped(why):
                values = _settled(Status.SKIPPED, now, why)
                statement = rows.pending(key)
            case Rejected(why):
                values = _settled(Status.DEAD, now, why)
                statement = rows.held(key, taken.holder)
            case Gone(why) | Failed(why) if taken.attempt >= self.retries.tries:
                values = _settled(Status.DEAD, now, why)
                statement = rows.held(key, taken.holder)
            case Failed(why, wait):
                pause = self.retries.pause(taken.attempt, wait)
                values = _let_go(as_text(now + timedelta(seconds=pause)), why)
                statement = rows.held(key, taken.holder)
            case Gone(why):
                values = _let_go(as_text(now), why)
                statement = rows.held(key, taken.holder)
        with self.database.write() as connection:
            connection.execute(statement.values(**values))
            if isinstance(result, Gone):
                self._disable(connection, taken.endpoint, result.why)

    def replay(self, endpoint: Endpoint, event_id: int | None = None) -> int:
        """Make dead deliveries due again, or those of one event, delivered or not; say how many.

        Raises DeliveryUnknown when the endpoint never had the event.
        """
        rows_of_it = deliveries.c.endpoint == endpoint.name
        if event_id is None:
            chosen = deliveries.c.status == Status.DEAD.value
        else:
            chosen = deliveries.c.event_id == event_id
        again = update(deliveries).where(rows_of_it, chosen).values(**self._due_again())
        with self.database.write() as connection:
            count = connection.execute(again).rowcount
        if event_id is not None and not count:
            raise DeliveryUnknown(
                f"{endpoint.name} was never given event {event_id}: to send it all it wants from "
                "there on, use --after with the number before."
            )
        return count

    def replay_after(self, endpoint: Endpoint, number: int) -> int:
        """Deliver again, or for the first time, every event after an id that it wants."""
        count = 0
        with self.database.write() as connection:
            last = _place(connection, endpoint.name).cursor
            while found := after(connection, number, BATCH):
                number = found[-1].id
                wanted = [e for e in found if endpoint.wants(e.kind) and e.id <= last]
                new = self._rows(endpoint, wanted)
                if new:
                    connection.execute(insert_unless_there(connection, deliveries), new)
                    ids = [event.id for event in wanted]
                    connection.execute(
                        update(deliveries)
                        .where(
                            deliveries.c.endpoint == endpoint.name, deliveries.c.event_id.in_(ids)
                        )
                        .values(**self._due_again())
                    )
                count += len(new)
        return count

    def enable(self, name: str) -> bool:
        """Send to a disabled endpoint again, from where it stopped; False where it was not."""
        with self.database.write() as connection:
            was = _place(connection, name).disabled_at is not None
            connection.execute(
                update(hook_endpoints)
                .where(hook_endpoints.c.name == name)
                .values(disabled_at=None, disabled_why=None)
            )
        return was

    def prune(self) -> int:
        """Delete what was settled well and is older than the retries say; return how many."""
        before = self.clock() - timedelta(days=self.retries.keep_days)
        with self.database.write() as connection:
            return connection.execute(rows.PRUNE, {"before": as_text(before)}).rowcount

    def _rows(self, endpoint: Endpoint, events: Sequence[Announced]) -> list[dict[str, object]]:
        due = self._due_again()
        return [
            {
                "endpoint": endpoint.name,
                "event_id": event.id,
                "recipient": recipient,
                "case_id": event.case_id,
                "last_error": "",
                **due,
            }
            for event in events
            for recipient in endpoint.recipients
        ]

    def _due_again(self) -> dict[str, object]:
        return {
            "status": Status.PENDING.value,
            "attempts": 0,
            "next_at": as_text(self.clock()),
            "taken_by": None,
            "taken_until": None,
            "settled_at": None,
        }

    def _give_up(self, row: Any, why: str) -> None:
        with self.database.write() as connection:
            unchanged = rows.pending(rows.key_of(row)).where(deliveries.c.attempts == row.attempts)
            connection.execute(unchanged.values(**_settled(Status.DEAD, self.clock(), why)))

    def _disable(self, connection: Connection, name: str, why: str) -> None:
        connection.execute(
            update(hook_endpoints)
            .where(hook_endpoints.c.name == name)
            .values(disabled_at=as_text(self.clock()), disabled_why=why)
        )


def _place(connection: Connection, name: str) -> Any:
    row = connection.execute(rows.SELECT_PLACE, {"endpoint": name}).first()
    if row is None:
        raise EndpointUnknown(f"Nothing was ever sent to {name}: is it in the file of hooks?")
    return row


def _move_cursor(connection: Connection, name: str, seen: int, to: int) -> bool:
    moved = update(hook_endpoints).where(
        hook_endpoints.c.name == name, hook_endpoints.c.cursor == seen
    )
    return connection.execute(moved.values(cursor=to)).rowcount == 1


def _settled(status: Status, now: datetime, why: str = "") -> dict[str, object]:
    return {
        "status": status.value,
        "settled_at": as_text(now),
        "taken_by": None,
        "taken_until": None,
        "last_error": why,
    }


def _let_go(next_at: str, why: str) -> dict[str, object]:
    return {"next_at": next_at, "taken_by": None, "taken_until": None, "last_error": why}
