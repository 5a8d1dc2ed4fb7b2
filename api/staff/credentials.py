"""What somebody sets up for themselves: joining by a code, and changing it later.

What was chosen waits in the session as a draft until a code from the new app shows that it works;
then all of it takes effect in one transaction, and other sessions of that person end.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, select, update

from api.staff.accounts import JOINING
from api.staff.errors import SignInRefused, StaffInvalid, StaffMoveRefused
from api.staff.passwords import Passwords, require_good
from api.staff.people import Person
from api.staff.sealing import StaffKeys, read_code, token_digest
from api.staff.second_factor import accepted_step, new_recovery_codes, new_secret
from api.staff.sessions import Session, Sessions, Stage
from api.staff.sign_in import RECOVERY, Entry, Signer, SignIn
from api.staff.tables import accounts, join_codes, recovery_codes, sessions
from api.staff.throttle import Throttle
from assistant.storage import as_text
from audit.database import Database
from audit.events import Event, Kind
from audit.log import Log

_NO_CODE = "This joining code is not right, was used, or has run out. Ask an admin for a new one."
_WRONG = "This code is not right. Look at the app again, and check your phone's clock."
_WRONG_PASSWORD = "This is not your password."  # noqa: S105


@dataclass(frozen=True, slots=True)
class Credentials:
    """The moves that people make with their own password, second factor and recovery codes."""

    database: Database
    log: Log
    clock: Callable[[], datetime]
    keys: StaffKeys
    sessions: Sessions
    passwords: Passwords
    throttle: Throttle
    sign_in: SignIn
    service: str

    def begin_joining(self, typed: str, browser: str) -> str:
        """Return the cookie of a session in which somebody joins; raise SignInRefused."""
        code_hash = self.keys.digest(JOINING, read_code(typed))
        with self.database.write() as connection:
            account_id = connection.execute(
                select(join_codes.c.account_id)
                .join(accounts, accounts.c.id == join_codes.c.account_id)
                .where(
                    join_codes.c.code_hash == code_hash,
                    join_codes.c.ends_at > as_text(self.clock()),
                    accounts.c.disabled_at.is_(None),
                )
            ).scalar()
            if account_id is None:
                raise SignInRefused(_NO_CODE)
            return self.sessions.begin(connection, str(account_id), Stage.JOINING, browser)

    def choose_password(self, person: Person, token: str, password: str, again: str) -> None:
        """Keep a password as a draft; raise StaffInvalid for one that cannot be used."""
        self._require_good(person, password, again)
        self._draft(token, draft_password=self.passwords.hash(password))

    def prepare(self, person: Person, token: str) -> str:
        """Return the key for an authenticator app: the same until it is confirmed."""
        row = self._session(token)
        if row is None:
            raise StaffMoveRefused(_NO_CODE)
        if row.draft_second_factor:
            return self.keys.unseal(person.id, row.draft_second_factor).decode()
        secret = new_secret()
        self._draft(token, draft_second_factor=self.keys.seal(person.id, secret.encode()))
        return secret

    def has_draft_password(self, token: str) -> bool:
        """Return whether a password was chosen in this session."""
        row = self._session(token)
        return row is not None and row.draft_password is not None

    def join(
        self, person: Person, token: str, typed: str, signer: Signer
    ) -> tuple[Entry, tuple[str, ...]]:
        """Make everything that was chosen work; return the way in and the recovery codes.

        Raises StaffInvalid for a wrong code, StaffMoveRefused where the joining code was used.
        """
        self.throttle.admit(self.throttle.tries("enrol", person.id, token_digest(token)))
        with self.database.write() as connection:
            self.log.lock(connection)
            row, step = self._confirmed(connection, person, token, typed)
            if row.draft_password is None:
                raise StaffMoveRefused("Choose a password first.")
            used = connection.execute(
                delete(join_codes).where(
                    join_codes.c.account_id == person.id,
                    join_codes.c.ends_at > as_text(self.clock()),
                )
            ).rowcount
            if used != 1:
                raise StaffMoveRefused(_NO_CODE)
            connection.execute(
                update(accounts)
                .where(accounts.c.id == person.id)
                .values(
                    password_hash=row.draft_password,
                    second_factor=row.draft_second_factor,
                    last_step=step,
                    joined_at=as_text(self.clock()),
                )
            )
            codes = self._new_codes(connection, person.id)
            joined = {"who": person.id, "how": "code"}
            self.log.append(connection, [Event(Kind.STAFF_JOINED, joined)])
            entry = self.sign_in.enter(connection, person.id, token, signer, "joining")
            self._end_others(connection, person.id, entry.token)
            return entry, codes

    def change_password(
        self, person: Person, session: Session, token: str, old: str, new: str, again: str
    ) -> str:
        """Change a password; return the session's new cookie. Other sessions end."""
        self._require_password(person, session, old)
        self._require_good(person, new, again)
        hashed = self.passwords.hash(new)
        with self.database.write() as connection:
            self.log.lock(connection)
            changed = update(accounts).where(accounts.c.id == person.id)
            connection.execute(changed.values(password_hash=hashed))
            return self._changed(connection, person, session, token, "password")

    def change_authenticator(
        self, person: Person, session: Session, token: str, password: str, typed: str
    ) -> str:
        """Put another app in the place of the first; return the session's new cookie."""
        self._require_password(person, session, password)
        with self.database.write() as connection:
            self.log.lock(connection)
            row, step = self._confirmed(connection, person, token, typed)
            connection.execute(
                update(accounts)
                .where(accounts.c.id == person.id)
                .values(second_factor=row.draft_second_factor, last_step=step)
            )
            return self._changed(connection, person, session, token, "authenticator")

    def new_codes(self, person: Person, session: Session, password: str) -> tuple[str, ...]:
        """Return new recovery codes; those before open nothing any more."""
        self._require_password(person, session, password)
        with self.database.write() as connection:
            self.log.lock(connection)
            codes = self._new_codes(connection, person.id)
            facts = {"who": person.id, "what": "recovery_codes"}
            self.log.append(connection, [Event(Kind.STAFF_CREDENTIAL_CHANGED, facts)])
            return codes

    def codes_left(self, account_id: str) -> int:
        """Return how many recovery codes somebody has not used."""
        with self.database.read() as connection:
            counted = select(func.count()).where(recovery_codes.c.account_id == account_id)
            return connection.execute(counted).scalar_one()

    def has_password(self, account_id: str) -> bool:
        """Return whether somebody has a password here, or signs in elsewhere."""
        with self.database.read() as connection:
            kept = select(accounts.c.password_hash).where(accounts.c.id == account_id)
            return connection.execute(kept).scalar() is not None

    # -- parts -----------------------------------------------------------------------------------

    def _require_good(self, person: Person, password: str, again: str) -> None:
        require_good(password, (person.name, person.first_name, person.email, self.service))
        if password != again:
            raise StaffInvalid("again", "The two passwords are not the same.")

    def _require_password(self, person: Person, session: Session, password: str) -> None:
        tries = self.throttle.tries("own password", person.id, session.reference)
        self.throttle.admit(tries)
        with self.database.read() as connection:
            kept = select(accounts.c.password_hash).where(accounts.c.id == person.id)
            held = connection.execute(kept).scalar()
        if not self.passwords.verify(held, password):
            raise StaffInvalid("old", _WRONG_PASSWORD)
        with self.database.write() as connection:
            self.throttle.passed(connection, tries)

    def _confirmed(
        self, connection: Connection, person: Person, token: str, typed: str
    ) -> tuple[Row[Any], int]:
        """Return the session's row and the step of the code that confirms its new app."""
        row = connection.execute(
            select(sessions).where(sessions.c.id_hash == token_digest(token)).with_for_update()
        ).first()
        if row is None or row.draft_second_factor is None:
            raise StaffMoveRefused("Set the app up first.")
        secret = self.keys.unseal(person.id, row.draft_second_factor).decode()
        step = accepted_step(secret, typed, self.clock(), 0)
        if step is None:
            raise StaffInvalid("code", _WRONG)
        return row, step

    def _new_codes(self, connection: Connection, account_id: str) -> tuple[str, ...]:
        connection.execute(delete(recovery_codes).where(recovery_codes.c.account_id == account_id))
        codes = new_recovery_codes()
        for code in codes:
            kept = self.keys.digest(RECOVERY, account_id, code)
            connection.execute(
                insert(recovery_codes), {"account_id": account_id, "code_hash": kept}
            )
        return codes

    def _changed(
        self, connection: Connection, person: Person, session: Session, token: str, what: str
    ) -> str:
        """Record a change; end all sessions of that person but this, which gets a new cookie."""
        facts = {"who": person.id, "what": what}
        self.log.append(connection, [Event(Kind.STAFF_CREDENTIAL_CHANGED, facts)])
        renewed = self.sessions.rotate(connection, token, Stage.SIGNED_IN, session.browser)
        if renewed is None:
            raise StaffMoveRefused("Your session has ended. Sign in, then do this again.")
        self._end_others(connection, person.id, renewed)
        return renewed

    def _end_others(self, connection: Connection, account_id: str, token: str) -> None:
        connection.execute(
            delete(sessions).where(
                sessions.c.account_id == account_id, sessions.c.id_hash != token_digest(token)
            )
        )

    def _session(self, token: str) -> Row[Any] | None:
        with self.database.read() as connection:
            wanted = select(sessions).where(sessions.c.id_hash == token_digest(token))
            return connection.execute(wanted).first()

    def _draft(self, token: str, **values: object) -> None:
        with self.database.write() as connection:
            held = update(sessions).where(sessions.c.id_hash == token_digest(token))
            connection.execute(held.values(**values))
