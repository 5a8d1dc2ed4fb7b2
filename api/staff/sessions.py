"""Who is signed in: kept on the server, so that it can be ended from there at once.

The cookie holds 256 random bits; the database holds their SHA-256. A session gets a new identifier
whenever it may do more than before, so one that was planted before signing in is worth nothing.
"""

import hmac
from base64 import urlsafe_b64encode
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, or_, select, update

from api.staff.people import Person
from api.staff.rows import person_of, read_roles
from api.staff.sealing import new_token, token_digest
from api.staff.tables import accounts, sessions
from assistant.storage import as_moment, as_text
from audit.database import Database

_SEEN_EVERY = timedelta(seconds=60)
"""How exactly it is known when a session was last used: not every request writes."""
_LONGEST_BROWSER = 200


class Stage(StrEnum):
    """How far somebody has come. Only SIGNED_IN opens the console."""

    SECOND_FACTOR = "second_factor"
    """The password was right; the second factor is still to come."""

    JOINING = "joining"
    """A joining code was right; password and second factor are being chosen."""

    SIGNED_IN = "signed_in"
    """All is done."""


@dataclass(frozen=True, slots=True)
class SessionTimes:
    """How long a session lasts without use, and at the longest; by stage where not signed in."""

    idle: timedelta = timedelta(minutes=30)
    longest: timedelta = timedelta(hours=12)
    second_factor: timedelta = timedelta(minutes=10)
    joining: timedelta = timedelta(minutes=60)

    def lasting(self, stage: Stage) -> timedelta:
        """Return how long a session of this stage lasts at the longest."""
        match stage:
            case Stage.SECOND_FACTOR:
                return self.second_factor
            case Stage.JOINING:
                return self.joining
            case Stage.SIGNED_IN:
                return self.longest


USUAL_TIMES = SessionTimes()


@dataclass(frozen=True, slots=True)
class Session:
    """A session as pages show it. `reference` names it and opens nothing."""

    reference: str
    account_id: str
    stage: Stage
    began_at: datetime
    seen_at: datetime
    ends_at: datetime
    browser: str


@dataclass(frozen=True, slots=True)
class Sessions:
    """All sessions. Methods that take a connection are parts of their caller's transaction."""

    database: Database
    clock: Callable[[], datetime]
    new_id: Callable[[], str]
    times: SessionTimes = USUAL_TIMES

    def find(self, token: str) -> tuple[Session, Person] | None:
        """Return the session that the cookie opens and whose it is; None if it opens nothing.

        A session that has ended, was not used for too long, or whose account is disabled opens
        nothing. Finding one counts as using it.
        """
        id_hash, now = token_digest(token), self.clock()
        with self.database.read() as connection:
            row = connection.execute(
                select(sessions, accounts)
                .join(accounts, accounts.c.id == sessions.c.account_id)
                .where(sessions.c.id_hash == id_hash, accounts.c.disabled_at.is_(None))
            ).first()
            if row is None or not self._lives(row, now):
                return None
            held = read_roles(connection, [row.account_id])[row.account_id]
        if now - as_moment(row.seen_at) >= _SEEN_EVERY:
            with self.database.write() as connection:
                seen = update(sessions).where(sessions.c.id_hash == id_hash)
                connection.execute(seen.values(seen_at=as_text(now)))
        return _session_of(row), person_of(row, held)

    def lives(self, token: str) -> bool:
        """Return whether the cookie still opens a session. It does not count as use."""
        with self.database.read() as connection:
            row = connection.execute(
                select(sessions)
                .join(accounts, accounts.c.id == sessions.c.account_id)
                .where(sessions.c.id_hash == token_digest(token), accounts.c.disabled_at.is_(None))
            ).first()
        return row is not None and self._lives(row, self.clock())

    def begin(self, connection: Connection, account_id: str, stage: Stage, browser: str) -> str:
        """Begin a session and return what goes into its cookie. Ended ones are cleared away."""
        now, token = self.clock(), new_token()
        idle = as_text(now - self.times.idle)
        connection.execute(
            delete(sessions).where(
                or_(sessions.c.ends_at <= as_text(now), sessions.c.seen_at <= idle)
            )
        )
        connection.execute(
            insert(sessions),
            {
                "id_hash": token_digest(token),
                "reference": self.new_id(),
                "account_id": account_id,
                "stage": stage.value,
                "began_at": as_text(now),
                "seen_at": as_text(now),
                "ends_at": as_text(now + self.times.lasting(stage)),
                "browser": _printable(browser)[:_LONGEST_BROWSER],
            },
        )
        return token

    def rotate(self, connection: Connection, token: str, stage: Stage, browser: str) -> str | None:
        """End a session and begin another for the same person; None if it had ended already."""
        ended = connection.execute(
            delete(sessions)
            .where(sessions.c.id_hash == token_digest(token))
            .returning(sessions.c.account_id)
        ).scalar()
        return None if ended is None else self.begin(connection, str(ended), stage, browser)

    def end(self, connection: Connection, account_id: str, reference: str) -> bool:
        """End one session of a person; say whether there was one."""
        ended = connection.execute(
            delete(sessions).where(
                sessions.c.account_id == account_id, sessions.c.reference == reference
            )
        )
        return ended.rowcount == 1

    def end_all(self, connection: Connection, account_id: str, keep: str = "") -> int:
        """End all sessions of a person but the one with the reference `keep`; return how many."""
        ended = delete(sessions).where(
            sessions.c.account_id == account_id, sessions.c.reference != keep
        )
        return connection.execute(ended).rowcount

    def of(self, account_id: str) -> tuple[Session, ...]:
        """Return the sessions of a person that live, the last used first."""
        now = self.clock()
        with self.database.read() as connection:
            rows = connection.execute(
                select(sessions)
                .where(
                    sessions.c.account_id == account_id, sessions.c.stage == Stage.SIGNED_IN.value
                )
                .order_by(sessions.c.seen_at.desc(), sessions.c.reference)
            ).all()
        return tuple(_session_of(row) for row in rows if self._lives(row, now))

    def _lives(self, row: Row[Any], now: datetime) -> bool:
        return now < as_moment(row.ends_at) and now - as_moment(row.seen_at) < self.times.idle


def form_token(token: str) -> str:
    """Return the hidden value of every form on pages that were made for this cookie."""
    mac = hmac.digest(token.encode("utf-8", "surrogatepass"), b"signpost staff form v1", "sha256")
    return urlsafe_b64encode(mac).rstrip(b"=").decode()


def is_form_token(sent: str, token: str) -> bool:
    """Return whether a form was made for this cookie."""
    return hmac.compare_digest(
        sent.encode("utf-8", "surrogatepass"), form_token(token).encode()
    ) and bool(token)


def _session_of(row: Row[Any]) -> Session:
    return Session(
        reference=row.reference,
        account_id=row.account_id,
        stage=Stage(row.stage),
        began_at=as_moment(row.began_at),
        seen_at=as_moment(row.seen_at),
        ends_at=as_moment(row.ends_at),
        browser=row.browser,
    )


def _printable(text: str) -> str:
    return "".join(character for character in text if character.isprintable())
