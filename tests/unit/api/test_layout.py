"""From an answer's text to paragraphs and cells, losing nothing."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from api.pages.layout import cells_of, paragraphs
from api.pages.rendering import by_heading, safe_link
from assistant.views import AnswerBlock, Citation, TurnStatus, TurnView

CELL = st.text(st.characters(codec="utf-8", exclude_characters="|"), max_size=20)


@given(st.text())
def test_no_word_is_lost_between_paragraphs(text: str) -> None:
    shown = [word for paragraph in paragraphs(text) for line in paragraph for word in line.split()]
    assert shown == text.split()


@given(st.lists(st.lists(CELL, min_size=1, max_size=4), min_size=1, max_size=4))
def test_rows_are_of_one_length_and_keep_every_cell(rows: list[list[str]]) -> None:
    block = AnswerBlock("table", "", tuple(" | ".join(row) for row in rows), 0)
    table = cells_of(block)
    width = max(len(item.split(" | ")) for item in block.items)
    for item, row in zip(block.items, table.rows, strict=True):
        assert len(row) == width
        assert " | ".join(row).rstrip(" |").startswith(item.rstrip(" |"))


def test_a_lead_with_as_many_cells_is_the_header_and_otherwise_a_caption() -> None:
    rows = ("a | b",)
    assert cells_of(AnswerBlock("table", "", rows, 0, "X | Y")).header == ("X", "Y")
    captioned = cells_of(AnswerBlock("table", "", rows, 0, "These are the fees:"))
    assert captioned.header == ()
    assert captioned.caption == "These are the fees:"
    assert cells_of(AnswerBlock("table", "", ("a",), 0, "X")).caption == "X"
    assert cells_of(AnswerBlock("table", "", (), 0)).rows == ()


def headed(*blocks: tuple[str, int]) -> list[tuple[str, int]]:
    """Return each heading shown and how many blocks stand under it; pages are "A" and "B"."""
    turn = TurnView(
        "t",
        "c",
        0,
        TurnStatus.ANSWERED,
        "How?",
        datetime(2026, 3, 2, tzinfo=UTC),
        blocks=tuple(AnswerBlock("list", heading, (), place) for heading, place in blocks),
        citations=(Citation("https://a.example", "A", "", ""), Citation("/b", "B", "", "")),
    )
    return [(heading, len(group)) for heading, group in by_heading(turn)]


def test_neighbours_share_their_heading() -> None:
    assert headed(("A", 0), ("A", 0), ("B", 1), ("A", 0)) == [("A", 2), ("B", 1), ("A", 1)]


def test_a_page_is_named_once_and_then_its_sections() -> None:
    assert headed(("A – One", 0), ("A – Two", 0), ("B – A – Two", 1), ("A – Two", 0)) == [
        ("A – One", 1),
        ("Two", 1),
        ("B – A – Two", 1),
        ("A – Two", 1),
    ]
    assert headed(("A – One", 0), ("A", 0)) == [("A – One", 1), ("A", 1)]


def test_links_lead_to_pages_and_to_nothing_else() -> None:
    for good in ("https://www.gov.uk/a#b", "http://127.0.0.1:1/x", "/guidance/a#b"):
        assert safe_link(good) == good
    for bad in (
        "javascript:alert(1)",
        "JavaScript:alert(1)",
        " javascript:alert(1)",
        "java\nscript:alert(1)",
        "data:text/html,x",
        "//evil.example/x",
        "/\t/evil.example",
        "https://a.example/ onclick=x",
        "/\\evil.example",
        "\\\\evil.example",
        "https:evil",
        "relative/path",
        "http://[",
        "",
    ):
        assert safe_link(bad) == "", bad
