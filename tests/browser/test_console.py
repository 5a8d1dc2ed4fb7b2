"""The console in Chromium: live without reload, whole without JavaScript, for everybody."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from api.staff.permissions import Role
from assistant.escalations.needs import Need, SupportNeeds
from tests.browser.conftest import watched
from tests.browser.consoles import Desk, a_desk
from tests.browser.test_accessibility import MODES, _violations


@pytest.fixture
def desk(chromium: Browser, tmp_path: Path) -> Iterator[Desk]:
    with a_desk(chromium, tmp_path) as desk:
        yield desk


def claimed(desk: Desk, page: Page, case_id: str) -> None:
    page.goto(f"/staff/cases/{case_id}")
    page.get_by_role("button", name="Claim this case").click()
    page.get_by_text("You have this case now").wait_for()


def test_a_new_case_and_a_message_appear_without_reload(desk: Desk) -> None:
    page, _ = desk.adviser()
    page = watched(page)
    page.goto("/staff/cases")
    page.get_by_text("Nobody is waiting").wait_for()
    page.evaluate("window.same = true")
    case, http, address = desk.with_person()
    page.get_by_role("link", name=str(case.number), exact=True).wait_for()
    assert page.evaluate("window.same")
    claimed(desk, page, case.id)
    page.evaluate("window.same = true")
    desk.write(http, address, "Is anybody there?", "k1")
    page.get_by_text("Is anybody there?").wait_for()
    assert page.evaluate("window.same")
    status = page.locator("[data-status]")
    expect(status).to_have_text("Updated just now.")
    # What was shown is what may be answered: the form has the new version.
    page.get_by_label("Reply to the citizen").fill("I am here.")
    page.get_by_role("button", name="Send to the citizen").click()
    page.get_by_text("Your reply was sent").wait_for()
    (message,) = desk.made.centre.view(case).messages
    assert message.text == "I am here."


def test_what_is_being_typed_stays_and_is_not_sent_past_a_new_message(desk: Desk) -> None:
    page, _ = desk.adviser()
    case, http, address = desk.with_person()
    claimed(desk, page, case.id)
    reply = page.get_by_label("Reply to the citizen")
    reply.fill("Half a sen")
    desk.write(http, address, "Wait, it is something else", "k1")
    page.get_by_text("Wait, it is something else").wait_for()
    expect(page.locator("[data-status]")).to_contain_text("This case has changed")
    expect(reply).to_have_value("Half a sen")
    expect(reply).to_be_focused()
    page.get_by_role("button", name="Send to the citizen").click()
    page.get_by_text("The citizen wrote").first.wait_for()
    expect(page.get_by_label("Reply to the citizen")).to_have_value("Half a sen")
    expect(page.locator(".govuk-error-summary")).to_be_focused()
    assert desk.made.centre.view(case).messages == ()
    page.get_by_role("button", name="Send to the citizen").click()
    page.get_by_text("Your reply was sent").wait_for()


def test_who_else_has_the_case_appears(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.staff.casework.live.TICK", 0.2)
    case, _, _ = desk.with_person()
    ann, _ = desk.adviser()
    ann.goto(f"/staff/cases/{case.id}")
    bob, _ = desk.adviser("Bob Bee")
    bob.goto(f"/staff/cases/{case.id}")
    looking = ann.locator(".app-facts div", has_text="Also looking")
    expect(looking).to_contain_text("Bob")
    bob.get_by_role("button", name="Claim this case").click()
    expect(ann.get_by_text("Bob has this case.")).to_be_visible()
    bob.goto("/staff")
    expect(looking).to_contain_text("Nobody else")


def test_a_whole_case_by_keyboard_alone(desk: Desk) -> None:
    case, _, _ = desk.with_person()
    page, _ = desk.adviser()
    page.goto("/staff/cases")

    def press_on(text: str) -> None:
        for _ in range(80):
            page.keyboard.press("Tab")
            here = page.evaluate(
                "() => (document.activeElement.labels?.[0] ?? document.activeElement).textContent"
            )
            if text == here.strip():
                return
        raise AssertionError(f"no keyboard way to {text}")

    press_on(str(case.number))
    page.keyboard.press("Enter")
    page.wait_for_url("**/staff/cases/*")
    press_on("Claim this case")
    page.keyboard.press("Enter")
    page.get_by_text("You have this case now").wait_for()
    press_on("Reply to the citizen")
    page.keyboard.type("By keyboard")
    press_on("Send to the citizen")
    page.keyboard.press("Enter")
    page.get_by_text("Your reply was sent").wait_for()
    press_on("Close it")
    page.keyboard.press("Enter")
    press_on("Why do you close it?")
    page.keyboard.type("The question")
    press_on("Should the assistant have answered this?")
    page.keyboard.type("No")
    press_on("Close the case")
    page.keyboard.press("Enter")
    page.get_by_text("You closed the case").wait_for()
    (message,) = desk.made.centre.view(case).messages
    assert message.text == "By keyboard"


def test_a_whole_case_without_javascript(desk: Desk) -> None:
    case, http, address = desk.with_person()
    page, _ = desk.adviser(java_script_enabled=False)
    claimed(desk, page, case.id)
    desk.write(http, address, "Hello there", "k1")
    page.get_by_role("link", name="Refresh").click()
    page.get_by_text("Hello there").wait_for()
    page.get_by_label("Begin the reply with").select_option(label="Hello, I am reading")
    page.get_by_role("button", name="Put it into the reply").click()
    expect(page.get_by_label("Reply to the citizen")).to_have_value(
        "Hello, I am Ann. I am reading what you wrote. Please give me a few minutes."
    )
    page.get_by_role("button", name="Send to the citizen").click()
    page.get_by_text("Your reply was sent").wait_for()
    assert len(desk.made.centre.view(case).messages) == 1


def test_every_page_in_every_mode(desk: Desk) -> None:
    assistant = desk.made.centre.world.assistant
    waiting = desk.made.centre.waiting("How can I renew my passport?")
    needs = desk.made.centre.claimed("I want to kill myself")
    assistant.ask_for_person(needs.conversation_id, SupportNeeds({Need.BSL: ""}))
    for mode, options in MODES.items():
        page, _ = desk.adviser(f"Sue {mode.title()}", Role.SUPERVISOR, **options)
        for path in (
            "/staff/cases",
            "/staff/duty",
            *(f"/staff/cases/{c.id}" for c in (waiting, needs)),
        ):
            page.goto(path)
            assert _violations(page, mode) == [], (mode, path)
            if options["viewport"]["width"] == 320:
                wide = "() => document.documentElement.scrollWidth"
                assert page.evaluate(wide) <= 320, (mode, path)
        for details in page.locator("details > summary").all():
            details.click()
        assert _violations(page, mode) == [], mode
        page.get_by_role("button", name="Propose to close it").click()
        page.get_by_text("There is a problem").wait_for()
        assert _violations(page, mode) == [], mode
        page.context.close()
