"""The bias report in a real browser: for everybody, on any screen, and on paper."""

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unicodedata import normalize

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page
from pypdf import PdfReader

from evaluation.fairness.moved import Moved
from evaluation.fairness.report import write_bias_report
from tests.browser.conftest import watched
from tests.browser.test_accessibility import TAGS
from tests.unit.evaluation.bias_runs import WAYS, bias_run, outcomes, plan, way

WIDE: dict[str, Any] = {"viewport": {"width": 1280, "height": 800}}
PHONE: dict[str, Any] = {"viewport": {"width": 320, "height": 640}}
TOO_WIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
MODES = {
    "wide": WIDE,
    "phone": PHONE,
    "forced colours": {**WIDE, "forced_colors": "active"},
}


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the page of a second report: one that failed, with all that a report can show."""
    out = tmp_path_factory.mktemp("bias")
    ways = (*WAYS, way("writing/long", "A way of writing " + "W" * 80))
    asked = plan(60, ways, "How do I renew my passport " + "x" * 120 + "?")
    write_bias_report(bias_run(asked, outcomes(asked)), out)
    moves = tuple(Moved(f"{n}", f"page-{n}", "age", n % 3 > 0, n % 2 > 0) for n in range(12))
    losses = {"writing/long": 0.2, "names/welsh": 0.05, "writing/stretched": 0.1}
    write_bias_report(
        bias_run(asked, outcomes(asked, losses, chance=2), ["identity/blind"], moves=moves), out
    )
    return out / "bias.html"


@pytest.fixture(params=MODES)
def shown(chromium: Browser, report: Path, request: pytest.FixtureRequest) -> Iterator[Page]:
    context = chromium.new_context(**MODES[request.param])
    page = watched(context.new_page())
    page.goto(report.as_uri())
    for summary in page.locator("summary").all():
        if summary.evaluate("each => !each.parentElement.open"):
            summary.click()
    yield page
    context.close()


def test_axe_finds_nothing(shown: Page) -> None:
    found = Axe().run(shown, options={"runOnly": {"type": "tag", "values": TAGS}}).response
    assert len(found["passes"]) > 10, "axe did not look"
    assert [(each["id"], each["nodes"][0]["html"][:200]) for each in found["violations"]] == []


def test_nothing_makes_the_page_scroll_sideways(shown: Page) -> None:
    assert shown.evaluate(TOO_WIDE) == 0
    assert shown.locator("table").count() > 10
    loaded = "each => each.complete && each.naturalWidth > 0"
    assert all(picture.evaluate(loaded) for picture in shown.locator("img").all())


def test_the_verdict_is_one_printed_page_and_nothing_is_cut_off(
    chromium: Browser, report: Path
) -> None:
    page = chromium.new_page()
    page.goto(report.as_uri())
    page.set_viewport_size({"width": 718, "height": 1000})  # A4 within its margins
    page.emulate_media(media="print")
    assert page.evaluate(TOO_WIDE) == 0
    printed = PdfReader(io.BytesIO(page.pdf(format="A4")))
    page.close()
    pages = [" ".join(normalize("NFKC", each.extract_text()).split()) for each in printed.pages]
    assert "This version must not go live as it is" in pages[0]
    assert "In full:" in pages[0]
    assert pages[1].startswith("What changed since the last report")
    whole = " ".join(pages)
    assert "On this page" not in whole
    for last in (
        "Smallest loss",
        "four-fifths alarm",
        "Not known All",
        "Outcomes (SHA-256 of the file)",
    ):
        assert last in whole, last
