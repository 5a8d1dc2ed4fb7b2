"""Health, readiness and metrics: true, and nothing about a person."""

from api.parts import PartHealth
from evaluation.monitoring import Finding, Rate, Seen
from tests.web_parts import client, started


def test_alive_does_not_depend_on_ready() -> None:
    broken = (PartHealth("database", True), PartHealth("snapshot", False, "none is active"))
    with client(readiness=lambda: broken) as http:
        assert http.get("/health").json() == {"status": "alive"}
        answer = http.get("/ready")
        assert answer.status_code == 503
        assert answer.json() == {
            "ready": False,
            "parts": [
                {"name": "database", "ready": True, "detail": ""},
                {"name": "snapshot", "ready": False, "detail": "none is active"},
            ],
        }


def test_ready_when_every_part_is() -> None:
    with client() as http:
        assert http.get("/ready").status_code == 200
        assert http.get("/ready").json()["ready"] is True


def test_metrics_count_outcomes_and_name_nobody() -> None:
    with client() as http:
        url, headers = started(http)
        for number, question in enumerate(("How?", "How?", "xyzzy", "hurt myself")):
            keyed = headers | {"Idempotency-Key": f"secret-key-{number}"}
            http.post(f"{url}/turns", json={"question": question}, headers=keyed)
        http.post(f"{url}/turns/t1/feedback", json={"useful": True}, headers=headers)
        http.post(f"{url}/person", headers=headers)
        http.get("/v1/conversations/c1")
        http.delete(url, headers=headers)
        answer = http.get("/metrics")
        assert answer.headers["content-type"].startswith("text/plain")
        lines = answer.text.splitlines()
        for line in (
            'signpost_turns_total{outcome="answered",reason="quoted"} 2.0',
            'signpost_turns_total{outcome="abstained",reason="no_guidance"} 1.0',
            'signpost_turns_total{outcome="signposted",reason="self_harm"} 1.0',
            'signpost_conversations_started_total{way="api"} 1.0',
            'signpost_person_requests_total{way="api"} 1.0',
            'signpost_conversations_deleted_total{way="api"} 1.0',
            'signpost_feedback_total{useful="yes"} 1.0',
            'signpost_refusals_total{code="token-needed",status="401"} 1.0',
            "signpost_turn_seconds_count 4.0",
        ):
            assert line in lines, line
        for private in ("c1", "t1", "secret-key", "xyzzy", "testclient"):
            assert private not in answer.text


def test_two_apps_count_apart() -> None:
    with client() as one, client() as two:
        started(one)
        assert 'started_total{way="api"}' not in two.get("/metrics").text


def test_metrics_say_how_groups_fare_and_no_small_count() -> None:
    seen = (
        Seen("age", "25_to_44", "answered", Finding.ALERT, Rate(40, 100, 10), Rate(70, 100, 10)),
        Seen("age", "under_25", "answered", Finding.TOO_FEW),
    )
    with client(monitored=lambda: seen) as http:
        lines = http.get("/metrics").text.splitlines()
    labels = '{dimension="age",group="25_to_44",outcome="answered"}'
    assert f"signpost_monitor_alert{labels} 1.0" in lines
    assert f"signpost_monitor_rate{labels} 0.43" in lines
    assert f"signpost_monitor_others_rate{labels} 0.71" in lines
    assert not any("under_25" in line for line in lines)
