"""Events in the outbox for tests: made as the product makes them, in processes of their own too.

Run as `python -m tests.announcing URL KEYS_URL PREFIX COUNT` it announces COUNT events of three
cases until it is done or killed, and prints each number after its commit, with the time.
"""

import sys
import time

from sqlalchemy import insert

from api.migrations import upgrade
from assistant.escalations.outbox import announce
from assistant.escalations.states import MoveKind
from assistant.escalations.tables import outbox
from assistant.storage import as_text
from audit.database import Database
from audit.events import Event, Kind
from tests.auditing import World, open_world


def announced(world: World, case: str, kind: str = "case.opened") -> int:
    """Record and announce an event in one transaction; return its id."""
    with world.database.write() as connection:
        (recorded,) = world.log.append(connection, [Event(Kind.PERSON_REQUESTED, {}, f"of-{case}")])
        announce(connection, recorded, _move(kind), case, f"of-{case}")
    return recorded.index


def _move(kind: str) -> MoveKind:
    return MoveKind(kind.removeprefix("case."))


def slipped_in(world: World, case: str) -> int:
    """Announce without any hint, as where a notification is lost."""
    with world.database.write() as connection:
        (recorded,) = world.log.append(connection, [Event(Kind.PERSON_REQUESTED, {}, f"of-{case}")])
        row = {
            "id": recorded.index,
            "kind": "case.opened",
            "case_id": case,
            "conversation_id": f"of-{case}",
            "at": as_text(recorded.at),
        }
        connection.execute(insert(outbox), row)
    return recorded.index


def prepare(url: str) -> None:
    """Make the tables of a new database."""
    database = Database.open(url)
    upgrade(database)
    database.close()


def main(url: str, keys_url: str, prefix: str, count: str) -> None:
    with open_world(url, keys_url, prefix=prefix) as world:
        for number in range(int(count)):
            made = announced(world, f"{prefix}{number % 3}")
            print(made, time.time(), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
