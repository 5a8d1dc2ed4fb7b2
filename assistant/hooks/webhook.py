"""Webhooks, signed as in Standard Webhooks (https://www.standardwebhooks.com, version 1.0.0)."""

import json
import ssl
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus

import httpx
from standardwebhooks import Webhook

from assistant.escalations.outbox import Announced
from assistant.hooks.addresses import AddressRefused, Network, Resolver, resolve
from assistant.hooks.connecting import NO_ANSWER, CheckedTransport, Times
from assistant.hooks.results import Delivered, Failed, Gone, Result
from assistant.storage import as_text

_REDIRECTS = range(300, 400)


def body_of(event: Announced) -> bytes:
    """Return the event as JSON: opaque ids and what happened, nothing personal."""
    said = {
        "id": event.id,
        "kind": event.kind,
        "at": as_text(event.at),
        "case_id": event.case_id,
        "conversation_id": event.conversation_id,
    }
    return json.dumps(said, separators=(",", ":")).encode()


def signed(secrets: Sequence[str], message_id: str, at: datetime, body: bytes) -> Mapping[str, str]:
    """Return the three headers of Standard Webhooks, with one signature for each secret.

    A receiver that knows one of the secrets accepts it, so a secret is replaced by naming both for
    a while. `message_id` has no full stop: what is signed is id.timestamp.body.
    """
    second = at.astimezone(UTC).replace(microsecond=0)
    text = body.decode()
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(int(second.timestamp())),
        "webhook-signature": " ".join(
            Webhook(secret).sign(message_id, second, text) for secret in secrets
        ),
    }


@dataclass(frozen=True, slots=True)
class WebhookSender:
    """Posts events to one address. `source` names this installation in `webhook-id`.

    Nothing of an answer but its status and Retry-After is read, so it may be of any size.
    """

    url: str
    secrets: tuple[str, ...] = field(repr=False)
    source: str
    agent: str
    clock: Callable[[], datetime]
    allowed: tuple[Network, ...] = ()
    times: Times = field(default_factory=Times)
    resolver: Resolver = resolve
    context: ssl.SSLContext = field(default_factory=ssl.create_default_context, repr=False)

    @property
    def longest(self) -> float:
        """Seconds for an attempt; what a resolver may take of its own is on top of the rest."""
        return self.times.whole + 30

    def send(self, event: Announced, recipient: str, attempt: int) -> Result:
        """Post the event; anything but 2xx and 410 is tried again."""
        body = body_of(event)
        headers = {
            "content-type": "application/json",
            "user-agent": self.agent,
            "accept-encoding": "identity",
            **signed(self.secrets, f"{self.source}-{event.id}", self.clock(), body),
        }
        transport = CheckedTransport(self.resolver, self.allowed, self.times, self.context)
        try:
            # Without trust_env a proxy of the environment would resolve the name once more.
            with (
                httpx.Client(
                    transport=transport, trust_env=False, follow_redirects=False
                ) as client,
                client.stream("POST", self.url, content=body, headers=headers) as response,
            ):
                return self._judged(response)
        except AddressRefused as error:
            return Failed(str(error))
        except (*NO_ANSWER, OSError, httpx.HTTPError) as error:
            return Failed(f"no answer ({type(error).__name__}: {error})"[:500])

    def _judged(self, response: httpx.Response) -> Result:
        status = response.status_code
        if response.is_success:
            return Delivered()
        if status == HTTPStatus.GONE:
            return Gone("answered 410: it wants nothing more")
        if status in _REDIRECTS:
            return Failed(f"answered {status}, and redirects are not followed: correct its url")
        return Failed(f"answered {status}", self._asked(response.headers.get("retry-after", "")))

    def _asked(self, value: str) -> float | None:
        """Return Retry-After (RFC 9110 §10.2.3) in seconds from now, None where it says nothing."""
        if value.strip().isdecimal():
            return float(value.strip()[:9])
        try:
            when = parsedate_to_datetime(value)
        except (TypeError, ValueError):
            return None
        when = when if when.tzinfo else when.replace(tzinfo=UTC)
        return max(0.0, (when - self.clock()).total_seconds())
