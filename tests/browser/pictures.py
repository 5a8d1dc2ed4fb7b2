"""Pictures of every page for the docs: `python -m tests.browser.pictures [ADDRESS] [FOLDER]`.

ADDRESS is a running service (http://127.0.0.1:8000, as `make run` gives it), FOLDER is docs/images.
"""

import sys
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from tests.browser.conftest import ARGUMENTS, ask, find_chromium, first_question

QUESTION = "Can I get a council tax reduction if I am a student?"
SIMPLE = {
    "start": "/",
    "person": "/person",
    "accessibility": "/accessibility",
    "privacy": "/privacy",
    "cookies": "/cookies",
    "deleted": "/deleted",
}
WIDE, NARROW = {"width": 1000, "height": 760}, {"width": 320, "height": 640}


def _take(page: Page, folder: Path, name: str) -> None:
    page.screenshot(path=folder / f"{name}.png", scale="css")


def _widget(page: Page) -> None:
    page.goto("/widget")
    page.get_by_role("button", name="Ask a question").click()
    frame = page.frame_locator("iframe")
    frame.get_by_role("button", name="Close").wait_for()
    frame.get_by_label("Your question").fill("I lost my passport. What do I do?")
    frame.get_by_role("button", name="Ask", exact=True).click()
    frame.locator(".app-turn").wait_for()
    page.wait_for_timeout(500)


def take(address: str, folder: Path) -> None:
    """Take them all; the folder is made where it is missing."""
    folder.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=find_chromium(playwright), args=ARGUMENTS
        )

        def fresh(**options: object) -> Page:
            size = options.pop("viewport", WIDE)
            return browser.new_context(base_url=address, viewport=size, **options).new_page()

        for name, path in SIMPLE.items():
            page = fresh()
            page.goto(path)
            _take(page, folder, name)
        page = fresh(viewport={"width": 1000, "height": 1200})
        first_question(page, QUESTION)
        _take(page, folder, "page")
        page.goto("/conversation/about-you")
        _take(page, folder, "about-you")
        page = fresh(viewport={"width": 1000, "height": 1200})
        first_question(page, "I want to kill myself")
        _take(page, folder, "exit")
        for name, size in (("widget", WIDE), ("widget-narrow", NARROW)):
            page = fresh(viewport=size)
            _widget(page)
            _take(page, folder, name)
        page = fresh(forced_colors="active")
        first_question(page, QUESTION)
        ask(page, "And if I work?")
        _take(page, folder, "forced-colours")
        browser.close()


if __name__ == "__main__":
    take(
        sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:8000",
        Path(sys.argv[2] if len(sys.argv) > 2 else "docs/images"),
    )
