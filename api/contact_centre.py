"""The people behind the assistant: cases, opening hours, call-backs and codes, built once."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

from sqlalchemy import Connection

from api.staff.rows import active_advisers, contact_centre_in_use
from assistant.callbacks import CallBacks
from assistant.challenges.challenges import Challenges
from assistant.escalations.cases import Cases
from assistant.escalations.duty import Duties
from assistant.escalations.presence import Presence
from assistant.escalations.states import Priority
from assistant.policy import Policy
from assistant.policy.levels import Promise
from assistant.private_codes import PrivateCodes
from assistant.reaching import Reaching
from assistant.service_levels.availability import OnDuty
from assistant.service_levels.closures import Closures
from assistant.service_levels.due import Due
from assistant.text import RawText, RedactedText
from audit.database import Database
from audit.keyfiles import Secret
from audit.keys import KeyStore
from audit.log import Log


@dataclass(frozen=True)
class ContactCentre:
    """The contact centre of one home. In a trial (no `organisation`) nobody is in it."""

    database: Database
    keys: KeyStore
    log: Log
    policy: Policy
    mask: Callable[[RawText], RedactedText]
    clock: Callable[[], datetime]
    new_id: Callable[[], str]
    code_secret: Secret
    organisation: str

    def staffed(self, connection: Connection) -> bool:
        """Return whether anybody could take a case: somebody runs this, and has an adviser."""
        return bool(self.organisation) and contact_centre_in_use(connection)

    @cached_property
    def reaching(self) -> Reaching:
        """What citizens see of people, and do to reach them."""
        return Reaching(
            database=self.database,
            policy=self.policy,
            clock=self.clock,
            cases=self.cases,
            call_backs=self.call_backs,
            private_codes=self.private_codes,
            staffed=self.staffed,
            on_duty=self.on_duty,
        )

    @cached_property
    def cases(self) -> Cases:
        """The cases of citizens who need a person."""
        return Cases(
            self.database,
            self.keys,
            self.log,
            self.policy,
            self.mask,
            self.clock,
            self.new_id,
            self._due,
        )

    @cached_property
    def presence(self) -> Presence:
        """Who has which case on the screen."""
        return Presence(self.database, self.clock)

    @cached_property
    def duties(self) -> Duties:
        """Who is on duty, for which queues."""
        return Duties(self.database, self.clock, self.policy.escalations.queue)

    def on_duty(self, connection: Connection, queue: str) -> tuple[OnDuty, ...]:
        """Return who is on duty for a queue; nobody in a trial."""
        if not self.organisation:
            return ()
        return self.duties.on_duty(connection, queue, active_advisers(connection))

    @cached_property
    def challenges(self) -> Challenges:
        """Citizens' challenges to answers; in a trial they open no case."""
        return Challenges(self.database, self.keys, self.log, self.mask, self.cases, self.staffed)

    @cached_property
    def closures(self) -> Closures:
        """Changes of single days' opening hours; `queues()` gives the queues as they are open."""
        return Closures(self.database, self.log, self.policy.service_levels, self.clock)

    @cached_property
    def call_backs(self) -> CallBacks:
        """The call-backs that citizens choose."""
        levels = self.policy.service_levels
        return CallBacks(self.database, self.keys, self.log, levels, self.clock, self.new_id)

    @cached_property
    def private_codes(self) -> PrivateCodes:
        """The codes with which citizens come back to a conversation."""
        lasts = timedelta(days=self.policy.service_levels.private_code.days)
        return PrivateCodes(self.database, self.log, self.code_secret.value, self.clock, lasts)

    def _due(self, priority: Priority, queue: str, since: datetime) -> datetime:
        found = self.closures.queues()[queue].due(since, priority, Promise.FIRST_REPLY)
        assert isinstance(found, Due)  # only pauses put a promise on hold
        return found.moment
