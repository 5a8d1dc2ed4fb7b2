"""Reviewed pages as files: what an adviser wrote is read back as text, and as nothing else."""

import json
import re
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from assistant.errors import KnowledgeMoveRefused
from assistant.reviewed_knowledge.exporting import page_markdown, write_pages
from assistant.reviewed_knowledge.page import Knowledge
from assistant.reviewed_knowledge.states import KnowledgeStatus
from evaluation.cases import read_questions
from knowledge.documents import BlockKind, Document
from knowledge.fetching import Fetcher
from knowledge.loaders.markdown_page import load
from knowledge.page_cache import PageCache
from knowledge.sources import read_source

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
PAGE = Knowledge(
    name="reviewed-12",
    version=2,
    status=KnowledgeStatus.APPROVED,
    conversation_id="c",
    case_id="k",
    message="m",
    digest="d",
    author="ann",
    language="en",
    proposed_by="bob",
    proposed_name="Bob",
    proposed_at=NOON,
    proposed_record="p",
    decided_by="tom",
    decided_name="Tom",
    decided_at=NOON,
    decided_record="q",
    question='Can I use a "post office"?',
    answer="Yes.\nTake:\n- your form\n- £5 in coins\n\n1. Go there\n2. Queue",
    official_url="https://www.gov.uk/post",
    official_title="Post offices",
    expires_on=date(2026, 9, 1),
    ended_at=None,
)


def read_back(page: Knowledge) -> Document:
    return load(page_markdown(page, "Test Council"), f"{page.name}.md")


def words(document: Document) -> list[str]:
    items = [
        (item, block.lead) for s in document.sections for block in s.blocks for item in block.items
    ]
    return " ".join(item for item, _ in items).split()


def test_the_page_says_who_reviewed_it_when_and_what_it_stands_for() -> None:
    document = read_back(PAGE)
    assert document.url == "/reviewed/reviewed-12"
    assert document.title == PAGE.question
    assert document.publisher == "Test Council, answer reviewed by Tom"
    assert document.updated == "2026-03-02"
    assert document.official_url == PAGE.official_url
    assert document.licence == ""
    assert 'expires_on = "2026-09-01"' in page_markdown(PAGE, "Test Council")
    (section,) = document.sections
    assert [block.kind for block in section.blocks] == [
        BlockKind.PARAGRAPH,
        BlockKind.PARAGRAPH,
        BlockKind.LIST,
        BlockKind.STEPS,
    ]


HOSTILE = (
    "<script>alert(1)</script>",
    "# Heading",
    "[a link](https://evil.example)",
    "![x](y) **bold** _it_ `code` ~~gone~~",
    "$CTA",
    "s1. First",
    "{::options /} {button}go{/button}",
    "*[HTML]: Hyper",
    "[bursaries]",
    "%warn% and ^note^",
    "^note^",
    "@notice@",
    "Form, 200KB",
    "This file may not be suitable for users of assistive technology.",
    "[x]: https://evil.example",
    "| a | b |\n|---|---|\n| c | d |",
    "=====",
    "-----",
    "+++",
    "> quoted",
    "1986. A year",
    "&amp; &lt;b&gt; &#65;",
    "see(/browse/benefits) now",
    "<table>\n<tr><td>x</td></tr>",
    "```\nfenced",
    "x\\",
    "word\\\nnext",
)


@pytest.mark.parametrize("text", HOSTILE)
def test_markup_is_read_as_the_signs_that_somebody_typed(text: str) -> None:
    """A line of signs alone says nothing, so the loader leaves it out, as it does in any page."""
    kept = [line for line in text.split("\n") if any(sign.isalnum() for sign in line)]
    assert words(read_back(replace(PAGE, answer=f"Begin.\n{text}\nEnd."))) == [
        "Begin.",
        *" ".join(kept).split(),
        "End.",
    ]


printable = st.text(
    st.characters(codec="utf-8", categories=("L", "N", "P", "S", "Zs", "Mn")), min_size=1
).filter(lambda text: text.isprintable() and any(sign.isalnum() for sign in text))


@given(lines=st.lists(printable, min_size=1, max_size=6), question=printable)
@example(lines=["- a", "b", "1) c"], question="''' \"\"\" \\")
def test_any_text_comes_back_word_for_word(lines: list[str], question: str) -> None:
    document = read_back(replace(PAGE, answer="\n".join(lines), question=question.strip()))
    marks = re.compile(r"^\s*(?:[-*•]|\d{1,3}[.)])[ \t]+(?=\S)")
    expected = " ".join(marks.sub("", line) for line in lines).split()
    assert words(document) == expected
    assert document.title == question.strip()


def test_a_folder_is_written_that_ingesting_and_asking_in_a_batch_read(tmp_path: Path) -> None:
    gone = replace(PAGE, name="reviewed-3")
    write_pages(tmp_path, [PAGE, gone], "Test Council")
    mine = tmp_path / "pages" / "notes.md"
    mine.write_text("# Mine\n\nKept.")
    write_pages(tmp_path, [PAGE], "Test Council")
    assert {p.name for p in (tmp_path / "pages").iterdir()} == {"reviewed-12.md", "notes.md"}
    with Fetcher("1", "nobody", PageCache(tmp_path / "cache")) as fetcher:
        read = list(read_source(str(tmp_path / "pages" / "reviewed-12.md"), fetcher))
    assert [each.url for each in read if isinstance(each, Document)] == [PAGE.address]
    (question,) = read_questions(tmp_path / "questions.jsonl")
    assert (question.id, question.text) == (PAGE.name, PAGE.question)
    (line,) = (tmp_path / "questions.jsonl").read_text().splitlines()
    assert json.loads(line)["expected"] == PAGE.address


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(KnowledgeMoveRefused, match="cannot be written"):
        write_pages(tmp_path / "file", [PAGE], "Test Council")
