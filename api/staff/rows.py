"""From rows to people."""

import json
from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, Row, exists, select

from api.staff.people import Person
from api.staff.permissions import GRANTS, Permission, Role
from api.staff.tables import accounts, roles

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


def active_advisers(connection: Connection) -> frozenset[str]:
    """Return the accounts that can sign in and may work cases."""
    working = [role.value for role in Role if Permission.WORK_CASES in GRANTS[role]]
    query = (
        select(accounts.c.id)
        .join(roles, roles.c.account_id == accounts.c.id)
        .where(
            roles.c.role.in_(working),
            accounts.c.joined_at.is_not(None),
            accounts.c.disabled_at.is_(None),
        )
    )
    return frozenset(connection.execute(query).scalars())


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
