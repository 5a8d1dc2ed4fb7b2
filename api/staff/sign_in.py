"""Signing in: password, then second factor; a new session at each step.

What does not work says the same, and takes as long, whoever it was for.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select, update

from api.staff.errors import NotSignedIn, SignInRefused
from api.staff.passwords import Passwords
from api.staff.sealing import StaffKeys, new_token, read_code, token_digest
from api.staff.second_factor import accepted_step
from api.staff.sessions import Session, Sessions, Stage
from api.staff.tables import accounts, devices, recovery_codes
from api.staff.throttle import Throttle, Tries
from assistant.storage import as_text
from audit.database import Database
from audit.events import Event, Kind
from audit.log import Log

RECOVERY = "recovery code"
_WRONG_PASSWORD = "Your e-mail address or your password is not right."  # noqa: S105
_WRONG_CODE = "This code is not right, or it was used already. Wait for the next one."
_WRONG_RECOVERY = "This recovery code is not right, or it was used already."


@dataclass(frozen=True, slots=True)
class Signer:
    """Where somebody signs in from: this browser's cookie, the address, what it says it is."""

    device: str
    address: str
    browser: str


@dataclass(frozen=True, slots=True)
class Entry:
    """What somebody who signed in gets: the session's cookie, and the browser's."""

    token: str
    device: str


@dataclass(frozen=True, slots=True)
class SignIn:
    """The steps of signing in."""

    database: Database
    log: Log
    clock: Callable[[], datetime]
    keys: StaffKeys
    sessions: Sessions
    passwords: Passwords
    throttle: Throttle

    def with_password(
        self, email: str, password: str, signer: Signer, count: Callable[[str], None]
    ) -> str:
        """Return the cookie of a session that waits for the second factor.

        Raises SignInRefused, or SignInSlowed. `count` counts the address, where the browser is
        none that this account is used from.
        """
        email = email.strip().casefold()
        with self.database.read() as connection:
            row = connection.execute(select(accounts).where(accounts.c.email == email)).first()
            known = self.throttle.knows(connection, row.id if row else "", signer.device)
        if not known:
            count(signer.address)
        tries = self.throttle.tries("password", email, _who(signer, known=known))
        self.throttle.admit(tries)
        right = self.passwords.verify(row.password_hash if row else None, password)
        if row is None or not right or row.disabled_at or not row.second_factor:
            why = "disabled" if row is not None and row.disabled_at else "password"
            raise self._refused(row.id if row else "", why, _WRONG_PASSWORD)
        renewed = self._renewed(row, password)
        with self.database.write() as connection:
            self.throttle.passed(connection, tries)
            if renewed:
                connection.execute(
                    update(accounts)
                    .where(accounts.c.id == row.id, accounts.c.password_hash == row.password_hash)
                    .values(password_hash=renewed)
                )
            return self.sessions.begin(connection, row.id, Stage.SECOND_FACTOR, signer.browser)

    def with_authenticator(self, session: Session, token: str, typed: str, signer: Signer) -> Entry:
        """Return the way in; raise SignInRefused, SignInSlowed or NotSignedIn."""
        tries = self._second(session, signer)
        with self.database.write() as connection:
            self.log.lock(connection)
            row = self._locked(connection, session.account_id)
            if self.takes(connection, row, typed):
                self.throttle.passed(connection, tries)
                return self.enter(connection, row.id, token, signer, "authenticator")
        raise self._refused(session.account_id, "authenticator", _WRONG_CODE)

    def with_recovery_code(self, session: Session, token: str, typed: str, signer: Signer) -> Entry:
        """Return the way in, for one of the recovery codes: it is used up."""
        tries = self._second(session, signer)
        code_hash = self.keys.digest(RECOVERY, session.account_id, read_code(typed))
        with self.database.write() as connection:
            self.log.lock(connection)
            row = self._locked(connection, session.account_id)
            used = connection.execute(
                delete(recovery_codes).where(
                    recovery_codes.c.account_id == row.id,
                    recovery_codes.c.code_hash == code_hash,
                )
            ).rowcount
            if used == 1:
                self.throttle.passed(connection, tries)
                return self.enter(connection, row.id, token, signer, "recovery_code")
        raise self._refused(session.account_id, "recovery_code", _WRONG_RECOVERY)

    def sign_out(self, session: Session) -> None:
        """End the session."""
        with self.database.write() as connection:
            self.log.lock(connection)
            if self.sessions.end(connection, session.account_id, session.reference):
                facts = {"who": session.account_id}
                self.log.append(connection, [Event(Kind.STAFF_SIGNED_OUT, facts)])

    # -- within one transaction ------------------------------------------------------------------

    def takes(self, connection: Connection, row: Row[Any], typed: str) -> bool:
        """Use a code of an account's second factor up; say whether it was right and not used."""
        secret = self.keys.unseal(row.id, row.second_factor).decode()
        step = accepted_step(secret, typed, self.clock(), row.last_step)
        if step is None:
            return False
        used = connection.execute(
            update(accounts)
            .where(accounts.c.id == row.id, accounts.c.last_step < step)
            .values(last_step=step)
        )
        return used.rowcount == 1

    def enter(
        self, connection: Connection, account_id: str, token: str, signer: Signer, how: str
    ) -> Entry:
        """Begin the session of somebody who has shown who they are; `token` ends.

        Without `token` there was no session before. Raises NotSignedIn where it has ended.
        """
        if token:
            entered = self.sessions.rotate(connection, token, Stage.SIGNED_IN, signer.browser)
        else:
            entered = self.sessions.begin(connection, account_id, Stage.SIGNED_IN, signer.browser)
        if entered is None:
            raise NotSignedIn
        device = new_token()
        connection.execute(
            delete(devices).where(
                devices.c.account_id == account_id,
                devices.c.id_hash == token_digest(signer.device),
            )
        )
        connection.execute(
            insert(devices),
            {
                "account_id": account_id,
                "id_hash": token_digest(device),
                "seen_at": as_text(self.clock()),
            },
        )
        facts = {"who": account_id, "how": how}
        self.log.append(connection, [Event(Kind.STAFF_SIGNED_IN, facts)])
        return Entry(entered, device)

    def _second(self, session: Session, signer: Signer) -> Tries:
        with self.database.read() as connection:
            known = self.throttle.knows(connection, session.account_id, signer.device)
        who = _who(signer, known=known)
        tries = self.throttle.tries("second factor", session.account_id, who, shared=not known)
        self.throttle.admit(tries)
        return tries

    def _locked(self, connection: Connection, account_id: str) -> Row[Any]:
        row = connection.execute(
            select(accounts)
            .where(accounts.c.id == account_id, accounts.c.disabled_at.is_(None))
            .with_for_update()
        ).first()
        if row is None or row.second_factor is None:
            raise NotSignedIn
        return row

    def _renewed(self, row: Row[Any], password: str) -> str:
        dated = self.passwords.is_dated(row.password_hash)
        return self.passwords.hash(password) if dated else ""

    def refused(self, account_id: str, why: str) -> None:
        """Record that signing in did not work."""
        with self.database.write() as connection:
            facts = {"who": account_id, "why": why}
            self.log.append(connection, [Event(Kind.STAFF_SIGN_IN_REFUSED, facts)])

    def _refused(self, account_id: str, why: str, said: str) -> SignInRefused:
        self.refused(account_id, why)
        return SignInRefused(said)


def _who(signer: Signer, *, known: bool) -> str:
    return f"browser {token_digest(signer.device)}" if known else f"address {signer.address}"
