"""Limits keep floods out and never keep anybody from a person."""

import threading
import time

from api.parts import Limits
from tests.fake_conversations import FakeConversations
from tests.web_parts import client, started

TIGHT = Limits(
    starts_per_address="2 per hour",
    turns_per_address="3 per hour",
    turns_per_conversation="2 per hour",
    feedback_per_conversation="1 per hour",
)


def test_above_the_rate_it_says_when_to_try_again_and_recovers_nothing_else() -> None:
    with client(limits=TIGHT) as http:
        url, headers = started(http)
        for key in ("a", "b"):
            keyed = headers | {"Idempotency-Key": key}
            assert http.post(f"{url}/turns", json={"question": "Q"}, headers=keyed).is_success
        limited = http.post(
            f"{url}/turns", json={"question": "Q"}, headers=headers | {"Idempotency-Key": "c"}
        )
        assert limited.status_code == 429
        assert int(limited.headers["retry-after"]) >= 1
        assert limited.json()["type"].endswith("#too-many-requests")
        assert http.get(url, headers=headers).is_success


def test_a_person_is_reached_however_many_requests_there_were() -> None:
    with client(limits=TIGHT) as http:
        url, headers = started(http)
        for number in range(20):
            keyed = headers | {"Idempotency-Key": str(number)}
            http.post(f"{url}/turns", json={"question": "Q"}, headers=keyed)
        for _ in range(50):
            assert http.post(f"{url}/person", headers=headers).status_code == 200
        assert http.delete(url, headers=headers).status_code == 204


def test_a_person_is_reached_by_the_page_when_no_conversation_may_be_started_any_more() -> None:
    with client(limits=TIGHT) as http:
        for _ in range(5):
            http.post("/v1/conversations")
        assert http.post("/v1/conversations").status_code == 429
        answer = http.post("/conversation/person", headers={"Sec-Fetch-Site": "same-origin"})
        assert answer.status_code == 303


def test_starting_and_rating_have_rates() -> None:
    with client(limits=TIGHT) as http:
        url, headers = started(http)
        keyed = headers | {"Idempotency-Key": "k"}
        http.post(f"{url}/turns", json={"question": "Q"}, headers=keyed)
        path, rating = f"{url}/turns/t1/feedback", {"useful": True}
        assert http.post(path, json=rating, headers=headers).status_code == 200
        assert http.post(path, json=rating, headers=headers).status_code == 429
        assert http.post("/v1/conversations").status_code == 201
        assert http.post("/v1/conversations").status_code == 429


def test_a_forwarded_address_counts_only_from_a_trusted_proxy() -> None:
    with client(limits=TIGHT) as http:
        answers = [
            http.post("/v1/conversations", headers={"X-Forwarded-For": f"198.51.100.{n}"})
            for n in range(4)
        ]
        # The test client's peer is "testclient", no address at all: never trusted.
        assert [answer.status_code for answer in answers] == [201, 201, 429, 429]


def test_while_all_threads_answer_everything_else_still_works() -> None:
    fake = FakeConversations()
    limits = Limits(answering_threads=1, waiting_turns=0)
    with client(conversations=fake, limits=limits) as http:
        url, headers = started(http)
        keyed = headers | {"Idempotency-Key": "a"}
        slow = threading.Thread(
            target=lambda: http.post(f"{url}/turns", json={"question": "slow"}, headers=keyed)
        )
        slow.start()
        end = time.monotonic() + 5
        while not fake.begun:
            assert time.monotonic() < end, "it never began"
            time.sleep(0.01)
        busy = http.post(
            f"{url}/turns", json={"question": "Q"}, headers=headers | {"Idempotency-Key": "b"}
        )
        assert busy.status_code == 503
        assert busy.json()["type"].endswith("#busy")
        assert int(busy.headers["retry-after"]) >= 1
        assert http.post(f"{url}/person", headers=headers).status_code == 200
        assert http.get("/health").status_code == 200
        assert http.get("/ready").status_code == 200
        fake.release.set()
        slow.join()
        again = http.post(
            f"{url}/turns", json={"question": "Q"}, headers=headers | {"Idempotency-Key": "b"}
        )
        assert again.status_code == 200
