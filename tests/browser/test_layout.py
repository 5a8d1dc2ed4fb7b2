"""Room for everybody: nothing cut off, nothing covered, nothing too small to hit."""

from typing import Any

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import MakeContext, ask, first_question

SIZES = {"wide": (1280, 800), "phone": (320, 640), "400 per cent": (320, 256)}
PATHS = ["/", "/person", "/guidance/passport-photos", "/accessibility", "/privacy", "/cookies"]

# Where the focused thing is, and what is drawn at five points of it.
_COVERED = """() => {
  const covered = []
  const all = document.querySelectorAll("a[href], button, input, textarea, summary, [tabindex='0']")
  for (const element of all) {
    if (!element.checkVisibility({ checkOpacity: true, visibilityProperty: true })) continue
    if (element.type === "hidden" || element.closest("[hidden]")) continue
    element.focus()
    const box = [...element.getClientRects()].find((rect) => rect.width > 1 && rect.height > 1)
    if (!box) continue
    const points = [[0.5, 0.5], [0.1, 0.2], [0.9, 0.2], [0.1, 0.8], [0.9, 0.8]]
    const seen = points.filter(([x, y]) => {
      const top = document.elementFromPoint(box.x + box.width * x, box.y + box.height * y)
      return top && (element.contains(top) || top.contains(element))
    })
    if (seen.length === 0) covered.push(element.outerHTML.slice(0, 160))
  }
  return covered
}"""

# WCAG 2.2, 2.5.8: 24 by 24 CSS pixels, but for links inside a sentence.
_SMALL = """(least) => {
  const small = []
  for (const element of document.querySelectorAll("a[href], button, input, textarea, summary")) {
    if (element.type === "hidden") continue
    if (!element.checkVisibility({ visibilityProperty: true })) continue
    if (element.matches(".govuk-skip-link, p a, li a")) continue
    const box = element.getBoundingClientRect()
    if (box.width < 2) continue
    if (box.width < least || box.height < least)
      small.push(`${box.width}x${box.height} ${element.outerHTML.slice(0, 120)}`)
  }
  return small
}"""

_WIDER_THAN_THE_WINDOW = """() => {
  const root = document.documentElement
  return root.scrollWidth > root.clientWidth ? root.scrollWidth : 0
}"""


def _page(make_context: MakeContext, size: str, **options: Any) -> Page:
    width, height = SIZES[size]
    return make_context(viewport={"width": width, "height": height}, **options).new_page()


@pytest.mark.parametrize("size", SIZES)
def test_no_page_scrolls_sideways(make_context: MakeContext, size: str) -> None:
    page = _page(make_context, size)
    for path in [*PATHS, "/embed", "/widget", "/problems", "/?lang=cy"]:
        page.goto(path)
        assert page.evaluate(_WIDER_THAN_THE_WINDOW) == 0, path
    first_question(page, "How?")
    ask(page, "W" * 200)
    ask(page, "I want to hurt myself")
    assert page.evaluate(_WIDER_THAN_THE_WINDOW) == 0


@pytest.mark.parametrize("size", SIZES)
def test_nothing_that_has_the_focus_is_covered(make_context: MakeContext, size: str) -> None:
    page = _page(make_context, size)
    first_question(page, "How?")
    ask(page, "passport?")
    assert page.evaluate(_COVERED) == []
    page.goto("/embed")
    ask(page, "How?")
    ask(page, "passport?")
    assert page.evaluate(_COVERED) == []


@pytest.mark.parametrize("size", SIZES)
def test_targets_are_large_enough(make_context: MakeContext, size: str) -> None:
    page = _page(make_context, size, reduced_motion="reduce")
    for path in PATHS:
        page.goto(path)
        assert page.evaluate(_SMALL, 24) == [], path
    first_question(page, "How?")
    ask(page, "passport?")
    for summary in page.locator("summary").all():
        summary.click()
    assert page.evaluate(_SMALL, 24) == []
    page.goto("/embed")
    ask(page, "How?")
    assert page.evaluate(_SMALL, 24) == []


def test_text_spacing_may_be_widened(make_context: MakeContext) -> None:
    """WCAG 1.4.12: with its four spacings nothing is cut off."""
    page = _page(make_context, "phone", bypass_csp=True)
    first_question(page, "How?")
    page.add_style_tag(
        content="* { line-height: 1.5 !important; letter-spacing: 0.12em !important;"
        " word-spacing: 0.16em !important } p { margin-bottom: 2em !important }"
    )
    assert page.evaluate(_WIDER_THAN_THE_WINDOW) == 0
    cut = page.evaluate(
        "[...document.querySelectorAll('main *')].filter((e) =>"
        " getComputedStyle(e).overflow === 'hidden' && e.scrollHeight > e.clientHeight + 1"
        " && e.clientHeight > 1).map((e) => e.outerHTML.slice(0, 120))"
    )
    assert cut == []


@pytest.mark.parametrize("size", ["phone", "400 per cent"])
def test_nothing_sticks_in_a_small_window(make_context: MakeContext, size: str) -> None:
    page = _page(make_context, size)
    first_question(page, "How?")
    stuck = (
        "[...document.querySelectorAll('body *')].filter((e) =>"
        " ['fixed', 'sticky'].includes(getComputedStyle(e).position)"
        " && e.checkVisibility()).map((e) => e.className)"
    )
    assert page.evaluate(stuck) == []
    if size == "400 per cent":
        page.goto("/embed")
        assert page.evaluate(stuck) == []
        box = page.locator(".app-frame__ask").bounding_box()
        assert box is not None
        assert box["y"] > 256, "in a short frame the box follows the text instead of covering it"
