"""The staff console over a real database and log, for tests. Nothing is patched but the clock.

`signed_in(console, Role.ADVISER)` puts an account and a session straight into the database: for
tests of pages that are not about signing in.
"""

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from argon2 import PasswordHasher
from fastapi.testclient import TestClient
from sqlalchemy import insert, select

from api.app import create_app
from api.contact_centre import ContactCentre
from api.migrations import upgrade
from api.staff.console import StaffParts
from api.staff.permissions import Role
from api.staff.sessions import Stage, form_token
from api.staff.tables import accounts, roles
from api.web import Web
from assistant.challenges.challenges import Challenges
from assistant.live import Operations
from assistant.redaction.redactor import Redactor
from assistant.reviewed_knowledge.reviewing import ReviewedKnowledge
from assistant.storage import as_text
from audit.database import Database
from audit.events import Kind
from audit.findings import Report
from audit.keyfiles import Secret
from audit.keys import KeyStore
from audit.log import Log
from audit.records import Record
from audit.verify import verify_database
from tests.assisting import MASTER, ORIGIN, SIGNER, Clock, bundled_policy, identifiers
from tests.web_parts import parts

BROWSER = {"Accept": "text/html", "Sec-Fetch-Site": "same-origin"}
COOKIE = "signpost-staff"
REDACTOR = Redactor(bundled_policy().redaction)
QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
"""Argon2id all the same, for tests that are not about how long it takes."""


@dataclass
class Staffing:
    """A console and everything it was made with."""

    url: str
    database: Database
    log: Log
    clock: Clock
    staff: StaffParts

    @contextmanager
    def client(self, **changes: object) -> Iterator[TestClient]:
        """Yield a browser at a running app; faults come back as responses."""
        app = create_app(parts(staff=self.staff, clock=self.clock, **changes))
        base_url = str(getattr(changes.get("site"), "base_url", "http://testserver"))
        with TestClient(
            app,
            base_url=base_url,
            raise_server_exceptions=False,
            follow_redirects=False,
            headers=BROWSER,
        ) as http:
            yield http

    def account(
        self, *held: Role, name: str = "Amina Begum", email: str = "", joined: bool = True
    ) -> str:
        """Put an account into the database and return its id. It has no password."""
        account_id = self.staff.new_id()
        address = email or f"{account_id}@council.example"
        when = as_text(self.clock())
        put_account(self.database, account_id, address, held, when, name=name, joined=joined)
        return account_id

    def sign_in(self, http: TestClient, account_id: str) -> str:
        """Give a browser a session; return the value of its forms' hidden field."""
        token = self.session(http.app, account_id)
        http.cookies.set(COOKIE, token)
        return form_token(token)

    def session(self, app: Any, account_id: str) -> str:
        """Begin a session; return what its cookie holds."""
        web: Web = app.state.web
        with self.database.write() as connection:
            return web.console.sessions.begin(connection, account_id, Stage.SIGNED_IN, "a test")

    def signed_in(self, http: TestClient, *held: Role) -> str:
        """Make an account with these roles, sign a browser in, return its forms' hidden value."""
        return self.sign_in(http, self.account(*held))

    def records(self, *kinds: Kind) -> list[Record]:
        """Return what the log holds of these kinds, oldest first."""
        with self.database.read() as connection:
            found = [record for kind in kinds for record in self.log.of_kind(connection, kind)]
        return sorted(found, key=lambda record: record.index)

    def verify(self) -> Report:
        """Verify the whole log as a regulator would."""
        return verify_database(self.url, [SIGNER.verifier_key])

    def stored(self) -> str:
        """Return everything that the database holds about staff, as text."""
        from api.staff.tables import metadata

        with self.database.read() as connection:
            rows = [
                tuple(row)
                for table in metadata.sorted_tables
                for row in connection.execute(select(table))
            ]
        return repr(rows)


def put_account(
    database: Database,
    account_id: str,
    email: str,
    held: Iterable[Role],
    when: str,
    *,
    name: str = "Amina Begum",
    joined: bool = True,
) -> None:
    """Put an account into the database. It has no password."""
    row = {
        "id": account_id,
        "email": email,
        "name": name,
        "first_name": name.split(maxsplit=1)[0],
        "teams": json.dumps(["benefits"]),
        "languages": json.dumps(["en", "cy"]),
        "added_at": when,
        "joined_at": when if joined else None,
        "last_step": 0,
    }
    with database.write() as connection:
        connection.execute(insert(accounts), row)
        for role in held:
            connection.execute(insert(roles), {"account_id": account_id, "role": role.value})


@contextmanager
def staffing(url: str, keys_url: str, **changes: object) -> Iterator[Staffing]:
    """Open a console's parts over these databases, made where new; its log must verify."""
    clock = Clock()
    database = Database.open(url)
    upgrade(database)
    keys = KeyStore.open(keys_url, MASTER, clock)
    log = Log(ORIGIN, SIGNER, keys, clock, identifiers("r"), publish_every=4)
    redactor = Redactor(bundled_policy().redaction)
    centre = ContactCentre(
        database=database,
        keys=keys,
        log=log,
        policy=bundled_policy(),
        mask=lambda text: redactor.mask(text).text,
        clock=clock,
        new_id=identifiers("centre-"),
        code_secret=Secret(b"c" * 32),
        organisation="Example Council",
    )
    usual = StaffParts(
        database=database,
        url=url,
        centre=centre,
        log=log,
        master=MASTER,
        clock=clock,
        new_id=identifiers("staff-"),
        hasher=QUICK,
        challenges=Challenges(
            database, keys, log, lambda text: REDACTOR.mask(text).text, None, lambda _: False
        ),
        reviewed=ReviewedKnowledge(
            database,
            keys,
            log,
            Operations(database, log, clock),
            lambda text: REDACTOR.mask(text).text,
            clock,
        ),
    )
    made = Staffing(url, database, log, clock, replace(usual, **changes))  # type: ignore[arg-type]
    try:
        yield made
        with database.read() as connection:
            size = log.size(connection)
        assert not size or made.verify().ok
    finally:
        keys.close()
        database.close()
