"""API v1 over HTTP: a conversation, its turns, and who may touch them."""

import json
import threading
import time

import pytest
from fastapi.testclient import TestClient

from api.parts import Parts
from assistant.conversations import Conversations
from tests.fake_conversations import FakeConversations
from tests.web_parts import Clock, client, started


def _ask(
    http: TestClient, url: str, headers: dict[str, str], question: str, key: str = "k1"
) -> dict[str, object]:
    answer = http.post(
        f"{url}/turns", json={"question": question}, headers=headers | {"Idempotency-Key": key}
    )
    assert answer.status_code == 200, answer.text
    body: dict[str, object] = answer.json()
    return body


def _events(text: str) -> list[tuple[str, str]]:
    found = []
    for block in text.strip().split("\n\n"):
        lines = dict(line.split(": ", 1) for line in block.split("\n"))
        found.append((lines["event"], lines["data"]))
    return found


def test_the_fake_keeps_the_assistants_promise() -> None:
    fake: Conversations = FakeConversations()
    assert fake.read(fake.start().id).turns == ()


def test_starting_gives_a_token_and_says_what_it_is_before_the_first_question() -> None:
    with client() as http:
        body = http.post("/v1/conversations").json()
        assert body["token"].startswith("v1.")
        assert "not a person" in body["notice"]
        assert "trial" in body["notice"]


def test_an_answer_comes_whole_with_its_sources() -> None:
    with client() as http:
        url, headers = started(http)
        turn = _ask(http, url, headers, "How do I renew my passport?")
        assert turn["outcome"] == "answered"
        assert turn["citations"][0]["updated"] == "2024-03-03"  # type: ignore[index]
        assert http.get(f"{url}/turns/{turn['id']}", headers=headers).json() == turn
        assert http.get(url, headers=headers).json()["turns"] == [turn]


def test_a_note_is_one_more_field_and_null_for_most() -> None:
    with client() as http:
        url, headers = started(http)
        plain = _ask(http, url, headers, "How do I renew my passport?")
        noted = _ask(http, url, headers, "I cannot carry this", "k2")
        assert plain["help_note"] is None
        note: dict[str, list[dict[str, str]]] = noted["help_note"]  # type: ignore[assignment]
        assert note["contacts"][0]["phone"] == "116 000"
        for same in ("outcome", "answer", "blocks", "citations", "message", "contacts"):
            assert noted[same] == plain[same]


def test_the_same_key_gives_the_same_turn_and_is_answered_once() -> None:
    fake = FakeConversations()
    with client(conversations=fake) as http:
        url, headers = started(http)
        first = _ask(http, url, headers, "How?")
        assert _ask(http, url, headers, "How?") == first
        assert fake.asked == ["How?"]


def test_a_key_used_for_another_question_is_refused() -> None:
    with client() as http:
        url, headers = started(http)
        _ask(http, url, headers, "How?")
        answer = http.post(
            f"{url}/turns",
            json={"question": "Why?"},
            headers=headers | {"Idempotency-Key": "k1"},
        )
        assert answer.status_code == 409
        assert answer.json()["type"].endswith("#key-reused")


@pytest.mark.parametrize("key", [None, "", "x" * 201, "tab\there", "ü"])
def test_a_key_is_needed_and_is_printable(key: str | None) -> None:
    with client() as http:
        url, headers = started(http)
        sent = {k.encode(): v.encode() for k, v in headers.items()}
        if key is not None:
            sent[b"Idempotency-Key"] = key.encode("latin-1")
        answer = http.post(f"{url}/turns", json={"question": "How?"}, headers=sent)
        assert answer.status_code == 422
        assert answer.json()["errors"][0]["field"] == "header.Idempotency-Key"


def test_progress_is_told_in_plain_words_and_the_answer_comes_in_one_event() -> None:
    with client() as http:
        url, headers = started(http)
        answer = http.post(
            f"{url}/turns",
            json={"question": "How?"},
            headers=headers | {"Idempotency-Key": "k", "Accept": "text/event-stream"},
        )
        assert answer.headers["content-type"].startswith("text/event-stream")
        events = _events(answer.text)
        assert [kind for kind, _ in events] == ["stage"] * 4 + ["turn"]
        assert "Looking for guidance…" in [data for _, data in events]
        assert json.loads(events[-1][1]) == http.get(f"{url}/turns/t1", headers=headers).json()


def test_progress_is_told_in_welsh_where_the_conversation_is() -> None:
    with client() as http:
        url, headers = started(http, "cy")
        answer = http.post(
            f"{url}/turns",
            json={"question": "Sut?"},
            headers=headers | {"Idempotency-Key": "k", "Accept": "text/event-stream"},
        )
        assert "Looking for guidance" not in answer.text
        assert len(_events(answer.text)) == 5


def test_what_stops_a_question_at_once_is_a_status_not_an_event() -> None:
    with client() as http:
        url, headers = started(http)
        answer = http.post(
            f"{url}/turns",
            json={"question": "unreadable"},
            headers=headers | {"Idempotency-Key": "k", "Accept": "text/event-stream"},
        )
        assert answer.status_code == 422
        assert answer.headers["content-type"] == "application/problem+json"


def test_a_fault_in_a_stream_ends_it_with_a_problem_that_quotes_nothing() -> None:
    with client() as http:
        url, headers = started(http)
        answer = http.post(
            f"{url}/turns",
            json={"question": "broken secret"},
            headers=headers | {"Idempotency-Key": "k", "Accept": "text/event-stream"},
        )
        kind, data = _events(answer.text)[-1]
        assert kind == "problem"
        assert json.loads(data)["status"] == 500
        assert "secret" not in answer.text


def test_a_question_being_answered_says_so_and_can_be_read_afterwards() -> None:
    fake = FakeConversations()
    with client(conversations=fake) as http:
        url, headers = started(http)
        keyed = headers | {"Idempotency-Key": "k"}
        slow = threading.Thread(
            target=lambda: http.post(f"{url}/turns", json={"question": "slow"}, headers=keyed)
        )
        slow.start()
        _wait(lambda: bool(fake.begun))
        again = http.post(f"{url}/turns", json={"question": "slow"}, headers=keyed)
        assert again.status_code == 409
        assert again.headers["retry-after"] == "1"
        fake.release.set()
        slow.join()
        assert len(http.get(url, headers=headers).json()["turns"]) == 1


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", ""),
        ("DELETE", ""),
        ("POST", "/person"),
        ("POST", "/turns"),
        ("GET", "/turns/t1"),
        ("GET", "/turns/t1/receipt"),
        ("POST", "/turns/t1/feedback"),
    ],
)
def test_only_its_own_token_opens_a_conversation(method: str, path: str) -> None:
    body = {"question": "How?"} if path == "/turns" else {"useful": True}
    sent = {"json": body} if method == "POST" and path != "/person" else {}
    with client() as http:
        mine, my_headers = started(http)
        _ask(http, mine, my_headers, "How?")
        _, other = started(http)
        key = {"Idempotency-Key": "k2"}
        without = http.request(method, mine + path, headers=key, **sent)  # type: ignore[arg-type]
        assert without.status_code == 401
        assert without.headers["www-authenticate"].startswith("Bearer")
        strange = http.request(method, mine + path, headers=other | key, **sent)  # type: ignore[arg-type]
        assert strange.status_code == 404
        forged = {"Authorization": my_headers["Authorization"][:-4] + "AAAA"}
        assert http.request(method, mine + path, headers=forged | key, **sent).status_code == 401  # type: ignore[arg-type]
        own = http.request(method, mine + path, headers=my_headers | key, **sent)  # type: ignore[arg-type]
        assert own.is_success


def test_a_token_expires_unless_it_is_used() -> None:
    clock = Clock()
    with client(clock=clock) as http:
        url, headers = started(http)
        clock.pass_(hours=23)
        renewed = http.get(url, headers=headers).headers["signpost-token"]
        clock.pass_(hours=2)
        assert http.get(url, headers=headers).status_code == 401
        fresh = {"Authorization": f"Bearer {renewed}"}
        assert http.get(url, headers=fresh).status_code == 200


def test_a_receipt_is_a_file() -> None:
    with client() as http:
        url, headers = started(http)
        _ask(http, url, headers, "How?")
        receipt = http.get(f"{url}/turns/t1/receipt", headers=headers)
        assert receipt.headers["content-type"].startswith("text/plain")
        assert receipt.headers["content-disposition"] == 'attachment; filename="receipt-t1.txt"'
        assert "signpost receipt" in receipt.text
        assert http.get(f"{url}/turns/t9/receipt", headers=headers).status_code == 404


def test_an_answer_can_be_rated() -> None:
    with client() as http:
        url, headers = started(http)
        _ask(http, url, headers, "How?")
        rated = http.post(
            f"{url}/turns/t1/feedback",
            json={"useful": False, "comment": "Too long"},
            headers=headers,
        )
        assert rated.json()["feedback"] == "not_useful"


def test_asking_for_a_person_twice_changes_nothing() -> None:
    with client() as http:
        url, headers = started(http)
        first = http.post(f"{url}/person", headers=headers).json()
        assert first["person_requested_at"] is not None
        assert http.post(f"{url}/person", headers=headers).json() == first


def test_deleting_is_idempotent_and_leaves_nothing_to_read() -> None:
    with client() as http:
        url, headers = started(http)
        _ask(http, url, headers, "How?")
        assert http.delete(url, headers=headers).status_code == 204
        assert http.delete(url, headers=headers).status_code == 204
        assert http.get(url, headers=headers).status_code == 404


def test_secrets_are_not_in_the_parts_description() -> None:
    assert "secret of the tests" not in repr(_parts())


def _parts() -> Parts:
    from tests.web_parts import parts

    return parts()


def _wait(ready: object, seconds: float = 5.0) -> None:
    assert callable(ready)
    end = time.monotonic() + seconds
    while not ready():
        assert time.monotonic() < end, "it never happened"
        time.sleep(0.01)
