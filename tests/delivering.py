"""Deliveries for tests: endpoints whose sender is told what to answer, and a deliverer to kill.

Run as `python -m tests.delivering URL HOOK_URL` it is a process that delivers every event to a
webhook, with short leases, until it is killed.
"""

import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from ipaddress import ip_network

from assistant.escalations.outbox import Announced
from assistant.hooks.connecting import Times
from assistant.hooks.deliverer import Deliverer
from assistant.hooks.deliveries import Deliveries
from assistant.hooks.feed import Waiting
from assistant.hooks.results import Delivered, Endpoint, Result
from assistant.hooks.retries import Retries
from assistant.hooks.webhook import WebhookSender
from audit.database import Database

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


@dataclass
class Telling:
    """A sender that keeps what it was given, and answers as it is told."""

    answer: Callable[[Announced], Result] = lambda _: Delivered()
    sent: list[tuple[int, str, int]] = field(default_factory=list)
    longest: float = 30.0

    def send(self, event: Announced, recipient: str, attempt: int) -> Result:
        self.sent.append((event.id, recipient, attempt))
        return self.answer(event)


@dataclass(frozen=True)
class ShortLease(WebhookSender):
    """A webhook whose attempt is over at once, so that a killed holder's lease ends soon."""

    @property
    def longest(self) -> float:
        return -29.0


def endpoint(name: str, sender: object, *kinds: str, to: tuple[str, ...] = ("",)) -> Endpoint:
    return Endpoint(name, frozenset(kinds), to, sender)  # type: ignore[arg-type]


def webhook(url: str) -> WebhookSender:
    """Return a sender to a receiver on this machine."""
    return ShortLease(
        url=url,
        secrets=(SECRET,),
        source="signpost-test",
        agent="Signpost/1",
        clock=lambda: datetime.now(UTC),
        allowed=(ip_network("127.0.0.0/8"),),
        times=Times(1, 1, 2),
    )


def main(url: str, hook_url: str) -> None:
    database = Database.open(url)
    retries = replace(Retries(), first=0.05, longest=0.2, tries=100)
    deliveries = Deliveries(database, lambda: datetime.now(UTC), retries)
    with (
        Waiting(database, url) as waiting,
        Deliverer(deliveries, [endpoint("crm", webhook(hook_url))], waiting, idle=0.1),
    ):
        print("delivering", flush=True)
        time.sleep(600)


if __name__ == "__main__":
    main(*sys.argv[1:])
