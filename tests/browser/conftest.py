"""A real Chromium, a real server, and another origin that embeds the widget.

Chromium is looked for in `SIGNPOST_CHROMIUM`, then on the PATH, then where Playwright keeps its
own; where there is none, `playwright install chromium` is tried once.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, sync_playwright

from api.app import create_app
from api.parts import SiteSettings
from tests.browser.serving import OtherSite, free_socket, serve
from tests.fake_conversations import FakeConversations
from tests.web_parts import parts

ARGUMENTS = [
    "--no-sandbox",
    "--disable-dev-shm-usage",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
_NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")


def find_chromium(playwright: Playwright) -> str:
    """Return the path of a Chromium; fail with what to do where there is none."""
    named = os.environ.get("SIGNPOST_CHROMIUM", "")
    if named:
        assert Path(named).exists(), f"SIGNPOST_CHROMIUM={named}: there is no such file"
        return named
    for name in _NAMES:
        if found := shutil.which(name):
            return found
    own = playwright.chromium.executable_path
    if not Path(own).exists():
        subprocess.run(
            [sys.executable, "-m", "playwright", "install", "chromium"],
            check=False,
            timeout=600,
            capture_output=True,
        )
    if not Path(own).exists():
        pytest.fail(
            "No browser for tests/browser: set SIGNPOST_CHROMIUM to a Chromium's path, or install "
            "one ('apt-get install chromium', or 'playwright install chromium', which was tried "
            "just now and failed)."
        )
    return own


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=find_chromium(playwright), args=ARGUMENTS
        )
        yield browser
        browser.close()


@dataclass(frozen=True)
class Running:
    """The service and another site, both being served.

    The other site has three origins: `other`, of another site altogether, where Chromium's private
    windows block storage in frames; `sister`, another origin of the same site, where they do not;
    and `stranger`, which may not embed.
    """

    base: str
    other: str
    sister: str
    stranger: str
    other_site: OtherSite
    fake: FakeConversations


@pytest.fixture(scope="package")
def running() -> Iterator[Running]:
    with ExitStack() as stack:
        ours, theirs = free_socket(), free_socket()
        base = f"http://127.0.0.1:{ours.getsockname()[1]}"
        port = theirs.getsockname()[1]
        other, sister = f"http://localhost:{port}", f"http://127.0.0.1:{port}"
        fake, other_site = FakeConversations(), OtherSite()
        other_site.pages["/weather"] = (
            "<!DOCTYPE html><link rel='icon' href='data:,'><title>Weather</title><h1>Sun</h1>",
            {},
        )
        site = SiteSettings(
            base_url=base, embedding_origins=(other, sister), exit_url=f"{other}/weather"
        )
        stack.enter_context(serve(create_app(parts(conversations=fake, site=site)), ours))
        stack.enter_context(serve(other_site, theirs))
        yield Running(base, other, sister, f"http://stranger.localhost:{port}", other_site, fake)


MakeContext = Callable[..., BrowserContext]


@pytest.fixture
def make_context(chromium: Browser, running: Running) -> Iterator[MakeContext]:
    """Return a maker of fresh browsers (no cookies, no storage), closed at the test's end."""
    with ExitStack() as stack:

        def make(**options: Any) -> BrowserContext:
            context = chromium.new_context(base_url=running.base, **options)
            context.set_default_timeout(8_000)
            stack.callback(context.close)
            return context

        yield make


@pytest.fixture
def page(make_context: MakeContext) -> Page:
    """Return a page of usual size, whose console errors fail the test."""
    return watched(make_context(viewport={"width": 1280, "height": 800}).new_page())


def watched(page: Page) -> Page:
    """Make an uncaught error, or one in the console, an error of the test."""

    def complain(said: object) -> None:
        raise AssertionError(f"the page complained: {said}")

    page.on("pageerror", complain)
    page.on("console", lambda m: complain(m.text) if m.type == "error" else None)
    return page


def ask(page: Page, question: str) -> None:
    """Type a question and press Ask; wait until its answer is there."""
    before = page.locator(".app-turn").count()
    page.get_by_label("Your question").fill(question)
    page.get_by_role("button", name="Ask", exact=True).click()
    page.locator(".app-turn").nth(before).wait_for()
    page.wait_for_load_state()  # the page's script has run, where it may


def first_question(page: Page, question: str) -> None:
    """Ask the first question on the start page; wait for the conversation."""
    page.goto("/")
    ask(page, question)
    assert page.url.partition("#")[0].endswith("/conversation")
