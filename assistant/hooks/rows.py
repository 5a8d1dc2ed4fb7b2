"""The statements about deliveries."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    BindParameter,
    Connection,
    Row,
    Update,
    and_,
    bindparam,
    delete,
    exists,
    func,
    or_,
    select,
    update,
)

from assistant.escalations.tables import outbox
from assistant.hooks.tables import deliveries, hook_endpoints


class Status(StrEnum):
    """Where a delivery stands."""

    PENDING = "pending"
    DELIVERED = "delivered"
    SKIPPED = "skipped"
    DEAD = "dead"


Key = Mapping[str, object]

_d = deliveries.c
_earlier = deliveries.alias("earlier")
_ENDPOINT: BindParameter[str] = bindparam("endpoint")
_NOW: BindParameter[str] = bindparam("now")
_free = or_(_d.taken_until.is_(None), _d.taken_until <= _NOW)

SELECT_PLACE = select(hook_endpoints).where(hook_endpoints.c.name == _ENDPOINT)
SELECT_DUE = (
    select(deliveries, outbox.c.kind, outbox.c.at, outbox.c.conversation_id)
    .join(outbox, outbox.c.id == _d.event_id)
    .where(
        _d.endpoint == _ENDPOINT,
        _d.status == Status.PENDING.value,
        _d.next_at <= _NOW,
        _free,
        ~exists().where(
            _earlier.c.case_id == _d.case_id,
            _earlier.c.endpoint == _d.endpoint,
            _earlier.c.status == Status.PENDING.value,
            _earlier.c.recipient == _d.recipient,
            _earlier.c.event_id < _d.event_id,
        ),
    )
    .order_by(_d.event_id, _d.recipient)
    .limit(1)
)
TAKE = (
    update(deliveries)
    .where(
        _d.endpoint == bindparam("of_endpoint"),
        _d.event_id == bindparam("of_event"),
        _d.recipient == bindparam("of_recipient"),
        _d.status == Status.PENDING.value,
        _d.attempts == bindparam("seen"),
        _free,
    )
    .values(attempts=_d.attempts + 1, taken_by=bindparam("holder"), taken_until=bindparam("until"))
)
PRUNE = delete(deliveries).where(
    _d.status.in_([Status.DELIVERED.value, Status.SKIPPED.value]),
    _d.settled_at < bindparam("before"),
)
_COUNT = select(_d.endpoint, _d.status, func.count()).group_by(_d.endpoint, _d.status)
_OLDEST = (
    select(_d.endpoint, func.min(outbox.c.at))
    .join(outbox, outbox.c.id == _d.event_id)
    .where(_d.status == Status.PENDING.value)
    .group_by(_d.endpoint)
)


@dataclass(frozen=True, slots=True)
class EndpointState:
    """How an endpoint does: its deliveries by status, and since when the oldest one waits.

    `oldest` and `disabled_at` are UTC text, "" where there is none.
    """

    name: str
    counts: Mapping[Status, int]
    oldest: str = ""
    disabled_at: str = ""
    disabled_why: str = ""


def states(connection: Connection) -> tuple[EndpointState, ...]:
    """Return every endpoint that was ever sent to, by name."""
    counts = {(name, status): n for name, status, n in connection.execute(_COUNT)}
    oldest = dict(connection.execute(_OLDEST).tuples().all())
    places = connection.execute(select(hook_endpoints).order_by(hook_endpoints.c.name))
    return tuple(
        EndpointState(
            place.name,
            {each: counts.get((place.name, each.value), 0) for each in Status},
            oldest.get(place.name, ""),
            place.disabled_at or "",
            place.disabled_why or "",
        )
        for place in places
    )


def dead(connection: Connection, name: str = "", limit: int = 100) -> tuple[Row[Any], ...]:
    """Return the dead letters, the newest first, with the kind of their event."""
    query = select(deliveries, outbox.c.kind, outbox.c.at).join(outbox, outbox.c.id == _d.event_id)
    query = query.where(_d.status == Status.DEAD.value)
    if name:
        query = query.where(_d.endpoint == name)
    query = query.order_by(_d.settled_at.desc(), _d.event_id.desc()).limit(limit)
    return tuple(connection.execute(query).all())


def key(endpoint: str, event_id: int, recipient: str) -> Key:
    """Return what tells one delivery from all others."""
    return {"of_endpoint": endpoint, "of_event": event_id, "of_recipient": recipient}


def key_of(row: Any) -> Key:
    """Return the key of a row of `deliveries`."""
    return key(row.endpoint, row.event_id, row.recipient)


def pending(of: Key) -> Update:
    """Return an update of the delivery while it is still to be settled."""
    return update(deliveries).where(
        and_(
            _d.endpoint == of["of_endpoint"],
            _d.event_id == of["of_event"],
            _d.recipient == of["of_recipient"],
            _d.status == Status.PENDING.value,
        )
    )


def held(of: Key, holder: str) -> Update:
    """Return an update of the delivery while this holder has it."""
    return pending(of).where(_d.taken_by == holder)
