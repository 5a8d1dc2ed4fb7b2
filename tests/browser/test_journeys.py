"""What people do, and what they must be told: by keyboard, without JavaScript, on bad networks."""

import re
from itertools import pairwise

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import MakeContext, Running, ask, first_question


def _focused(page: Page) -> str:
    """Return the accessible text of what has the focus."""
    return str(
        page.evaluate(
            "(document.activeElement.innerText || document.activeElement.id"
            " || document.activeElement.tagName).trim()"
        )
    )


def _tab_to(page: Page, text: str, limit: int = 60) -> None:
    """Press Tab until a control with this text has the focus, not just a place that holds it."""
    control = "document.activeElement.matches('a, button, summary, input, textarea')"
    for _ in range(limit):
        page.keyboard.press("Tab")
        if page.evaluate(control) and text in _focused(page):
            return
    raise AssertionError(f"Tab never reached {text!r}")


def test_the_whole_journey_by_keyboard_alone(page: Page) -> None:
    page.goto("/")
    page.keyboard.press("Tab")
    assert _focused(page) == "Skip to main content"
    page.keyboard.press("Enter")
    _tab_to(page, "question")
    page.keyboard.type("passport?")
    _tab_to(page, "Ask")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="What if my passport is lost?").wait_for()
    page.wait_for_load_state()
    _tab_to(page, "What if my passport is lost?")
    page.keyboard.press("Enter")
    expect(page.locator(".app-turn")).to_have_count(2)
    _tab_to(page, "Words explained: biometric, HMRC")
    page.keyboard.press("Enter")
    expect(page.get_by_text("The part of government that takes tax.")).to_be_visible()
    _tab_to(page, "Hard to read?")
    page.keyboard.press("Enter")
    expect(page.get_by_text("checked by J. Evans, Passport office on 1 Feb")).to_be_visible()
    _tab_to(page, "Renew or replace your adult passport")
    _tab_to(page, "The exact words")
    page.keyboard.press("Enter")
    expect(page.get_by_text("You must have: a digital photo, a payment card.")).to_be_visible()
    _tab_to(page, "Yes, useful")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Thank you. We have kept your rating.").first).to_be_visible()
    assert "Thank you" in _focused(page)
    _tab_to(page, "Delete this conversation")
    page.keyboard.press("Enter")
    _tab_to(page, "Yes, delete it")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Your conversation is deleted")


def test_the_whole_journey_without_javascript(make_context: MakeContext) -> None:
    page = make_context(java_script_enabled=False).new_page()
    first_question(page, "passport?")
    page.get_by_role("button", name="How do I renew a passport?").click()
    expect(page.locator(".app-turn")).to_have_count(2)
    answer = page.locator("#turn-t2")
    answer.get_by_text("Words explained:").click()
    expect(answer.get_by_role("definition").first).to_contain_text("Your face and fingerprints")
    answer.get_by_text("Hard to read?").click()
    expect(answer.get_by_text("Nobody has checked it.")).to_be_visible()
    answer.get_by_role("button", name="No, not useful").click()
    expect(page.get_by_text("Thank you")).to_be_visible()
    page.get_by_role("button", name="Talk to a person").click()
    expect(page.get_by_role("heading", name="You asked to talk to a person")).to_be_visible()
    page.locator("#turn-t2 details.app-keeping summary").click()
    with page.expect_download() as download:
        page.locator("#turn-t2").get_by_role("link", name="Save a receipt").click()
    assert download.value.suggested_filename == "receipt-t2.txt"
    page.get_by_role("button", name="Ask", exact=True).click()
    expect(page.locator(".govuk-error-summary")).to_contain_text("Type your question")
    page.get_by_label("Your question").fill("long " * 500)
    page.get_by_role("button", name="Ask", exact=True).click()
    expect(page.get_by_label("Your question")).to_have_value("long " * 500)
    page.locator("details.app-delete summary").click()
    page.get_by_role("button", name="Yes, delete it").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your conversation is deleted")


def test_live_regions_stand_ready_and_get_whole_answers(page: Page) -> None:
    first_question(page, "One?")
    expect(page.get_by_role("log", name="Messages")).to_have_attribute("aria-live", "polite")
    page.evaluate(
        """() => {
          window.additions = []
          window.said = []
          new MutationObserver((changes) => {
            for (const change of changes)
              for (const node of change.addedNodes)
                if (node.nodeType === 1) window.additions.push(node.innerText)
          }).observe(document.querySelector("[role=log]"), { childList: true, subtree: true })
          const status = document.querySelector("[data-status]")
          new MutationObserver(() => window.said.push(status.textContent))
            .observe(status, { childList: true, characterData: true, subtree: true })
        }"""
    )
    ask(page, "Two?")
    additions = page.evaluate("window.additions")
    assert len(additions) == 1, "an answer is announced once, and whole"
    assert additions[0].index("You") < additions[0].index("Assistant (AI)")
    assert "Two?" in additions[0]
    assert "You can renew your passport online." in additions[0]
    said = page.evaluate("window.said")
    assert said[0] == "Reading your question…"
    assert said[-1] == ""


def test_a_page_has_one_card_with_its_sections_and_the_next_step_links_to_it(page: Page) -> None:
    first_question(page, "One?")
    cards = page.locator(".app-source")
    expect(cards).to_have_count(2)
    sections = cards.first.locator(".app-source__sections > li")
    expect(sections).to_have_count(2)
    links = [a.get_attribute("href") or "" for a in sections.locator("p a").all()]
    assert [link.partition("#")[2] for link in links] == ["online", "how-to-apply"]
    expect(cards.get_by_text("Updated 3 March 2024")).to_have_count(1)
    step = page.locator(".app-next")
    assert step.locator("a").get_attribute("href") == (
        "https://www.example.gov.test/renew-adult-passport"
    )
    expect(step).to_contain_text("Updated 3 March 2024")


def test_a_summary_stands_beside_the_quotation_and_is_no_quotation(page: Page) -> None:
    first_question(page, "One?")
    plain = page.locator(".app-plain")
    expect(plain.locator("blockquote")).to_have_count(0)
    plain.locator("summary").click()
    expect(plain).to_contain_text("The guidance itself is the quotation.")
    expect(page.get_by_text("You can renew your passport online.").first).to_be_visible()
    quoted = page.locator(".app-source blockquote").all_inner_texts()
    assert not any("You can do it on the web." in text for text in quoted)


def test_every_message_says_who_speaks_and_headings_go_down_by_one(page: Page) -> None:
    first_question(page, "One?")
    for message in page.locator(".app-message").all():
        assert message.locator("h2").inner_text() in {"You", "Assistant (AI)"}
    levels = page.evaluate(
        "[...document.querySelectorAll('main h1, main h2, main h3, main h4')]"
        ".map((heading) => +heading.tagName[1])"
    )
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))


def test_an_answer_takes_no_focus_and_no_letter_from_somebody_typing(
    page: Page, running: Running
) -> None:
    first_question(page, "One?")
    running.fake.release.clear()
    box = page.get_by_label("Your question")
    box.fill("A slow one")
    page.get_by_role("button", name="Ask", exact=True).click()
    expect(page.get_by_role("status")).to_have_text("Looking for guidance…")
    expect(box).to_have_value("")
    box.click()
    page.keyboard.type("half a ques")
    running.fake.release.set()
    expect(page.locator(".app-turn")).to_have_count(2)
    page.keyboard.type("tion")
    expect(box).to_have_value("half a question")
    expect(box).to_be_focused()


def test_an_empty_question_is_told_at_the_field_and_in_the_summary(page: Page) -> None:
    first_question(page, "One?")
    page.get_by_role("button", name="Ask", exact=True).click()
    summary = page.locator(".govuk-error-summary")
    expect(summary).to_be_focused()
    box = page.get_by_label("Your question")
    assert "question-error" in (box.get_attribute("aria-describedby") or "")
    summary.get_by_role("link", name="Type your question").click()
    expect(box).to_be_focused()
    ask(page, "Two?")
    expect(summary).to_have_count(0)
    expect(page.locator("#question-error")).to_have_count(0)


def test_when_the_network_is_gone_the_question_stays_and_can_be_sent_again(
    make_context: MakeContext, running: Running
) -> None:
    page = make_context(viewport={"width": 1280, "height": 800}).new_page()
    first_question(page, "One?")
    page.context.set_offline(True)
    page.get_by_label("Your question").fill("My long question")
    page.get_by_role("button", name="Ask", exact=True).click()
    expect(page.locator(".govuk-error-summary")).to_contain_text(
        "We cannot reach the service", timeout=15_000
    )
    expect(page.get_by_label("Your question")).to_have_value("My long question")
    page.context.set_offline(False)
    page.get_by_role("button", name="Ask", exact=True).click()
    expect(page.locator(".app-turn")).to_have_count(2)
    assert running.fake.asked.count("My long question") == 1


def test_an_answer_lost_on_its_way_is_asked_for_again_and_answered_once(
    make_context: MakeContext, running: Running
) -> None:
    page = make_context(viewport={"width": 1280, "height": 800}).new_page()
    first_question(page, "One?")
    lost = []

    def lose_the_first(route: Route) -> None:
        if lost:
            route.continue_()
            return
        lost.append(route.fetch())  # the service answers and records it
        route.abort()

    page.route("**/conversation/turns", lose_the_first)
    ask(page, "Was this lost?")
    expect(page.locator(".app-turn")).to_have_count(2)
    assert running.fake.asked.count("Was this lost?") == 1


def test_a_fault_is_said_kindly_and_a_person_is_offered(make_context: MakeContext) -> None:
    page = make_context(viewport={"width": 1280, "height": 800}).new_page()
    first_question(page, "One?")
    page.get_by_label("Your question").fill("broken")
    page.get_by_role("button", name="Ask", exact=True).click()
    expect(page.locator(".govuk-error-summary")).to_contain_text("It is our fault")
    expect(page.get_by_label("Your question")).to_have_value("broken")


def test_a_person_can_be_asked_for_before_any_question(page: Page) -> None:
    page.goto("/person")
    expect(page.get_by_text("nobody is waiting to reply here")).to_be_visible()
    first_question(page, "One?")
    page.get_by_role("button", name="Talk to a person").click()
    expect(page.get_by_role("heading", name="You asked to talk to a person")).to_be_visible()
    page.get_by_role("button", name="Talk to a person").click()
    expect(page.get_by_role("heading", name="You asked to talk to a person")).to_have_count(1)


def test_help_is_in_the_same_place_on_every_page(make_context: MakeContext) -> None:
    page = make_context(viewport={"width": 1280, "height": 800}).new_page()
    orders = []
    for path in ("/", "/person", "/privacy", "/guidance/passport-photos", "/nothing"):
        page.goto(path)
        orders.append(page.locator("header nav a").all_inner_texts())
    first_question(page, "One?")
    orders.append(page.locator("header nav a").all_inner_texts())
    assert all(order == orders[0] for order in orders)
    assert "Talk to a person" in orders[0]


def test_the_count_of_letters_is_shown_when_it_matters(make_context: MakeContext) -> None:
    page = make_context(viewport={"width": 1280, "height": 800}).new_page()
    first_question(page, "One?")
    box = page.get_by_label("Your question")
    box.fill("x" * 1_990)
    box.press("End")
    expect(page.locator(".govuk-character-count__status")).to_be_visible()
    box.fill("x" * 2_001)
    page.get_by_role("button", name="Ask", exact=True).click()
    expect(page.locator(".govuk-error-summary")).to_contain_text("2000 characters or less")
    expect(box).to_have_value("x" * 2_001)


@pytest.mark.parametrize("path", ["/", "/?lang=cy"])
def test_the_start_page_says_what_it_is_in_its_language(page: Page, path: str) -> None:
    page.goto(path)
    language = page.locator("html").get_attribute("lang")
    text = page.locator("main").inner_text()
    assert re.search(r"\bAI\b", text)
    assert ("Rhaglen gyfrifiadurol" in text) == (language == "cy")


def test_hostile_text_runs_nothing(make_context: MakeContext) -> None:
    page = make_context(viewport={"width": 1280, "height": 800}).new_page()
    dialogs = []
    page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    first_question(page, "One?")
    ask(page, "markup please")
    page.goto("/conversation")
    for summary in page.locator("summary").all():
        summary.click()
    assert dialogs == []
    assert page.locator("main script, main img").count() == 0
    for address in page.eval_on_selector_all("a", "links => links.map(a => a.href)"):
        assert re.match(r"(https?|tel):", address), address


def test_nothing_is_fetched_from_anywhere_else_and_no_policy_is_broken(
    page: Page, running: Running
) -> None:
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    first_question(page, "One?")
    for path in ("/", "/person", "/guidance/passport-photos", "/embed", "/widget"):
        page.goto(path)
    assert asked
    assert all(address.startswith(running.base) for address in asked)


def test_one_cookie_and_scripts_cannot_read_it(page: Page) -> None:
    page.goto("/")
    assert page.context.cookies() == []
    first_question(page, "One?")
    cookies = page.context.cookies()
    assert [(c["name"], c["httpOnly"], c["sameSite"], c["expires"]) for c in cookies] == [
        ("signpost", True, "Lax", -1)
    ]
    assert page.evaluate("document.cookie") == ""
    assert page.evaluate("localStorage.length + sessionStorage.length") == 0
