"""What the adapter learns from: passages, questions, and what of the passages answers.

Plain values that go through a file, so that a machine can train that has nothing else of the
project's needs installed, nor the pages.
"""

import hashlib
import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from knowledge.embedding import PassageText

Place = tuple[int, int]
"""A part of a passage: the passage's row, and the part's number in it."""


@dataclass(frozen=True, slots=True)
class Example:
    """A question and the parts of its page's passages that answer it.

    `sisters` are rows of passages on other pages known to answer too: neither right nor wrong.
    """

    text: str
    page: str
    answers: tuple[Place, ...]
    sisters: tuple[int, ...] = ()

    @property
    def passages(self) -> tuple[int, ...]:
        """Return the rows of the passages that answer, ascending."""
        return tuple(sorted({row for row, _ in self.answers}))


@dataclass(frozen=True, slots=True)
class Lesson:
    """The passages of one set of pages, each with the page it is of, and the examples over them."""

    passages: tuple[PassageText, ...]
    pages: tuple[str, ...]
    examples: tuple[Example, ...]

    def only(self, kept: Callable[[str], bool]) -> "Lesson":
        """Return the lesson with only the examples over some pages, by the page's name."""
        return Lesson(
            self.passages, self.pages, tuple(each for each in self.examples if kept(each.page))
        )


def fold_of(page: str, folds: int) -> int:
    """Return which of `folds` parts a page falls into; all its questions go with it."""
    return hashlib.sha256(f"fold {page}".encode()).digest()[0] % folds


def write_lessons(lessons: tuple[Lesson, ...], path: Path) -> None:
    """Write the lessons as JSON. They hold the pages' text: keep the file where the pages are."""
    path.write_text(json.dumps([asdict(each) for each in lessons]), encoding="utf-8")


def read_lessons(path: Path) -> tuple[Lesson, ...]:
    """Return the lessons that `write_lessons` wrote."""
    return tuple(
        Lesson(
            tuple(
                PassageText(each["text"], _pairs(each["spans"]), tuple(each["alone"]))
                for each in said["passages"]
            ),
            tuple(said["pages"]),
            tuple(
                Example(each["text"], each["page"], _pairs(each["answers"]), tuple(each["sisters"]))
                for each in said["examples"]
            ),
        )
        for said in json.loads(path.read_text(encoding="utf-8"))
    )


def _pairs(values: list[list[int]]) -> tuple[tuple[int, int], ...]:
    return tuple((first, second) for first, second in values)
