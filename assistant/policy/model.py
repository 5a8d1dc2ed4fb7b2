"""What a policy holds, as frozen values. Every limit that a file must keep is checked here."""

from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from assistant.outcomes import Contact, Reason
from assistant.turns import Mark


class Strict(BaseModel):
    """A part of the policy: no unknown keys, no missing keys, no guessing of types."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


def _stripped(text: str) -> str:
    if not text.strip() or text != text.strip():
        raise ValueError("write some text, without spaces at its start or end")
    return text


Text = Annotated[str, AfterValidator(_stripped)]
Share = Annotated[float, Field(ge=0.0, le=1.0)]
Patterns = tuple[str, ...]
WordLists = dict[str, Annotated[Patterns, Field(min_length=1)]]


class Limits(Strict):
    """How much: characters of a question, words of an answer, turns, pages, choices."""

    question_characters: Annotated[int, Field(ge=100, le=20_000)]
    answer_words: Annotated[int, Field(ge=20, le=1_000)]
    history_turns: Annotated[int, Field(ge=0, le=50)]
    nearest_pages: Annotated[int, Field(ge=0, le=10)]
    clarifying_choices: Annotated[int, Field(ge=2, le=6)]


class Reading(Strict):
    """What helps people read an answer. `hard_above_age` is a reading age in years."""

    hard_above_age: Annotated[int, Field(ge=5, le=25)]
    draft_summaries: bool
    explained_words: Annotated[int, Field(ge=0, le=20)]


class Thresholds(Strict):
    """Probabilities in [0, 1] that part answering from answering with a caution, and so on."""

    answer: Share
    caution: Share
    abstain: Share
    grounding: Share

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if not self.abstain <= self.caution <= self.answer:
            raise ValueError(
                "the thresholds are out of order: write them so that abstain is not above "
                "caution, and caution is not above answer"
            )
        return self


class PersonalKind(StrEnum):
    """A kind of personal data that `redact` knows how to mask."""

    EMAIL = "email"
    PHONE = "phone"
    NI_NUMBER = "ni_number"
    NHS_NUMBER = "nhs_number"
    UTR = "utr"
    CARD = "card"
    BANK_ACCOUNT = "bank_account"
    IBAN = "iban"
    PASSPORT = "passport"
    DRIVING_LICENCE = "driving_licence"
    VEHICLE = "vehicle"
    DATE_OF_BIRTH = "date_of_birth"
    ADDRESS = "address"
    NAME = "name"
    POSTCODE = "postcode"


class PostcodeRule(StrEnum):
    """What becomes of a postcode: kept, cut to its district ("SW1A"), or masked whole."""

    KEEP = "keep"
    DISTRICT = "district"
    MASK = "mask"


class RedactionRules(Strict):
    """Which kinds are masked. `postcode` has its own rule."""

    mask: tuple[PersonalKind, ...]
    postcode: PostcodeRule


class Phrases(Strict):
    """Patterns in English and Welsh, the contexts that excuse them, and examples that prove it.

    Every example must be caught and no counter-example may be: checked when the policy loads.
    """

    en: Patterns
    cy: Patterns
    unless: Patterns
    examples: Patterns
    counter_examples: Patterns


class Screening(Strict):
    """What marks a message as hostile or as a bereaved person's, and when it is unreadable."""

    unreadable_share: Share
    words: WordLists
    injection: Phrases
    abuse: Phrases
    bereavement: Phrases


class LanguageText(Strict):
    """A language in which we can at least say where to turn. `code` is ISO 639-1.

    `words` are everyday words that confirm what the detector says of a text in Latin letters.
    """

    code: Annotated[str, Field(pattern=r"^[a-z]{2}$")]
    name: Text
    own_name: Text
    words: Patterns
    message: str
    reviewed_by: str


class Languages(Strict):
    """How a question's language is told. `min_words` unknown words are needed to speak up.

    `welsh_speakers` are contacts who can talk to somebody in Welsh.
    """

    min_words: Annotated[int, Field(ge=1, le=50)]
    confidence: Share
    known_share: Share
    english: Patterns
    welsh: Patterns
    welsh_speakers: Annotated[tuple[str, ...], Field(min_length=1)]
    language: tuple[LanguageText, ...]


class EnglishTermsList(Strict):
    """Welsh phrases and what English guidance calls them. Blank `reviewed_by`: nobody vouched."""

    reviewed_by: str
    english: Annotated[dict[str, Text], Field(min_length=1)]


class HelpContact(Strict):
    """A help line or office. Blank `reviewed_by` means nobody has vouched for it yet."""

    name: Text
    name_cy: Text
    phone: str
    url: Annotated[str, Field(pattern=r"^(https://\S+)?$")]
    note: Text
    note_cy: Text
    reviewed_by: str

    def shown(self, language: str) -> Contact:
        """Return the contact in the language of the interface ("en" or "cy")."""
        if language == "cy":
            return Contact(self.name_cy, self.phone, self.url, self.note_cy)
        return Contact(self.name, self.phone, self.url, self.note)


class Category(Phrases):
    """One kind of danger and where to send somebody who is in it. First match wins."""

    reason: Reason
    contacts: Annotated[tuple[str, ...], Field(min_length=1)]


DANGERS = frozenset(
    {
        Reason.EMERGENCY,
        Reason.CRISIS,
        Reason.SELF_HARM,
        Reason.CHILD_AT_RISK,
        Reason.DOMESTIC_ABUSE,
        Reason.HOMELESS_TONIGHT,
    }
)
"""What safeguarding looks for. A policy may say how, but leave none out."""


def _plain_word(word: str) -> str:
    if not (word.isascii() and word.isalnum() and word == word.lower()):
        raise ValueError(f'"{word}" must be one word in lower case, without accents or signs')
    return word


def _long_word(word: str) -> str:
    if len(_plain_word(word)) < 5 or not word.isalpha():
        raise ValueError(f'"{word}" is too short, or has digits: words need at least five letters')
    return word


class Spelling(Strict):
    """How misspelt words and short forms are read where danger is looked for.

    A word one slip away from one in `words` is read as that one, unless it is in `right`. `short`
    names what a short form stands for: {"tonight": ("2nite", "tonite")}.
    """

    words: tuple[Annotated[str, AfterValidator(_long_word)], ...]
    right: tuple[Annotated[str, AfterValidator(_plain_word)], ...]
    short: dict[str, tuple[Annotated[str, AfterValidator(_plain_word)], ...]]

    @model_validator(mode="after")
    def _told_apart(self) -> Self:
        if both := sorted({*self.words} & {*self.right}):
            raise ValueError(f'"{both[0]}" stands in words and in right: delete one of them')
        forms = [form for held in self.short.values() for form in held]
        if twice := sorted(form for form in set(forms) if forms.count(form) > 1):
            raise ValueError(f'"{twice[0]}" stands for two things in short: delete one of them')
        return self


class HelpNoteContacts(Strict):
    """Who stands in the note to somebody who may be in trouble, where no rule is sure.

    `always` come first, whatever the danger; `more` adds to them by the likeliest one.
    """

    always: Annotated[tuple[str, ...], Field(min_length=1)]
    more: dict[Reason, tuple[str, ...]]

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if set(self.more) != DANGERS:
            raise ValueError(f"write one line for each of: {', '.join(sorted(DANGERS))}")
        return self


class Safeguarding(Strict):
    """Dangers, the most pressing first, and who is named to somebody who may be in one."""

    spelling: Spelling
    note: HelpNoteContacts
    words: WordLists
    category: Annotated[tuple[Category, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _complete(self) -> Self:
        reasons = {category.reason for category in self.category}
        if wrong := sorted(reasons - DANGERS):
            known = ", ".join(sorted(DANGERS))
            raise ValueError(f'"{wrong[0]}" is not a danger; write one of: {known}')
        if missing := sorted(DANGERS - reasons):
            raise ValueError(f'there must be a [[category]] with reason = "{missing[0]}"')
        return self


class Label(Phrases):
    """One kind of message that is not searched for, and what it leads to. First match wins.

    `match` "whole": the message must hold nothing but these phrases and fillers.
    `mark`: the message must carry this mark from the screening, and needs no phrase.
    `unless_question`: a message that also asks a real question goes on.
    """

    reason: Reason
    outcome: Literal["signposted", "escalated", "refused"]
    match: Literal["anywhere", "whole", "mark"]
    mark: Mark | None = None
    unless_question: bool
    contacts: tuple[str, ...]


class Routing(Strict):
    """Labels in the order in which they are tried; `question` tells a real question."""

    words: WordLists
    fillers: Patterns
    question: Phrases
    label: Annotated[tuple[Label, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _person_first(self) -> Self:
        if self.label[0].reason is not Reason.ASKED_FOR_PERSON:
            raise ValueError(
                'the first label must be the one with reason = "asked_for_person": '
                "nothing may stand between a citizen and a person"
            )
        for label in self.label:
            if (label.match == "mark") != (label.mark is not None):
                raise ValueError(
                    f'label "{label.reason}": write match = "mark" and a mark together, or neither'
                )
        return self
