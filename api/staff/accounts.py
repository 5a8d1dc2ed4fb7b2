"""Accounts of staff: who is added, what they may do, who leaves. Each move is one transaction.

Every move is in the audit log. There is no move that leaves the console without an admin who can
sign in, but for `recover_admin`, which only the machine's command line offers.
"""

import json
import re
import unicodedata
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, func, insert, select, update

from api.staff.errors import StaffInvalid, StaffMoveRefused, StaffUnknown
from api.staff.people import Person
from api.staff.permissions import Role
from api.staff.rows import contact_centre_in_use, person_of, read_roles
from api.staff.sealing import StaffKeys, new_code
from api.staff.sessions import Sessions
from api.staff.tables import accounts, devices, join_codes, recovery_codes, roles
from assistant.storage import as_text
from audit.canonical import Json
from audit.database import Database
from audit.events import Event, Kind
from audit.log import Log

COMMAND_LINE = "command line"
"""Who the log names for moves from the machine itself."""
CODE_LASTS = timedelta(hours=72)
JOINING = "joining code"
_EMAIL = re.compile(r"[^@\s,;<>\"]{1,64}@[^@\s,;<>\"]{1,250}\.[^@\s,;<>\".]{1,60}")
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[a-z0-9]{2,8})*", re.IGNORECASE)
_TEAM = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")


@dataclass(frozen=True, slots=True)
class Invitation:
    """A code with which somebody joins, once, until it ends. It is kept nowhere: hand it over."""

    person: Person
    code: str = field(repr=False)
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Accounts:
    """All accounts. `by` is an account's id, or COMMAND_LINE."""

    database: Database
    log: Log
    clock: Callable[[], datetime]
    new_id: Callable[[], str]
    keys: StaffKeys
    sessions: Sessions

    def all(self) -> tuple[Person, ...]:
        """Return everybody, by name."""
        with self.database.read() as connection:
            rows = connection.execute(select(accounts)).all()
            held = read_roles(connection, [row.id for row in rows])
        found = (person_of(row, held[row.id]) for row in rows)
        return tuple(sorted(found, key=lambda person: (person.name.casefold(), person.id)))

    def find(self, account_id: str) -> Person:
        """Return one person, or raise StaffUnknown."""
        with self.database.read() as connection:
            return self._person(connection, account_id)

    def named(self, email: str) -> Person:
        """Return the person with this e-mail address, or raise StaffUnknown."""
        with self.database.read() as connection:
            return self._named(connection, email)

    def in_use(self) -> bool:
        """Return whether there is an adviser who can sign in."""
        with self.database.read() as connection:
            return contact_centre_in_use(connection)

    def add(
        self,
        email: str,
        name: str,
        first_name: str,
        held: Collection[Role],
        teams: Sequence[str] = (),
        languages: Sequence[str] = ("en",),
        *,
        by: str,
    ) -> Invitation:
        """Make an account; return the code with which the person joins. Raises StaffInvalid."""
        values: dict[str, object] = {
            "email": plain_email(email),
            "name": _line("name", name),
            "first_name": _line("first_name", first_name),
            "teams": json.dumps(_teams(teams)),
            "languages": json.dumps(_languages(languages)),
        }
        _require_roles(held)
        with self._moving() as connection:
            taken = select(accounts.c.id).where(accounts.c.email == values["email"])
            if connection.execute(taken).first():
                raise StaffInvalid("email", "There is an account with this e-mail address.")
            account_id = self.new_id()
            added_at = as_text(self.clock())
            fixed = {"id": account_id, "added_at": added_at, "last_step": 0}
            connection.execute(insert(accounts), values | fixed)
            _write_roles(connection, account_id, held)
            person = self._person(connection, account_id)
            self._record(connection, Kind.STAFF_ADDED, person, by, _what(person))
            return self._invite(connection, person)

    def change(
        self,
        account_id: str,
        first_name: str,
        held: Collection[Role],
        teams: Sequence[str],
        languages: Sequence[str],
        *,
        by: str,
    ) -> Person:
        """Change what somebody does. With other roles, their sessions end: they sign in anew."""
        values = {
            "first_name": _line("first_name", first_name),
            "teams": json.dumps(_teams(teams)),
            "languages": json.dumps(_languages(languages)),
        }
        _require_roles(held)
        with self._moving() as connection:
            before = self._person(connection, account_id)
            if Role.ADMIN in before.roles and Role.ADMIN not in held:
                self._require_another_admin(connection, before)
            connection.execute(update(accounts).where(accounts.c.id == account_id).values(**values))
            _write_roles(connection, account_id, held)
            after = self._person(connection, account_id)
            if after.roles != before.roles:
                self.sessions.end_all(connection, account_id)
            if _what(after) != _what(before):
                self._record(connection, Kind.STAFF_ROLES_CHANGED, after, by, _what(after))
            return after

    def disable(self, account_id: str, *, by: str) -> Person:
        """Close an account: its sessions end at once, and its codes open nothing."""
        with self._moving() as connection:
            person = self._person(connection, account_id)
            if person.disabled_at:
                raise StaffMoveRefused("This account is closed already.")
            self._require_another_admin(connection, person)
            connection.execute(
                update(accounts)
                .where(accounts.c.id == account_id)
                .values(disabled_at=as_text(self.clock()))
            )
            ended = self._shut_out(connection, account_id)
            facts: dict[str, Json] = {"sessions": ended}
            self._record(connection, Kind.STAFF_DISABLED, person, by, facts)
            return self._person(connection, account_id)

    def enable(self, account_id: str, *, by: str) -> Person:
        """Open a closed account again. The person signs in as before."""
        with self._moving() as connection:
            person = self._person(connection, account_id)
            if not person.disabled_at:
                raise StaffMoveRefused("This account is open already.")
            self._open(connection, account_id)
            self._record(connection, Kind.STAFF_ENABLED, person, by)
            return self._person(connection, account_id)

    def reset(self, account_id: str, *, by: str) -> Invitation:
        """Take somebody's way to sign in away; return the code with which they join again.

        For a lost phone, a forgotten password, or a code that ran out before it was used.
        """
        with self._moving() as connection:
            person = self._person(connection, account_id)
            if person.disabled_at:
                raise StaffMoveRefused("This account is closed. Open it again first.")
            self._require_another_admin(connection, person)
            self._clear(connection, account_id)
            self._record(connection, Kind.STAFF_SECOND_FACTOR_RESET, person, by)
            return self._invite(connection, self._person(connection, account_id))

    def recover_admin(self, email: str, *, reason: str) -> Invitation:
        """Make somebody an admin who can join, whatever they were: only from the command line."""
        why = _line("reason", reason, longest=500)
        with self._moving() as connection:
            person = self._named(connection, email)
            self._open(connection, person.id)
            self._clear(connection, person.id)
            _write_roles(connection, person.id, person.roles | {Role.ADMIN})
            facts: dict[str, Json] = {"reason": why}
            self._record(connection, Kind.STAFF_ADMIN_RECOVERED, person, COMMAND_LINE, facts)
            return self._invite(connection, self._person(connection, person.id))

    def end_sessions(self, account_id: str, *, by: str, reference: str = "", keep: str = "") -> int:
        """End one session of a person, or all but `keep`; return how many there were."""
        with self._moving() as connection:
            person = self._person(connection, account_id)
            if reference:
                ended = int(self.sessions.end(connection, account_id, reference))
            else:
                ended = self.sessions.end_all(connection, account_id, keep)
            if ended:
                facts: dict[str, Json] = {"sessions": ended}
                self._record(connection, Kind.STAFF_SESSION_REVOKED, person, by, facts)
            return ended

    # -- within one transaction ------------------------------------------------------------------

    @contextmanager
    def _moving(self) -> Iterator[Connection]:
        """Yield a transaction in which no other move with accounts can come between."""
        with self.database.write() as connection:
            self.log.lock(connection)
            yield connection

    def _person(self, connection: Connection, account_id: str) -> Person:
        row = connection.execute(select(accounts).where(accounts.c.id == account_id)).first()
        if row is None:
            raise StaffUnknown
        return person_of(row, read_roles(connection, [row.id])[row.id])

    def _named(self, connection: Connection, email: str) -> Person:
        wanted = select(accounts.c.id).where(accounts.c.email == email.strip().casefold())
        found = connection.execute(wanted).scalar()
        if found is None:
            raise StaffUnknown(email)
        return self._person(connection, str(found))

    def _require_another_admin(self, connection: Connection, person: Person) -> None:
        if Role.ADMIN not in person.roles or not person.active:
            return
        others = connection.execute(
            select(func.count())
            .select_from(accounts)
            .join(roles, roles.c.account_id == accounts.c.id)
            .where(
                roles.c.role == Role.ADMIN.value,
                accounts.c.id != person.id,
                accounts.c.joined_at.is_not(None),
                accounts.c.disabled_at.is_(None),
            )
        ).scalar_one()
        if not others:
            raise StaffMoveRefused(
                "This is the last admin who can sign in. Make somebody else an admin first, and "
                "wait until they have joined. If the last admin is locked out: `signpost staff "
                "recover-admin`, on the machine itself."
            )

    def _invite(self, connection: Connection, person: Person) -> Invitation:
        code, ends_at = new_code(), self.clock() + CODE_LASTS
        connection.execute(delete(join_codes).where(join_codes.c.account_id == person.id))
        kept = {
            "account_id": person.id,
            "code_hash": self.keys.digest(JOINING, code),
            "ends_at": as_text(ends_at),
        }
        connection.execute(insert(join_codes), kept)
        return Invitation(person, code, ends_at)

    def _shut_out(self, connection: Connection, account_id: str) -> int:
        for table in (join_codes, devices):
            connection.execute(delete(table).where(table.c.account_id == account_id))
        return self.sessions.end_all(connection, account_id)

    def _clear(self, connection: Connection, account_id: str) -> None:
        self._shut_out(connection, account_id)
        connection.execute(delete(recovery_codes).where(recovery_codes.c.account_id == account_id))
        nothing = dict.fromkeys(("joined_at", "password_hash", "second_factor", "provider_subject"))
        connection.execute(update(accounts).where(accounts.c.id == account_id).values(**nothing))

    def _open(self, connection: Connection, account_id: str) -> None:
        opened = update(accounts).where(accounts.c.id == account_id).values(disabled_at=None)
        connection.execute(opened)

    def _record(
        self,
        connection: Connection,
        kind: Kind,
        person: Person,
        by: str,
        facts: dict[str, Json] | None = None,
    ) -> None:
        self.log.append(connection, [Event(kind, {"who": person.id, "by": by} | (facts or {}))])


def plain_email(email: str) -> str:
    """Return an e-mail address as it is kept, or raise StaffInvalid."""
    plain = email.strip().casefold()
    if not _EMAIL.fullmatch(plain) or not _is_printable(plain):
        raise StaffInvalid("email", "Enter an e-mail address, like name@council.example.")
    return plain


def _what(person: Person) -> dict[str, Json]:
    named: list[Json] = [role.value for role in sorted(person.roles)]
    return {"roles": named, "teams": list(person.teams)}


def _write_roles(connection: Connection, account_id: str, held: Collection[Role]) -> None:
    connection.execute(delete(roles).where(roles.c.account_id == account_id))
    for role in sorted(set(held)):
        connection.execute(insert(roles), {"account_id": account_id, "role": role.value})


def _require_roles(held: Collection[Role]) -> None:
    if not held:
        raise StaffInvalid("role", "Choose at least one role.")


def _line(field_name: str, text: str, longest: int = 100) -> str:
    plain = unicodedata.normalize("NFC", " ".join(text.split()))
    if not plain or len(plain) > longest or not _is_printable(plain):
        said = {"name": "the person's name", "first_name": "the first name that citizens see"}
        wanted = said.get(field_name, "a reason")
        raise StaffInvalid(field_name, f"Enter {wanted}, in at most {longest} characters.")
    return plain


def _is_printable(text: str) -> bool:
    return all(unicodedata.category(character)[0] != "C" for character in text)


def _teams(teams: Sequence[str]) -> list[str]:
    found = sorted({each.strip().casefold() for each in teams if each.strip()})
    if any(not _TEAM.fullmatch(each) for each in found) or len(found) > 50:
        raise StaffInvalid("teams", "Name teams in small letters and dashes, such as council-tax.")
    return found


def _languages(languages: Sequence[str]) -> list[str]:
    found = sorted({each.strip().casefold() for each in languages if each.strip()})
    if any(not _LANGUAGE.fullmatch(each) for each in found) or not 0 < len(found) <= 30:
        raise StaffInvalid("languages", "Name languages by their codes, such as en, cy or pl.")
    return found
