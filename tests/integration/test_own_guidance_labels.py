"""The project's questions over real guidance pages are as their data card says."""

import re
from collections.abc import Mapping
from pathlib import Path

import pytest

from evaluation.own_questions import (
    OwnQuestions,
    guidance_documents,
    load_guidance_questions,
    resolve,
    segment_digest,
)
from knowledge.chunking import passages_of
from knowledge.documents import Document

RUN_OF_WORDS = 8


@pytest.fixture(scope="module")
def documents(data_dir: Path) -> Mapping[str, Document]:
    return guidance_documents(data_dir)


@pytest.fixture(scope="module")
def asked() -> OwnQuestions:
    return load_guidance_questions()


def words(text: str) -> list[str]:
    return re.findall(r"[^\W_]+", text.casefold())


def runs(text: str) -> set[tuple[str, ...]]:
    found = words(text)
    return {tuple(found[at : at + RUN_OF_WORDS]) for at in range(len(found) - RUN_OF_WORDS + 1)}


def test_every_label_resolves_in_the_pages(
    asked: OwnQuestions, documents: Mapping[str, Document]
) -> None:
    found = resolve(asked.questions, documents)
    for question in asked.questions:
        digests = [segment_digest(text) for text in found[question.id]]
        assert sorted(digests) == sorted(question.evidence)


def test_no_question_repeats_a_heading(
    asked: OwnQuestions, documents: Mapping[str, Document]
) -> None:
    headings = {
        " ".join(words(heading))
        for document in documents.values()
        for heading in (
            document.title,
            *(heading for section in document.sections for heading in section.headings),
        )
    }
    said = {
        question.id
        for question in asked.questions
        for text in (question.text, question.standalone)
        if " ".join(words(text)) in headings - {""}
    }
    assert said == set()


def test_no_question_shares_eight_words_in_a_row_with_its_page(
    asked: OwnQuestions, documents: Mapping[str, Document]
) -> None:
    pages = {
        address: runs(" ".join(passage.text for passage in passages_of(document)))
        for address, document in documents.items()
    }
    shared = {
        question.id
        for question in asked.questions
        for text in (question.text, question.standalone)
        if runs(text) & pages[question.page]
    }
    assert shared == set()
