"""What API v1 takes and gives, as documented in its OpenAPI description."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from assistant.policy.watching import DescribingWords
from assistant.ratings import RatingReason
from assistant.views import ConversationView, PersonMessage, PersonState, TurnStatus, TurnView


def _without_nul(text: str) -> str:
    if "\x00" in text:
        raise ValueError("Remove the NUL character (U+0000).")
    return text


Text = Annotated[str, AfterValidator(_without_nul)]


GroupName = Annotated[str, Field(pattern=r"^[a-z0-9_]{1,40}$")]


class Received(BaseModel):
    """Something sent to us: exact types, no unknown fields."""

    model_config = ConfigDict(strict=True, extra="forbid")


class Shown(BaseModel):
    """Something of the assistant's, as it is shown."""

    model_config = ConfigDict(from_attributes=True)


class NewConversation(Received):
    language: Literal["en", "cy"] = Field(
        default="en", description="Language of the fixed wording: English or Welsh (Cymraeg)."
    )


class Question(Received):
    question: Text = Field(
        min_length=1,
        max_length=20_000,
        description="The question, in plain text. The assistant takes up to 2,000 characters.",
        examples=["How do I renew my passport?"],
    )


class Rating(Received):
    useful: bool = Field(description="Whether the answer helped.", examples=[True])
    comment: Text = Field(
        default="",
        max_length=2_000,
        description="Why, in your own words. Personal data in it is masked.",
        examples=["It told me what to bring."],
    )

    reason: Annotated[RatingReason | None, Field(strict=False)] = Field(
        default=None, description="What was wrong with an answer that was not useful; or null."
    )


class Speaking(Received):
    language: Literal["en", "cy"] = Field(
        description="Language of the fixed wording from now on: English or Welsh (Cymraeg)."
    )


class Describing(Received):
    groups: dict[GroupName, GroupName] = Field(
        min_length=1,
        max_length=40,
        description="The group by question, both by their names in the form. Leave out what "
        "the citizen prefers not to say.",
        examples=[{"age": "25_to_44"}],
    )
    needed: bool | None = Field(
        default=None, description="Whether they got what they needed; null where not said."
    )


class ConversationStarted(BaseModel):
    id: str = Field(description="The conversation.", examples=["c_2f9K1vQ7"])
    token: str = Field(
        description="The right to this conversation. Send it as 'Authorization: Bearer …'. "
        "Each answer renews it in the header 'Signpost-Token'.",
        examples=["v1.MTc2NDAwMDAwMDpjXzJmOUsxdlE3.rX0…"],
    )
    expires_at: datetime = Field(description="When the token stops working unless it is used.")
    notice: str = Field(
        description="Show this before the first question: that this is an AI, what it cannot do, "
        "and what it keeps.",
    )


class CitationShown(Shown):
    url: str = Field(description="The exact section.", examples=["https://www.gov.uk/example#a"])
    title: str
    heading: str
    quote: str = Field(description="The section's own words, a sentence, item, step or row a line.")
    updated: str = Field(
        description="ISO 8601 date, maybe of reduced precision, or empty.", examples=["2025-01"]
    )
    publisher: str
    licence: str
    nations: tuple[str, ...]
    starter: bool = Field(description="True for this project's own summary of an official page.")
    official_url: str
    official_title: str
    language: str = Field(description='Language of the page: "en", "cy"…')


class BlockShown(Shown):
    kind: str = Field(description="paragraph, list, steps or table.", examples=["list"])
    heading: str
    items: tuple[str, ...]
    citation: int = Field(description="Position in 'citations'.")
    lead: str
    numbers: tuple[int, ...]


class SourcePageShown(Shown):
    url: str = Field(description="The page's address.")
    title: str
    citations: tuple[int, ...] = Field(description="Positions in 'citations': its sections.")


class ExplainedWordShown(Shown):
    word: str = Field(description="As it stands in the answer.", examples=["probate"])
    meaning: str


class SummaryPlainShown(Shown):
    """A quoted section in plain words. Label it as a summary; the quotation is the guidance."""

    text: str
    citation: int = Field(description="Position in 'citations' of the section it summarises.")
    checked_by: str = Field(description="Who checked it; empty where nobody has: say so.")
    checked_on: str = Field(description="ISO 8601 date, or empty.", examples=["2026-03-01"])


class ContactShown(Shown):
    name: str
    phone: str
    url: str
    note: str


class HelpNoteShown(Shown):
    """For somebody who may be in trouble. The answer is what it would be without it."""

    text: str
    contacts: tuple[ContactShown, ...]


class LinkShown(Shown):
    title: str
    url: str
    updated: str
    language: str = Field(description='Language of the page: "en", "cy"…')


class Challenging(Received):
    """Why an answer is challenged."""

    reason: Text = Field(
        min_length=1,
        max_length=2_000,
        description="What is wrong with the answer. Personal data in it is masked.",
        examples=["The form was stopped last year."],
    )


class ChallengeStateShown(Shown):
    """A citizen's challenge to an answer, and what was decided."""

    reference: str = Field(description="What to quote.", examples=["CH-1042"])
    why: str = Field(description="What the citizen said, with personal data masked.")
    made_at: datetime
    ruling: str = Field(description="upheld, partly, not_upheld; empty until it is decided.")
    reasons: str
    corrected: str = Field(description="The answer as it should have been, or empty.")
    decided_at: datetime | None


class TurnShown(Shown):
    """One question and what came of it. Nothing here was sent before it was recorded."""

    id: str
    conversation_id: str
    position: int
    status: TurnStatus = Field(
        description="received: being answered, read it again soon. answered: recorded. "
        "closed: a fault ended it. silent: a person has the conversation."
    )
    question: str = Field(description="The question, with personal data masked.")
    asked_at: datetime
    language: str = Field(description="Language of the fixed wording in this turn.")
    question_language: str = Field(
        description='Language of the question: "en", "cy"…; empty where it cannot be told.'
    )
    outcome: str = Field(
        description="answered, clarifying, signposted, abstained, escalated, refused; "
        "empty while the status is received.",
        examples=["answered"],
    )
    reason: str = Field(description="Why it ended so.", examples=["quoted"])
    help_note: HelpNoteShown | None = Field(
        description="Show this first, with its contacts, then all else as ever; null for most."
    )
    message: str = Field(description="Fixed wording around the answer.")
    answer: str = Field(description="What the citizen reads, as plain text.")
    blocks: tuple[BlockShown, ...] = Field(description="The same answer, laid out.")
    citations: tuple[CitationShown, ...] = Field(description="Each section quoted, once.")
    pages: tuple[SourcePageShown, ...] = Field(
        description="The same sections by page, the page that answers best first."
    )
    next_page: LinkShown | None = Field(
        description="The page to read before acting: what to do next. Null without an answer."
    )
    reading_age: int | None = Field(
        description="Age in years at which most can read the answer (Flesch–Kincaid grade + 5, "
        "rounded up); null without an answer in English.",
        examples=[9],
    )
    explained: tuple[ExplainedWordShown, ...] = Field(
        description="Official words of the answer, in everyday words, in the order of use."
    )
    summaries: tuple[SummaryPlainShown, ...] = Field(
        description="Offered where the answer is hard to read and the guidance has some."
    )
    confidence: float | None = Field(
        description="Calibrated chance that this is right, for evaluation. Do not show it."
    )
    masked: tuple[str, ...] = Field(description="Kinds of personal data that were masked.")
    notice: str = Field(description="What was masked, in words to show; empty where nothing was.")
    choices: tuple[str, ...] = Field(description="Whole questions to offer as buttons.")
    contacts: tuple[ContactShown, ...]
    nearest: tuple[LinkShown, ...] = Field(description="Pages that may help instead.")
    urgent: bool = Field(description="True where somebody may be in danger: show contacts first.")
    generated: bool = Field(description="True where a language model worded the answer.")
    snapshot: str
    policy: str
    record: str = Field(description="The audit record's id.")
    answered_at: datetime | None
    elapsed_ms: int
    feedback: str
    challenge: ChallengeStateShown | None = Field(
        description="The citizen's challenge to this answer; null where there is none."
    )


class MessageShown(Shown):
    """What a person wrote, as the citizen sees it: label it with the first name."""

    id: str
    first_name: str = Field(examples=["Sam"])
    text: str
    at: datetime
    from_draft: bool = Field(description="The assistant drafted it; the person sent it: say so.")


class ConversationShown(Shown):
    """A conversation with all its turns and people's messages, each oldest first.

    Show both in one order of time, by `asked_at` and `at`.
    """

    id: str
    language: str
    started_at: datetime
    turns: tuple[TurnShown, ...]
    person_requested_at: datetime | None = Field(
        description="When the citizen asked for a person, or null."
    )
    described: bool = Field(description="Whether the voluntary form about the citizen was sent.")
    person: PersonState = Field(
        description="nobody, waiting, with_person (the assistant is silent), ended."
    )
    adviser: str = Field(description="First name of whoever has the conversation, or empty.")
    messages: tuple[MessageShown, ...]
    case_number: int = Field(description="What to quote on the phone; 0 where there is no case.")


class GroupShown(BaseModel):
    name: str = Field(examples=["25_to_44"])
    text: str = Field(examples=["25 to 44"])


class QuestionOnSelfShown(BaseModel):
    name: str = Field(examples=["age"])
    title: str = Field(examples=["How old are you?"])
    groups: tuple[GroupShown, ...]


class DescribingShown(BaseModel):
    """The voluntary form, in the conversation's language. Every answer is optional."""

    title: str
    intro: str
    kept: tuple[str, ...] = Field(description="Show this before the questions.")
    not_said: str = Field(description='Offer this with every question: "Prefer not to say".')
    needed: str = Field(description="The title of the question whether it was of use.")
    questions: tuple[QuestionOnSelfShown, ...]
    described: bool = Field(description="True once it was sent: do not offer it again.")


class FieldShown(BaseModel):
    field: str = Field(examples=["body.question"])
    message: str = Field(examples=["Field required"])


class ProblemShown(BaseModel):
    """RFC 9457 problem. `detail` says what to do."""

    type: str = Field(examples=["https://enquiries.example/problems#invalid"])
    title: str = Field(examples=["Something in the request cannot be used"])
    status: int = Field(examples=[422])
    detail: str = Field(examples=["Change the fields named in 'errors', then send it again."])
    instance: str = Field(examples=["urn:uuid:5f0c1d7e-8a40-4b0e-9a2b-0f8f3a3c9f11"])
    errors: tuple[FieldShown, ...] | None = None


def turn_shown(turn: TurnView) -> TurnShown:
    """Return the turn as API v1 shows it."""
    return TurnShown.model_validate(turn)


def message_shown(message: PersonMessage) -> MessageShown:
    """Return a person's message as API v1 shows it."""
    return MessageShown.model_validate(message)


def conversation_shown(conversation: ConversationView) -> ConversationShown:
    """Return the conversation as API v1 shows it."""
    return ConversationShown.model_validate(conversation)


def describing_shown(words: DescribingWords, described: bool) -> DescribingShown:
    """Return the voluntary form as API v1 shows it."""
    return DescribingShown(
        title=words.title,
        intro=words.intro,
        kept=words.kept,
        not_said=words.not_said,
        needed=words.needed.title,
        questions=tuple(
            QuestionOnSelfShown(
                name=name,
                title=asked.title,
                groups=tuple(
                    GroupShown(name=group, text=text) for group, text in asked.groups.items()
                ),
            )
            for name, asked in words.question.items()
        ),
        described=described,
    )
