"""A citizen's ways in over a real contact centre: its cases, hours, call-backs and codes.

Nothing is patched. A test moves the clock and says how many people are on duty.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import Connection, func, select

from api.parts import Limits, Parts, SiteSettings
from assistant.callbacks import CallBacks
from assistant.escalations.states import Status
from assistant.escalations.tables import cases
from assistant.private_codes import PrivateCodes
from assistant.reaching import Reaching
from assistant.service_levels.availability import OnDuty
from tests.assisting import Clock, World, identifiers, open_world
from tests.casework import Centre
from tests.databases import NewDatabase
from tests.web_parts import BASE, parts

TUESDAY = datetime(2026, 12, 1, 10, 0, tzinfo=UTC)
"""A working day, an hour after opening."""
SUNDAY = datetime(2026, 11, 29, 10, 0, tzinfo=UTC)
RUN_BY = SiteSettings(
    base_url=BASE,
    organisation="Tref Council",
    phone="0300 000 0000",
    hours="Monday to Friday, 9am to 5pm",
    privacy_email="privacy@tref.example",
)


@dataclass
class Meeting:
    """A contact centre and how many people are on duty in it, for every queue."""

    centre: Centre
    reaching: Reaching
    on_duty: list[int] = field(default_factory=lambda: [0])

    @property
    def world(self) -> World:
        return self.centre.world

    @property
    def clock(self) -> Clock:
        return self.world.clock

    def parts(self, **changes: object) -> Parts:
        usual = {
            "conversations": self.world.assistant,
            "reaching": self.reaching,
            "clock": self.clock,
            "site": RUN_BY,
            "limits": Limits(),
        }
        return parts(**{**usual, **changes})


@contextmanager
def a_meeting(
    where: NewDatabase | Path,
    *,
    now: datetime = TUESDAY,
    on_duty: int = 0,
    in_use: bool = True,
) -> Iterator[Meeting]:
    """Open a contact centre over new databases, or over SQLite in a folder.

    In the end its log must verify.
    """
    urls = (
        [f"sqlite:///{where}/{name}.db" for name in ("a", "k")]
        if isinstance(where, Path)
        else [where(), where()]
    )
    with open_world(
        *urls,
        clock=Clock(now),
        staffed=lambda connection: in_use,
    ) as world:
        assert world.cases is not None
        people = [on_duty]
        reaching = Reaching(
            database=world.database,
            policy=world.policy,
            clock=world.clock,
            cases=world.cases,
            call_backs=CallBacks(
                world.database,
                world.keys,
                world.log,
                world.policy.service_levels,
                world.clock,
                identifiers("call"),
            ),
            private_codes=PrivateCodes(
                world.database, world.log, b"c" * 32, world.clock, timedelta(days=28)
            ),
            staffed=lambda connection: in_use,
            on_duty=lambda connection, queue: _with_cases(connection, queue, people[0]),
        )
        yield Meeting(Centre(world, world.cases), reaching, people)
        assert world.verify().ok


def _with_cases(connection: Connection, queue: str, people: int) -> list[OnDuty]:
    """Return so many people with room for one case each; those taken have no more."""
    held = select(func.count()).where(
        cases.c.queue == queue, cases.c.status == Status.CLAIMED.value
    )
    taken = min(people, connection.execute(held).scalar_one())
    return [OnDuty(1, 1)] * taken + [OnDuty(0, 1)] * (people - taken)
