"""The project's own labelled questions over the starter pages (see questions/README.md).

    python -m evaluation.own_questions [PAGES]

lists the questions whose page or evidence is no longer there, one a line.
"""

import hashlib
import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any, Literal

from pydantic import TypeAdapter, ValidationError

from evaluation.errors import DataMissing, DataUnreadable, QuestionsStale
from knowledge.chunking import passages_of
from knowledge.documents import Document
from knowledge.loaders import markdown_page

Kind = Literal["story", "plain", "keywords", "short", "angry", "worried", "off_point"]
Trait = Literal["typos", "text_speak"]
Half = Literal["fit", "report"]
HALVES: tuple[Half, ...] = ("fit", "report")

FOLDER = Path(__file__).parent / "questions"
FILES = ("questions.jsonl", "follow_ups.jsonl", "out_of_scope.jsonl")
STARTER_PAGES = Path(markdown_page.__file__).parents[1] / "starter" / "pages"
LONGEST_CHAIN = 4


@dataclass(frozen=True, slots=True)
class OwnQuestion:
    """A question as a citizen puts it, and what answers it.

    `page` is the slug of the starter page it is about ("" when `out_of_scope`). `evidence` holds
    the SHA-256 (hex) of each segment of that page that answers, and is empty exactly where
    `answerable` is false: then no starter page answers. `also` names other pages that answer it
    too. A follow-up names the turn before it in `follows`, and says in `standalone` what it means
    without the turns before.
    """

    id: str
    page: str
    kind: Kind
    text: str
    evidence: tuple[str, ...] = ()
    answerable: bool = False
    also: tuple[str, ...] = ()
    follows: str = ""
    standalone: str = ""
    traits: tuple[Trait, ...] = ()
    language: Literal["en", "cy"] = "en"
    out_of_scope: bool = False

    @property
    def half(self) -> Half:
        """Return the half of the set it belongs to; all questions of a page share one."""
        return half_of(self.page or self.id)


@dataclass(frozen=True, slots=True)
class OwnQuestions:
    """The whole set, in the files' order."""

    questions: tuple[OwnQuestion, ...]

    @property
    def digest(self) -> str:
        """Return the SHA-256 (hex) of the set, whatever order the lines stand in."""
        lines = (
            json.dumps(asdict(question), ensure_ascii=False, sort_keys=True)
            for question in sorted(self.questions, key=lambda question: question.id)
        )
        return hashlib.sha256("\n".join(lines).encode()).hexdigest()

    def of(self, half: Half) -> tuple[OwnQuestion, ...]:
        """Return the questions of one half."""
        return tuple(question for question in self.questions if question.half == half)

    def before(self, question: OwnQuestion) -> tuple[OwnQuestion, ...]:
        """Return the turns that a follow-up leans on, oldest first; none for a first question."""
        by_id = {each.id: each for each in self.questions}
        turns: list[OwnQuestion] = []
        while question.follows:
            question = by_id[question.follows]
            turns.append(question)
        return tuple(reversed(turns))

    def chains(self) -> tuple[tuple[OwnQuestion, ...], ...]:
        """Return the conversations of two turns or more, each from its first question on."""
        leant_on = {question.follows for question in self.questions}
        return tuple(
            (*self.before(last), last)
            for last in self.questions
            if last.follows and last.id not in leant_on
        )


def half_of(key: str) -> Half:
    """Return the half of a page's slug (or, out of scope, of the id): even SHA-256 is "fit"."""
    return "report" if hashlib.sha256(key.encode()).digest()[-1] % 2 else "fit"


def segment_digest(text: str) -> str:
    """Return how a segment's text is named in `evidence`: SHA-256 (hex) of its UTF-8 bytes."""
    return hashlib.sha256(text.encode()).hexdigest()


def load_questions(folder: Path = FOLDER) -> OwnQuestions:
    """Return the set that `folder` holds. Raise DataMissing, DataUnreadable.

    Whether pages and evidence still exist is for `resolve` and `stale` to say.
    """
    questions: dict[str, OwnQuestion] = {}
    leant_on: set[str] = set()
    for name in FILES:
        path = folder / name
        if not path.is_file():
            raise DataMissing(path, "the project's own questions")
        for number, line in enumerate(path.read_text(encoding="utf-8").split("\n"), start=1):
            if not line.strip():
                continue
            question = _question(path, number, line)
            fault = _fault(question, questions, leant_on)
            if fault:
                raise DataUnreadable(path, number, f"{question.id}: {fault}")
            questions[question.id] = question
            leant_on |= {question.follows} - {""}
    return OwnQuestions(tuple(questions.values()))


def starter_documents(pages: Path = STARTER_PAGES) -> Mapping[str, Document]:
    """Return the starter pages by slug. Raise DataMissing, and what the page loader raises."""
    paths = sorted(pages.glob("*.md"))
    if not paths:
        raise DataMissing(pages, "the starter pages")
    return {
        path.stem: markdown_page.load(path.read_text(encoding="utf-8"), path.name) for path in paths
    }


def resolve(
    questions: Iterable[OwnQuestion], documents: Mapping[str, Document]
) -> Mapping[str, tuple[str, ...]]:
    """Return each question's evidence as the pages' own text, by question id, in page order.

    `documents` are the pages by slug. Raise QuestionsStale where a page or a segment is gone.
    """
    asked = tuple(questions)
    segments = {slug: _segments(document) for slug, document in documents.items()}
    faults = _stale(asked, segments)
    if faults:
        raise QuestionsStale(faults)
    return {
        question.id: tuple(
            text
            for digest, text in segments.get(question.page, {}).items()
            if digest in question.evidence
        )
        for question in asked
    }


def stale(
    questions: Iterable[OwnQuestion], documents: Mapping[str, Document]
) -> tuple[tuple[str, str], ...]:
    """Return (question id, why) for each page that is gone and each digest no segment has."""
    return _stale(questions, {slug: _segments(document) for slug, document in documents.items()})


def main(arguments: Sequence[str]) -> int:
    """List what no longer resolves, a line each; return 1 if there is any, and else 0."""
    pages = Path(arguments[0]) if arguments else STARTER_PAGES
    faults = stale(load_questions().questions, starter_documents(pages))
    sys.stdout.writelines(f"{question}\t{why}\n" for question, why in faults)
    return 1 if faults else 0


def _stale(
    questions: Iterable[OwnQuestion], segments: Mapping[str, Mapping[str, str]]
) -> tuple[tuple[str, str], ...]:
    faults = []
    for question in questions:
        pages = () if question.out_of_scope else (question.page, *question.also)
        faults += [
            (question.id, f"there is no page {page!r}") for page in pages if page not in segments
        ]
        faults += [
            (question.id, f"no segment of {question.page!r} has the digest {digest[:12]}…")
            for digest in question.evidence
            if question.page in segments and digest not in segments[question.page]
        ]
    return tuple(faults)


def _segments(document: Document) -> Mapping[str, str]:
    return {
        segment_digest(segment.text): segment.text
        for passage in passages_of(document)
        for segment in passage.segments
    }


_QUESTION = TypeAdapter(OwnQuestion)


def _question(path: Path, number: int, line: str) -> OwnQuestion:
    try:
        value: Any = json.loads(line)
        unknown = sorted(set(value) - {field.name for field in fields(OwnQuestion)})
        if unknown:
            raise DataUnreadable(path, number, f"unknown key {unknown[0]!r}; see README.md")
        return _QUESTION.validate_json(line, strict=True)
    except ValidationError as fault:
        first: Any = fault.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or "the line"
        raise DataUnreadable(path, number, f"{where}: {first['msg']}") from fault
    except (ValueError, TypeError) as fault:
        raise DataUnreadable(path, number, f"not a JSON object ({fault})") from fault


def _fault(question: OwnQuestion, earlier: Mapping[str, OwnQuestion], leant_on: set[str]) -> str:
    stem, _, number = question.id.rpartition("-")
    owner = "out-of-scope" if question.out_of_scope else question.page
    last = earlier.get(question.follows)
    turns = 1
    while last is not None:
        turns, last = turns + 1, earlier.get(last.follows)
    checks = (
        (question.id in earlier, "the id stands there twice"),
        (not number.isdecimal() or stem != owner, f"the id must be {owner!r}, '-' and a number"),
        (bool(question.out_of_scope and question.page), "out of scope, and yet about a page"),
        (bool(question.out_of_scope and question.answerable), "out of scope, and yet answerable"),
        (question.answerable != bool(question.evidence), "evidence goes with answerable only"),
        (bool(question.also and not question.answerable), "also goes with answerable only"),
        (len(set(question.evidence)) != len(question.evidence), "a digest stands there twice"),
        (not all(_is_digest(each) for each in question.evidence), "not a SHA-256 in lower hex"),
        (not question.text or question.text != question.text.strip(), "blank at an end of text"),
        (bool(question.follows) != bool(question.standalone), "follows and standalone go together"),
        (bool(question.follows) and question.follows not in earlier, "follows an unknown turn"),
        (question.follows in leant_on, "follows a turn that another one follows already"),
        (turns > LONGEST_CHAIN, f"more than {LONGEST_CHAIN} turns"),
        (
            bool(question.follows)
            and question.follows in earlier
            and earlier[question.follows].page != question.page,
            "follows a turn about another page",
        ),
    )
    return next((why for wrong, why in checks if wrong), "")


def _is_digest(text: str) -> bool:
    return len(text) == 64 and set(text) <= set("0123456789abcdef")


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
