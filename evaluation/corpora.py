"""The guidance that the test questions are about, as documents to index."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from evaluation.cases import address
from evaluation.errors import DataMissing, DataUnreadable
from knowledge.documents import Block, BlockKind, Document, Section
from knowledge.loaders import conditionalqa, pages
from knowledge.results import Failed, Read, Skipped

GUIDANCE, GOVERNMENT, WELSH, LABELLED = "guidance", "government", "welsh", "labelled"

_GUIDANCE = (
    Path("govuk/conditionalqa/documents_dev.json"),
    Path("govuk/content_pages/pages.jsonl"),
    Path("govuk/get_into_teaching/pages.jsonl"),
)
_PENSION_WISE = Path("govuk/pension_wise_en_cy/pages.jsonl")
_GOVERNMENT = Path("conversational/mtrag_govt/passages.jsonl")


@dataclass(frozen=True, slots=True)
class Corpus:
    """Documents to index, each address once, and in words what was left out and why."""

    name: str
    documents: tuple[Document, ...]
    left_out: tuple[str, ...] = ()


def guidance(data: Path) -> Corpus:
    """Return the GOV.UK and Get Into Teaching pages under `data`.

    Where one address comes from two sources, the first named wins: the ConditionalQA documents,
    then the crawled pages, then Get Into Teaching. Raise DataMissing, DataUnreadable.
    """
    return _gathered("guidance", data, _GUIDANCE)


def labelled(data: Path) -> Corpus:
    """Return the pages that the project's own guidance questions are about.

    The crawled GOV.UK pages, Get Into Teaching, then Pension Wise in English and Welsh.
    Raise DataMissing, DataUnreadable.
    """
    return _gathered(LABELLED, data, (*_GUIDANCE[1:], _PENSION_WISE))


def welsh(data: Path) -> Corpus:
    """Return Pension Wise's pages in English and in Welsh. Raise DataMissing, DataUnreadable."""
    return _gathered(WELSH, data, (_PENSION_WISE,))


def _gathered(name: str, data: Path, paths: Iterable[Path]) -> Corpus:
    documents: dict[str, Document] = {}
    left_out: list[str] = []
    for path in paths:
        text = _text(data / path, "guidance pages")
        for read in _documents(data / path, text):
            match read:
                case Document():
                    if documents.setdefault(address(read.url), read) is not read:
                        left_out.append(f"{path}: {read.url} stands in an earlier source")
                case Skipped():
                    left_out.append(f"{read.source}: {read.why}")
                case Failed():
                    raise DataUnreadable(data / path, 0, f"{read.source}: {read.why}")
    return Corpus(name, tuple(documents.values()), tuple(left_out))


def government(data: Path) -> Corpus:
    """Return the passages of the government conversations (mtRAG), each as a document.

    A document's address is its page's with the passage's id as the fragment, so that a search
    result can be told to be that passage. Raise DataMissing, DataUnreadable.
    """
    path = data / _GOVERNMENT
    documents: list[Document] = []
    for number, line in enumerate(_text(path, "government passages").split("\n"), start=1):
        if line.strip():
            try:
                documents.append(_judged_passage(json.loads(line)))
            except (ValueError, KeyError, TypeError, AttributeError) as fault:
                raise DataUnreadable(path, number, f"not a passage: {fault!r}") from fault
    return Corpus(GOVERNMENT, tuple(documents))


READERS: Mapping[str, Callable[[Path], Corpus]] = {
    GUIDANCE: guidance,
    GOVERNMENT: government,
    WELSH: welsh,
}
"""How each corpus is read from the data folder."""


def corpus_notes(corpus: Corpus) -> tuple[str, ...]:
    """Return how much the corpus holds, in words."""
    held = f"The corpus has {len(corpus.documents):,} pages."
    left = f" {len(corpus.left_out):,} were left out, mostly because an earlier source has them."
    return (held + left if corpus.left_out else held,)


def _documents(path: Path, text: str) -> Iterator[Read]:
    if path.suffix == ".jsonl":
        return pages.load_lines(text, str(path))
    try:
        values = json.loads(text)
    except ValueError as fault:
        raise DataUnreadable(path, 0, f"not JSON ({fault})") from fault
    return conditionalqa.load_all(values, str(path))


def _judged_passage(value: Any) -> Document:
    title = " ".join(value["title"].split())
    url = f"{value['url'].partition('#')[0]}#{value['id']}"
    lines = _lines(value["text"])
    paragraphs = tuple(line for line in lines if line != title) or tuple(lines)
    blocks = tuple(Block(BlockKind.PARAGRAPH, (paragraph,)) for paragraph in paragraphs)
    return Document(
        url=url,
        title=title or url,
        sections=(Section((), url, blocks),),
        licence="Apache-2.0",
    )


def _lines(text: str) -> list[str]:
    folded: Iterable[str] = (" ".join(line.split()) for line in text.split("\n"))
    return [line for line in folded if line]


def _text(path: Path, what: str) -> str:
    if not path.is_file():
        raise DataMissing(path, what)
    return path.read_text(encoding="utf-8")
