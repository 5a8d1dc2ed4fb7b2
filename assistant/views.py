"""What the ways in may show of a conversation: plain frozen values, no ciphertext, no keys."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from assistant.answers import ExplainedWord, Link
from assistant.outcomes import Contact, HelpNote


class TurnStatus(StrEnum):
    """`received`: stored, being answered. `answered`: recorded and shown. `closed`: a fault or
    crash ended it, with a plain message. `silent`: a person has the conversation."""

    RECEIVED = "received"
    ANSWERED = "answered"
    CLOSED = "closed"
    SILENT = "silent"


@dataclass(frozen=True, slots=True)
class Citation:
    """A quoted section, once however much of it is quoted.

    `quote` is verbatim, a sentence, item, step or row a line; `updated` an ISO date, maybe
    "2025-01", or ""; `language` that of the page (ISO 639-1).
    """

    url: str
    title: str
    heading: str
    quote: str
    updated: str = ""
    publisher: str = ""
    licence: str = ""
    nations: tuple[str, ...] = ()
    starter: bool = False
    official_url: str = ""
    official_title: str = ""
    language: str = "en"

    @property
    def reviewed(self) -> bool:
        """Return whether it is an adviser's answer that a second person approved."""
        return bool(self.official_url) and not self.starter


@dataclass(frozen=True, slots=True)
class SourcePage:
    """A page that is quoted: `url` is the page's address, `citations` are places in the turn's."""

    url: str
    title: str
    citations: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class SummaryShown:
    """A section in plainer words, which stands beside its quotation and is none itself.

    `citation` is the place of the section in the turn's citations. `checked_by` and `checked_on`
    (an ISO date) are "" where nobody has checked it.
    """

    text: str
    citation: int
    checked_by: str = ""
    checked_on: str = ""


@dataclass(frozen=True, slots=True)
class AnswerBlock:
    """A run of the answer to lay out together. `kind` is paragraph, list, steps or table.

    `lead` introduces it; `items` are sentences, items, steps or rows (cells joined by " | ");
    `numbers` are the steps' numbers; `citation` is the position in the turn's citations.
    """

    kind: str
    heading: str
    items: tuple[str, ...]
    citation: int
    lead: str = ""
    numbers: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class ChallengeShown:
    """The challenge to an answer as its citizen sees it: `why` is their own, masked.

    `ruling` is upheld, partly, not_upheld, or "" while nobody has decided; `corrected` is the
    answer as it should have been, or "".
    """

    reference: str
    why: str
    made_at: datetime
    ruling: str = ""
    reasons: str = ""
    corrected: str = ""
    decided_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class TurnView:
    """One question and what came of it.

    `outcome` is answered, clarifying, signposted, abstained, escalated, refused, or "" while
    `status` is received. `help_note` is shown before anything else, to somebody who may be in
    trouble; what follows is as without it. `message` is the policy's wording around the answer;
    `notice` says in words what was masked; `answer` is what
    the citizen reads as plain text, `challenge` their challenge to it.
    `question` has personal data masked; `question_language` (ISO
    639-1) is "" where it cannot be told. `pages` groups the
    citations by page, the one that answers best first. `reading_age` is that of `answer`, in years,
    or None. `explained` and `summaries` help to read it and are no part of it.
    """

    id: str
    conversation_id: str
    position: int
    status: TurnStatus
    question: str
    asked_at: datetime
    language: str = "en"
    question_language: str = ""
    outcome: str = ""
    reason: str = ""
    help_note: HelpNote | None = None
    message: str = ""
    answer: str = ""
    blocks: tuple[AnswerBlock, ...] = ()
    citations: tuple[Citation, ...] = ()
    pages: tuple[SourcePage, ...] = ()
    reading_age: int | None = None
    explained: tuple[ExplainedWord, ...] = ()
    summaries: tuple[SummaryShown, ...] = ()
    confidence: float | None = None
    masked: tuple[str, ...] = ()
    notice: str = ""
    choices: tuple[str, ...] = ()
    contacts: tuple[Contact, ...] = ()
    nearest: tuple[Link, ...] = ()
    urgent: bool = False
    generated: bool = False
    snapshot: str = ""
    policy: str = ""
    record: str = ""
    answered_at: datetime | None = None
    elapsed_ms: int = 0
    feedback: str = ""
    challenge: ChallengeShown | None = None

    @property
    def next_page(self) -> Link | None:
        """Return the page to read before acting: the official one where a starter is quoted.

        `updated` is that of the page linked, so it is "" for an official page, whose age is not
        known here.
        """
        if not self.pages or not self.pages[0].citations:
            return None
        page = self.pages[0]
        source = self.citations[page.citations[0]]
        if source.official_url:
            return Link(source.official_title or source.official_url, source.official_url)
        return Link(page.title, page.url, source.updated)


class PersonState(StrEnum):
    """Who has the conversation, as its citizen sees it."""

    NOBODY = "nobody"
    """No person is asked for, or nobody is there to ask."""
    WAITING = "waiting"
    """It waits for a person."""
    WITH_PERSON = "with_person"
    """A person has it: the assistant is silent."""
    ENDED = "ended"
    """A person had it, and closed it, or the citizen did not come back."""


@dataclass(frozen=True, slots=True)
class PersonMessage:
    """A person's message as the citizen sees it: `first_name` is the adviser's.

    `from_draft`: the assistant drafted it, the adviser sent it.
    """

    id: str
    first_name: str
    text: str
    at: datetime
    record: str
    from_draft: bool = False


@dataclass(frozen=True, slots=True)
class ConversationView:
    """A conversation as its citizen sees it. `person_requested_at` is set once they asked.

    `described`: its form about the citizen was sent; what was said in it is not known. `person`
    says who has it; `adviser` is the first name of whoever has it now, or "". `messages` are what
    people wrote, oldest first; what the citizen wrote to them are turns with the status silent.
    `case_number` is what to quote when calling, 0 where there is no case.
    """

    id: str
    language: str
    started_at: datetime
    turns: tuple[TurnView, ...] = ()
    person_requested_at: datetime | None = None
    described: bool = False
    person: PersonState = PersonState.NOBODY
    adviser: str = ""
    messages: tuple[PersonMessage, ...] = ()
    case_number: int = 0

    @property
    def timeline(self) -> tuple[TurnView | PersonMessage, ...]:
        """Return turns and people's messages in order of time; a turn stands where it was asked."""
        entries: tuple[TurnView | PersonMessage, ...] = (*self.turns, *self.messages)
        return tuple(sorted(entries, key=_moment))


def _moment(entry: TurnView | PersonMessage) -> datetime:
    return entry.at if isinstance(entry, PersonMessage) else entry.asked_at
