"""The voluntary form by page and by API: optional, once, and not kept with the conversation."""

import re

from fastapi.testclient import TestClient
from httpx2 import Response

from tests.fake_conversations import FakeConversations
from tests.web_parts import client, started

BROWSER = {"Accept": "text/html,*/*;q=0.8", "Sec-Fetch-Site": "same-origin"}
FORM = "/conversation/about-you"


def _hidden(html: str) -> dict[str, str]:
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', html))


def _post(http: TestClient, path: str, **fields: str) -> Response:
    return http.post(path, data=fields, headers=BROWSER)


def _asked(http: TestClient, **fields: str) -> None:
    hidden = _hidden(http.get("/", headers=BROWSER).text)
    _post(http, "/conversation/turns", **{**hidden, "question": "How?", **fields})


def test_the_form_is_offered_after_a_question_and_once() -> None:
    fake = FakeConversations()
    with client(conversations=fake) as http:
        _asked(http)
        assert FORM in http.get("/conversation", headers=BROWSER).text
        html = http.get(FORM, headers=BROWSER).text
        assert "Prefer not to say" in html
        assert "We do not store them with your questions" in html
        sent = _post(http, FORM, **_hidden(html), age="25_to_44", religion="", needed="yes")
        assert sent.status_code == 303
        assert "Thank you" in http.get(sent.headers["location"], headers=BROWSER).text
        assert FORM not in http.get("/conversation", headers=BROWSER).text
        (only,) = fake.descriptions
        assert (dict(only.groups), only.needed) == ({"age": "25_to_44"}, True)
        again = _post(http, FORM, **_hidden(html), age="under_25")
        assert again.status_code == 303
        assert len(fake.descriptions) == 1


def test_an_empty_or_forged_form_counts_nothing_and_keeps_what_was_chosen() -> None:
    fake = FakeConversations()
    with client(conversations=fake) as http:
        _asked(http)
        hidden = _hidden(http.get(FORM, headers=BROWSER).text)
        empty = _post(http, FORM, **hidden, needed="no", age="")
        assert empty.status_code == 422
        assert "There is a problem" in empty.text
        assert re.search(r'value="no" checked', empty.text)
        assert _post(http, FORM, **hidden, age="<script>").status_code == 422
        assert "<script>" not in _post(http, FORM, **hidden, age="<script>").text.split("<main")[1]
        assert _post(http, FORM, form_token="forged", age="under_25").status_code == 403
        assert fake.descriptions == []


def test_another_site_cannot_send_it() -> None:
    fake = FakeConversations()
    with client(conversations=fake) as http:
        _asked(http)
        hidden = _hidden(http.get(FORM, headers=BROWSER).text)
        headers = BROWSER | {"Sec-Fetch-Site": "cross-site"}
        assert (
            http.post(FORM, data={**hidden, "age": "under_25"}, headers=headers).status_code == 403
        )
        assert fake.descriptions == []


def test_without_a_conversation_there_is_no_form() -> None:
    with client() as http:
        assert http.get(FORM, headers=BROWSER).status_code == 404
        http.post("/conversation/person", headers=BROWSER)
        assert http.get(FORM, headers=BROWSER).headers["location"] == "/conversation"


def test_the_form_is_in_welsh_too() -> None:
    with client() as http:
        _asked(http, language="cy")
        html = http.get(FORM, headers=BROWSER).text
        assert "Gwell gennyf beidio â dweud" in html
        assert "Nid yw siaradwr Cymraeg wedi gwirio" in html


def test_programs_read_the_form_and_send_it_once() -> None:
    fake = FakeConversations()
    with client(conversations=fake) as http:
        url, headers = started(http)
        early = http.post(
            f"{url}/description", json={"groups": {"age": "under_25"}}, headers=headers
        )
        assert early.status_code == 422
        keyed = headers | {"Idempotency-Key": "k"}
        http.post(f"{url}/turns", json={"question": "How?"}, headers=keyed)
        form = http.get(f"{url}/description", headers=headers).json()
        assert form["described"] is False
        assert {each["name"] for each in form["questions"]} >= {"age", "disability", "religion"}
        for wrong in ({}, {"groups": {}}, {"groups": {"age": "old"}}, {"groups": {"age": 3}}):
            sent = http.post(f"{url}/description", json=wrong, headers=headers)
            assert sent.status_code == 422, wrong
            assert "old" not in sent.json()["detail"]
        right = {"groups": {"age": "under_25"}, "needed": False}
        assert http.post(f"{url}/description", json=right, headers=headers).status_code == 204
        assert http.post(f"{url}/description", json=right, headers=headers).status_code == 409
        assert http.get(url, headers=headers).json()["described"] is True
        assert http.post(f"{url}/description", json=right).status_code == 401
        assert len(fake.descriptions) == 1
