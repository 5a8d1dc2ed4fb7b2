"""GOV.UK Notify: e-mail and text messages from its templates, through its own client library.

Notify has no key that makes it drop a repeat, so an attempt whose answer was lost is looked for by
its reference before it is made again.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from hashlib import sha256
from http import HTTPStatus
from typing import Any

from notifications_python_client.errors import APIError
from notifications_python_client.notifications import NotificationsAPIClient
from requests import Response

from assistant.escalations.outbox import Announced
from assistant.hooks.bounded import Bounded, TookTooLong
from assistant.hooks.mail import ReachBy
from assistant.hooks.results import CITIZEN, Delivered, Failed, Rejected, Result, Skipped
from assistant.hooks.texts import blanks

NOTIFY_URL = "https://api.notifications.service.gov.uk"
DAY = 24 * 60 * 60.0
DAY_IS_FULL = "TooManyRequestsError"
"""The error of 429 when a day's messages are used up, not those of a minute (RateLimitError)."""


class Channel(StrEnum):
    """How Notify reaches somebody."""

    EMAIL = "email"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class NotifyAccount:
    """A service's account. `key` is its whole API key, `seconds` the limit for each answer."""

    key: str = field(repr=False)
    url: str = NOTIFY_URL
    seconds: float = 15.0

    def client(self) -> NotificationsAPIClient:
        """Return a client; each is for one thread."""
        made = NotificationsAPIClient(  # type: ignore[no-untyped-call]
            self.key, self.url, self.seconds
        )
        # Otherwise a proxy or a .netrc of the environment would see the key or replace it.
        made.request_session.trust_env = False
        return made

    def send(
        self,
        channel: Channel,
        to: str,
        template: str,
        personalisation: dict[str, str],
        reference: str,
    ) -> str:
        """Send it now and return Notify's id of it. Raises the library's APIError."""
        client = self.client()
        match channel:
            case Channel.EMAIL:
                send: Callable[..., Any] = client.send_email_notification
            case Channel.TEXT:
                send = client.send_sms_notification
        return str(send(to, template, personalisation, reference)["id"])

    def has(self, reference: str) -> bool:
        """Say whether Notify took something under the reference. Raises the library's APIError."""
        client: Any = self.client()
        found = client.get_all_notifications(reference=reference)
        return bool(found["notifications"])


@dataclass(frozen=True, slots=True)
class NotifySender:
    """Sends a template for each event; its personalisation may use what `Text` may."""

    account: NotifyAccount
    channel: Channel
    template: str
    source: str
    bounded: Bounded
    citizen: ReachBy

    @property
    def longest(self) -> float:
        """Seconds for one message."""
        return self.bounded.seconds

    def send(self, event: Announced, recipient: str, attempt: int) -> Result:
        """Send it. A wrong request (400) is final, anything else is tried again."""
        to = self.citizen(event) if recipient == CITIZEN else recipient
        if not to:
            return Skipped(f"no address for {self.channel.value} to be used")
        try:
            self.bounded.call(lambda: self._once(event, to, attempt))
        except TookTooLong as late:
            return Failed(f"Notify {late}")
        except APIError as error:
            return _judged(error)
        except (OSError, ValueError, KeyError, TypeError) as error:
            return Failed(f"Notify's answer makes no sense ({type(error).__name__})")
        return Delivered()

    def reference(self, event: Announced, to: str) -> str:
        """Return the same reference for the same event and recipient, always."""
        told = sha256(f"{self.source}\n{event.id}\n{to}".encode()).hexdigest()[:24]
        return f"{self.source}-{event.id}-{told}"

    def _once(self, event: Announced, to: str, attempt: int) -> None:
        reference = self.reference(event, to)
        if attempt > 1 and self.account.has(reference):
            return
        self.account.send(self.channel, to, self.template, blanks(event), reference)


def _judged(error: APIError) -> Result:
    if error.response is None:
        return Failed("no answer of Notify")
    status = error.response.status_code
    kinds = _kinds(error.response)
    # Its message may quote the address it was given: only the kinds of errors are kept.
    why = f"Notify answered {status}" + (f" ({', '.join(kinds)})" if kinds else "")
    if status == HTTPStatus.BAD_REQUEST:
        return Rejected(why)
    return Failed(why, DAY / 4 if DAY_IS_FULL in kinds else None)


def _kinds(response: Response) -> tuple[str, ...]:
    try:
        names = {str(each["error"]) for each in response.json()["errors"]}
    except (ValueError, KeyError, TypeError):
        return ()
    return tuple(sorted(name[:40] for name in names if name.isidentifier()))
