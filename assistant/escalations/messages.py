"""What people write in a case: replies, the citizen's words, and notes citizens never see."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class MessageKind(StrEnum):
    """Who a message is from and whom it is for."""

    REPLY = "reply"
    """From an adviser to the citizen."""
    CITIZEN = "citizen"
    """From the citizen, while a person has the conversation."""
    NOTE = "note"
    """Private to staff."""
    CONSULT = "consult"
    """Between colleagues, asking for or giving advice. Private to staff."""

    @property
    def private(self) -> bool:
        """Return whether the citizen must never see it."""
        return self in {MessageKind.NOTE, MessageKind.CONSULT}


class Label(StrEnum):
    """Who wrote the words. Stands beside each message."""

    ASSISTANT = "assistant"
    CITIZEN = "citizen"
    ADVISER = "adviser"
    ADVISER_FROM_DRAFT = "adviser_from_draft"
    """Drafted by the assistant, sent by an adviser."""


@dataclass(frozen=True, slots=True)
class CaseMessage:
    """One message as staff see it. A citizen's text has personal data masked.

    `edit_distance` is how many characters (Levenshtein) the adviser changed in the draft, or None
    where there was none. `turn` is the citizen's turn, for CITIZEN. `record` is its audit record.
    """

    id: str
    position: int
    kind: MessageKind
    label: Label
    first_name: str
    staff_id: str
    text: str
    at: datetime
    record: str
    turn: str = ""
    edit_distance: int | None = None
