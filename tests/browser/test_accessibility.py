"""axe over every page in every mode, WCAG 2.2 A and AA and best practice: no violations.

No rule is switched off, but "region" for the launcher on another site's page: that page owns its
landmarks, and a script that adds one of its own would change how people get about in it.
"""

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from api.widget.routes import THEMES
from tests.browser.conftest import MakeContext, Running, ask, first_question

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
MODES: dict[str, dict[str, Any]] = {
    "wide": {"viewport": {"width": 1280, "height": 800}},
    "320": {"viewport": {"width": 320, "height": 640}},
    "320x256": {"viewport": {"width": 320, "height": 256}},
    "forced colours": {"viewport": {"width": 1280, "height": 800}, "forced_colors": "active"},
    "no JavaScript": {"viewport": {"width": 1280, "height": 800}, "java_script_enabled": False},
}
SIMPLE = {
    "start": "/",
    "start in Welsh": "/?lang=cy",
    "no conversation": "/conversation",
    "person": "/person",
    "deleted": "/deleted",
    "guidance": "/guidance/passport-photos",
    "accessibility": "/accessibility",
    "privacy": "/privacy",
    "cookies": "/cookies",
    "problems": "/problems",
    "not found": "/nothing",
    "frame": "/embed",
    "widget": "/widget",
}


_SCRIPTS = re.compile(r"<script\b.*?</script>", re.DOTALL)


def _as_seen_without_scripts(page: Page) -> Page:
    """Return what a browser without JavaScript shows, in one where axe can run."""
    shown = _SCRIPTS.sub("", page.content()).replace("noscript>", "div>")
    assert page.context.browser is not None
    viewport = page.viewport_size
    seen = page.context.browser.new_context(viewport=viewport, bypass_csp=True).new_page()
    seen.route(page.url, lambda route: route.fulfill(body=shown, content_type="text/html"))
    seen.goto(page.url)
    return seen


def _violations(page: Page, mode: str = "") -> list[str]:
    if mode == "no JavaScript":
        page = _as_seen_without_scripts(page)
        found = _violations(page)
        page.context.close()
        return found
    found = Axe().run(page, options={"runOnly": {"type": "tag", "values": TAGS}}).response
    assert len(found["passes"]) > 10, "axe did not look"
    return [
        f"{violation['id']}: {violation['help']}: {json.dumps(node['target'])} {node['html'][:200]}"
        for violation in found["violations"]
        for node in violation["nodes"]
    ]


def _answers(page: Page) -> None:
    first_question(page, "How do I renew my passport?")
    ask(page, "Any caution I need?")
    ask(page, "I cannot carry this")


def _declined(page: Page) -> None:
    first_question(page, "xyzzy")
    ask(page, "I want to hurt myself")
    ask(page, "my account")


def _choices_and_person(page: Page) -> None:
    first_question(page, "passport?")
    ask(page, "My number is 07700 900123")
    page.get_by_role("button", name="Talk to a person").click()
    page.get_by_text("You asked to talk to a person").wait_for()


def _details_open(page: Page) -> None:
    first_question(page, "How do I renew my passport?")
    for summary in page.locator("summary").all():
        summary.click()


def _rated(page: Page) -> None:
    first_question(page, "How?")
    page.get_by_role("button", name="Yes, useful").click()
    page.get_by_text("Thank you").wait_for()


def _not_useful(page: Page) -> None:
    first_question(page, "How?")
    page.get_by_role("button", name="No, not useful").click()
    page.get_by_text("What was wrong?").wait_for()


def _in_danger(page: Page) -> None:
    first_question(page, "I cannot carry this")
    page.get_by_role("button", name="Emergency Exit this page").wait_for()


def _in_welsh(page: Page) -> None:
    first_question(page, "How?")
    page.get_by_role("button", name="Cymraeg").click()
    page.get_by_role("heading", name="Eich sgwrs", level=1).wait_for()


def _error(page: Page) -> None:
    first_question(page, "How?")
    page.get_by_role("button", name="Ask", exact=True).click()
    page.get_by_text("There is a problem").wait_for()


def _person_page(page: Page) -> None:
    first_question(page, "How?")
    page.goto("/person")


def _about_you(page: Page) -> None:
    first_question(page, "How?")
    page.goto("/conversation/about-you")


def _about_you_wrong(page: Page) -> None:
    _about_you(page)
    page.get_by_role("button", name="Send my answers").click()
    page.get_by_text("There is a problem").wait_for()


STATES: dict[str, Callable[[Page], None]] = {
    "answers": _answers,
    "declined": _declined,
    "choices and person": _choices_and_person,
    "details open": _details_open,
    "rated": _rated,
    "not useful": _not_useful,
    "in danger": _in_danger,
    "in Welsh": _in_welsh,
    "error": _error,
    "person page in a conversation": _person_page,
    "about you": _about_you,
    "about you, nothing chosen": _about_you_wrong,
}


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("name", SIMPLE)
def test_pages(make_context: MakeContext, name: str, mode: str) -> None:
    page = make_context(**MODES[mode]).new_page()
    page.goto(SIMPLE[name])
    assert _violations(page, mode) == []


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("state", STATES)
def test_the_conversation(make_context: MakeContext, state: str, mode: str) -> None:
    page = make_context(**MODES[mode]).new_page()
    STATES[state](page)
    assert _violations(page, mode) == []


@pytest.mark.parametrize("mode", [mode for mode in MODES if mode != "no JavaScript"])
def test_the_frame_with_answers_and_an_error(make_context: MakeContext, mode: str) -> None:
    page = make_context(**MODES[mode]).new_page()
    page.goto("/embed")
    ask(page, "How do I renew my passport?")
    assert _violations(page) == []
    page.get_by_role("button", name="Ask", exact=True).click()
    page.get_by_text("There is a problem").wait_for()
    assert _violations(page) == []


@pytest.mark.parametrize("mode", [mode for mode in MODES if mode != "no JavaScript"])
def test_the_frame_ending_leaving_and_asking_about_oneself(
    make_context: MakeContext, mode: str
) -> None:
    page = make_context(**MODES[mode]).new_page()
    page.clock.install()
    page.goto("/embed")
    ask(page, "I cannot carry this")
    page.locator("[data-leaving]").wait_for()
    page.get_by_role("button", name="Answer optional, anonymous questions").click()
    page.get_by_role("button", name="Send my answers").click()
    page.locator("[data-about] .govuk-error-summary").wait_for()
    page.clock.fast_forward("23:45:00")
    page.get_by_role("button", name="Keep it open").wait_for()
    page.clock.resume()
    assert _violations(page) == []


@pytest.mark.parametrize("theme", THEMES)
def test_the_frame_in_every_colour(make_context: MakeContext, theme: str) -> None:
    page = make_context(**MODES["wide"]).new_page()
    page.goto(f"/embed?theme={theme}")
    ask(page, "How?")
    assert _violations(page) == []


@pytest.mark.parametrize("mode", ["wide", "320", "320x256", "forced colours"])
def test_a_page_of_another_site_with_the_widget_open(
    make_context: MakeContext, running: Running, mode: str
) -> None:
    running.other_site.pages["/axe"] = (
        "<!DOCTYPE html><html lang='en'><title>Council</title><main><h1>Council</h1>"
        f"<p>Words.</p></main><script src='{running.base}/widget.js'></script></html>",
        {},
    )
    page = make_context(**MODES[mode]).new_page()
    page.goto(f"{running.other}/axe")
    page.get_by_role("button", name="Ask a question").click()
    page.frame_locator("iframe").get_by_role("heading", level=1).wait_for()
    found = (
        Axe()
        .run(page, options={"runOnly": {"type": "tag", "values": TAGS}, "iframes": False})
        .response
    )
    others = [v["id"] for v in found["violations"] if v["id"] != "region"]
    assert others == []
