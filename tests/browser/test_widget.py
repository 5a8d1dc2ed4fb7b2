"""The widget on a page of another origin: opening, closing, talking, and keeping apart."""

from typing import Any

import pytest
from playwright.sync_api import FrameLocator, Page, expect

from tests.browser.conftest import MakeContext, Running, watched

STRICT = "default-src 'none'; script-src {base}; frame-src {base}"


def _host(running: Running, path: str = "/council", **headers: str) -> str:
    running.other_site.pages[path] = (
        "<!DOCTYPE html><html lang='en'><title>Council</title><main><h1>Council</h1>"
        "<p><a href='#x'>A link</a></p><input aria-label='Search'></main>"
        f"<script src='{running.base}/widget.js'></script>"
        f"<noscript><a href='{running.base}/'>Ask a question</a></noscript></html>",
        headers or {"Content-Security-Policy": STRICT.format(base=running.base)},
    )
    return f"{running.other}{path}"


def _open(page: Page, address: str) -> FrameLocator:
    page.goto(address)
    page.get_by_role("button", name="Ask a question").click()
    frame = page.frame_locator("iframe")
    frame.get_by_role("button", name="Close").or_(
        frame.get_by_role("button", name="Cau")
    ).wait_for()  # shown by the script, which has then run
    return frame


def _ask(frame: FrameLocator, question: str) -> None:
    before = frame.locator(".app-turn").count()
    frame.get_by_label("Your question").fill(question)
    frame.get_by_role("button", name="Ask", exact=True).click()
    frame.locator(".app-turn").nth(before).wait_for()


@pytest.fixture
def outside(make_context: MakeContext) -> Page:
    return watched(make_context(viewport={"width": 1280, "height": 800}).new_page())


def _inside(page: Page, script: str) -> Any:
    (frame,) = (frame for frame in page.frames if "/embed" in frame.url)
    return frame.evaluate(script)


def test_it_works_on_a_page_that_forbids_almost_everything(outside: Page, running: Running) -> None:
    frame = _open(outside, _host(running))
    _ask(frame, "How do I renew my passport?")
    expect(frame.get_by_text("You can renew your passport online.").first).to_be_visible()
    expect(frame.get_by_text("not a person").first).to_be_attached()


def test_focus_moves_in_on_opening_and_back_on_escape(outside: Page, running: Running) -> None:
    outside.goto(_host(running))
    launcher = outside.get_by_role("button", name="Ask a question")
    expect(launcher).to_have_attribute("aria-expanded", "false")
    launcher.focus()
    outside.keyboard.press("Enter")
    expect(launcher).to_have_attribute("aria-expanded", "true")
    frame = outside.frame_locator("iframe")
    expect(frame.get_by_role("heading", level=1)).to_be_focused()
    outside.keyboard.press("Escape")
    expect(launcher).to_be_focused()
    expect(launcher).to_have_attribute("aria-expanded", "false")
    expect(outside.locator("dialog")).to_be_hidden()


def test_closing_keeps_a_half_typed_question(outside: Page, running: Running) -> None:
    frame = _open(outside, _host(running))
    box = frame.get_by_label("Your question")
    box.fill("half a ques")
    frame.get_by_role("button", name="Close").click()
    launcher = outside.get_by_role("button", name="Ask a question")
    expect(launcher).to_be_focused()
    launcher.click()
    expect(box).to_be_focused()
    expect(box).to_have_value("half a ques")


def test_the_frame_has_a_title_and_the_page_keeps_its_own_keys(
    outside: Page, running: Running
) -> None:
    _open(outside, _host(running))
    frame = outside.locator("iframe")
    expect(frame).to_have_attribute("title", "Ask a question about government services")
    outside.get_by_label("Search").fill("council tax")
    expect(outside.get_by_label("Search")).to_have_value("council tax")


def test_where_storage_is_blocked_the_token_lives_in_the_frames_memory(
    outside: Page, running: Running
) -> None:
    frame = _open(outside, _host(running))
    _ask(frame, "How?")
    _ask(frame, "And then?")
    assert outside.context.cookies() == []
    assert outside.evaluate("sessionStorage.length + localStorage.length") == 0


def test_the_token_and_the_conversation_stay_inside_the_frame(
    outside: Page, running: Running
) -> None:
    _host(running)
    frame = _open(outside, f"{running.sister}/council")
    _ask(frame, "Is this still here?")
    token = _inside(outside, "sessionStorage.getItem('signpost-conversation')")
    assert token.startswith("v1.")
    assert outside.context.cookies() == []
    assert outside.evaluate("sessionStorage.length + localStorage.length") == 0
    outside.reload()
    outside.get_by_role("button", name="Ask a question").click()
    expect(frame.get_by_text("Is this still here?").first).to_be_visible()


def test_person_rating_receipt_and_deletion_work_in_the_frame(
    outside: Page, running: Running
) -> None:
    frame = _open(outside, _host(running))
    frame.get_by_role("button", name="Talk to a person").click()
    expect(frame.get_by_role("heading", name="You asked to talk to a person")).to_be_visible()
    _ask(frame, "How?")
    frame.get_by_role("button", name="Yes, useful").click()
    expect(frame.locator(".app-rating__thanks")).to_be_visible()
    frame.get_by_text("Keep this answer").click()
    with outside.expect_download() as download:
        frame.get_by_role("link", name="Save a receipt").click()
    assert download.value.suggested_filename.startswith("receipt-")
    frame.locator("details.app-delete summary").click()
    frame.get_by_role("button", name="Yes, delete it").click()
    expect(frame.get_by_role("status")).to_contain_text("Your conversation is deleted")
    expect(frame.locator(".app-turn")).to_have_count(0)
    _ask(frame, "A new one?")


def test_a_site_that_is_not_named_cannot_show_the_frame(
    make_context: MakeContext, running: Running
) -> None:
    _host(running)
    page = make_context(viewport={"width": 1280, "height": 800}).new_page()
    page.goto(f"{running.stranger}/council")
    page.get_by_role("button", name="Ask a question").click()
    page.wait_for_timeout(500)
    assert all("You will be talking" not in frame.content() for frame in page.frames[1:])


def test_pages_other_than_the_frame_cannot_be_framed_even_by_a_named_site(
    make_context: MakeContext, running: Running
) -> None:
    running.other_site.pages["/thief"] = (
        f"<!DOCTYPE html><title>x</title><iframe src='{running.base}/conversation'></iframe>",
        {},
    )
    page = make_context().new_page()
    page.goto(f"{running.other}/thief")
    page.wait_for_timeout(500)
    assert all("Signpost" not in frame.content() for frame in page.frames[1:])


def test_messages_from_others_are_not_listened_to(outside: Page, running: Running) -> None:
    _open(outside, _host(running))
    dialog = outside.locator("dialog")
    # The page itself, pretending to be the frame: right words, wrong source and origin.
    outside.evaluate("window.postMessage({ signpost: 'close' }, '*')")
    outside.wait_for_timeout(200)
    expect(dialog).to_be_visible()
    # A message to the frame from a window that is not its parent.
    heard = _inside(
        outside,
        """() => new Promise((done) => {
          document.activeElement.blur()
          window.postMessage({ signpost: "opened" }, location.origin)
          setTimeout(() => done(document.activeElement === document.body), 200)
        })""",
    )
    assert heard


def test_messages_carry_no_text_and_go_to_one_origin(outside: Page, running: Running) -> None:
    outside.add_init_script(
        "window.heard = []; window.addEventListener('message', (e) => window.heard.push(e.data))"
    )
    frame = _open(outside, _host(running))
    _ask(frame, "A secret question?")
    frame.get_by_role("button", name="Close").click()
    expect(outside.locator("dialog")).to_be_hidden()
    assert outside.evaluate("window.heard") == [{"signpost": "ready"}, {"signpost": "close"}]


@pytest.mark.parametrize("size", [(320, 640), (320, 256), (1280, 400)])
def test_a_small_window_gets_the_whole_page_and_the_rest_is_out_of_reach(
    make_context: MakeContext, running: Running, size: tuple[int, int]
) -> None:
    page = make_context(viewport={"width": size[0], "height": size[1]}).new_page()
    frame = _open(page, _host(running))
    box = page.locator("dialog").bounding_box()
    assert box == {"x": 0, "y": 0, "width": size[0], "height": size[1]}
    for _ in range(40):
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.tagName") not in {"A", "INPUT"}
    _ask(frame, "How?")
    page.keyboard.press("Escape")
    expect(page.locator("dialog")).to_be_hidden()


def test_without_scripts_there_is_a_plain_link(make_context: MakeContext, running: Running) -> None:
    page = make_context(java_script_enabled=False).new_page()
    page.goto(_host(running))
    page.get_by_role("link", name="Ask a question").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Ask about government services")


def test_links_of_an_answer_open_beside_the_page(outside: Page, running: Running) -> None:
    frame = _open(outside, _host(running))
    _ask(frame, "How?")
    for link in frame.locator(".app-source a").all():
        assert link.get_attribute("target") == "_blank"
        assert "opens in a new tab" in link.inner_text()


def test_our_own_example_page_shows_it(page: Page) -> None:
    page.goto("/widget")
    page.get_by_role("button", name="Ask a question").click()
    expect(page.frame_locator("iframe").get_by_role("heading", level=1)).to_be_focused()


# ---- Keeping and leaving in the frame ------------------------------------------------------------


def test_the_language_changes_and_keeps_all_even_where_storage_is_blocked(
    outside: Page, running: Running
) -> None:
    frame = _open(outside, _host(running))
    _ask(frame, "Is this still here?")
    frame.get_by_label("Your question").fill("half a ques")
    frame.get_by_role("button", name="Cymraeg").click()
    expect(frame.locator("html")).to_have_attribute("lang", "cy")
    expect(frame.get_by_text("Is this still here?").first).to_be_visible()
    expect(frame.get_by_label("Eich cwestiwn")).to_have_value("half a ques")
    expect(frame.get_by_label("Eich cwestiwn")).to_be_focused()
    assert _inside(outside, "window.name") == "", "nothing is left behind"
    frame.get_by_label("Eich cwestiwn").fill("Dau?")
    frame.get_by_role("button", name="Gofyn", exact=True).click()
    expect(frame.locator(".app-turn")).to_have_count(2)


def test_leaving_takes_the_whole_page_away(outside: Page, running: Running) -> None:
    weather = f"{running.other}/weather"
    outside.goto("about:blank")
    frame = _open(outside, _host(running))
    expect(frame.get_by_role("button", name="Emergency Exit this page")).to_be_hidden()
    _ask(frame, "I want to hurt myself")
    frame.get_by_role("button", name="Emergency Exit this page").click()
    outside.wait_for_url(weather)
    outside.go_back()
    assert outside.url == "about:blank", "the page with the widget is no longer in the history"


def test_shift_three_times_leaves_from_inside_the_frame(outside: Page, running: Running) -> None:
    weather = f"{running.other}/weather"
    _host(running)
    frame = _open(outside, f"{running.sister}/council")
    _ask(frame, "I cannot carry this")
    for _ in range(3):
        frame.get_by_label("Your question").press("Shift")
    outside.wait_for_url(weather)


def test_nobody_but_the_frame_can_make_the_page_leave(outside: Page, running: Running) -> None:
    running.other_site.pages["/forger"] = (
        "<script>setInterval(() => { for (const signpost of ['exit', 'close', 'ready'])"
        " parent.postMessage({ signpost }, '*') }, 50)</script>",
        {},
    )
    address = _host(running, "/forged", **{"X-Nothing": ""})
    html, headers = running.other_site.pages["/forged"]
    forger = f"<iframe title='x' src='{running.sister}/forger'></iframe></main>"
    running.other_site.pages["/forged"] = (html.replace("</main>", forger), headers)
    outside.goto(address)
    outside.get_by_role("button", name="Ask a question").click()
    expect(outside.locator("dialog")).to_be_visible()
    outside.wait_for_timeout(400)
    assert outside.url == address
    expect(outside.locator("dialog")).to_be_visible()


def test_the_form_about_oneself_works_in_the_frame(
    make_context: MakeContext, running: Running
) -> None:
    outside = make_context(viewport={"width": 1280, "height": 800}).new_page()
    frame = _open(outside, _host(running))
    expect(frame.locator("[data-open-about]")).to_be_hidden()
    _ask(frame, "How?")
    before = len(running.fake.descriptions)
    frame.get_by_role("button", name="Answer optional, anonymous questions about you").click()
    expect(frame.locator("[data-about] h2")).to_be_focused()
    frame.get_by_role("button", name="Send my answers").click()
    expect(frame.locator("[data-about] .govuk-error-summary")).to_be_focused()
    frame.get_by_role("group", name="How old are you?").get_by_label("Under 25").check()
    frame.get_by_role("button", name="Send my answers").click()
    expect(frame.get_by_role("heading", name="Thank you")).to_be_focused()
    (only,) = running.fake.descriptions[before:]
    assert dict(only.groups) == {"age": "under_25"}


def test_a_draft_outlives_a_reload_where_the_frame_has_storage(
    outside: Page, running: Running
) -> None:
    _host(running)
    frame = _open(outside, f"{running.sister}/council")
    frame.get_by_label("Your question").fill("half a ques")
    outside.reload()
    outside.get_by_role("button", name="Ask a question").click()
    expect(frame.get_by_label("Your question")).to_have_value("half a ques")


def test_the_end_is_announced_in_the_frame_and_then_it_ends(
    make_context: MakeContext, running: Running
) -> None:
    page = make_context(viewport={"width": 1280, "height": 800}).new_page()
    page.clock.install()
    frame = _open(page, _host(running))
    _ask(frame, "How?")
    page.clock.fast_forward("23:40:00")
    expect(frame.get_by_text("This conversation ends at")).to_be_visible()
    frame.get_by_role("button", name="Keep it open").click()
    expect(frame.get_by_label("Your question")).to_be_focused()
    expect(frame.get_by_text("This conversation ends at")).to_be_hidden()
    frame.get_by_label("Your question").fill("half a ques")
    page.clock.fast_forward("23:40:00")
    page.clock.fast_forward("30:00")
    expect(frame.locator("[data-status]")).to_contain_text("Your last conversation has ended")
    expect(frame.locator(".app-turn")).to_have_count(0)
    expect(frame.get_by_label("Your question")).to_have_value("half a ques")


def test_the_whole_conversation_is_saved_from_the_frame(outside: Page, running: Running) -> None:
    frame = _open(outside, _host(running))
    _ask(frame, "How?")
    frame.get_by_text("Keep this conversation").click()
    for kind in ("HTML", "JSON"):
        with outside.expect_download() as download:
            frame.get_by_role("link", name=f"({kind})").click()
        assert download.value.suggested_filename == f"conversation-2026-03-02.{kind.lower()}"
        assert "You can renew your passport online." in download.value.path().read_text("utf-8")


@pytest.mark.parametrize(
    ("theme", "colour"),
    [("plum", "rgb(106, 44, 106)"), ("nonsense;}", "rgb(15, 76, 92)"), ("", "rgb(15, 76, 92)")],
)
def test_a_site_chooses_one_of_our_colours(
    outside: Page, running: Running, theme: str, colour: str
) -> None:
    address = _host(running, "/themed")
    html, headers = running.other_site.pages["/themed"]
    html = html.replace("/widget.js'", f"/widget.js' data-theme='{theme}' data-language='cy'")
    running.other_site.pages["/themed"] = (html, headers)
    outside.goto(address)
    launcher = outside.get_by_role("button", name="Gofyn cwestiwn")
    background = "e => getComputedStyle(e).backgroundColor"
    assert launcher.evaluate(background) == colour
    launcher.click()
    frame = outside.frame_locator("iframe")
    expect(frame.locator("html")).to_have_attribute("lang", "cy")
    assert frame.locator(".app-frame__top").evaluate(background) == colour
