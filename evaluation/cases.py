"""What is asked and what comes back, as plain values: the batch forms of `signpost ask|search`.

Metrics read only these, so that the same code measures an assistant in this process, or the
output file of a batch run on another machine.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, TypeVar
from urllib.parse import urlsplit

from pydantic import TypeAdapter, ValidationError

from evaluation.errors import DataMissing, DataUnreadable
from knowledge.retrieval import Hit

OutcomeName = Literal["answered", "clarifying", "signposted", "abstained", "escalated", "refused"]


@dataclass(frozen=True, slots=True)
class EarlierTurn:
    """A question of the same conversation, asked before, and what was answered.

    `title` and `url` are those of the section quoted first, where they are known.
    """

    question: str
    answer: str
    title: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Question:
    """One question to ask, with the turns before it, oldest first."""

    id: str
    text: str
    history: tuple[EarlierTurn, ...] = ()


@dataclass(frozen=True, slots=True)
class CitedSection:
    """A section that an answer quotes. `updated` is an ISO date, may be of reduced precision."""

    url: str
    title: str = ""
    heading: str = ""
    quote: str = ""
    updated: str = ""


@dataclass(frozen=True, slots=True)
class AnswerGiven:
    """What an assistant made of a question. `answer` is what the citizen reads, without markup.

    `confidence` is a probability, or None where the assistant gives none. `elapsed_ms` is wall
    time from question to recorded answer.
    """

    id: str
    outcome: OutcomeName
    reason: str
    confidence: float | None
    answer: str
    citations: tuple[CitedSection, ...]
    elapsed_ms: float
    snapshot: str = ""
    policy: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """A passage as a search shows it. `text` is its own words, without headings.

    `page` is the document's address where it is known apart from the section's `url`.
    """

    url: str
    title: str
    heading: str
    text: str
    score: float
    page: str = ""


Search = Callable[[str, int], Sequence[Hit]]
Ask = Callable[[Question], AnswerGiven]


def address(url: str) -> str:
    """Return a page's address to compare by: no fragment, query, or slash at the end."""
    parts = urlsplit(url.strip())
    return f"{parts.scheme.lower()}://{parts.netloc.lower()}{parts.path.rstrip('/')}"


def found_in(hits: Iterable[Hit]) -> tuple[Found, ...]:
    """Return what `hits` show, best first."""
    return tuple(
        Found(
            url=hit.passage.url,
            title=hit.passage.title,
            heading=" – ".join(hit.passage.headings),
            text=hit.passage.text,
            score=hit.score,
            page=hit.passage.document_url,
        )
        for hit in hits
    )


@dataclass(frozen=True, slots=True)
class _QuestionLine:
    id: str
    question: str
    history: tuple[EarlierTurn, ...] = ()


@dataclass(frozen=True, slots=True)
class _FoundLine:
    id: str
    passages: tuple[Found, ...]


_QUESTION_LINE = TypeAdapter(_QuestionLine)
_FOUND_LINE = TypeAdapter(_FoundLine)
_ANSWER_LINE = TypeAdapter(AnswerGiven)
_Line = TypeVar("_Line", _QuestionLine, _FoundLine, AnswerGiven)


def write_questions(path: Path, questions: Iterable[Question]) -> None:
    """Write the input of `signpost ask --batch` and `signpost search --batch`."""
    with path.open("w", encoding="utf-8") as file:
        for question in questions:
            line = _QuestionLine(question.id, question.text, question.history)
            file.write(_QUESTION_LINE.dump_json(line).decode() + "\n")


def read_questions(path: Path) -> tuple[Question, ...]:
    """Read a batch input file. Raise DataMissing, DataUnreadable."""
    lines = _read_lines(path, _QUESTION_LINE, "a batch's questions")
    return tuple(Question(line.id, line.question, line.history) for line in lines)


def read_found(path: Path) -> Mapping[str, tuple[Found, ...]]:
    """Read an output of `signpost search --batch`, by question id.

    Raise DataMissing, DataUnreadable.
    """
    lines = _read_lines(path, _FOUND_LINE, "an output of: signpost search --batch")
    return {line.id: line.passages for line in lines}


def read_answers(path: Path) -> Mapping[str, AnswerGiven]:
    """Read an output of `signpost ask --batch`, by question id.

    Raise DataMissing, DataUnreadable.
    """
    lines = _read_lines(path, _ANSWER_LINE, "an output of: signpost ask --batch")
    return {line.id: line for line in lines}


def _read_lines(path: Path, form: TypeAdapter[_Line], what: str) -> list[_Line]:
    if not path.is_file():
        raise DataMissing(path, what, "Check the name of the file.")
    lines: dict[str, _Line] = {}
    try:
        content = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as fault:
        raise DataUnreadable(path, 0, "is not UTF-8 text") from fault
    for number, text in enumerate(content.split("\n"), start=1):
        if not text.strip():
            continue
        try:
            line = form.validate_json(text)
        except ValidationError as fault:
            raise DataUnreadable(path, number, _first_fault(fault)) from fault
        if line.id in lines:
            raise DataUnreadable(path, number, f"the id {line.id!r} stands there twice")
        lines[line.id] = line
    return list(lines.values())


def _first_fault(fault: ValidationError) -> str:
    first: Any = fault.errors()[0]
    where = ".".join(str(part) for part in first["loc"]) or "the line"
    return f"{where}: {first['msg']}"
