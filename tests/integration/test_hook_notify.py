"""GOV.UK Notify through its own library, against a real server that speaks its protocol."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

import pytest
from notifications_python_client.authentication import decode_jwt_token, get_token_issuer

from assistant.escalations.outbox import Announced
from assistant.hooks.bounded import Bounded
from assistant.hooks.notify import Channel, NotifyAccount, NotifySender
from assistant.hooks.results import CITIZEN, Delivered, Failed, Rejected, Result, Skipped
from tests.receivers import Handler, Posted, Receiver, receiving

SERVICE, KEY = "26785a09-ab16-4eb0-8407-a37497a57506", "3d844edf-8d35-48ac-975b-e847b4f122b0"
TEMPLATE = "f33517ff-2a88-4f6e-b855-c550268ce08a"
EVENT = Announced(42, "case.opened", datetime(2026, 3, 2, 12, tzinfo=UTC), "case-1", "talk-1")
PHONE = "07700 900123"
ERRORS = {
    400: "BadRequestError",
    403: "AuthError",
    429: "RateLimitError",
    500: "Exception",
}


@dataclass
class Notify:
    """A server that checks the token and keeps what it accepted, by reference."""

    status: int = 201
    error: str = ""
    lose_answer: bool = False
    accepted: list[dict[str, object]] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    def __call__(self, handler: Handler, posted: Posted) -> None:
        token = posted.headers["authorization"].removeprefix("Bearer ")
        assert get_token_issuer(token) == SERVICE
        assert decode_jwt_token(token, KEY)
        where = urlsplit(posted.path)
        if where.path == "/v2/notifications":
            reference = parse_qs(where.query)["reference"][0]
            self.asked.append(reference)
            found = [each for each in self.accepted if each["reference"] == reference]
            return handler.answer(200, json.dumps({"notifications": found, "links": {}}).encode())
        if self.status != 201:
            kind = self.error or ERRORS[self.status]
            told = [{"error": kind, "message": f"{PHONE} is not a number"}]
            body = json.dumps({"status_code": self.status, "errors": told}).encode()
            return handler.answer(self.status, body)
        self.accepted.append({**json.loads(posted.body), "path": where.path})
        if self.lose_answer:
            return handler.connection.close()
        return handler.answer(201, json.dumps({"id": "740e5834", "template": {}}).encode())


@contextmanager
def notifying(server: Notify) -> Iterator[tuple[Receiver, NotifySender]]:
    with receiving(server) as receiver:
        account = NotifyAccount(f"key-{SERVICE}-{KEY}", f"http://127.0.0.1:{receiver.port}", 1)
        yield (
            receiver,
            NotifySender(
                account, Channel.TEXT, TEMPLATE, "signpost-test", Bounded(3), lambda _: ""
            ),
        )


def test_a_text_message_is_sent_from_the_template_with_a_token_that_verifies() -> None:
    server = Notify()
    with notifying(server) as (_, sender):
        assert sender.send(EVENT, PHONE, 1) == Delivered()
    (sent,) = server.accepted
    assert sent["path"] == "/v2/notifications/sms"
    assert (sent["phone_number"], sent["template_id"]) == (PHONE, TEMPLATE)
    assert sent["personalisation"] == {
        "id": "42",
        "kind": "case.opened",
        "at": "2026-03-02T12:00:00.000Z",
        "case": "case-1",
        "conversation": "talk-1",
    }
    assert str(sent["reference"]).startswith("signpost-test-42-")
    assert PHONE not in str(sent["reference"])


def test_an_email_goes_its_own_way() -> None:
    server = Notify()
    with notifying(server) as (_, sender):
        mailing = replace(sender, channel=Channel.EMAIL)
        assert mailing.send(EVENT, "team@council.example", 1) == Delivered()
    assert server.accepted[0]["path"] == "/v2/notifications/email"
    assert server.accepted[0]["email_address"] == "team@council.example"


@pytest.mark.parametrize(
    ("status", "error", "result"),
    [
        (400, "", Rejected("Notify answered 400 (BadRequestError)")),
        (403, "", Failed("Notify answered 403 (AuthError)")),
        (429, "", Failed("Notify answered 429 (RateLimitError)")),
        (429, "TooManyRequestsError", Failed("Notify answered 429 (TooManyRequestsError)", 21600)),
        (500, "", Failed("Notify answered 500 (Exception)")),
        (400, "<b>07700 900123</b>", Rejected("Notify answered 400")),
    ],
)
def test_its_errors_are_final_or_tried_again_and_never_quoted(
    status: int, error: str, result: Result
) -> None:
    with notifying(Notify(status, error)) as (_, sender):
        assert sender.send(EVENT, PHONE, 1) == result


def test_an_attempt_whose_answer_was_lost_is_not_made_twice() -> None:
    server = Notify(lose_answer=True)
    with notifying(server) as (_, sender):
        assert isinstance(sender.send(EVENT, PHONE, 1), Failed)
        assert sender.send(EVENT, PHONE, 2) == Delivered()
        assert len(server.accepted) == 1
        assert server.asked == [server.accepted[0]["reference"]]
        server.lose_answer = False
        other = replace(EVENT, id=43)
        assert sender.send(other, PHONE, 2) == Delivered()
    assert len(server.accepted) == 2


def test_a_server_that_hangs_or_talks_nonsense_is_a_failure() -> None:
    def nonsense(handler: Handler, _: Posted) -> None:
        handler.answer(201, b"<html>hello</html>")

    def empty(handler: Handler, _: Posted) -> None:
        handler.answer(201, b"{}")

    for behave in (nonsense, empty):
        with notifying(behave) as (_, sender):  # type: ignore[arg-type]
            assert isinstance(sender.send(EVENT, PHONE, 1), Failed)
    with notifying(lambda *_: time.sleep(5)) as (_, sender):  # type: ignore[arg-type]
        begun = time.monotonic()
        assert isinstance(sender.send(EVENT, PHONE, 1), Failed)
        assert time.monotonic() - begun < 3


def test_a_citizen_without_a_phone_is_skipped() -> None:
    server = Notify()
    with notifying(server) as (_, sender):
        assert isinstance(sender.send(EVENT, CITIZEN, 1), Skipped)
        reaching = replace(sender, citizen=lambda _: PHONE)
        assert reaching.send(EVENT, CITIZEN, 1) == Delivered()
    assert [each["phone_number"] for each in server.accepted] == [PHONE]


def test_neither_a_proxy_nor_the_key_leaks(monkeypatch: pytest.MonkeyPatch) -> None:
    server = Notify()
    with receiving() as proxy, notifying(server) as (_, sender):
        for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.url())
        assert sender.send(EVENT, PHONE, 1) == Delivered()
        assert proxy.posted == []
        assert KEY not in repr(sender)
