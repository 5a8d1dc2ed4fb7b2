"""A turn: one question and everything the pipeline finds out about it. Frozen at every step."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from assistant.answers import Answer
from assistant.outcomes import Outcome, Reason
from assistant.text import RawText, RedactedText
from knowledge.embedding import Vectors
from knowledge.retrieval import Hit

NOTHING = RedactedText("")

Evidence = Mapping[str, str | int | bool | list[str] | list[int]]


class Mark(StrEnum):
    """What `screen` and `listen` noticed; marks never stop a turn by themselves."""

    TOO_LONG = "too_long"
    UNREADABLE = "unreadable"
    HIDDEN_CHARACTERS = "hidden_characters"
    INJECTION = "injection"
    ABUSE = "abuse"
    BEREAVED = "bereaved"
    WELSH = "welsh"
    OTHER_LANGUAGE = "other_language"
    MAYBE_IN_TROUBLE = "maybe_in_trouble"


@dataclass(frozen=True, slots=True)
class Exchange:
    """An earlier question (masked) and what was answered, for following up."""

    question: RedactedText
    answer: str
    title: str = ""
    heading: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Background:
    """What a question leans on. `leaning` in [0, 1]: how far; 0 where it stands alone.

    `questions` are those asked before it on the same subject, oldest first, `page` is the address
    of the page quoted last, or "". `own` and `earlier` are the vectors of the question and of
    `questions` together (float32, of unit length), so that nothing is embedded twice; `earlier` is
    None where nothing is leant on.
    """

    questions: tuple[RedactedText, ...]
    page: str
    leaning: float
    own: Vectors
    earlier: Vectors | None = None


@dataclass(frozen=True, slots=True)
class TraceEntry:
    """What one step did: goes into the audit record. `micros` is its duration in µs."""

    step: str
    verdict: str
    evidence: Evidence
    micros: int


@dataclass(frozen=True, slots=True)
class Turn:
    """One question on its way through the pipeline.

    `question` is as typed; everything after `redact` reads `redacted` or `standalone` only.
    `asked` is what is searched for: no labels of masks, misspelt words put right.
    `standalone` has no labels of masks, and the earlier questions before it where it follows up;
    `background` is what `contextualise` knows of them, None for a first question.
    `masked` names the kinds of personal data that were masked ("phone", "ni_number"…).
    `language` is the language of the interface and of the wording, "en" or "cy"; `detected` is that
    of the question (ISO 639-1), or "" where it cannot be told. `vector` is the question's own
    (float32, of unit length). `maybe` is the danger that its writer may be in, where
    MAYBE_IN_TROUBLE is among the marks, else None. `outside` is how far the question looks like
    what no guidance is for, 0 for not at all. `hits` are in the language that is searched;
    `english` is what the English words for a Welsh question find. `rejected` is a draft that its
    passages do not bear out: for an adviser's eyes alone.
    """

    id: str
    question: RawText
    at: datetime
    language: str = "en"
    history: tuple[Exchange, ...] = ()
    nation: str = ""
    marks: frozenset[Mark] = frozenset()
    detected: str = ""
    redacted: RedactedText = NOTHING
    masked: tuple[str, ...] = ()
    asked: RedactedText = NOTHING
    standalone: RedactedText = NOTHING
    vector: Vectors | None = field(default=None, compare=False, repr=False)
    maybe: Reason | None = None
    outside: float = 0.0
    background: Background | None = None
    hits: tuple[Hit, ...] = ()
    english: tuple[Hit, ...] = ()
    answer: Answer | None = None
    rejected: Answer | None = None
    confidence: float = 0.0
    outcome: Outcome | None = None
    trace: tuple[TraceEntry, ...] = ()
    noted: tuple[str, Evidence] = field(default=("ok", {}))

    @property
    def searched(self) -> str:
        """Return the language of the guidance that is searched: "cy" for Welsh, or "en"."""
        return "cy" if Mark.WELSH in self.marks else "en"

    def note(self, verdict: str, **evidence: str | int | bool | list[str] | list[int]) -> "Turn":
        """Return the turn with what the current step wants in its trace entry."""
        return replace(self, noted=(verdict, evidence))
