"""Tables in Markdown, as kramdown and html2text write them: every row whole, no cell lost."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.chunking import segments_of
from knowledge.documents import Block, BlockKind
from knowledge.loaders.govspeak import html_of
from knowledge.loaders.markdown_tables import with_plain_tables
from knowledge.loaders.markup import sections_of


def blocks(markdown: str) -> list[Block]:
    return [block for section in sections_of(html_of(markdown), "u") for block in section.blocks]


def table(header: tuple[str, ...], *items: str, lead: str = "") -> Block:
    return Block(BlockKind.TABLE, items, lead, header)


def paragraph(text: str) -> Block:
    return Block(BlockKind.PARAGRAPH, (text,))


@pytest.mark.parametrize(
    ("markdown", "found"),
    [
        ("| Age | Pay\n---|---|---\nA | 5 | £1", [table(("", "Age", "Pay"), "A | 5 | £1")]),
        ("| Age |  \n---|---|---  \nA | 5 |  \n", [table(("", "Age"), "A | 5")]),
        ("a | b | c\n-|-\n1 | 2 | 3", [table(("a", "b", "c"), "1 | 2 | 3")]),
        ("a | b\n-|-|-|-\n1 | 2\n3 | 4", [table(("a", "b"), "1 | 2", "3 | 4")]),
        ("| a | b |\n---|---\n| 1 | 2 |", [table(("a", "b"), "1 | 2")]),
        ("| a | b |\n|:--|--:|\n| | 2 |", [table(("a", "b"), "| 2")]),
        ("a | b\n---|---\n1 | 2 | 3", [table(("a", "b", ""), "1 | 2 | 3")]),
        (
            "Say:\na | b\n---|---\n1 | 2",
            [paragraph("Say:"), table(("a", "b"), "1 | 2", lead="Say:")],
        ),
        ("a | b\n---|---\n1 | 2\n## End\n\nx", [table(("a", "b"), "1 | 2"), paragraph("x")]),
        (
            "a | b\n---|---\n1 | 2\n\nTable caption: Rates\n\nx",
            [paragraph("Rates"), table(("a", "b"), "1 | 2", lead="Rates"), paragraph("x")],
        ),
        ("this | that\n\n---", [paragraph("this | that")]),
        ("a | b\n\n---|---", [paragraph("a | b"), paragraph("---|---")][:1]),
    ],
)
def test_a_table_of_any_rule_is_read_with_its_header(markdown: str, found: list[Block]) -> None:
    assert [b if b.header else Block(b.kind, b.items) for b in blocks(markdown)] == found


BROKEN = (
    "This table shows what you can claim.",
    "",
    "You | Pay | Help",
    "---|---|---  ",
    "You fly kites.  ",
    "  ",
    "You have a licence. | You can claim. | You may get help.  ",
    "  ",
    "You must ask.  ",
    "You do not fly.  ",
    "You have no licence. | You cannot claim. | None  ",
    "  ",
    "The rate is £5.",
)


def test_a_row_that_runs_over_several_lines_is_one_segment() -> None:
    introduction, rows, after = blocks("\n".join(BROKEN))
    assert introduction == paragraph("This table shows what you can claim.")
    assert rows.items == (
        "You fly kites. You have a licence. | You can claim. | You may get help. You must ask.",
        "You do not fly. You have no licence. | You cannot claim. | None",
    )
    assert {segment.lead for segment in segments_of(rows)} == {"You | Pay | Help"}
    assert after == paragraph("The rate is £5.")


def test_an_html_table_with_blank_lines_is_one_table() -> None:
    markup = "<table><tr><th>Who</th><th>What</th></tr>\n<tr><td>\n      A<br>\n\n      B</td>\n\n"
    block = table(("Who", "What"), "A B | C")
    assert blocks(f"{markup}    <td>C</td></tr></table>\n\nEnd") == [block, paragraph("End")]


def test_a_table_left_open_does_not_join_the_paragraphs_after_it() -> None:
    assert "<p>a</p>\n<p>b</p>" in html_of("<table>\n\na\n\nb")


CELLS = st.text(st.sampled_from("abc .£"), min_size=1, max_size=8).map(lambda t: f"x{t}".strip())
ROWS = st.integers(2, 4).flatmap(
    lambda width: st.lists(st.lists(CELLS, min_size=width, max_size=width), min_size=2, max_size=5)
)


@given(ROWS, st.sampled_from(["", "  "]), st.integers(1, 6), st.booleans())
def test_no_cell_is_lost_however_the_table_is_drawn(
    rows: list[list[str]], end: str, ruled: int, edged: bool
) -> None:
    bar = "| " if edged else ""
    lines = [f"{bar}{' | '.join(row)}{' |' if edged else ''}{end}" for row in rows]
    width = len(rows[0]) if end else max(ruled, 2)
    lines.insert(1, f"{bar.strip()}{'|'.join(['---'] * width)}{end}")
    (block,) = blocks("\n".join(lines))
    said = [*block.header, *(cell for item in block.items for cell in item.split(" | "))]
    assert [cell for cell in said if cell] == [
        " ".join(cell.split()) for row in rows for cell in row
    ]


LINES = st.lists(st.text(st.sampled_from("ab|- #\\"), max_size=8), max_size=12)


@given(LINES)
def test_only_bars_rules_and_spaces_ever_change(lines: list[str]) -> None:
    def words(text: list[str]) -> str:
        return re.sub(r"[|\-\s]", "", "".join(text))

    assert words(with_plain_tables(lines)) == words(lines)
