"""From rows to people."""

import json
from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, exists, select

from api.staff.people import Person
from api.staff.permissions import Role
from api.staff.tables import accounts, roles, sessions
from assistant.storage import as_text

AT_WORK = timedelta(minutes=15)
"""How long after using the console somebody still counts as there."""

_IN_USE = select(
    exists().where(
        roles.c.role == Role.ADVISER.value,
        roles.c.account_id == accounts.c.id,
        accounts.c.joined_at.is_not(None),
        accounts.c.disabled_at.is_(None),
    )
)


def contact_centre_in_use(connection: Connection) -> bool:
    """Return whether there is an adviser who can sign in. One look into an index."""
    return bool(connection.execute(_IN_USE).scalar())


def advisers_at_work(
    connection: Connection, queue: str, queues: Collection[str], now: datetime
) -> int:
    """Return how many advisers are there for a queue: signed in, and active a moment ago.

    Whoever has teams that are queues works for those alone; everybody else for any. An account by
    itself says nothing of who is there. This stands in for a status that advisers set themselves.
    """
    rows = connection.execute(
        select(accounts.c.id, accounts.c.teams)
        .join(roles, roles.c.account_id == accounts.c.id)
        .join(sessions, sessions.c.account_id == accounts.c.id)
        .where(
            roles.c.role == Role.ADVISER.value,
            accounts.c.disabled_at.is_(None),
            sessions.c.stage == "signed_in",
            sessions.c.ends_at > as_text(now),
            sessions.c.seen_at > as_text(now - AT_WORK),
        )
        .distinct()
    )
    of_teams = [set(json.loads(row.teams)) & set(queues) for row in rows]
    return sum(not teams or queue in teams for teams in of_teams)


def read_roles(connection: Connection, account_ids: Iterable[str]) -> dict[str, frozenset[Role]]:
    """Return the roles of each of these accounts."""
    found: dict[str, set[Role]] = {each: set() for each in account_ids}
    rows = connection.execute(select(roles).where(roles.c.account_id.in_(found)))
    for row in rows:
        found[row.account_id].add(Role(row.role))
    return {each: frozenset(held) for each, held in found.items()}


def person_of(row: Row[Any], held: frozenset[Role]) -> Person:
    """Return the person of an account's row."""
    return Person(
        id=row.id,
        email=row.email,
        name=row.name,
        first_name=row.first_name,
        roles=held,
        teams=tuple(json.loads(row.teams)),
        languages=tuple(json.loads(row.languages)),
        added_at=row.added_at,
        joined_at=row.joined_at or "",
        disabled_at=row.disabled_at or "",
    )
