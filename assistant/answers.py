"""An answer: statements, each tied to the passage that says it."""

from dataclasses import dataclass
from itertools import groupby

from knowledge.documents import Passage, PlainSummary, SegmentKind


@dataclass(frozen=True, slots=True)
class Link:
    """A page to point at. `updated` is an ISO date of full or reduced precision, or "".

    `language` is that of the page (ISO 639-1).
    """

    title: str
    url: str
    updated: str = ""
    language: str = "en"


@dataclass(frozen=True, slots=True)
class Statement:
    """One sentence, list item, step or table row of an answer.

    `quote` is the passage's own wording that supports `text`; in an extractive answer the two
    are the same. `lead` is the passage's text that introduces it, shown before it once. `direct`
    says that it stands first, out of its place, since it answers most directly.
    """

    text: str
    quote: str
    passage: Passage
    kind: SegmentKind = SegmentKind.SENTENCE
    lead: str = ""
    block: int = 0
    number: int = 0
    direct: bool = False


@dataclass(frozen=True, slots=True)
class ExplainedWord:
    """An official word as it stands in the answer, and its meaning in the policy's words."""

    word: str
    meaning: str


@dataclass(frozen=True, slots=True)
class SectionSummary:
    """People's plainer words for a section that is quoted. It is no quotation, and never alone."""

    plain: PlainSummary
    passage: Passage


@dataclass(frozen=True, slots=True)
class Answer:
    """Statements in the order they are read. `generated` is true when a language model worded them.

    Beside them, not part of them: `reading_age` of the text in whole years, rounded up (None where
    it cannot be told), official words `explained`, and `summaries` of the sections quoted.
    """

    statements: tuple[Statement, ...]
    generated: bool = False
    reading_age: int | None = None
    explained: tuple[ExplainedWord, ...] = ()
    summaries: tuple[SectionSummary, ...] = ()

    @property
    def passages(self) -> tuple[Passage, ...]:
        """Return the passages quoted, each once, in the order of their first use."""
        return tuple(dict.fromkeys(statement.passage for statement in self.statements))

    @property
    def text(self) -> str:
        """Return what the citizen reads, without markup: a statement a line, under its lead."""
        lines: list[str] = []
        for (_, _, lead), group in groupby(
            self.statements, key=lambda s: (s.passage.url, s.block, s.lead)
        ):
            if lead and not (lines and lines[-1].endswith(lead)):
                lines.append(lead)
            lines.extend(_line(statement) for statement in group)
        return "\n".join(lines)

    @property
    def words(self) -> int:
        """Return the number of words the citizen reads."""
        return len(self.text.split())


def _line(statement: Statement) -> str:
    match statement.kind:
        case SegmentKind.ITEM:
            return f"• {statement.text}"
        case SegmentKind.STEP:
            return f"{statement.number}. {statement.text}"
        case SegmentKind.SENTENCE | SegmentKind.ROW:
            return statement.text
