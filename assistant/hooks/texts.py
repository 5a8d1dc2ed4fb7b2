"""Texts of the operator's, with blanks for what is not personal about an event."""

from dataclasses import dataclass
from string import Formatter

from assistant.escalations.outbox import Announced
from assistant.storage import as_text

BLANKS = ("id", "kind", "at", "case", "conversation")


@dataclass(frozen=True, slots=True)
class Text:
    """A text with {id}, {kind}, {at}, {case} and {conversation}. Raises ValueError for others."""

    template: str

    def __post_init__(self) -> None:
        for _, name, how, conversion in Formatter().parse(self.template):
            if name is not None and (name not in BLANKS or how or conversion):
                known = ", ".join(f"{{{each}}}" for each in BLANKS)
                raise ValueError(f"{{{name}}} is not known; write one of {known}, or {{{{ for {{")

    def of(self, event: Announced) -> str:
        """Return the text for the event."""
        return self.template.format(**blanks(event))


def blanks(event: Announced) -> dict[str, str]:
    """Return what may be filled in, by name."""
    return {
        "id": str(event.id),
        "kind": event.kind,
        "at": as_text(event.at),
        "case": event.case_id,
        "conversation": event.conversation_id,
    }
