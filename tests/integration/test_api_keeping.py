"""Keeping a conversation: longer, in another language, as a file; and leaving it at once."""

import re
from html.parser import HTMLParser

import pytest
from fastapi.testclient import TestClient

from api.assets import FOLDER
from api.parts import SiteSettings
from api.widget.routes import THEMES
from tests.fake_conversations import HOSTILE, FakeConversations
from tests.integration.test_api_pages import BROWSER, FULL, _ask, _hidden, _post
from tests.web_parts import BASE, Clock, client


def _frame(http: TestClient) -> dict[str, str]:
    token = http.post("/v1/conversations").json()["token"]
    return {"Authorization": f"Bearer {token}"}


def test_extending_gives_the_whole_time_again() -> None:
    clock = Clock()
    with client(clock=clock) as http:
        _ask(http)
        fields = _hidden(http.get("/conversation").text)
        for _ in range(3):
            clock.pass_(hours=20)
            assert _post(http, "/conversation/extend", **fields).status_code == 303
        assert http.get("/conversation").status_code == 200
        clock.pass_(hours=25)
        assert _post(http, "/conversation/extend", **fields).status_code == 404


def test_the_frame_extends_with_its_header() -> None:
    with client() as http:
        headers = _frame(http) | {"Accept": "application/json"}
        answer = http.post("/conversation/extend", headers=headers)
        assert answer.json() == {"seconds": 24 * 60 * 60}
        assert answer.headers["signpost-token"].startswith("v1.")
        assert "set-cookie" not in answer.headers


@pytest.mark.parametrize("language", ["", "fr", "cy; DROP", "<b>cy</b>", "CY"])
def test_a_language_that_is_not_offered_is_refused_and_changes_nothing(language: str) -> None:
    fake = FakeConversations()
    with client(conversations=fake) as http:
        _ask(http)
        fields = _hidden(http.get("/conversation").text) | {"language": language}
        answer = _post(http, "/conversation/language", **fields)
        assert answer.status_code == 422
        assert "<b>cy" not in answer.text
        assert fake.read("c1").language == "en"


@pytest.mark.parametrize("path", ["/conversation/language", "/conversation/extend"])
@pytest.mark.parametrize("headers", [BROWSER | {"Sec-Fetch-Site": "cross-site"}, BROWSER])
def test_a_forged_form_changes_nothing(path: str, headers: dict[str, str]) -> None:
    fake = FakeConversations()
    with client(conversations=fake) as http:
        _ask(http)
        answer = http.post(path, data={"form_token": "x", "language": "cy"}, headers=headers)
        assert answer.status_code == 403
        assert fake.read("c1").language == "en"


@pytest.mark.parametrize("kind", ["html", "json"])
def test_only_whoever_has_the_conversation_gets_its_file(kind: str) -> None:
    with client() as http:
        assert http.get(f"/conversation/download.{kind}").status_code == 404
        forged = {"Authorization": "Bearer v1.x.y"}
        assert http.get(f"/conversation/download.{kind}", headers=forged).status_code == 401
        answer = http.get(f"/conversation/download.{kind}", headers=_frame(http))
        assert answer.status_code == 200
        assert answer.headers["content-disposition"] == (
            f'attachment; filename="conversation-2026-03-02.{kind}"'
        )
        assert answer.headers["cache-control"] == "no-store"


def test_other_kinds_of_file_are_not_there() -> None:
    with client() as http:
        _ask(http)
        for kind in ("pdf", "", "html.exe", "..%2f..%2fetc"):
            assert http.get(f"/conversation/download.{kind}").status_code == 404


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: set[str] = set()
        self.addresses: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.add(tag)
        self.addresses += [value or "" for name, value in attrs if name in {"href", "src"}]
        assert not any(name.startswith("on") for name, _ in attrs), attrs


def test_hostile_text_in_every_field_is_only_text_in_the_file() -> None:
    with client() as http:
        _ask(http, "markup please")
        html = http.get("/conversation/download.html").text
        tags = _Tags()
        tags.feed(html)
        assert HOSTILE not in html
        assert not tags.found & {"script", "img", "iframe", "form", "link"}
        assert all(address.startswith(("http://", "https://")) for address in tags.addresses)


def test_exit_leads_away_and_forgets() -> None:
    with client() as http:
        _ask(http)
        answer = http.get("/exit", headers=BROWSER)
        assert answer.status_code == 303
        assert answer.headers["location"] == "https://www.bbc.co.uk/weather"
        assert answer.headers["cache-control"] == "no-store"
        assert not http.cookies
        assert http.get("/conversation").status_code == 404
    site = SiteSettings(base_url=BASE, exit_url="https://www.example.org/news")
    with client(site=site) as http:
        assert http.get("/exit").headers["location"] == "https://www.example.org/news"


@pytest.mark.parametrize("site", ["cross-site", "same-site", "none"])
def test_another_site_cannot_end_a_conversation(site: str) -> None:
    with client() as http:
        _ask(http)
        answer = http.get("/exit", headers={"Sec-Fetch-Site": site})
        assert answer.status_code == 303
        assert "set-cookie" not in answer.headers
        assert http.get("/conversation").status_code == 200


@pytest.mark.parametrize("reason", ["", "nonsense", "<script>", "WRONG"])
def test_a_reason_that_is_none_of_ours_is_left_out(reason: str) -> None:
    fake = FakeConversations()
    with client(conversations=fake) as http:
        _ask(http)
        fields = _hidden(http.get("/conversation").text) | {"useful": "no", "reason": reason}
        assert _post(http, "/conversation/turns/t1/feedback", **fields).status_code == 303
        assert fake.ratings == [("t1", False, "", None)]


def test_the_api_takes_a_reason_and_a_language_and_nothing_else() -> None:
    fake = FakeConversations()
    with client(conversations=fake) as http:
        started = http.post("/v1/conversations").json()
        url, headers = f"/v1/conversations/{started['id']}", _bearer(started)
        http.post(
            f"{url}/turns", json={"question": "How?"}, headers=headers | {"Idempotency-Key": "k"}
        )
        rating = {"useful": False, "reason": "unclear"}
        assert http.post(f"{url}/turns/t1/feedback", json=rating, headers=headers).is_success
        assert fake.ratings == [("t1", False, "", "unclear")]
        for reason in ("bored", 1, ["wrong"], {}):
            bad = {"useful": False, "reason": reason}
            answer = http.post(f"{url}/turns/t1/feedback", json=bad, headers=headers)
            assert answer.status_code == 422
        chosen = http.put(f"{url}/language", json={"language": "cy"}, headers=headers)
        assert chosen.json()["language"] == "cy"
        for language in ("fr", "", None, 1):
            answer = http.put(f"{url}/language", json={"language": language}, headers=headers)
            assert answer.status_code == 422


def _bearer(started: dict[str, str]) -> dict[str, str]:
    return {"Authorization": f"Bearer {started['token']}"}


def test_the_frame_has_the_form_about_oneself_and_sends_it_once() -> None:
    fake = FakeConversations()
    with client(conversations=fake) as http:
        headers = _frame(http) | {"Accept": "text/html"}
        http.post(
            "/conversation/turns",
            data={"question": "How?"},
            headers=headers | {"Accept": "text/event-stream"},
        )
        form = http.get("/conversation/about-you", headers=headers)
        assert "<html" not in form.text
        assert "<h2" in form.text
        assert 'name="age"' in form.text
        assert "form_token" not in form.text
        assert "set-cookie" not in form.headers
        nothing = http.post("/conversation/about-you", data={}, headers=headers)
        assert nothing.status_code == 422
        assert "govuk-error-summary" in nothing.text
        for _ in range(2):
            sent = http.post("/conversation/about-you", data={"age": "25_to_44"}, headers=headers)
            assert sent.status_code == 200
            assert "Thank you" in sent.text
        assert len(fake.descriptions) == 1


@pytest.mark.parametrize(
    "theme", ["", "red", "teal blue", '"><script>alert(1)</script>', "x" * 5_000, "TEAL"]
)
def test_a_theme_that_is_not_offered_is_the_usual_one(theme: str) -> None:
    with client(site=FULL) as http:
        html = http.get("/embed", params={"theme": theme}).text
        assert 'class="govuk-template app-frame app-theme-teal"' in html
        assert "alert(1)" not in html


def test_every_theme_of_the_frame_is_one_of_the_launchers() -> None:
    launcher = (FOLDER / "widget.js").read_text("utf-8")
    colours = dict(re.findall(r'(\w+): "(#[0-9a-f]{6})"', launcher))
    assert tuple(colours) == THEMES
    styles = (FOLDER / "signpost.css").read_text("utf-8")
    for colour in colours.values():
        assert colour in styles
