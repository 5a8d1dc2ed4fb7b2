"""What came of one attempt to send, and who can make one."""

from dataclasses import dataclass
from typing import Protocol

from assistant.escalations.outbox import Announced

CITIZEN = "citizen"
"""The recipient that stands for whoever the case is about; their address is looked up late."""


@dataclass(frozen=True, slots=True)
class Delivered:
    """The receiver has it."""


@dataclass(frozen=True, slots=True)
class Skipped:
    """There is nobody to send it to, and that is no fault."""

    why: str


@dataclass(frozen=True, slots=True)
class Failed:
    """Try again later, at the earliest in `wait` seconds where the receiver said so."""

    why: str
    wait: float | None = None


@dataclass(frozen=True, slots=True)
class Rejected:
    """Trying again cannot help: a person has to look."""

    why: str


@dataclass(frozen=True, slots=True)
class Gone:
    """The receiver wants nothing more (HTTP 410): the endpoint is disabled until enabled again."""

    why: str


Result = Delivered | Skipped | Failed | Rejected | Gone


class Sender(Protocol):
    """A way to tell somebody. May be called from several threads, one call at a time in each."""

    @property
    def longest(self) -> float:
        """Seconds after which `send` has returned, whatever the receiver does."""

    def send(self, event: Announced, recipient: str, attempt: int) -> Result:
        """Make one attempt, the first is 1. Never raises for what a receiver does.

        `why` of what it returns must hold nothing personal.
        """


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Somebody to tell: which kinds of event (empty for all), which recipients, and how."""

    name: str
    kinds: frozenset[str]
    recipients: tuple[str, ...]
    sender: Sender

    def wants(self, kind: str) -> bool:
        """Say whether events of the kind are sent to it."""
        return not self.kinds or kind in self.kinds
