"""The staff console over a contact centre in use: a real app, database, log and assistant."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from html import unescape

from fastapi.testclient import TestClient

from api.app import create_app
from api.contact_centre import ContactCentre
from api.staff.console import StaffParts
from api.staff.permissions import Role
from assistant.escalations.case import Case
from assistant.escalations.people import StaffMember
from assistant.policy import Policy
from audit.keyfiles import Secret
from tests.assisting import MASTER, World, eager_policy, identifiers, open_world
from tests.casework import Centre
from tests.staffing import BROWSER, QUICK, Staffing
from tests.web_parts import parts


@dataclass
class Console:
    """A console and the world behind it."""

    staffing: Staffing
    centre: Centre
    contact: ContactCentre

    @contextmanager
    def adviser(self, name: str = "Ann Ang", *held: Role) -> Iterator["Adviser"]:
        """Yield somebody signed in at a browser of their own."""
        with self.client() as http:
            account = self.staffing.account(*(held or (Role.ADVISER,)), name=name)
            yield Adviser(
                http, account, name.split(maxsplit=1)[0], self.staffing.sign_in(http, account)
            )

    @contextmanager
    def client(self) -> Iterator[TestClient]:
        app = create_app(self.parts())
        with TestClient(
            app,
            base_url="http://testserver",
            raise_server_exceptions=False,
            follow_redirects=False,
            headers=BROWSER,
        ) as http:
            yield http

    def parts(self, **changes: object) -> object:
        world = self.centre.world
        return parts(
            staff=self.staffing.staff, clock=world.clock, conversations=world.assistant, **changes
        )


@dataclass
class Adviser:
    """Somebody at a browser."""

    http: TestClient
    id: str
    name: str
    token: str

    @property
    def member(self) -> StaffMember:
        return StaffMember(self.id, self.name)

    def page(self, path: str) -> str:
        answer = self.http.get(path)
        assert answer.status_code == 200, (answer.status_code, answer.headers, answer.text)
        return answer.text

    def send(self, case: Case, move: str, **fields: object):  # type: ignore[no-untyped-def]
        """Send a form of a case's page, for the version that is given with the case."""
        data = {"form_token": self.token, "version": str(case.version), **fields}
        return self.http.post(f"/staff/cases/{case.id}/{move}", data=data)


@contextmanager
def a_console(url: str, keys_url: str, policy: Policy | None = None) -> Iterator[Console]:
    """Open a console over new databases; in the end the log must verify."""
    policy = policy or eager_policy()
    with open_world(url, keys_url, policy=policy, staffed=lambda connection: True) as world:
        assert world.cases is not None
        yield console_of(world)
        assert world.verify().ok


def console_of(world: World) -> Console:
    """Return a console over this world."""
    assert world.cases is not None
    contact = ContactCentre(
        database=world.database,
        keys=world.keys,
        log=world.log,
        policy=world.policy,
        mask=world.cases.mask,
        clock=world.clock,
        new_id=identifiers("k"),
        code_secret=Secret(b"c" * 32),
        organisation="Example Council",
    )
    staff = StaffParts(
        database=world.database,
        url=world.url,
        centre=contact,
        log=world.log,
        master=MASTER,
        clock=world.clock,
        new_id=identifiers("staff-"),
        hasher=QUICK,
    )
    staffing = Staffing(world.url, world.database, world.log, world.clock, staff)
    return Console(staffing, Centre(replace(world), world.cases), contact)


def seen(html: str) -> str:
    """Return what a reader sees of a page, as plain text."""
    body = html.partition("<main")[2].partition("</main>")[0]
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", body)).split())


def value(html: str, name: str) -> str:
    """Return the value of the first field with this name."""
    found = re.search(rf'name="{name}" value="([^"]*)"', html)
    assert found, name
    return unescape(found[1])
