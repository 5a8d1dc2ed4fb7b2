"""Webhooks against real receivers: signed, pinned, in time, and never led inside."""

import json
import socket
import ssl
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from ipaddress import ip_network
from pathlib import Path

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from assistant.escalations.outbox import Announced
from assistant.hooks.connecting import Times
from assistant.hooks.results import Delivered, Failed, Gone
from assistant.hooks.webhook import WebhookSender, body_of, signed
from tests.certificates import authority
from tests.receivers import Receiver, drip, endless, hang, receiving, status

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
NEW_SECRET = "whsec_plJ3nmyCDGBKInavdOK15jsl"
EVENT = Announced(42, "case.opened", datetime(2026, 3, 2, 12, tzinfo=UTC), "case-1", "talk-1")
LOCAL = (ip_network("127.0.0.0/8"),)
QUICK = Times(connect=1, read=0.3, whole=1)


def sender(url: str, **changes: object) -> WebhookSender:
    usual = WebhookSender(
        url, (SECRET,), "signpost-test", "Signpost/1", lambda: datetime.now(UTC), LOCAL, QUICK
    )
    return replace(usual, **changes)  # type: ignore[arg-type]


def test_the_published_vector_of_standard_webhooks() -> None:
    at = datetime.fromtimestamp(1614265330, UTC)
    made = signed([SECRET], "msg_p5jXN8AQM9LWM0D4loKWxJek", at, b'{"test": 2432232314}')
    assert made == {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }


def test_a_receiver_verifies_with_the_librarys_own_verify() -> None:
    with receiving() as receiver:
        assert sender(receiver.url()).send(EVENT, "", 1) == Delivered()
        (posted,) = receiver.posted
    assert Webhook(SECRET).verify(posted.body, posted.headers) == {
        "id": 42,
        "kind": "case.opened",
        "at": "2026-03-02T12:00:00.000Z",
        "case_id": "case-1",
        "conversation_id": "talk-1",
    }
    assert posted.headers["webhook-id"] == "signpost-test-42"
    assert posted.headers["host"] == f"127.0.0.1:{receiver.port}"
    for changed in (
        posted.body.replace(b"case-1", b"case-2"),
        posted.body + b" ",
    ):
        with pytest.raises(WebhookVerificationError):
            Webhook(SECRET).verify(changed, posted.headers)
    for name, value in (("webhook-id", "signpost-test-43"), ("webhook-timestamp", "1614265330")):
        with pytest.raises(WebhookVerificationError):
            Webhook(SECRET).verify(posted.body, {**posted.headers, name: value})


def test_both_secrets_verify_while_one_replaces_the_other() -> None:
    body, at = body_of(EVENT), datetime.now(UTC)
    headers = dict(signed([NEW_SECRET, SECRET], "m-1", at, body))
    for secret in (SECRET, NEW_SECRET):
        assert Webhook(secret).verify(body, headers)["id"] == 42
    with pytest.raises(WebhookVerificationError):
        Webhook("whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD").verify(body, headers)


def test_a_repeat_has_the_same_id_and_body_and_a_timestamp_of_its_own() -> None:
    moments = iter([datetime.now(UTC), datetime.now(UTC) + timedelta(seconds=90)])
    with receiving() as receiver:
        sending = sender(receiver.url(), clock=lambda: next(moments))
        sending.send(EVENT, "", 1)
        sending.send(EVENT, "", 2)
    first, second = receiver.posted
    assert first.body == second.body
    assert first.headers["webhook-id"] == second.headers["webhook-id"]
    assert first.headers["webhook-timestamp"] != second.headers["webhook-timestamp"]
    for each in receiver.posted:
        Webhook(SECRET).verify(each.body, each.headers)


@pytest.mark.parametrize("code", [400, 401, 404, 409, 500, 502, 503])
def test_anything_but_success_is_tried_again(code: int) -> None:
    with receiving(status(code)) as receiver:
        assert sender(receiver.url()).send(EVENT, "", 1) == Failed(f"answered {code}")


@pytest.mark.parametrize("code", [200, 201, 202, 204])
def test_every_success_counts(code: int) -> None:
    with receiving(status(code)) as receiver:
        assert sender(receiver.url()).send(EVENT, "", 1) == Delivered()


def test_gone_disables() -> None:
    with receiving(status(410)) as receiver:
        assert isinstance(sender(receiver.url()).send(EVENT, "", 1), Gone)


@pytest.mark.parametrize(
    ("said", "wait"), [("120", 120.0), ("", None), ("soon", None), ("-5", None)]
)
def test_retry_after_in_seconds(said: str, wait: float | None) -> None:
    with receiving(status(429, retry_after=said)) as receiver:
        assert sender(receiver.url()).send(EVENT, "", 1) == Failed("answered 429", wait)


def test_retry_after_as_a_date() -> None:
    now = datetime(2026, 3, 2, 12, tzinfo=UTC)
    with receiving(status(503, retry_after="Mon, 02 Mar 2026 12:10:00 GMT")) as receiver:
        result = sender(receiver.url(), clock=lambda: now).send(EVENT, "", 1)
    assert result == Failed("answered 503", 600.0)


@pytest.mark.parametrize("code", [301, 302, 307, 308])
def test_redirects_are_not_followed(code: int) -> None:
    with receiving() as inside, receiving(status(code, location=inside.url())) as receiver:
        result = sender(receiver.url()).send(EVENT, "", 1)
        assert isinstance(result, Failed)
        assert str(code) in result.why
        assert inside.posted == []


@pytest.mark.parametrize("behave", [hang(5), drip], ids=["hangs", "slow loris"])
def test_a_receiver_cannot_hold_it_longer_than_the_whole_time(behave: object) -> None:
    with receiving(behave) as receiver:  # type: ignore[arg-type]
        begun = time.monotonic()
        result = sender(receiver.url()).send(EVENT, "", 1)
        assert time.monotonic() - begun < 2
    assert isinstance(result, Failed)
    assert "Timeout" in result.why


def test_an_endless_answer_is_not_read() -> None:
    with receiving(endless) as receiver:
        begun = time.monotonic()
        assert sender(receiver.url()).send(EVENT, "", 1) == Delivered()
        assert time.monotonic() - begun < 1


def test_nobody_there_and_nonsense_are_failures() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    assert isinstance(sender(f"http://127.0.0.1:{port}/").send(EVENT, "", 1), Failed)
    with receiving(lambda handler, _: handler.wfile.write(b"\xff no\r\n\r\n")) as receiver:
        assert isinstance(sender(receiver.url()).send(EVENT, "", 1), Failed)
    with receiving(lambda handler, _: handler.connection.shutdown(2)) as receiver:
        assert isinstance(sender(receiver.url()).send(EVENT, "", 1), Failed)


# -- where it connects to --------------------------------------------------------------------------


@pytest.mark.parametrize(
    "url", ["http://localhost", "http://127.0.0.1", "http://127.1", "http://2130706433", "http://0"]
)
def test_names_of_this_machine_are_refused_unless_allowed(url: str) -> None:
    with receiving() as receiver:
        address = f"{url}:{receiver.port}/hook"
        result = sender(address, allowed=()).send(EVENT, "", 1)
        assert isinstance(result, Failed)
        assert "no public address" in result.why or "no answer" in result.why
        assert receiver.posted == []


def test_it_connects_to_the_address_it_checked_and_asks_only_once() -> None:
    """A name that changes between check and connection (rebinding) has no second question."""
    asked: list[str] = []

    def rebinding(host: str, port: int) -> Sequence[str]:
        asked.append(host)
        return ["127.0.0.1"] if len(asked) == 1 else ["169.254.169.254"]

    with receiving() as receiver:
        url = receiver.url("hooks.example.gov.test")
        assert sender(url, resolver=rebinding).send(EVENT, "", 1) == Delivered()
    assert asked == ["hooks.example.gov.test"]
    assert receiver.posted[0].headers["host"] == f"hooks.example.gov.test:{receiver.port}"


def test_a_name_that_leads_inside_too_is_refused_before_anything_is_sent() -> None:
    with receiving() as receiver:
        result = sender(
            receiver.url("hooks.example.gov.test"),
            allowed=(),
            resolver=lambda *_: ["93.184.215.14", "127.0.0.1"],
        ).send(EVENT, "", 1)
        assert isinstance(result, Failed)
        assert "allow_networks" in result.why
        assert receiver.posted == []


def test_an_address_that_does_not_answer_is_followed_by_the_next() -> None:
    with receiving() as receiver:
        result = sender(
            receiver.url("hooks.example.gov.test"), resolver=lambda *_: ["127.0.0.9", "127.0.0.1"]
        ).send(EVENT, "", 1)
        assert result == Delivered()


def test_a_proxy_of_the_environment_is_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    with receiving() as proxy, receiving() as receiver:
        for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.url())
        assert sender(receiver.url()).send(EVENT, "", 1) == Delivered()
        assert proxy.posted == []
        assert len(receiver.posted) == 1


# -- TLS -------------------------------------------------------------------------------------------


def test_the_certificate_must_be_of_the_name_though_it_connects_to_an_address(
    tmp_path: Path,
) -> None:
    """The connection goes to 127.0.0.1; what is verified is hooks.example.gov.test."""
    made = authority(tmp_path, "hooks.example.gov.test")
    trusting = ssl.create_default_context(cafile=made.authority)

    def send(receiver: Receiver, name: str, context: ssl.SSLContext) -> object:
        url = receiver.url(name, "https")
        sending = sender(url, resolver=lambda *_: ["127.0.0.1"], context=context)
        return sending.send(EVENT, "", 1)

    with receiving(tls=made.server()) as receiver:
        assert send(receiver, "hooks.example.gov.test", trusting) == Delivered()
        assert isinstance(send(receiver, "other.example.gov.test", trusting), Failed)
        usual = ssl.create_default_context()
        assert isinstance(send(receiver, "hooks.example.gov.test", usual), Failed)
        assert len(receiver.posted) == 1


def test_the_body_holds_ids_alone() -> None:
    assert set(json.loads(body_of(EVENT))) == {"id", "kind", "at", "case_id", "conversation_id"}
