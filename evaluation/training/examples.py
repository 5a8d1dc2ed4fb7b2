"""What the question adapter learns from: the fit half of the project's own questions."""

import hashlib
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from evaluation.own_set import OwnQuestion, segment_digest
from knowledge.building import passage_text, segment_text
from knowledge.chunking import passages_of
from knowledge.documents import Document
from knowledge.embedding import Embedder, Vectors

Rows = tuple[int, ...]
Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Example:
    """A question with the rows of the passages and segments that answer it.

    `sisters` are rows of passages on other pages known to answer too: neither right nor wrong.
    """

    text: str
    page: str
    passages: Rows
    segments: Rows
    sisters: Rows


@dataclass(frozen=True, slots=True, eq=False)
class Lesson:
    """The examples over one set of pages, and the vectors of its passages and segments.

    `passages` is float32[passages, dimensions], `segments` float32[segments, dimensions].
    """

    examples: tuple[Example, ...]
    passages: NDArray[np.float32]
    segments: NDArray[np.float32]

    def only(self, kept: Iterable[Example]) -> "Lesson":
        """Return the lesson with these of its examples."""
        return replace(self, examples=tuple(kept))


def lesson(
    questions: Iterable[OwnQuestion], documents: Mapping[str, Document], embedder: Embedder
) -> Lesson:
    """Return the questions in English that their page answers, follow-ups as they stand alone.

    `documents` are the pages by what questions call them.
    """
    passages = [
        (name, passage) for name, document in documents.items() for passage in passages_of(document)
    ]
    segments = [
        (row, segment) for row, (_, passage) in enumerate(passages) for segment in passage.segments
    ]
    pages = _rows((name, row) for row, (name, _) in enumerate(passages))
    answers = _rows(
        ((passages[row][0], segment_digest(segment.text)), place)
        for place, (row, segment) in enumerate(segments)
    )
    return Lesson(
        tuple(
            _example(question, pages, answers, [row for row, _ in segments])
            for question in questions
            if question.answerable and question.language == "en"
        ),
        _embedded([passage_text(passage) for _, passage in passages], embedder),
        _embedded([segment_text(segment) for _, segment in segments], embedder),
    )


def fold_of(page: str, folds: int) -> int:
    """Return which of `folds` parts a page falls into; all its questions go with it."""
    return hashlib.sha256(f"fold {page}".encode()).digest()[0] % folds


def _example(
    question: OwnQuestion,
    pages: Mapping[str, list[int]],
    answers: Mapping[tuple[str, str], list[int]],
    owners: list[int],
) -> Example:
    segments = [row for each in question.evidence for row in answers[question.page, each]]
    return Example(
        text=question.standalone or question.text,
        page=question.page,
        passages=tuple(sorted({owners[row] for row in segments})),
        segments=tuple(segments),
        sisters=tuple(row for page in question.also for row in pages.get(page, ())),
    )


def _rows(pairs: Iterable[tuple[Key, int]]) -> Mapping[Key, list[int]]:
    found: dict[Key, list[int]] = {}
    for key, row in pairs:
        found.setdefault(key, []).append(row)
    return found


def _embedded(texts: list[str], embedder: Embedder) -> Vectors:
    """Return float32[texts, dimensions]; a text that comes twice is embedded once."""
    distinct = sorted(dict.fromkeys(texts), key=len)
    vectors = embedder.embed_passages(distinct)
    places = {text: row for row, text in enumerate(distinct)}
    return vectors[[places[text] for text in texts]]
