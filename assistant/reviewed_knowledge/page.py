"""Reviewed knowledge as plain values: where it stands, what is proposed, what is approved."""

import hashlib
import re
from dataclasses import dataclass
from datetime import date, datetime
from urllib.parse import urlsplit

from assistant.errors import KnowledgeInvalid
from assistant.reviewed_knowledge.states import KnowledgeStatus
from audit.canonical import canonical_json
from knowledge.loaders.markdown_page import REVIEWED_BASE

LONGEST_QUESTION = 300
LONGEST_ANSWER = 5_000
LONGEST_TITLE = 200
LONGEST_ADDRESS = 500
MOST_DAYS = 731
"""Nothing stays in use unread for longer than two years."""

_HOST = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)+", re.ASCII)
_PRINTABLE = re.compile(r"[!-~]+", re.ASCII)


@dataclass(frozen=True, slots=True)
class Approval:
    """What the second person says: the text as edited, the official source, and until when.

    `official_url` is an https address; `expires_on` the last day on which the page may be used.
    """

    question: str
    answer: str
    official_url: str
    official_title: str
    expires_on: date


@dataclass(frozen=True, slots=True)
class Knowledge:
    """A candidate or a reviewed page. `name` is the last part of its address.

    `message` is the record of the adviser's reply that it came from, `digest` the salted commitment
    of that record. `question`, `answer` and what follows are "" or None until it is approved.
    `ended_at` is when it was refused, withdrawn, expired or erased.
    """

    name: str
    version: int
    status: KnowledgeStatus
    conversation_id: str
    case_id: str
    message: str
    digest: str
    author: str
    language: str
    proposed_by: str
    proposed_name: str
    proposed_at: datetime
    proposed_record: str
    decided_by: str
    decided_name: str
    decided_at: datetime | None
    decided_record: str
    question: str
    answer: str
    official_url: str
    official_title: str
    expires_on: date | None
    ended_at: datetime | None

    @property
    def address(self) -> str:
        """Return the address that answers cite."""
        return REVIEWED_BASE + self.name


@dataclass(frozen=True, slots=True)
class KnowledgeFile:
    """A candidate for who reviews it: masked text as proposed, and why it was refused, or ""."""

    knowledge: Knowledge
    question: str
    answer: str
    refused_because: str = ""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What to start from: the citizen's question and the adviser's reply, masked."""

    question: str
    answer: str
    first_name: str


@dataclass(frozen=True, slots=True)
class QuotedAnswer:
    """An answer that quoted a page. `erased`: its conversation is gone, so nobody can be told."""

    conversation_id: str
    turn: str
    record: str
    at: datetime
    erased: bool


def text_digest(question: str, answer: str) -> str:
    """Return the SHA-256, in hex, by which the log knows an approved text."""
    return hashlib.sha256(canonical_json([question, answer])).hexdigest()


def require_source(approval: Approval, today: date) -> None:
    """Raise KnowledgeInvalid unless the source is an https address and the date is to come."""
    address = approval.official_url
    try:
        parts = urlsplit(address)
        usual = parts.port in {None, 443}
    except ValueError:
        parts, usual = urlsplit(""), False
    named = _HOST.fullmatch(parts.hostname or "") and parts.hostname == parts.netloc.split(":")[0]
    fits = len(address) <= LONGEST_ADDRESS and _PRINTABLE.fullmatch(address)
    if parts.scheme != "https" or not (named and fits and usual):
        raise KnowledgeInvalid(
            "official_url", "Give the official page's whole address: https://www.gov.uk/…"
        )
    if not 0 < (approval.expires_on - today).days <= MOST_DAYS:
        raise KnowledgeInvalid(
            "expires_on", "Give a day after today, and at most two years from now."
        )
