"""Bad input of every kind gets a clear 4xx, and the service goes on."""

import json
from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from tests.web_parts import client, started

DEEP = b'{"question":' + b"[" * 30_000 + b"]" * 30_000 + b"}"


@pytest.fixture(scope="module")
def http() -> Iterator[TestClient]:
    with client() as running:
        yield running


BAD_BODIES: list[tuple[bytes, int]] = [
    (b"", 422),
    (b"{", 422),
    (b"null", 422),
    (b"[]", 422),
    (b'"question"', 422),
    (b"{}", 422),
    (b'{"question": null}', 422),
    (b'{"question": 1}', 422),
    (b'{"question": true}', 422),
    (b'{"question": ["How?"]}', 422),
    (b'{"question": {"a": 1}}', 422),
    (b'{"question": ""}', 422),
    (b'{"question": "   "}', 422),
    (b'{"question": "How?", "extra": 1}', 422),
    (b'{"question": "a\\u0000b"}', 422),
    (b'{"question": "\\ud800"}', 422),
    (b'{"question": "\xff\xfe"}', 400),
    (b"\xff\xfe\x00", 400),
    (b'{"question": 1e999}', 422),
    (b'{"question": ' + b"9" * 5_000 + b"}", 400),
    (b'{"question": NaN}', 422),
    (DEEP, 400),
    (json.dumps({"question": "x" * 20_001}).encode(), 422),
    (json.dumps({"question": "x" * 2_001}).encode(), 422),
    (json.dumps({"question": "x" * 70_000}).encode(), 413),
]


@pytest.mark.parametrize(("body", "status"), BAD_BODIES)
def test_a_bad_body_is_refused_with_a_reason(http: TestClient, body: bytes, status: int) -> None:
    url, headers = started(http)
    answer = http.post(
        f"{url}/turns",
        content=body,
        headers=headers | {"Idempotency-Key": "k", "Content-Type": "application/json"},
    )
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert problem["status"] == status
    assert problem["detail"]
    assert "xxxx" not in answer.text
    assert http.get(url, headers=headers).json()["turns"] == []


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/x-www-form-urlencoded", "application/xml", "", "json"]
)
def test_only_json_is_taken(http: TestClient, kind: str) -> None:
    url, headers = started(http)
    answer = http.post(
        f"{url}/turns",
        content=b'{"question": "How?"}',
        headers=headers | {"Idempotency-Key": "k", "Content-Type": kind},
    )
    assert answer.status_code == 415
    assert "application/json" in answer.json()["detail"]


def test_a_body_that_does_not_say_how_long_it_is_is_counted(http: TestClient) -> None:
    url, headers = started(http)

    def endless() -> Iterator[bytes]:
        yield b'{"question": "'
        for _ in range(100):
            yield b"x" * 1_024
        yield b'"}'

    answer = http.post(
        f"{url}/turns",
        content=endless(),
        headers=headers | {"Idempotency-Key": "k", "Content-Type": "application/json"},
    )
    assert answer.status_code == 413


@pytest.mark.parametrize("length", ["-1", "ten", "1e3", "٣"])
def test_a_nonsense_length_is_refused(http: TestClient, length: str) -> None:
    answer = http.post(
        "/v1/conversations", content=b"", headers={b"Content-Length": length.encode()}
    )
    assert answer.status_code == 400


@pytest.mark.parametrize(
    "authorization",
    ["", "Bearer", "Bearer ", "Basic eDp5", "Bearer a.b.c", "Bearer v1..", "Bearer " + "é" * 9],
)
def test_a_bad_token_is_a_401(http: TestClient, authorization: str) -> None:
    answer = http.get(
        "/v1/conversations/c1", headers={b"Authorization": authorization.encode("utf-8")}
    )
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].startswith("Bearer")


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/v1/nothing", 404),
        ("GET", "/v1/conversations", 405),
        ("PATCH", "/v1/conversations/c1", 405),
        ("GET", "/v1/conversations/c1/", 404),
        ("GET", "/%00", 404),
        ("GET", "/guidance/..%2f..%2fetc%2fpasswd", 404),
        ("GET", "/assets/..%2fwidget.js", 404),
        ("GET", "/assets/signpost.css", 404),
        ("TRACE", "/", 405),
        ("GET", "/conversation/turns", 405),
    ],
)
def test_wrong_addresses_and_methods(http: TestClient, method: str, path: str, status: int) -> None:
    answer = http.request(method, path)
    assert answer.status_code == status
    if method != "HEAD":
        assert answer.headers["content-type"] == "application/problem+json"
    if status == 405:
        assert answer.headers["allow"]


@pytest.mark.parametrize("language", ["fr", "", 1, None, ["en"]])
def test_an_unknown_language_is_refused(http: TestClient, language: object) -> None:
    assert http.post("/v1/conversations", json={"language": language}).status_code == 422


@pytest.mark.parametrize("useful", ["yes", 1, None, "true"])
def test_a_rating_is_a_boolean(http: TestClient, useful: object) -> None:
    url, headers = started(http)
    http.post(f"{url}/turns", json={"question": "How?"}, headers=headers | {"Idempotency-Key": "k"})
    answer = http.post(f"{url}/turns/t1/feedback", json={"useful": useful}, headers=headers)
    assert answer.status_code == 422


FORMS = [
    b"question=%ff%fe",
    b"question=%00",
    b"question=a%00b",
    b"&&&=&question",
    b"question=" + b"x" * 66_000,
    b"a=1&" * 2_000,
]


@pytest.mark.parametrize("body", FORMS)
def test_a_bad_form_is_never_a_fault(http: TestClient, body: bytes) -> None:
    answer = http.post(
        "/conversation/turns",
        content=body,
        headers={"Content-Type": "application/x-www-form-urlencoded", "Accept": "text/html"},
    )
    assert answer.status_code < 500, answer.text


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"--x\r\n",
        b"--x\r\nContent-Disposition: form-data; name=question; filename=a\r\n\r\nhi\r\n--x--\r\n",
        b"--x\r\nContent-Disposition: nonsense\r\n\r\n",
    ],
)
def test_a_broken_or_filled_upload_is_never_a_fault(http: TestClient, body: bytes) -> None:
    answer = http.post(
        "/conversation/turns",
        content=body,
        headers={"Content-Type": "multipart/form-data; boundary=x", "Accept": "text/html"},
    )
    assert answer.status_code < 500, answer.text
