"""A citizen and an adviser at once: the citizen in Chromium, the adviser making the real moves."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from api.app import create_app
from api.parts import Limits, SiteSettings
from assistant.escalations.case import Case
from tests.browser.conftest import ask, watched
from tests.browser.serving import free_socket, serve
from tests.browser.test_accessibility import MODES, _violations
from tests.casework import ANN, ANSWERED
from tests.meeting import RUN_BY, Meeting, a_meeting

expect.set_options(timeout=10_000)
OFTEN = Limits(
    starts_per_address="100000 per minute",
    turns_per_address="100000 per minute",
    turns_per_conversation="100000 per minute",
    feedback_per_conversation="100000 per minute",
    codes_per_address="100000 per minute",
    codes_per_conversation="100000 per minute",
)
SAY = """() => {
  window.heard = []
  const note = (place) => (changes) => {
    for (const change of changes)
      for (const node of change.addedNodes) {
        if (place === 'log' && change.target.getAttribute('aria-live') === 'off') continue
        const text = node.textContent.replace(/\\s+/g, ' ').trim()
        if (text) window.heard.push(`${place}: ${text}`)
      }
  }
  const watch = (what, place) =>
    new MutationObserver(note(place)).observe(document.querySelector(what), { childList: true })
  watch('[data-log]', 'log')
  watch('[data-status]', 'status')
}"""


@dataclass
class Open:
    """A running service with a real contact centre, and a maker of browsers."""

    met: Meeting
    base: str
    make: Callable[..., BrowserContext]

    def citizen(self, mode: str = "wide") -> Page:
        return self.make(**MODES[mode]).new_page()

    def newest(self) -> Case:
        return self.met.centre.everything()[-1]

    def claimed(self) -> Case:
        case = self.newest()
        return self.met.centre.cases.claim(case.id, case.version, ANN)

    def reply(self, text: str, key: str) -> str:
        self.met.clock.pass_(seconds=1)
        case = self.newest()
        sent = self.met.centre.cases.reply(case.id, case.version, ANN, text, key)
        self.met.clock.pass_(seconds=1)
        return sent.id


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Meeting, str]]:
    folder: Path = tmp_path_factory.mktemp("people")
    with ExitStack() as stack:
        met = stack.enter_context(a_meeting(folder, on_duty=1))
        socket = free_socket()
        base = f"http://127.0.0.1:{socket.getsockname()[1]}"
        site = SiteSettings(
            base_url=base,
            organisation=RUN_BY.organisation,
            phone=RUN_BY.phone,
            hours=RUN_BY.hours,
            privacy_email=RUN_BY.privacy_email,
        )
        stack.enter_context(serve(create_app(met.parts(site=site, limits=OFTEN)), socket))
        yield met, base


@pytest.fixture
def service(chromium: Browser, served: tuple[Meeting, str]) -> Iterator[Open]:
    met, base = served
    met.on_duty[0] = 1
    with ExitStack() as stack:

        def make(**options: Any) -> BrowserContext:
            context = chromium.new_context(base_url=base, **options)
            context.set_default_timeout(10_000)
            stack.callback(context.close)
            return context

        yield Open(met, base, make)
        _end_all(met)


def _end_all(met: Meeting) -> None:
    """Leave nobody waiting for the next test."""
    for case in met.centre.everything():
        if not case.status.ended:
            held = case if case.status.held else met.centre.cases.claim(case.id, case.version, ANN)
            met.centre.cases.resolve(held.id, held.version, ANN, ANSWERED)


def begin(page: Page, path: str = "/") -> None:
    page.goto(path)
    ask(page, "How can I renew my passport?")


def press_person(page: Page) -> None:
    page.get_by_role("button", name="Talk to a person").click()
    page.get_by_role("heading", name="You asked to talk to a person").wait_for()


def write(page: Page, text: str) -> None:
    page.get_by_label("Your message", exact=True).fill(text)
    page.get_by_role("button", name="Send", exact=True).click()
    page.locator(".app-turn", has_text=text).last.wait_for()


@pytest.mark.parametrize("path", ["/", "/embed"])
def test_a_citizen_and_an_adviser_talk(service: Open, path: str) -> None:
    page = watched(service.citizen())
    begin(page, path)
    page.evaluate(SAY)
    press_person(page)
    panel = page.locator("[data-people]")
    expect(panel).to_contain_text("You can talk to a person here")
    expect(panel).to_contain_text("in the queue")
    expect(page.get_by_role("button", name="Check for new messages")).to_have_count(0)

    service.claimed()
    expect(panel).to_contain_text("Ann is reading your messages")
    page.get_by_label("Your message", exact=True).fill("Half a senten")
    first = service.reply("Hello, how can I help?", "k1")
    expect(page.locator(f"#message-{first}")).to_contain_text("Ann (adviser)")
    expect(page.get_by_label("Your message", exact=True)).to_have_value("Half a senten")
    expect(page.get_by_label("Your message", exact=True)).to_be_focused()

    write(page, "My passport is lost")
    expect(page.locator(".app-turn").last).to_contain_text("Sent")
    expect(page.locator(".app-turn").last.locator(".app-message--assistant")).to_have_count(0)
    second = service.reply("<img src=x onerror=alert(1)>Order a new one.", "k2")
    expect(page.locator(f"#message-{second}")).to_contain_text("<img src=x")
    authors = page.locator("[data-log] .app-message__author").all_inner_texts()
    assert authors[-3:] == ["Ann (adviser)", "You", "Ann (adviser)"]

    case = service.newest()
    service.met.centre.cases.resolve(case.id, case.version, ANN, ANSWERED)
    expect(panel).to_contain_text("Your conversation with a person has ended")
    ask(page, "How can I renew my passport?")
    expect(page.locator(".app-turn").last.locator(".app-message--assistant")).to_have_count(1)

    heard = page.evaluate("window.heard")
    for said in (
        "log: You asked to talk to a person",
        "log: Ann (adviser) Hello, how can I help?",
        "log: Ann (adviser) <img src=x onerror=alert(1)>Order a new one.",
        "status: Ann is reading your messages. The assistant is silent",
        "status: Your conversation with a person has ended.",
    ):
        assert sum(line.startswith(said) for line in heard) == 1, (said, heard)
    page.wait_for_timeout(2_500)
    assert page.evaluate("window.heard") == heard  # nothing is said twice


def test_a_reload_keeps_everything_in_its_order(service: Open) -> None:
    page = service.citizen()
    begin(page)
    press_person(page)
    service.claimed()
    service.reply("One", "a")
    page.get_by_text("One", exact=True).wait_for()
    write(page, "Two")
    service.reply("Three", "b")
    page.get_by_text("Three", exact=True).wait_for()
    before = page.locator("[data-log] .app-message").all_inner_texts()
    page.reload()
    after = page.locator("[data-log] .app-message").all_inner_texts()
    assert [text.split("\n")[-1] for text in after[-3:]] == ["One", "Sent", "Three"]
    assert len(after) == len(before)
    page.wait_for_timeout(2_500)
    assert page.locator("[data-log] .app-message").all_inner_texts() == after


def test_a_lost_connection_loses_no_message(service: Open) -> None:
    page = service.citizen()
    begin(page)
    press_person(page)
    service.claimed()
    page.locator("[data-people]", has_text="Ann is reading").wait_for()
    page.context.set_offline(True)
    first, second = service.reply("While you were away", "a"), service.reply("And more", "b")
    page.wait_for_timeout(3_000)
    assert page.locator(f"#message-{first}").count() == 0
    page.context.set_offline(False)
    page.locator(f"#message-{second}").wait_for()
    assert page.locator(".app-message--adviser").count() == 2
    assert page.locator(".app-message--adviser").first.get_attribute("id") == f"message-{first}"


def test_without_scripts_new_messages_come_by_the_button(service: Open) -> None:
    page = service.citizen("no JavaScript")
    begin(page)
    press_person(page)
    service.claimed()
    service.reply("Hello there", "a")
    assert page.get_by_text("Hello there").count() == 0
    page.get_by_role("button", name="Check for new messages").click()
    page.get_by_text("Hello there").wait_for()
    write(page, "Thank you")
    page.get_by_role("link", name="Tell us what support you need").click()
    page.get_by_label("An interpreter").check()
    page.get_by_label("Which language?").fill("Somali")
    page.get_by_role("button", name="Save").click()
    page.get_by_role("heading", name="We have saved what you told us").wait_for()
    page.get_by_role("link", name="Back to your conversation").click()
    page.get_by_role("link", name="Get a private code").click()
    page.get_by_role("button", name="Get a private code").click()
    code = page.locator(".app-private-code").inner_text().strip()
    other = service.citizen("no JavaScript")
    other.goto("/come-back")
    other.get_by_label("Enter your private code").fill(code)
    other.get_by_role("button", name="Open the conversation").click()
    other.get_by_text("Hello there").wait_for()


def test_a_call_is_booked_by_keyboard_alone(service: Open) -> None:
    page = watched(service.citizen())
    begin(page)
    press_person(page)
    link = page.get_by_role("link", name="Choose a time for us to ring you.")
    link.focus()
    page.keyboard.press("Enter")
    page.get_by_role("radio").first.focus()
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    page.keyboard.type("07700 900 982")
    page.keyboard.press("Enter")
    expect(page.locator("[data-people]")).to_contain_text("ends in 982")
    assert "7700" not in page.content()


def test_forms_open_and_close_inside_the_frame(service: Open) -> None:
    page = service.citizen()  # Chromium writes an answer of 422 to the console
    begin(page, "/embed")
    press_person(page)
    page.get_by_role("link", name="Tell us what support you need").click()
    heading = page.get_by_role("heading", name="Tell us what support you need")
    expect(heading).to_be_focused()
    page.get_by_label("Something else").check()
    page.get_by_role("button", name="Save").click()
    expect(page.locator("[data-piece-place] .govuk-error-summary")).to_be_focused()
    page.get_by_label("What do you need?").fill("A quiet room")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", name="We have saved what you told us")).to_be_focused()
    page.get_by_role("link", name="Back to your conversation").click()
    expect(page.get_by_label("Your question", exact=True)).to_be_focused()
    page.get_by_role("link", name="Get a private code").click()
    page.locator("[data-piece-place]").get_by_role("button", name="Get a private code").click()
    page.locator(".app-private-code").wait_for()


def _waiting(page: Page, service: Open) -> None:
    begin(page)
    press_person(page)
    page.locator("[data-people]", has_text="queue").wait_for()


def _talking(page: Page, service: Open) -> None:
    _waiting(page, service)
    service.claimed()
    service.reply("Hello", "k")
    page.goto("/conversation")
    page.get_by_text("Hello", exact=True).wait_for()


def _needs(page: Page, service: Open) -> None:
    _waiting(page, service)
    page.goto("/conversation/needs")
    for box in page.get_by_role("checkbox").all():
        box.check()
    page.get_by_role("button", name="Save").click()
    page.get_by_text("There is a problem").wait_for()


def _call(page: Page, service: Open) -> None:
    _waiting(page, service)
    page.goto("/conversation/call-back")
    page.get_by_role("button", name="Book this call").click()
    page.get_by_text("There is a problem").wait_for()


def _call_booked(page: Page, service: Open) -> None:
    _waiting(page, service)
    page.goto("/conversation/call-back")
    page.get_by_role("radio").last.check()
    page.get_by_label("Your phone number").fill("07700 900 982")
    page.get_by_role("button", name="Book this call").click()
    page.goto("/conversation/call-back")
    page.get_by_text("ends in 982").wait_for()


def _code(page: Page, service: Open) -> None:
    begin(page)
    page.goto("/conversation/code")
    page.get_by_role("button", name="Get a private code").click()
    page.locator(".app-private-code").wait_for()


def _come_back_wrong(page: Page, service: Open) -> None:
    page.goto("/come-back")
    page.get_by_label("Enter your private code").fill("wrong")
    page.get_by_role("button", name="Open the conversation").click()
    page.get_by_text("There is a problem").wait_for()


def _ended(page: Page, service: Open) -> None:
    _talking(page, service)
    case = service.newest()
    service.met.centre.cases.resolve(case.id, case.version, ANN, ANSWERED)
    page.goto("/person")
    page.get_by_text("has ended").first.wait_for()


STATES = {
    "waiting": _waiting,
    "talking": _talking,
    "needs with errors": _needs,
    "call with errors": _call,
    "call booked": _call_booked,
    "private code": _code,
    "come back, wrong code": _come_back_wrong,
    "ended": _ended,
}


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("state", STATES)
def test_axe_finds_nothing(service: Open, state: str, mode: str) -> None:
    page = service.citizen(mode)
    STATES[state](page, service)
    assert _violations(page, mode) == []
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


@pytest.mark.parametrize("mode", ["wide", "320", "forced colours"])
def test_axe_finds_nothing_in_the_frame(service: Open, mode: str) -> None:
    page = service.citizen(mode)
    begin(page, "/embed")
    press_person(page)
    page.locator("[data-people]", has_text="queue").wait_for()
    page.get_by_role("link", name="Choose a time for us to ring you.").click()
    page.get_by_role("button", name="Book this call").click()
    page.locator("[data-piece-place] .govuk-error-summary").wait_for()
    assert _violations(page) == []
