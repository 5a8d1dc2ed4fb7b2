"""Talking to a person by API v1: real conversations, cases, hours, calls, codes and streams."""

import json
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from api.parts import Limits
from assistant.escalations.case import Case
from assistant.escalations.needs import Need, SupportNeeds
from tests.browser.serving import free_socket, serve
from tests.casework import ANN, ANSWERED, BOB
from tests.meeting import SUNDAY, Meeting, a_meeting
from tests.web_parts import client, started

HOSTILE = "<script>alert(1)</script>\n\nevent: person\ndata: {}\n\n"


@pytest.fixture
def met(tmp_path: Path) -> Iterator[Meeting]:
    with a_meeting(tmp_path, on_duty=1) as meeting:
        yield meeting


@pytest.fixture
def http(met: Meeting) -> Iterator[TestClient]:
    with TestClient(create_app(met.parts()), raise_server_exceptions=False) as running:
        yield running


def newest(met: Meeting) -> Case:
    return met.centre.everything()[-1]


def asked(http: TestClient, language: str = "en") -> tuple[str, dict[str, str]]:
    url, headers = started(http, language)
    assert http.post(f"{url}/person", headers=headers).status_code == 200
    return url, headers


def test_it_says_where_it_stands_at_each_moment(met: Meeting, http: TestClient) -> None:
    url, headers = started(http)
    before = http.get(f"{url}/person", headers=headers).json()
    assert before["state"] == "nobody"
    assert before["availability"]["kind"] == "staffed"
    http.post(f"{url}/person", headers=headers)
    waiting = http.get(f"{url}/person", headers=headers).json()
    assert waiting["state"] == "waiting"
    assert waiting["availability"] == {
        "kind": "staffed",
        "place": 1,
        "wait": None,
        "opens": None,
        "closes": None,
        "options": ["wait", "leave_message", "call_back", "come_back"],
    }
    assert waiting["title"] == "You can talk to a person here"
    case = met.centre.cases.claim(newest(met).id, newest(met).version, ANN)
    talking = http.get(f"{url}/person", headers=headers).json()
    assert (talking["state"], talking["adviser"]) == ("with_person", "Ann")
    assert talking["availability"] is None
    sent = http.post(
        f"{url}/turns",
        headers=headers | {"Idempotency-Key": "w"},
        json={"question": "Are you there?"},
    ).json()
    assert sent["status"] == "silent"
    assert sent["answer"] == ""
    met.clock.pass_(minutes=1)
    case = newest(met)
    met.centre.cases.reply(case.id, case.version, ANN, HOSTILE, "k", draft="Hi")
    read = http.get(url, headers=headers).json()
    assert read["person"] == "with_person"
    assert read["case_number"] == case.number
    (message,) = read["messages"]
    assert message["first_name"] == "Ann"
    assert message["text"] == HOSTILE.strip()
    assert message["from_draft"] is True
    assert set(message) == {"id", "first_name", "text", "at", "from_draft"}
    assert "staff-ann" not in json.dumps(read)
    case = newest(met)
    met.centre.cases.resolve(case.id, case.version, ANN, ANSWERED)
    ended = http.get(f"{url}/person", headers=headers).json()
    assert ended["state"] == "ended"
    assert ended["reopen_until"].startswith("2026-12-15")


def test_nobody_is_there_out_of_hours_or_in_a_trial(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    with (
        a_meeting(tmp_path / "a", now=SUNDAY, on_duty=9) as met,
        TestClient(create_app(met.parts())) as http,
    ):
        url, headers = asked(http, "cy")
        found = http.get(f"{url}/person", headers=headers).json()
        assert found["availability"]["kind"] == "out_of_hours"
        assert found["availability"]["opens"] == "2026-11-30T09:00:00Z"
        assert "wait" not in found["availability"]["options"]
        assert found["title"] == "Rydym ar gau nawr"
    with (
        a_meeting(tmp_path / "b", in_use=False, on_duty=9) as met,
        TestClient(create_app(met.parts())) as http,
    ):
        url, headers = asked(http)
        found = http.get(f"{url}/person", headers=headers).json()
        assert found["state"] == "nobody"
        assert found["availability"] is None
        assert found["title"] == ""
        for method, path, body in (
            ("GET", "call-back", None),
            ("PUT", "call-back", {"starts": "2026-12-01T11:00:00Z", "phone": "07700900982"}),
            ("PUT", "needs", {"bsl": True}),
        ):
            answer = http.request(method, f"{url}/{path}", headers=headers, json=body)
            assert answer.status_code == 409
            assert answer.json()["type"].endswith("#nobody-there")
    with client() as http:  # no contact centre at all
        url, headers = started(http)
        for path in ("person", "needs", "call-back", "events"):
            assert http.get(f"{url}/{path}", headers=headers).status_code == 409


def test_needs_are_stated_read_and_taken_back(met: Meeting, http: TestClient) -> None:
    url, headers = asked(http)
    given = {"interpreter": "Somali", "bsl": True, "representative": ""}
    answer = http.put(f"{url}/needs", headers=headers, json=given)
    assert answer.status_code == 200
    assert answer.json() == http.get(f"{url}/needs", headers=headers).json()
    assert answer.json()["representative"] == ""
    assert answer.json()["safe_times"] is None
    conversation = newest(met).conversation_id
    assert met.reaching.needs(conversation) == SupportNeeds(
        {Need.INTERPRETER: "Somali", Need.BSL: "", Need.REPRESENTATIVE: ""}
    )
    version = newest(met).version
    http.put(f"{url}/needs", headers=headers, json=given)
    assert newest(met).version == version
    assert http.put(f"{url}/needs", headers=headers, json={}).status_code == 200
    assert not met.reaching.needs(conversation)


@pytest.mark.parametrize(
    "body",
    [
        {"interpreter": ""},
        {"interpreter": "  "},
        {"interpreter": 7},
        {"bsl": "yes"},
        {"other": "x" * 301},
        {"other": "a\x00b"},
        {"shoe": "size"},
        [],
        "bsl",
    ],
)
def test_bad_needs_leave_nothing(met: Meeting, http: TestClient, body: object) -> None:
    url, headers = asked(http)
    before = met.centre.kinds()
    answer = http.put(f"{url}/needs", headers=headers, json=body)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert met.centre.kinds() == before


def test_a_call_is_booked_changed_and_cancelled(met: Meeting, http: TestClient) -> None:
    url, headers = asked(http)
    address = f"{url}/call-back"
    slots = http.get(address, headers=headers).json()["slots"]
    assert slots[0]["text"] == "Tuesday 1 December, 11am to 11:30am"
    first, second = slots[0]["starts"], slots[1]["starts"]
    for body, status in (
        ({"starts": first}, 422),
        ({"starts": first, "phone": "999"}, 422),
        ({"starts": first, "phone": "070 1234 5678"}, 422),
        ({"starts": "2026-12-01T03:00:00Z", "phone": "07700900982"}, 409),
        ({"starts": "2026-12-01T11:00:00", "phone": "07700900982"}, 422),
        ({"starts": "soon", "phone": "07700900982"}, 422),
        ({"starts": 1796122800, "phone": 7700900982}, 422),
        ({"phone": "07700900982"}, 422),
    ):
        answer = http.put(address, headers=headers, json=body)
        assert answer.status_code == status, (body, answer.text)
        assert "7700900982" not in answer.text
    booked = http.put(address, headers=headers, json={"starts": first, "phone": "07700 900982"})
    assert booked.json()["call"]["phone_ends_with"] == "982"
    changed = http.put(address, headers=headers, json={"starts": second})
    assert changed.json()["call"]["starts"] == second
    assert http.get(f"{url}/person", headers=headers).json()["call"]["starts"] == second
    assert http.delete(address, headers=headers).status_code == 204
    again = http.delete(address, headers=headers)
    assert again.status_code == 409
    assert again.json()["type"].endswith("#call-back-unknown")


def test_a_code_opens_its_conversation_and_wrong_ones_are_slowed(met: Meeting) -> None:
    limits = Limits(codes_per_address="3 per hour", codes_per_conversation="2 per hour")
    with TestClient(create_app(met.parts(limits=limits))) as http:
        url, headers = started(http)
        old = http.post(f"{url}/private-code", headers=headers).json()["code"]
        made = http.post(f"{url}/private-code", headers=headers)
        assert made.status_code == 201
        assert http.post(f"{url}/private-code", headers=headers).status_code == 429
        opened = http.post("/v1/private-codes", json={"code": made.json()["code"].lower()})
        assert opened.status_code == 200
        token = {"Authorization": f"Bearer {opened.json()['token']}"}
        assert http.get(f"/v1/conversations/{opened.json()['id']}", headers=token).json()["id"]
        for typed in ("nonsense", "'; --", HOSTILE, "7QXK3-HM4TN-RW8P3"):
            answer = http.post("/v1/private-codes", json={"code": typed})
            assert answer.status_code == 422
            assert answer.json()["type"].endswith("#code-refused")
        for _ in range(2):
            assert http.post("/v1/private-codes", json={"code": old}).status_code == 422
        slowed = http.post("/v1/private-codes", json={"code": made.json()["code"]})
        assert slowed.status_code == 429
        assert int(slowed.headers["retry-after"]) > 3_000


def test_each_door_needs_the_conversations_own_token(met: Meeting, http: TestClient) -> None:
    mine, _ = asked(http)
    _, other = asked(http)
    for method, path in (
        ("GET", "person"),
        ("GET", "needs"),
        ("PUT", "needs"),
        ("GET", "call-back"),
        ("PUT", "call-back"),
        ("DELETE", "call-back"),
        ("POST", "private-code"),
        ("GET", "events"),
    ):
        body = {} if method == "PUT" else None
        assert http.request(method, f"{mine}/{path}", json=body).status_code == 401
        assert http.request(method, f"{mine}/{path}", headers=other, json=body).status_code == 404


# ---- The stream, over a real socket ------------------------------------------------------------


class Followed:
    """A stream of events being read."""

    def __init__(self, base: str, url: str, headers: dict[str, str], after: str = "") -> None:
        sent = headers | ({"Last-Event-ID": after} if after else {})
        self._client = httpx2.Client(timeout=15)
        self._context = self._client.stream("GET", f"{base}{url}/events", headers=sent)
        self._response = self._context.__enter__()
        assert self._response.status_code == 200
        self._lines = self._response.iter_lines()

    def next(self) -> dict[str, str]:
        event: dict[str, str] = {}
        for line in self._lines:
            if not line and event:
                return event
            if line and not line.startswith(":"):
                name, _, value = line.partition(": ")
                event[name] = value
        return event

    def close(self) -> None:
        self._context.__exit__(None, None, None)
        self._client.close()


def test_messages_are_followed_and_the_stream_resumes_anywhere(met: Meeting) -> None:
    listening = free_socket()
    base = f"http://127.0.0.1:{listening.getsockname()[1]}"
    with serve(create_app(met.parts()), listening):
        http = httpx2.Client(base_url=base, timeout=15)
        made = http.post("/v1/conversations").json()
        url = f"/v1/conversations/{made['id']}"
        headers = {"Authorization": f"Bearer {made['token']}"}
        http.post(f"{url}/person", headers=headers)
        stream = Followed(base, url, headers)
        first = stream.next()
        assert first["event"] == "person"
        assert json.loads(first["data"])["state"] == "waiting"
        case = met.centre.cases.claim(newest(met).id, newest(met).version, ANN)
        claimed = stream.next()
        assert json.loads(claimed["data"])["adviser"] == "Ann"
        met.centre.cases.note(case.id, BOB, "Private", "n")
        ids = []
        for text in ("One", HOSTILE.strip(), "Three"):
            case = newest(met)
            met.centre.cases.reply(case.id, case.version, ANN, text, text)
            event = stream.next()
            assert event["event"] == "message"
            assert json.loads(event["data"])["text"] == text
            ids.append(event["id"])
        stream.close()
        assert ids == sorted(ids, key=int)

        resumed = Followed(base, url, headers, ids[0])
        events = [resumed.next() for _ in range(3)]
        assert [event["event"] for event in events] == ["message", "message", "person"]
        assert [event["id"] for event in events[:2]] == ids[1:]
        met.world.assistant.erase(made["id"])
        gone = resumed.next()
        assert gone["event"] == "problem"
        assert json.loads(gone["data"])["status"] == 404
        assert resumed.next() == {}
        resumed.close()

        for after in ("x", "-7", "9" * 40):
            answer = http.get(f"{url}/events", headers=headers | {"Last-Event-ID": after})
            assert answer.status_code in {404, 422}
        http.close()
