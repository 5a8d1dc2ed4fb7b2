"""Read the project's own questions, line by line, and say what is wrong with a line."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from evaluation.errors import DataMissing, DataUnreadable
from evaluation.own_set import LONGEST_CHAIN, ROOTS, OwnQuestion, OwnQuestions

FOLDER = Path(__file__).parent / "questions"
FILES = ("questions.jsonl", "follow_ups.jsonl", "out_of_scope.jsonl")
GUIDANCE_FILES = ("guidance_questions.jsonl", "guidance_follow_ups.jsonl")


def load_questions(folder: Path = FOLDER) -> OwnQuestions:
    """Return the set over the starter pages. Raise DataMissing, DataUnreadable.

    Whether pages and evidence still exist is for `resolve` and `stale` to say.
    """
    return _load(folder, FILES, over_starter_pages=True)


def load_guidance_questions(folder: Path = FOLDER) -> OwnQuestions:
    """Return the set over the guidance pages of a data folder; otherwise as `load_questions`."""
    return _load(folder, GUIDANCE_FILES, over_starter_pages=False)


def _load(folder: Path, names: Sequence[str], *, over_starter_pages: bool) -> OwnQuestions:
    questions: dict[str, OwnQuestion] = {}
    leant_on: set[str] = set()
    for name in names:
        path = folder / name
        if not path.is_file():
            raise DataMissing(path, "the project's own questions")
        for number, line in enumerate(path.read_text(encoding="utf-8").split("\n"), start=1):
            if not line.strip():
                continue
            question = _question(path, number, line)
            fault = _misplaced(question, over_starter_pages) or _fault(
                question, questions, leant_on
            )
            if fault:
                raise DataUnreadable(path, number, f"{question.id}: {fault}")
            questions[question.id] = question
            leant_on |= {question.follows} - {""}
    return OwnQuestions(tuple(questions.values()))


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


def _misplaced(question: OwnQuestion, over_starter_pages: bool) -> str:
    match over_starter_pages, bool(question.collection):
        case True, True:
            return "has a collection, and yet stands with questions over the starter pages"
        case False, False:
            return "needs a collection, as it is not about a starter page"
    return ""


def _fault(question: OwnQuestion, earlier: Mapping[str, OwnQuestion], leant_on: set[str]) -> str:
    stem, _, number = question.id.rpartition("-")
    last = earlier.get(question.follows)
    turns = 1
    while last is not None:
        turns, last = turns + 1, earlier.get(last.follows)
    checks = (
        (question.id in earlier, "the id stands there twice"),
        (
            bool(question.collection) and not question.page.startswith(_roots(question)),
            f"a page of {question.collection} begins with {' or '.join(_roots(question))}",
        ),
        (
            not number.isdecimal() or stem != question.owner,
            f"the id must be {question.owner!r}, '-' and a number",
        ),
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


def _roots(question: OwnQuestion) -> tuple[str, ...]:
    return ROOTS[question.collection] if question.collection else ()


def _is_digest(text: str) -> bool:
    return len(text) == 64 and set(text) <= set("0123456789abcdef")
