"""The page without JavaScript: forms, one cookie, nothing typed is lost."""

import re
from dataclasses import replace
from urllib.parse import urlsplit

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response

from api.assets import Assets
from api.pages.rendering import Pages
from api.parts import Limits, SiteSettings
from assistant.text import RawText
from tests.assisting import bundled_policy
from tests.fake_conversations import FakeConversations
from tests.web_parts import Clock, client

FULL = SiteSettings(
    base_url="https://enquiries.example",
    organisation="Example Council",
    phone="0300 000 0000",
    hours="Monday to Friday, 9am to 5pm",
    privacy_email="privacy@council.example",
    accessibility_email="access@council.example",
    retention_days=90,
)
BROWSER = {"Accept": "text/html,*/*;q=0.8", "Sec-Fetch-Site": "same-origin"}


def _hidden(html: str) -> dict[str, str]:
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', html))


def _post(http: TestClient, path: str, **fields: str) -> Response:
    return http.post(path, data=fields, headers=BROWSER)


def _ask(http: TestClient, question: str = "How?", **fields: str) -> Response:
    page = http.get("/conversation", headers=BROWSER)
    html = page.text if page.status_code == 200 else http.get("/", headers=BROWSER).text
    return _post(http, "/conversation/turns", **{**_hidden(html), "question": question, **fields})


def test_a_note_to_somebody_in_trouble_stands_before_the_answer_and_hides_nothing() -> None:
    with client() as http:
        plain = http.get(_ask(http).headers["location"], headers=BROWSER).text
        assert "data-help-note" not in plain
        noted = http.get(_ask(http, "I cannot carry this").headers["location"], headers=BROWSER)
        html = noted.text.rpartition('<article class="app-turn"')[2]
        places = [
            html.index(part)
            for part in (
                "data-help-note",
                "You do not have to face &lt;this&gt; alone.",
                'href="tel:116000"',
                "You can renew your passport online.",
                "Updated 3 March 2024",
            )
        ]
        assert places == sorted(places)


@pytest.mark.parametrize("framed", [False, True])
def test_the_note_is_in_the_page_and_in_the_widgets_frame_alike(framed: bool) -> None:
    fake = FakeConversations()
    view = fake.ask(fake.start().id, RawText("I cannot carry this"), "k")
    html = Pages(SiteSettings(), Limits(), Assets(), bundled_policy().describing).turn(
        view, "en", framed=framed, form_token=""
    )
    assert html.index("data-help-note") < html.index("You can renew your passport online.")


def test_a_first_question_starts_a_conversation_and_leads_to_its_answer() -> None:
    with client() as http:
        answer = _ask(http)
        assert answer.status_code == 303
        assert urlsplit(answer.headers["location"]).path == "/conversation"
        page = http.get(answer.headers["location"], headers=BROWSER).text
        assert "You can renew your passport online." in page
        assert 'id="turn-t1"' in page
        assert "Updated 3 March 2024" in page
        assert "Written from text of January 2025" in page
        assert "Our own short summary" in page
        assert "0.87" not in page


def test_everything_is_said_before_the_first_question() -> None:
    with client() as http:
        html = http.get("/", headers=BROWSER).text
        box = html.index("<textarea")
        for said in ("not a person", "What it cannot do", "What we keep", "call 999", "trial"):
            assert 0 < html.index(said) < box, said


@pytest.mark.parametrize(
    "path", ["/", "/conversation", "/person", "/privacy", "/embed", "/nothing"]
)
def test_every_page_says_that_it_is_a_trial_until_an_organisation_runs_it(path: str) -> None:
    unexamined = "Nobody has had to test or approve its answers."
    with client() as http:
        page = http.get(path, headers=BROWSER).text
        assert "This is a trial" in page
        assert unexamined in page
    with client(site=replace(FULL, phone="")) as http:
        page = http.get(path, headers=BROWSER).text
        assert "This is a trial" in page
        assert unexamined not in page
    with client(site=FULL) as http:
        assert "This is a trial" not in http.get(path, headers=BROWSER).text


def test_a_trial_never_implies_that_somebody_waits() -> None:
    with client() as http:
        page = http.get("/person", headers=BROWSER).text
        assert "nobody is waiting" in page
        assert "https://www.gov.uk/contact" in page
    with client(site=FULL) as http:
        page = http.get("/person", headers=BROWSER).text
        assert "Call Example Council on 0300 000 0000." in page


@pytest.mark.parametrize("path", ["/privacy", "/accessibility"])
def test_blanks_are_flagged_until_they_are_filled(path: str) -> None:
    with client() as http:
        assert http.get(path).text.count('class="app-blank"') >= 3
    with client(site=FULL) as http:
        html = http.get(path).text
        assert html.count('class="app-blank"') == 1  # the legal basis; the statement's date
        assert f"{'access' if path == '/accessibility' else 'privacy'}@council.example" in html


def test_the_privacy_notice_names_who_receives_questions() -> None:
    with client() as http:
        assert "No other company receives your question" in http.get("/privacy").text
    with client(site=SiteSettings(base_url="http://testserver", model_provider="Acme AI")) as http:
        assert "Acme AI receives your question" in http.get("/privacy").text
        assert "sent to Acme AI" in http.get("/").text


@pytest.mark.parametrize("question", ["", "   \r\n "])
def test_an_empty_question_is_an_error_at_the_field_and_in_a_summary(question: str) -> None:
    with client() as http:
        _ask(http)
        page = _ask(http, question)
        assert page.status_code == 422
        assert "<title>Error: " in page.text
        assert 'href="#question">Type your question</a>' in page.text
        assert 'id="question-error"' in page.text


def test_a_question_that_is_too_long_is_kept() -> None:
    with client() as http:
        _ask(http)
        page = _ask(http, "long " * 500)
        assert page.status_code == 422
        assert "must be 2000 characters or less. It has 2500." in page.text
        assert "long " * 500 in page.text


def test_line_ends_of_forms_are_counted_once() -> None:
    fake = FakeConversations()
    with client(conversations=fake) as http:
        _ask(http)
        assert _ask(http, "a\r\n" * 900).status_code == 303
        assert fake.asked[-1] == "a\n" * 900


def test_sending_a_form_twice_gives_one_answer() -> None:
    fake = FakeConversations()
    with client(conversations=fake) as http:
        _ask(http)
        fields = _hidden(http.get("/conversation").text) | {"question": "Again?"}
        first, second = (_post(http, "/conversation/turns", **fields) for _ in range(2))
        assert first.headers["location"] == second.headers["location"]
        assert fake.asked == ["How?", "Again?"]


def test_a_form_brought_back_with_another_question_is_answered_anew() -> None:
    fake = FakeConversations()
    with client(conversations=fake) as http:
        _ask(http)
        fields = _hidden(http.get("/conversation").text)
        _post(http, "/conversation/turns", **fields, question="One?")
        again = _post(http, "/conversation/turns", **fields, question="Two?")
        assert again.status_code == 303
        assert fake.asked == ["How?", "One?", "Two?"]


def test_a_person_can_be_asked_for_at_any_time() -> None:
    with client() as http:
        answer = _post(http, "/conversation/person", language="en")
        assert answer.status_code == 303
        page = http.get("/conversation", headers=BROWSER).text
        assert "You asked to talk to a person" in page
        assert "2 March 2026, 12:05" in page


def test_an_answer_can_be_rated_and_says_thank_you() -> None:
    with client() as http:
        _ask(http)
        fields = _hidden(http.get("/conversation").text)
        _post(http, "/conversation/turns/t1/feedback", **fields, useful="no", comment="Too long")
        page = http.get("/conversation").text
        assert "Thank you" in page
        assert "Was this useful?" not in page


def test_a_receipt_can_be_saved() -> None:
    with client() as http:
        _ask(http)
        receipt = http.get("/conversation/turns/t1/receipt")
        assert receipt.headers["content-disposition"].startswith("attachment")


def test_deleting_erases_and_clears_the_cookie() -> None:
    fake = FakeConversations()
    with client(conversations=fake) as http:
        _ask(http)
        fields = _hidden(http.get("/conversation").text)
        answer = _post(http, "/conversation/delete", **fields)
        assert answer.headers["location"] == "/deleted"
        assert not http.cookies
        assert "gone" in http.get("/deleted").text
        assert http.get("/conversation").status_code == 404
        assert fake._conversations == {}


def test_the_cookie_is_strict_and_ends_with_the_browser() -> None:
    with client() as http:
        cookie = _ask(http).headers["set-cookie"]
        assert "HttpOnly" in cookie
        assert "SameSite=lax" in cookie
        assert "Max-Age" not in cookie
        assert "xpires" not in cookie
    with client(site=FULL) as http:
        cookie = _ask(http).headers["set-cookie"]
        assert cookie.startswith("__Host-signpost=")
        assert "Secure" in cookie
        assert "Domain" not in cookie
        assert "Path=/" in cookie


def test_only_a_conversation_sets_a_cookie() -> None:
    with client() as http:
        for path in ("/", "/person", "/privacy", "/cookies", "/embed", "/widget", "/health"):
            assert "set-cookie" not in http.get(path).headers, path
        assert "set-cookie" not in http.post("/v1/conversations").headers


def test_an_ended_conversation_is_explained_kindly() -> None:
    clock = Clock()
    with client(clock=clock) as http:
        _ask(http)
        clock.pass_(hours=25)
        page = http.get("/conversation", headers=BROWSER)
        assert page.status_code == 404
        assert "not used it for a day" in page.text


def test_another_sites_form_is_refused_and_does_nothing() -> None:
    fake = FakeConversations()
    with client(conversations=fake) as http:
        _ask(http)
        fields = _hidden(http.get("/conversation").text)
        for path in ("turns", "person", "delete", "turns/t1/feedback"):
            answer = http.post(
                f"/conversation/{path}",
                data={**fields, "question": "Why?", "useful": "yes"},
                headers=BROWSER | {"Sec-Fetch-Site": "cross-site"},
            )
            assert answer.status_code == 403, path
        assert fake.asked == ["How?"]
        assert fake.read("c1").person_requested_at is None
        assert fake.read("c1").turns[0].feedback == ""


@pytest.mark.parametrize("path", ["turns", "person", "delete", "turns/t1/feedback"])
def test_a_form_without_the_conversations_token_is_refused(path: str) -> None:
    with client() as http:
        _ask(http)
        for form_token in ("", "wrong"):
            answer = _post(
                http,
                f"/conversation/{path}",
                form_token=form_token,
                question="Why?",
                useful="yes",
            )
            assert answer.status_code == 403
            assert "out of date" in answer.text


def test_above_the_rate_the_question_is_kept_and_a_person_still_reached() -> None:
    with client(limits=Limits(turns_per_conversation="1 per minute")) as http:
        _ask(http)
        page = _ask(http, "My second question")
        assert page.status_code == 429
        assert int(page.headers["retry-after"]) >= 1
        assert "My second question" in page.text
        fields = _hidden(http.get("/conversation").text)
        assert _post(http, "/conversation/person", **fields).status_code == 303


def test_a_fault_is_a_kind_page_with_a_reference_and_without_the_question() -> None:
    with client() as http:
        _ask(http)
        page = _ask(http, "broken heart")
        assert page.status_code == 500
        assert "It is our fault" in page.text
        assert page.headers["x-request-id"] in page.text
        assert "heart" not in page.text


def test_when_answering_is_off_the_page_says_so_and_keeps_the_question() -> None:
    with client() as http:
        _ask(http)
        page = _ask(http, "are you off")
        assert page.status_code == 503
        assert "switched off" in page.text
        assert "are you off" in page.text


def test_welsh_is_carried_on_and_marked_unreviewed() -> None:
    with client() as http:
        start = http.get("/?lang=cy", headers=BROWSER)
        assert '<html lang="cy"' in start.text
        assert "Nid yw siaradwr Cymraeg wedi gwirio" in start.text
        _post(http, "/conversation/turns", **_hidden(start.text), question="Sut?")
        page = http.get("/conversation", headers=BROWSER).text
        assert '<html lang="cy"' in page
        assert "Diweddarwyd 3 Mawrth 2024" in page
        assert 'href="/privacy?lang=cy"' in page
    only_english = SiteSettings(base_url="http://testserver", languages=("en",))
    with client(site=only_english) as http:
        assert "Cymraeg" not in http.get("/?lang=cy").text


def test_pages_answer_head_requests() -> None:
    with client() as http:
        for path in ("/", "/person", "/privacy", "/embed", "/widget.js"):
            assert http.head(path).status_code == 200, path


def test_in_the_frame_the_header_is_the_right_and_no_cookie_is_set() -> None:
    with client() as http:
        body = http.post("/v1/conversations").json()
        headers = {"Authorization": f"Bearer {body['token']}", "Accept": "text/event-stream"}
        answer = http.post("/conversation/turns", data={"question": "How?"}, headers=headers)
        assert "event: turn" in answer.text
        assert 'target=\\"_blank\\"' in answer.text
        assert "set-cookie" not in answer.headers
        assert answer.headers["signpost-token"]
        messages = http.get("/conversation/messages", headers=headers)
        assert 'id="turn-t1"' in messages.text
        forged = {"Authorization": "Bearer v1.x.y"}
        assert http.get("/conversation/messages", headers=forged).status_code == 401


def test_the_pages_own_script_gets_the_citizens_words() -> None:
    with client(limits=Limits(turns_per_conversation="1 per minute")) as http:
        _ask(http)
        fields = _hidden(http.get("/conversation").text)
        answer = http.post(
            "/conversation/turns",
            data={**fields, "question": "Again?"},
            headers=BROWSER | {"Accept": "text/event-stream"},
        )
        assert answer.status_code == 429
        assert "You can still talk to a person" in answer.json()["detail"]
