"""Markdown pages: starter front matter, plain files, and what GOV.UK's dialect adds."""

import time
from textwrap import dedent

import pytest

from knowledge.documents import OGL3, Block, BlockKind
from knowledge.errors import DocumentUnreadable, NotGuidance
from knowledge.loaders.govspeak import html_of
from knowledge.loaders.markdown_page import load
from knowledge.loaders.markup import sections_of

STARTER = """\
+++
title = "Fly a kite"
summary = "What to do first."
official_url = "https://www.gov.uk/kite-licence"
official_title = "Kite licence"
relied_on = "2025-01"
publisher = "Starter guidance"
nations = ["England", "Wales"]
topic = "Leisure"
language = "en"
+++

You need a licence.

## Who can apply

You must be:

- 16 or over
- one of these:
    - a member
    - a guest

## Who can apply

1. Ask.
2. Pay.
"""


def test_a_starter_page_has_an_address_of_ours_and_names_the_official_one() -> None:
    page = load(STARTER, "knowledge/starter/pages/fly-a-kite.md")
    assert page.url == "/guidance/fly-a-kite"
    assert page.title == "Fly a kite"
    assert page.summary == "What to do first."
    assert (page.official_url, page.official_title) == (
        "https://www.gov.uk/kite-licence",
        "Kite licence",
    )
    assert page.updated == "2025-01"
    assert page.nations == ("England", "Wales")
    assert page.licence == "MIT"
    assert page.publisher == "Starter guidance"
    assert [section.url for section in page.sections] == [
        "/guidance/fly-a-kite",
        "/guidance/fly-a-kite#who-can-apply",
        "/guidance/fly-a-kite#who-can-apply-1",
    ]
    assert page.sections[1].blocks[1:] == (
        Block(BlockKind.LIST, ("16 or over", "one of these:"), "You must be:"),
        Block(BlockKind.LIST, ("a member", "a guest"), "one of these:"),
    )
    assert page.sections[2].blocks == (Block(BlockKind.STEPS, ("Ask.", "Pay.")),)


def test_windows_line_ends_and_a_byte_order_mark_change_nothing() -> None:
    plain = load(STARTER, "fly-a-kite.md")
    assert load("\ufeff" + STARTER.replace("\n", "\r\n"), "fly-a-kite.md") == plain


def test_a_plain_file_takes_its_title_from_its_first_heading() -> None:
    page = load("# Kites\n\nThey fly.\n\n## Strings\n\nLong.", "notes/kites.md")
    assert (page.title, page.url, page.licence) == ("Kites", "notes/kites.md", OGL3)
    assert [section.headings for section in page.sections] == [(), ("Strings",)]
    assert load("They fly.", "notes/kites.md").title == "kites"
    assert load("They fly.", "x.md", "https://a.example/b").url == "https://a.example/b"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("+++\ntitle = 'x'\n\nBody", "no closing"),
        ("+++\ntitle = \n+++\nBody", "not TOML"),
        ("+++\nsummary = 'x'\n+++\nBody", "no title"),
        ("+++\ntitle = 'x'\nnations = 'Wales'\n+++\nBody", "not a list"),
    ],
)
def test_broken_front_matter_is_refused_by_name(text: str, why: str) -> None:
    with pytest.raises(DocumentUnreadable, match=why):
        load(text, "bad.md")


@pytest.mark.parametrize("text", ["", "+++\ntitle = 'x'\n+++\n", "# Title only"])
def test_a_page_without_text_is_not_guidance(text: str) -> None:
    with pytest.raises(NotGuidance) as caught:
        load(text, "empty.md")
    assert caught.value.reason == "no_text"


def said(markdown: str) -> list[tuple[BlockKind, tuple[str, ...]]]:
    sections = sections_of(html_of(dedent(markdown)), "u")
    return [(block.kind, block.items) for section in sections for block in section.blocks]


P, L, S, T = BlockKind.PARAGRAPH, BlockKind.LIST, BlockKind.STEPS, BlockKind.TABLE


@pytest.mark.parametrize(
    ("markdown", "blocks"),
    [
        ("%Warning text.%", [(P, ("Warning text.",))]),
        ("^Note text.^", [(P, ("Note text.",))]),
        ("@Important text.@", [(P, ("Important text.",))]),
        ("@hmrc answers.", [(P, ("@hmrc answers.",))]),
        ("^ spaced ^", [(P, ("^ spaced ^",))]),
        ("^Left open.", [(P, ("Left open.",))]),
        ("s1. Go.\ns2. Pay.", [(S, ("Go.", "Pay."))]),
        ("a\n\n{::calculator id='x' /}\n\nb", [(P, ("a",)), (P, ("b",))]),
        ("[Book](/b){: .button #x style='y'}", [(P, ("Book",))]),
        ("The DWP pays.\n\n*[DWP]: Department for Work", [(P, ("The DWP pays.",))]),
        ("$CTA\n\n* a\n* b\n\n$CTA\n\nEnd", [(L, ("a", "b")), (P, ("End",))]),
        ("$CTA\nSay it.\n$CTA", [(P, ("Say it.",))]),
        ("$A\nOffice\nLeeds\n$A", [(P, ("Office, Leeds",))]),
        ("$C\n**Line**\nTelephone: 0300\n$C", [(P, ("Line",)), (L, ("Telephone: 0300",))]),
        ("$E\n**Example**\nYou pay £5.\n$E", [(P, ("You pay £5.",))]),
        ("$C\nAsk the office.\n$C", [(P, ("Ask the office.",))]),
        (
            "Desk  \nTelephone: 0300 1  \nMonday  \n",
            [(P, ("Desk",)), (L, ("Telephone: 0300 1", "Monday"))],
        ),
        ("Rate | Pay\n---|---\nA | 0%\nB | 5%", [(T, ("A | 0%", "B | 5%"))]),
        ("Rate | Pay\n- | -\nA | - £5\n**B** | £6", [(T, ("A | - £5", "B | £6"))]),
        ("a\n\n##Heading\n\nb", [(P, ("a",)), (P, ("b",))]),
        ("Raw <b>html</b><script>bad</script>", [(P, ("Raw html",))]),
        ("It costs $5 or 5%.", [(P, ("It costs $5 or 5%.",))]),
        ("[Image: x.png]\n\nText", [(P, ("Text",))]),
        ("Pay^2^ and 100% more", [(P, ("Pay^2^ and 100% more",))]),
        ("a\n\n##\u00a0Heading\n\nb", [(P, ("a",)), (P, ("b",))]),
        ("a\n\n[bursaries]\n\nb", [(P, ("a",)), (P, ("b",))]),
        ("[bursaries]\n\n[bursaries]: /b", [(P, ("bursaries",))]),
        ("Ask about [any] money.", [(P, ("Ask about [any] money.",))]),
        ("a\n\n[ Start now ](https://a.example/b)", [(P, ("a",))]),
        ("[Start now](https://a.example/b) today", [(P, ("Start now today",))]),
        ("ODT, 43 KB\n\nThis file is in an [OpenDocument](/odf) format\n\na", [(P, ("a",))]),
        ("It costs [a pound] (https://a.example/b) a day", [(P, ("It costs a pound a day",))]),
        ("See features(/statements#special).", [(P, ("See features.",))]),
        ("his(/her) and/or(/both)", [(P, ("his(/her) and/or(/both)",))]),
        ("a\n\n    far in", [(P, ("a",)), (P, ("far in",))]),
    ],
)
def test_what_govspeak_adds_is_understood_or_left_out(
    markdown: str, blocks: list[tuple[BlockKind, tuple[str, ...]]]
) -> None:
    assert said(markdown) == blocks


@pytest.mark.parametrize(
    ("markdown", "sections"),
    [
        ("Example\n\nYou pay £5.\n\nEnd", [(("Example",), ["You pay £5."]), ((), ["End"])]),
        ("Example\nYou pay £5.\n\nEnd", [(("Example",), ["You pay £5."]), ((), ["End"])]),
        ("$E\nExample\nYou pay.\n$E\nEnd", [(("Example",), ["You pay."]), ((), ["End"])]),
        ("Example\n\n## Pay\n\nEnd", [((), ["Example"]), (("Pay",), ["End"])]),
        ("Example\n\n* a", [((), ["Example", "a"])]),
        ("Example", [((), ["Example"])]),
        ("Example of it\n\nEnd", [((), ["Example of it", "End"])]),
    ],
)
def test_an_example_without_a_box_is_its_title_and_a_paragraph(
    markdown: str, sections: list[tuple[tuple[str, ...], list[str]]]
) -> None:
    found = sections_of(html_of(markdown), "u")
    assert [
        (section.headings, [item for block in section.blocks for item in block.items])
        for section in found
    ] == sections


@pytest.mark.parametrize(
    "unit",
    [
        "{:",
        "{::a ",
        "<table>\n\n",
        "a | b  \n---|---  \n",
        "a(/b",
        "[ a ](",
        "[Image:",
        "-|",
        "^a" + " " * 50,
        "*[",
        "$",
        "`",
        "[](",
        "<b",
        "> ",
        "| ",
    ],
)
def test_hostile_lines_do_not_hold_the_reader_up(unit: str) -> None:
    text = "^" + unit * (20_000 // len(unit)) + "x"
    start = time.process_time()
    html_of(text)
    assert time.process_time() - start < 3
