"""Gathers what the adapter learns from: the fit half of our own questions, and what was written
for practice."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Protocol

from evaluation.errors import QuestionsStale
from evaluation.own_questions import (
    guidance_documents,
    load_guidance_questions,
    load_questions,
    starter_documents,
)
from evaluation.own_set import OwnQuestion, segment_digest
from evaluation.training.examples import Example, Lesson, Place
from evaluation.training.practice import GUIDANCE, STARTER, invented_lesson, practice_questions
from knowledge.building import passage_text
from knowledge.chunking import passages_of
from knowledge.documents import Document


class Labelled(Protocol):
    """A question over a page, and the digests of the page's segments that answer."""

    @property
    def page(self) -> str: ...
    @property
    def text(self) -> str: ...
    @property
    def evidence(self) -> tuple[str, ...]: ...


def all_lessons(data: Path) -> tuple[Lesson, ...]:
    """Return the lessons: starter pages, guidance pages of the data folder, invented pages.

    Raise DataMissing, DataUnreadable.
    """
    return (
        lesson(load_questions().of("fit"), starter_documents(), practice_questions(STARTER)),
        lesson(
            load_guidance_questions().of("fit"),
            guidance_documents(data),
            practice_questions(GUIDANCE),
        ),
        invented_lesson(),
    )


def lesson(
    questions: Iterable[OwnQuestion],
    documents: Mapping[str, Document],
    practice: Iterable[Labelled] = (),
) -> Lesson:
    """Return the questions in English that their page answers, follow-ups as they stand alone.

    `documents` are the pages by what questions call them. Only pages that a question is about
    are taken, so that nothing is learned from the others, not even that they are wrong. Raise
    QuestionsStale where a page no longer has a segment that answers.
    """
    taught = [each for each in questions if each.answerable and each.language == "en"]
    practised = list(practice)
    names = {each.page for each in (*taught, *practised)}
    read = [
        (name, passage)
        for name, document in documents.items()
        if name in names
        for passage in passages_of(document)
    ]
    pages: dict[str, list[int]] = {}
    places: dict[tuple[str, str], list[Place]] = {}
    for row, (name, passage) in enumerate(read):
        pages.setdefault(name, []).append(row)
        for part, segment in enumerate(passage.segments):
            places.setdefault((name, segment_digest(segment.text)), []).append((row, part))

    faults = tuple(
        (f"{each.page}: {each.text}", f"no segment is {digest[:12]}…")
        for each in (*taught, *practised)
        for digest in each.evidence
        if (each.page, digest) not in places
    )
    if faults:
        raise QuestionsStale(faults)

    def answers(question: Labelled) -> tuple[Place, ...]:
        return tuple(place for each in question.evidence for place in places[question.page, each])

    return Lesson(
        tuple(passage_text(passage) for _, passage in read),
        tuple(name for name, _ in read),
        (
            *(
                Example(
                    each.standalone or each.text,
                    each.page,
                    answers(each),
                    tuple(row for page in each.also for row in pages.get(page, ())),
                )
                for each in taught
            ),
            *(Example(each.text, each.page, answers(each)) for each in practised),
        ),
    )
