"""How a turn can end: a closed union, each with a reason code. Matched exhaustively."""

from dataclasses import dataclass
from enum import StrEnum

from assistant.answers import Answer, Link


class Reason(StrEnum):
    """Why a turn ended as it did. The citizen's words for each are in the policy's wording."""

    QUOTED = "quoted"
    QUOTED_WITH_CAUTION = "quoted_with_caution"
    GENERATED = "generated"
    WHICH_ONE = "which_one"
    WHAT_ABOUT = "what_about"
    NOT_UNDERSTOOD = "not_understood"
    CRISIS = "crisis"
    SELF_HARM = "self_harm"
    DOMESTIC_ABUSE = "domestic_abuse"
    CHILD_AT_RISK = "child_at_risk"
    EMERGENCY = "emergency"
    HOMELESS_TONIGHT = "homeless_tonight"
    GREETING = "greeting"
    THANKS = "thanks"
    GOODBYE = "goodbye"
    ABOUT_ASSISTANT = "about_assistant"
    COMPLAINT = "complaint"
    FREEDOM_OF_INFORMATION = "freedom_of_information"
    ACCOUNT_DATA = "account_data"
    OPINION = "opinion"
    OWN_CASE = "own_case"
    OTHER_LANGUAGE = "other_language"
    OUT_OF_SCOPE = "out_of_scope"
    NO_GUIDANCE = "no_guidance"
    NO_WELSH_GUIDANCE = "no_welsh_guidance"
    LOW_CONFIDENCE = "low_confidence"
    NOT_GROUNDED = "not_grounded"
    ANSWERING_OFF = "answering_off"
    SYSTEM_FAULT = "system_fault"
    ASKED_FOR_PERSON = "asked_for_person"
    ATTACK = "attack"
    ABUSE = "abuse"
    UNREADABLE = "unreadable"
    TOO_LONG = "too_long"


@dataclass(frozen=True, slots=True)
class Contact:
    """A help line or office to turn to. `phone` and `url` may be empty."""

    name: str
    phone: str = ""
    url: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class HelpNote:
    """What stands before an answer where its reader may be in trouble: words, and who helps."""

    text: str
    contacts: tuple[Contact, ...]


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer was given. `confidence` is a probability in [0, 1] that it is right."""

    reason: Reason
    answer: Answer
    confidence: float


@dataclass(frozen=True, slots=True)
class Clarifying:
    """One question back, with choices to click (each is a whole question)."""

    reason: Reason
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Signposted:
    """Sent to the right place instead of answered. `urgent`: a person is offered at once."""

    reason: Reason
    contacts: tuple[Contact, ...] = ()
    urgent: bool = False


@dataclass(frozen=True, slots=True)
class Abstained:
    """Honestly not answered; `nearest` are pages that may help, `contacts` people who may.

    `confidence` as in Answered.
    """

    reason: Reason
    nearest: tuple[Link, ...] = ()
    confidence: float = 0.0
    contacts: tuple[Contact, ...] = ()


@dataclass(frozen=True, slots=True)
class Escalated:
    """Handed to a person."""

    reason: Reason
    contacts: tuple[Contact, ...] = ()


@dataclass(frozen=True, slots=True)
class Refused:
    """Not answered because of what the message is."""

    reason: Reason


Outcome = Answered | Clarifying | Signposted | Abstained | Escalated | Refused
