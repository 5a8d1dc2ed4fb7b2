"""The project's own labelled questions, over two sets of pages (see questions/README.md).

    python -m evaluation.own_questions [PAGES] [--data DIR]

lists the questions whose page or evidence is no longer there, one a line: those over the starter
pages, and with `--data` also those over the guidance pages of that folder.
"""

import argparse
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from evaluation import corpora
from evaluation.errors import DataMissing, QuestionsStale
from evaluation.own_reading import (
    FILES,
    FOLDER,
    GUIDANCE_FILES,
    load_guidance_questions,
    load_questions,
)
from evaluation.own_set import (
    HALVES,
    LONGEST_CHAIN,
    Half,
    OwnQuestion,
    OwnQuestions,
    half_of,
    segment_digest,
)
from knowledge.chunking import passages_of
from knowledge.documents import Document
from knowledge.loaders import markdown_page

__all__ = [
    "FILES",
    "FOLDER",
    "GUIDANCE_FILES",
    "HALVES",
    "LONGEST_CHAIN",
    "Half",
    "OwnQuestion",
    "OwnQuestions",
    "guidance_documents",
    "half_of",
    "load_guidance_questions",
    "load_questions",
    "resolve",
    "segment_digest",
    "stale",
    "starter_documents",
]

STARTER_PAGES = Path(markdown_page.__file__).parents[1] / "starter" / "pages"


def starter_documents(pages: Path = STARTER_PAGES) -> Mapping[str, Document]:
    """Return the starter pages by slug. Raise DataMissing, and what the page loader raises."""
    paths = sorted(pages.glob("*.md"))
    if not paths:
        raise DataMissing(pages, "the starter pages")
    return {
        path.stem: markdown_page.load(path.read_text(encoding="utf-8"), path.name) for path in paths
    }


def guidance_documents(data: Path) -> Mapping[str, Document]:
    """Return the pages of a data folder that questions are about, by address.

    Raise DataMissing, DataUnreadable.
    """
    return {document.url: document for document in corpora.labelled(data).documents}


def resolve(
    questions: Iterable[OwnQuestion], documents: Mapping[str, Document]
) -> Mapping[str, tuple[str, ...]]:
    """Return each question's evidence as the pages' own text, by question id, in page order.

    `documents` are the pages by slug or address. Raise QuestionsStale where a page or a segment is
    gone.
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
    parser = argparse.ArgumentParser(prog="python -m evaluation.own_questions")
    parser.add_argument("pages", nargs="?", type=Path, default=STARTER_PAGES)
    parser.add_argument("--data", type=Path)
    given = parser.parse_args(arguments)
    faults = stale(load_questions().questions, starter_documents(given.pages))
    if given.data:
        faults += stale(load_guidance_questions().questions, guidance_documents(given.data))
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


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
