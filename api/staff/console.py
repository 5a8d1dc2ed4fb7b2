"""What the console is given, and what it is made of."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from argon2 import PasswordHasher

from api.contact_centre import ContactCentre
from api.staff.accounts import Accounts
from api.staff.credentials import Credentials
from api.staff.passwords import Passwords
from api.staff.provider import Provider, ProviderSettings
from api.staff.sealing import StaffKeys
from api.staff.sessions import USUAL_TIMES, Sessions, SessionTimes
from api.staff.sign_in import SignIn
from api.staff.throttle import Throttle
from assistant.challenges.challenges import Challenges
from assistant.hooks.feed import Waiting
from assistant.reviewed_knowledge.reviewing import ReviewedKnowledge
from audit.database import Database
from audit.keyfiles import Secret
from audit.log import Log


@dataclass(frozen=True, slots=True)
class StaffParts:
    """What `create_app` needs for the console. `master` is the home's master key.

    `url` is the database's address, to hear of events through.
    """

    database: Database
    url: str = field(repr=False)
    centre: ContactCentre
    log: Log
    master: Secret = field(repr=False)
    clock: Callable[[], datetime]
    new_id: Callable[[], str]
    times: SessionTimes = USUAL_TIMES
    hasher: PasswordHasher = field(default_factory=PasswordHasher, repr=False)
    provider: ProviderSettings | None = None
    challenges: Challenges | None = None
    reviewed: ReviewedKnowledge | None = None


@dataclass(frozen=True, slots=True)
class Console:
    """Built once by `create_app`, read by the console's routes as `web.console`.

    `feed` looks for events as long as the app runs.
    """

    keys: StaffKeys
    sessions: Sessions
    centre: ContactCentre
    feed: Waiting
    accounts: Accounts
    sign_in: SignIn
    credentials: Credentials
    provider: Provider | None
    challenges: Challenges | None = None
    reviewed: ReviewedKnowledge | None = None


def open_console(parts: StaffParts, site: str, service: str) -> Console:
    """Return the console over its parts; `site` is our public address, `service` our name."""
    keys = StaffKeys(parts.master)
    sessions = Sessions(parts.database, parts.clock, parts.new_id, parts.times)
    throttle = Throttle(parts.database, parts.clock, keys)
    passwords = Passwords(parts.hasher)
    sign_in = SignIn(parts.database, parts.log, parts.clock, keys, sessions, passwords, throttle)
    return Console(
        keys=keys,
        sessions=sessions,
        centre=parts.centre,
        feed=Waiting(parts.database, parts.url),
        accounts=open_accounts(parts, sessions),
        sign_in=sign_in,
        credentials=Credentials(
            database=parts.database,
            log=parts.log,
            clock=parts.clock,
            keys=keys,
            sessions=sessions,
            passwords=passwords,
            throttle=throttle,
            sign_in=sign_in,
            service=service,
        ),
        provider=Provider(parts.provider, site, parts.database, parts.clock, sign_in)
        if parts.provider
        else None,
        challenges=parts.challenges,
        reviewed=parts.reviewed,
    )


def open_accounts(parts: StaffParts, sessions: Sessions | None = None) -> Accounts:
    """Return the moves with accounts alone: for the command line."""
    return Accounts(
        database=parts.database,
        log=parts.log,
        clock=parts.clock,
        new_id=parts.new_id,
        keys=StaffKeys(parts.master),
        sessions=sessions or Sessions(parts.database, parts.clock, parts.new_id, parts.times),
    )
