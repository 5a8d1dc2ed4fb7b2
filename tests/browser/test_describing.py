"""The voluntary form as people use it: by keyboard, and without JavaScript."""

from playwright.sync_api import Page, expect

from tests.browser.conftest import MakeContext, Running, first_question


def test_by_keyboard_alone(page: Page, running: Running) -> None:
    first_question(page, "How?")
    before = len(running.fake.descriptions)
    page.get_by_role("link", name="Answer optional, anonymous questions about you").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("everybody alike")
    page.get_by_role("group", name="How old are you?").get_by_label("Under 25").focus()
    page.keyboard.press("Space")
    page.keyboard.press("ArrowDown")
    expect(page.get_by_label("25 to 44")).to_be_checked()
    page.get_by_role("button", name="Send my answers").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Thank you")
    (only,) = running.fake.descriptions[before:]
    assert dict(only.groups) == {"age": "25_to_44"}


def test_without_javascript(make_context: MakeContext, running: Running) -> None:
    page = make_context(java_script_enabled=False).new_page()
    first_question(page, "How?")
    before = len(running.fake.descriptions)
    page.get_by_role("link", name="Answer optional, anonymous questions about you").click()
    expect(page.get_by_role("radio", checked=True)).to_have_count(0)
    page.get_by_role("button", name="Send my answers").click()
    expect(page.locator(".govuk-error-summary")).to_contain_text("Choose an answer")
    page.get_by_role("group", name="What is your religion or belief?").get_by_label("Sikh").check()
    page.get_by_role("group", name="How old are you?").get_by_label("Prefer not to say").check()
    page.get_by_role("button", name="Send my answers").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Thank you")
    page.get_by_role("link", name="Back to your conversation").click()
    expect(page.get_by_text("Answer optional, anonymous")).to_have_count(0)
    (only,) = running.fake.descriptions[before:]
    assert dict(only.groups) == {"religion": "sikh"}
