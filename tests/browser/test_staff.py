"""The staff console in a real browser: axe on every page, 320 px, keyboard alone, no JavaScript."""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pyotp
import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from api.app import create_app
from api.parts import SiteSettings
from api.staff.accounts import COMMAND_LINE
from api.staff.console import open_accounts
from api.staff.permissions import Role
from tests.browser.serving import free_socket, serve
from tests.browser.test_accessibility import MODES, _violations
from tests.browser.test_layout import _COVERED, _SMALL, _WIDER_THAN_THE_WINDOW
from tests.staffing import Staffing, staffing
from tests.web_parts import parts

PASSWORD = "otter lantern gravel"
NAMES = ("Amina Begum", "Bartholomew-Constantine Featherstonehaugh-Cholmondeley", "Cai Llŷr")


@dataclass(frozen=True)
class Desk:
    """A served console with an admin who joined, and colleagues."""

    base: str
    made: Staffing
    emails: Iterator[int]

    def invite(self, *held: Role) -> tuple[str, str]:
        email = f"person{next(self.emails)}@council.example"
        added = open_accounts(self.made.staff).add(
            email, "Dewi Price", "Dewi", held or tuple(Role), by=COMMAND_LINE
        )
        return email, added.code


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    place = tmp_path_factory.mktemp("console")
    with staffing(f"sqlite:///{place}/a.db", f"sqlite:///{place}/k.db") as made:
        for name in NAMES:
            made.account(Role.ADVISER, Role.SUPERVISOR, name=name)
        listening = free_socket()
        base = f"http://127.0.0.1:{listening.getsockname()[1]}"
        app = create_app(
            parts(staff=made.staff, clock=made.clock, site=SiteSettings(base_url=base))
        )
        with serve(app, listening):
            yield Desk(base, made, iter(range(1_000)))


def context(chromium: Browser, desk: Desk, mode: str) -> BrowserContext:
    made = chromium.new_context(base_url=desk.base, **MODES[mode])
    made.set_default_timeout(8_000)
    return made


def press(page: Page, name: str) -> None:
    """Press a button that sends a form; wait for the page that comes."""
    with page.expect_navigation():
        page.get_by_role("button", name=name, exact=True).click()


def join(page: Page, desk: Desk, *held: Role) -> tuple[str, str]:
    """Join by the pages; return the e-mail address and the app's key."""
    email, code = desk.invite(*held)
    page.goto("/staff/join")
    page.get_by_label("Joining code").fill(code)
    press(page, "Continue")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_label("The same password again").fill(PASSWORD)
    press(page, "Continue")
    key = page.locator("strong.app-secret").inner_text().replace(" ", "")
    page.get_by_label("Code", exact=True).fill(pyotp.TOTP(key).at(desk.made.clock()))
    press(page, "Finish joining")
    page.get_by_role("heading", name="Keep your recovery codes").wait_for()
    return email, key


def checked(page: Page, mode: str) -> None:
    assert _violations(page, mode) == [], page.url
    assert page.evaluate(_WIDER_THAN_THE_WINDOW) == 0, page.url
    assert page.evaluate(_SMALL, 24) == [], page.url


@pytest.mark.parametrize("mode", MODES)
def test_the_way_in(chromium: Browser, desk: Desk, mode: str) -> None:
    with context(chromium, desk, mode) as browser:
        page = browser.new_page()
        for path in ("/staff/sign-in", "/staff/sign-in/lost", "/staff/join"):
            page.goto(path)
            checked(page, mode)
        press(page, "Continue")
        page.get_by_text("There is a problem").wait_for()
        checked(page, mode)
        email, code = desk.invite()
        page.get_by_label("Joining code").fill(code)
        press(page, "Continue")
        checked(page, mode)
        press(page, "Continue")
        page.get_by_text("There is a problem").wait_for()
        checked(page, mode)
        page.get_by_label("Password", exact=True).fill(PASSWORD)
        page.get_by_label("The same password again").fill(PASSWORD)
        press(page, "Continue")
        checked(page, mode)
        press(page, "Finish joining")
        page.get_by_text("There is a problem").wait_for()
        checked(page, mode)
        key = page.locator("strong.app-secret").inner_text().replace(" ", "")
        page.get_by_label("Code", exact=True).fill(pyotp.TOTP(key).at(desk.made.clock()))
        press(page, "Finish joining")
        page.get_by_role("heading", name="Keep your recovery codes").wait_for()
        checked(page, mode)
        page.goto("/staff")
        press(page, "Sign out")
        page.get_by_label("E-mail address").fill(email)
        page.get_by_label("Password").fill(PASSWORD)
        press(page, "Continue")
        checked(page, mode)
        with page.expect_navigation():
            page.get_by_role("link", name="I do not have my phone").click()
        checked(page, mode)


@pytest.mark.parametrize("mode", MODES)
def test_inside(chromium: Browser, desk: Desk, mode: str) -> None:
    with context(chromium, desk, mode) as browser:
        page = browser.new_page()
        join(page, desk)
        paths = ["/staff", "/staff/account", "/staff/account/password", "/staff/people"]
        paths += ["/staff/account/authenticator", "/staff/account/recovery-codes"]
        paths += ["/staff/people/new", "/staff/people/joiners-and-leavers", "/staff/nothing"]
        for path in paths:
            page.goto(path)
            checked(page, mode)
        page.goto("/staff/people/new")
        press(page, "Add")
        page.get_by_text("There is a problem").wait_for()
        checked(page, mode)
        page.get_by_label("Name", exact=True).fill("Eleri <script>alert(1)</script>")
        page.get_by_label("E-mail address").fill(f"{mode.replace(' ', '')}@council.example")
        page.get_by_label("First name").fill("Eleri")
        page.get_by_label("Board").check()
        press(page, "Add")
        page.get_by_role("heading", name="joining code").wait_for()
        checked(page, mode)
        with page.expect_navigation():
            page.get_by_role("link", name="Eleri <script>alert(1)</script>").click()
        checked(page, mode)
        press(page, "Close this account")
        page.get_by_text("The account is closed").wait_for()
        checked(page, mode)
        press(page, "Open this account again")
        page.get_by_text("The account is open again").wait_for()


def test_a_page_that_somebody_may_not_open(chromium: Browser, desk: Desk) -> None:
    with context(chromium, desk, "wide") as browser:
        page = browser.new_page()
        join(page, desk, Role.BOARD)
        page.goto("/staff")
        assert page.get_by_role("link", name="People").count() == 0
        answer = page.goto("/staff/people")
        assert answer is not None
        assert answer.status == 403
        assert page.get_by_role("link", name="My account").count() == 1
        assert _violations(page) == []


def test_by_keyboard_alone(chromium: Browser, desk: Desk) -> None:
    with context(chromium, desk, "wide") as browser:
        page = browser.new_page()
        email, key = join(page, desk)
        page.goto("/staff")
        press(page, "Sign out")
        desk.made.clock.pass_(seconds=60)
        page.get_by_label("E-mail address").focus()
        page.keyboard.type(email)
        page.keyboard.press("Tab")
        page.keyboard.type(PASSWORD)
        page.keyboard.press("Enter")
        page.get_by_label("Code", exact=True).focus()
        page.keyboard.type(pyotp.TOTP(key).at(desk.made.clock()))
        page.keyboard.press("Enter")
        page.get_by_role("heading", name="Hello, Dewi").wait_for()
        page.goto("/staff/people")
        assert page.evaluate(_COVERED) == []


def test_an_error_takes_the_focus_to_its_summary_and_on_to_the_field(
    chromium: Browser, desk: Desk
) -> None:
    with context(chromium, desk, "wide") as browser:
        page = browser.new_page()
        join(page, desk)
        page.goto("/staff/people/new")
        press(page, "Add")
        summary = page.locator(".govuk-error-summary")
        summary.wait_for()
        assert summary.evaluate("e => e === document.activeElement")
        assert page.title().startswith("Error: ")
        for link in summary.get_by_role("link").all():
            link.click()
            assert page.evaluate("document.activeElement.matches('input')")


def test_the_picture_says_what_the_key_says(desk: Desk, tmp_path: Path) -> None:
    """The picture is made of the address that holds the key; drawn again, it is the same."""
    from api.staff.second_factor import enrolment_address, new_secret, picture

    key = new_secret()
    address = enrolment_address(key, "a@x.example", "Signpost")
    assert f"secret={key}" in html.unescape(address)
    assert picture(address) == picture(address)
    assert picture(address) != picture(enrolment_address(new_secret(), "a@x.example", "Signpost"))
    assert not re.search(r"style=|<script|on\w+=", picture(address))
