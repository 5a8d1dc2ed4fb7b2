"""Staying, leaving and keeping: drafts, the end of a session, exit, languages, paper, voices."""

import json
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import MakeContext, Running, ask, first_question

STORED = "() => localStorage.length + sessionStorage.length"


# ---- Drafts --------------------------------------------------------------------------------------


@pytest.mark.parametrize("conversing", [False, True])
def test_a_draft_outlives_a_reload_and_goes_once_it_is_sent(page: Page, conversing: bool) -> None:
    page.goto("/")
    if conversing:
        ask(page, "One?")
    box = page.get_by_label("Your question")
    box.fill("half a ques")
    page.reload()
    expect(box).to_have_value("half a ques")
    ask(page, "A whole question?")
    page.reload()
    expect(box).to_have_value("")
    assert page.evaluate(STORED) == 0


def test_a_question_on_its_way_outlives_a_reload_without_a_network(
    make_context: MakeContext,
) -> None:
    page = make_context(viewport={"width": 1280, "height": 800}).new_page()
    first_question(page, "One?")
    page.route("**/conversation/turns", lambda route: route.abort())
    page.get_by_label("Your question").fill("Nearly lost")
    page.get_by_role("button", name="Ask", exact=True).click()
    expect(page.get_by_role("status").last).not_to_have_text("")
    page.reload()
    expect(page.get_by_label("Your question")).to_have_value("Nearly lost")


def test_the_first_question_survives_a_lost_connection(make_context: MakeContext) -> None:
    page = make_context(viewport={"width": 1280, "height": 800}).new_page()
    page.goto("/")
    page.get_by_label("Your question").fill("My first question")
    page.context.set_offline(True)
    expect(page.get_by_text("You are offline.")).to_be_visible()
    page.get_by_role("button", name="Ask", exact=True).click()
    expect(page.get_by_label("Your question")).to_have_value("My first question")
    page.context.set_offline(False)
    expect(page.get_by_text("You are online again.")).to_be_visible()
    page.get_by_role("button", name="Ask", exact=True).click()
    expect(page.locator(".app-turn")).to_have_count(1)


def test_deleting_deletes_the_draft(page: Page) -> None:
    first_question(page, "One?")
    page.get_by_label("Your question").fill("half a ques")
    page.locator("details.app-delete summary").click()
    page.get_by_role("button", name="Yes, delete it").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your conversation is deleted")
    assert page.evaluate(STORED) == 0


# ---- The end of a session ------------------------------------------------------------------------


def test_the_end_is_announced_and_one_button_gives_more_time(page: Page) -> None:
    page.clock.install()
    first_question(page, "One?")
    box = page.get_by_label("Your question")
    box.fill("half a ques")
    page.clock.fast_forward("23:00:00")
    expect(page.locator("[data-end]")).to_be_hidden()
    page.clock.fast_forward("45:00")
    expect(page.get_by_role("alert").get_by_text("This conversation ends at")).to_be_visible()
    expect(box).to_be_focused()
    page.get_by_role("button", name="Keep it open").click()
    expect(page.locator("[data-end]")).to_be_hidden()
    expect(page.locator("[data-status]")).to_contain_text("Your conversation stays open until")
    expect(box).to_be_focused()
    expect(box).to_have_value("half a ques")


def test_after_the_end_the_words_are_still_there_for_a_new_start(
    make_context: MakeContext,
) -> None:
    page = make_context(viewport={"width": 1280, "height": 800}).new_page()
    page.clock.install()
    first_question(page, "One?")
    page.get_by_label("Your question").fill("half a ques")
    page.context.clear_cookies()  # the day is over for the service as well
    page.clock.fast_forward("23:45:00")
    with page.expect_navigation():
        page.clock.fast_forward("20:00")
    expect(page.get_by_role("heading", level=1)).to_have_text("There is no conversation here")
    page.get_by_role("link", name="Ask a question").click()
    expect(page.get_by_label("Your question")).to_have_value("half a ques")


# ---- Leaving at once -----------------------------------------------------------------------------


def test_the_exit_is_there_where_somebody_may_be_in_danger(page: Page) -> None:
    first_question(page, "One?")
    exit_button = page.get_by_role("button", name="Emergency Exit this page")
    expect(exit_button).to_be_hidden()
    ask(page, "I want to hurt myself")
    expect(exit_button).to_be_visible()
    page.reload()
    expect(exit_button).to_be_visible()


@pytest.mark.parametrize("way", ["button", "keys", "link"])
def test_leaving_replaces_the_page_and_keeps_nothing(
    page: Page, running: Running, way: str
) -> None:
    first_question(page, "I cannot carry this")
    page.get_by_label("Your question").fill("half a ques")
    if way == "button":
        page.get_by_role("button", name="Emergency Exit this page").click()
    elif way == "keys":
        for _ in range(3):
            page.keyboard.press("Shift")
    else:
        page.get_by_role("link", name="Exit this page").click()
    page.wait_for_url(f"{running.other}/weather")
    assert page.context.cookies() == []
    page.go_back()
    expect(page.get_by_text("I cannot carry this")).to_have_count(0)
    expect(page.get_by_label("Your question")).to_have_value("")
    assert page.evaluate(STORED) == 0


def test_shift_does_nothing_where_no_exit_is_shown(page: Page) -> None:
    first_question(page, "One?")
    for _ in range(6):
        page.keyboard.press("Shift")
    expect(page.locator(".app-turn")).to_have_count(1)


def test_leaving_works_without_javascript(make_context: MakeContext, running: Running) -> None:
    page = make_context(java_script_enabled=False).new_page()
    first_question(page, "I want to hurt myself")
    page.get_by_role("button", name="Emergency Exit this page").click()
    page.wait_for_url(f"{running.other}/weather")
    assert page.context.cookies() == []


# ---- Ratings with a reason -----------------------------------------------------------------------


@pytest.mark.parametrize("scripts", [True, False])
def test_not_useful_asks_why(make_context: MakeContext, running: Running, scripts: bool) -> None:
    page = make_context(java_script_enabled=scripts).new_page()
    first_question(page, "One?")
    page.get_by_role("button", name="No, not useful").click()
    expect(page.get_by_text("Thank you. We have kept your rating.")).to_be_visible()
    page.get_by_label("It answers another question").check()
    page.get_by_label("Tell us more").fill("<b>I asked</b> about bins")
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.get_by_text("Thank you.")).to_be_visible()
    if scripts:
        expect(page.get_by_text("We have kept what you told us.")).to_be_focused()
    assert running.fake.ratings[-2:] == [
        ("t1", False, "", None),
        ("t1", False, "<b>I asked</b> about bins", "other_question"),
    ]


# ---- Languages -----------------------------------------------------------------------------------


@pytest.mark.parametrize("scripts", [True, False])
def test_the_language_changes_and_the_conversation_goes_on(
    make_context: MakeContext, scripts: bool
) -> None:
    page = make_context(java_script_enabled=scripts).new_page()
    first_question(page, "One?")
    page.get_by_role("button", name="Cymraeg").click()
    expect(page.locator("html")).to_have_attribute("lang", "cy")
    expect(page.locator(".app-turn")).to_have_count(1)
    expect(page.get_by_text("Diweddarwyd 3 Mawrth 2024").first).to_be_visible()
    page.get_by_label("Eich cwestiwn").fill("Dau?")
    page.get_by_role("button", name="Gofyn", exact=True).click()
    expect(page.locator(".app-turn")).to_have_count(2)
    expect(page.locator("html")).to_have_attribute("lang", "cy")
    page.get_by_role("button", name="English").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.locator(".app-turn")).to_have_count(2)


def test_english_in_a_welsh_page_is_marked_as_english(page: Page) -> None:
    page.goto("/?lang=cy")
    page.get_by_label("Eich cwestiwn").fill("Un?")
    page.get_by_role("button", name="Gofyn", exact=True).click()
    page.locator(".app-turn").wait_for()
    language = "e => e.closest('[lang]').lang"
    for english in ("You can renew your passport online.", "Fill in the form."):
        assert page.get_by_text(english).first.evaluate(language) == "en"
    for quoted in page.locator(".app-turn blockquote").all():
        assert quoted.evaluate(language) == "en"
    for welsh in (".app-rating__question", ".app-message__author", "h3:has-text('O ble')"):
        assert page.locator(welsh).first.evaluate(language) == "cy"


# ---- Files, paper, voices ------------------------------------------------------------------------


@pytest.mark.parametrize("scripts", [True, False])
def test_a_conversation_can_be_saved_to_read_and_for_programs(
    make_context: MakeContext, scripts: bool, tmp_path: Path
) -> None:
    page = make_context(java_script_enabled=scripts).new_page()
    first_question(page, "How do I renew my passport?")
    page.get_by_text("Keep this conversation").click()
    saved = {}
    for kind in ("HTML", "JSON"):
        with page.expect_download() as download:
            page.get_by_role("link", name=f"({kind})").click()
        saved[kind] = tmp_path / download.value.suggested_filename
        download.value.save_as(saved[kind])
    turns = json.loads(saved["JSON"].read_text("utf-8"))["turns"]
    assert [turn["question"] for turn in turns] == ["How do I renew my passport?"]
    requested: list[str] = []
    page.on("request", lambda request: requested.append(request.url))
    page.goto(saved["HTML"].as_uri())
    text = page.locator("main").inner_text()
    for said in (
        "You can renew your passport online.",
        "https://www.example.gov.test/renew-adult-passport/renew#online",
        "Updated 3 March 2024",
    ):
        assert said in text
    assert len(requested) == 1, "the file loads nothing"


def test_paper_has_the_words_their_sources_and_written_addresses(page: Page) -> None:
    first_question(page, "How?")
    page.emulate_media(media="print")
    for gone in ("form.app-composer", ".govuk-service-navigation", ".app-rating", ".app-delete"):
        expect(page.locator(gone).first).to_be_hidden()
    expect(page.locator(".app-print")).to_be_visible()
    written = page.locator(".app-source a").evaluate_all(
        "links => links.map((link) => getComputedStyle(link, '::after').content)"
    )
    assert all("http" in address for address in written), written
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    expect(page.locator("blockquote").first).to_be_visible()
    page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    assert page.locator("[data-log] details[open]").count() == 0
    assert len(page.pdf()) > 10_000


# Chromium without a window has no voices. The stand-in below is the browser's, not ours.
VOICES = """(languages) => {
  window.spoken = []
  window.SpeechSynthesisUtterance = function (text) { this.text = text }
  const speech = {
    getVoices: () => languages.map((lang) => ({ lang })),
    speak: (said) => {
      window.spoken.push([said.lang, said.text])
      setTimeout(() => said.onend(), 5)
    },
    cancel: () => {},
    addEventListener: () => {},
  }
  Object.defineProperty(window, "speechSynthesis", { value: speech })
}"""


def test_where_the_browser_has_no_voice_there_is_no_button(page: Page) -> None:
    first_question(page, "How?")
    assert page.evaluate("speechSynthesis.getVoices().length") == 0
    expect(page.get_by_role("button", name="Read aloud")).to_have_count(0)


@pytest.mark.parametrize(("voices", "offered"), [(["en-GB"], True), (["cy-GB", "fr-FR"], False)])
def test_an_answer_is_read_in_the_voice_of_its_language(
    page: Page, voices: list[str], offered: bool
) -> None:
    page.add_init_script(f"({VOICES})({json.dumps(voices)})")
    first_question(page, "How?")
    button = page.get_by_role("button", name="Read aloud")
    expect(button).to_have_count(1 if offered else 0)
    if not offered:
        return
    button.click()
    expect(page.get_by_role("button", name="Stop reading")).to_have_count(0, timeout=10_000)
    spoken = page.evaluate("window.spoken")
    assert len(spoken) >= 8
    assert {language for language, _ in spoken} == {"en"}
    texts = [text for _, text in spoken]
    assert "You can renew your passport online." in texts
    assert not any("useful" in text or "Licence" in text for text in texts)


# ---- What scripts may reach ----------------------------------------------------------------------


def test_a_replayed_or_forged_form_says_what_to_do(make_context: MakeContext) -> None:
    page = make_context(viewport={"width": 1280, "height": 800}).new_page()
    first_question(page, "One?")
    page.evaluate(
        "document.querySelectorAll('[name=form_token]').forEach((e) => (e.value = '<b>x</b>'))"
    )
    page.get_by_role("button", name="Cymraeg").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Sorry, we cannot do that")
    expect(page.get_by_text("This page is out of date.")).to_be_visible()
