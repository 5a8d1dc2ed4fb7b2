"""Every refusal and fault is a problem (RFC 9457) that says what to do and quotes nothing."""

import logging
import re

import pytest

from api.problems import known_problems
from tests.web_parts import client, started


def test_a_fault_shows_and_logs_no_text(caplog: pytest.LogCaptureFixture) -> None:
    with client() as http, caplog.at_level(logging.DEBUG):
        url, headers = started(http)
        answer = http.post(
            f"{url}/turns",
            json={"question": "broken heart"},
            headers=headers | {"Idempotency-Key": "k"},
        )
        assert answer.status_code == 500
        problem = answer.json()
        assert problem["instance"] == f"urn:uuid:{answer.headers['x-request-id']}"
        assert "fault" in problem["detail"]
        for text in (answer.text, caplog.text):
            assert "heart" not in text
            assert "Traceback" not in text
        assert "RuntimeError" in caplog.text
        assert answer.headers["x-request-id"] in caplog.text
        assert answer.headers["content-security-policy"]


def test_every_problem_has_the_members_and_is_documented() -> None:
    with client() as http:
        page = http.get("/problems").text
        url, headers = started(http)
        answers = [
            http.get("/v1/nothing"),
            http.get(url),
            http.get(f"{url}/turns/t9", headers=headers),
            http.put(url, headers=headers),
            http.post(f"{url}/turns", json={}, headers=headers),
            http.post(f"{url}/turns", content=b"x", headers=headers),
            http.post(
                f"{url}/turns",
                json={"question": "off"},
                headers=headers | {"Idempotency-Key": "k"},
            ),
            http.post("/v1/conversations", content=b"x" * 70_000),
        ]
        for answer in answers:
            problem = answer.json()
            assert answer.headers["content-type"] == "application/problem+json"
            assert problem["status"] == answer.status_code
            assert len(problem["detail"]) > 15
            assert problem["title"]
            base, _, code = problem["type"].partition("#")
            assert base == "http://testserver/problems"
            assert f'id="{code}"' in page
        assert {answer.status_code for answer in answers} == {401, 404, 405, 413, 415, 422, 503}


def test_known_problems_are_unique_and_say_what_to_do() -> None:
    codes = [code for code, _, _ in known_problems()]
    assert len(set(codes)) == len(codes)
    assert all(re.fullmatch(r"[a-z-]+", code) for code in codes)
    assert all(
        detail.endswith((".", "'.")) or len(detail) > 10 for _, _, detail in known_problems()
    )


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        ("text/html", "text/html; charset=utf-8"),
        ("application/json", "application/problem+json"),
        ("*/*", "application/problem+json"),
    ],
)
def test_browsers_get_a_page_and_programs_a_problem(accept: str, kind: str) -> None:
    with client() as http:
        assert http.get("/nothing", headers={"Accept": accept}).headers["content-type"] == kind
        v1 = http.get("/v1/nothing", headers={"Accept": accept})
        assert v1.headers["content-type"] == "application/problem+json"
