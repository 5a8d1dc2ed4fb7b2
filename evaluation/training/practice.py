"""Reads what was written for practice alone (see evaluation/practice/README.md)."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from evaluation.errors import DataMissing, DataUnreadable
from evaluation.training.examples import Example, Lesson
from knowledge.embedding import PassageText

FOLDER = Path(__file__).parents[1] / "practice"
STARTER, GUIDANCE = "starter.jsonl", "guidance.jsonl"
INVENTED = "invented-*.txt"
OUT_OF_SCOPE = "out_of_scope.txt"

_SENTENCE = re.compile(r"(\d+) +(\S.*)")
_QUESTION = re.compile(r"Q +([\d, ]+) *\| *(?:story|plain|keywords) *\| *(\S.*)")


@dataclass(frozen=True, slots=True)
class PracticeQuestion:
    """A question over a page of the fit half, and the digests of the segments that answer it."""

    page: str
    text: str
    evidence: tuple[str, ...]


def practice_questions(name: str, folder: Path = FOLDER) -> tuple[PracticeQuestion, ...]:
    """Return the questions of one file. Raise DataMissing, DataUnreadable."""
    return tuple(_question(path, number, line) for path, number, line in _lines(folder / name))


def out_of_scope_messages(folder: Path = FOLDER) -> tuple[str, ...]:
    """Return messages that no public guidance is for. Raise DataMissing."""
    lines = _lines(folder / OUT_OF_SCOPE)
    return tuple(line for _, _, line in lines if not line.startswith("# "))


def invented_lesson(folder: Path = FOLDER) -> Lesson:
    """Return the invented pages and the questions over them. Raise DataMissing, DataUnreadable."""
    paths = sorted(folder.glob(INVENTED))
    if not paths:
        raise DataMissing(folder / INVENTED, "the invented pages")
    passages: list[PassageText] = []
    pages: list[str] = []
    examples: list[Example] = []
    for path in paths:
        page = _Page("", "", len(passages))
        for _, number, line in _lines(path):
            if line.startswith("=== "):
                page = _Page(f"{path.stem} {number}", line[4:].strip(), len(passages))
            elif line.startswith("## "):
                passages.append(PassageText(f"{page.title} – {line[3:].strip()}", (), ()))
                pages.append(page.name)
            elif found := _SENTENCE.fullmatch(line):
                if not page.title or len(passages) == page.first:
                    raise DataUnreadable(path, number, "a sentence stands before any heading")
                passage = passages[-1]
                page.places[int(found[1])] = (len(passages) - 1, len(passage.spans))
                passages[-1] = _with(passage, found[2].strip())
            elif found := _QUESTION.fullmatch(line):
                try:
                    answers = tuple(page.places[int(each)] for each in found[1].split(","))
                except (KeyError, ValueError) as fault:
                    raise DataUnreadable(path, number, f"names no sentence: {fault}") from fault
                examples.append(Example(found[2].strip(), page.name, answers))
            else:
                raise DataUnreadable(path, number, "is neither a page, heading, sentence, question")
    return Lesson(tuple(passages), tuple(pages), tuple(examples))


@dataclass(slots=True)
class _Page:
    name: str
    title: str
    first: int
    places: dict[int, tuple[int, int]]

    def __init__(self, name: str, title: str, first: int) -> None:
        self.name, self.title, self.first, self.places = name, title, first, {}


def _with(passage: PassageText, sentence: str) -> PassageText:
    start = len(passage.text) + 1
    return PassageText(
        f"{passage.text}\n{sentence}",
        (*passage.spans, (start, start + len(sentence))),
        (*passage.alone, sentence),
    )


def _question(path: Path, number: int, line: str) -> PracticeQuestion:
    try:
        said: Any = json.loads(line)
        return PracticeQuestion(said["page"], said["text"], tuple(said["evidence"]))
    except (ValueError, KeyError, TypeError) as fault:
        raise DataUnreadable(path, number, f"not a practice question: {fault!r}") from fault


def _lines(path: Path) -> Iterator[tuple[Path, int, str]]:
    if not path.is_file():
        raise DataMissing(path, "practice questions")
    for number, line in enumerate(path.read_text(encoding="utf-8").split("\n"), start=1):
        if line.strip():
            yield path, number, line.rstrip()
