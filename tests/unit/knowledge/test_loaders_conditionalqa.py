"""The ConditionalQA form: flat elements become lists, tables and headings, word for word."""

import pytest

from knowledge.documents import Block, BlockKind, Document, Section
from knowledge.errors import DocumentUnreadable
from knowledge.loaders.conditionalqa import load, load_all
from knowledge.results import Failed

URL = "https://www.gov.uk/kite-licence"

PAGE = {
    "title": "Kite licence",
    "url": URL,
    "contents": [
        "<p>You need a licence to fly a kite.</p>",
        "<h1>Who can apply</h1>",
        "<p>You must be:</p>",
        "<li>16 or over</li>",
        "<li>living in a B&B  or a house</li>",
        "<p>Ask us if you’re not sure.</p>",
        "<h2>Fees</h2>",
        "<tr>Kite | Fee | Note</tr>",
        "<tr>Small | £5 | </tr>",
        "<tr>Large |  | Ask</tr>",
        "<h2>Empty</h2>",
        "<h1>Renew</h1>",
        "<p>Every year.</p>",
    ],
}


def paragraph(text: str) -> Block:
    return Block(BlockKind.PARAGRAPH, (text,))


def test_runs_of_elements_become_lists_and_tables_under_their_headings() -> None:
    assert load(PAGE, "kites.json") == Document(
        url=URL,
        title="Kite licence",
        sections=(
            Section((), URL, (paragraph("You need a licence to fly a kite."),)),
            Section(
                ("Who can apply",),
                URL,
                (
                    paragraph("You must be:"),
                    Block(
                        BlockKind.LIST,
                        ("16 or over", "living in a B&B or a house"),
                        "You must be:",
                    ),
                    paragraph("Ask us if you’re not sure."),
                ),
            ),
            Section(
                ("Who can apply", "Fees"),
                URL,
                (
                    Block(
                        BlockKind.TABLE,
                        ("Small | £5 |", "Large |  | Ask"),
                        "",
                        ("Kite", "Fee", "Note"),
                    ),
                ),
            ),
            Section(("Renew",), URL, (paragraph("Every year."),)),
        ),
    )


@pytest.mark.parametrize(
    ("value", "why"),
    [
        ({"title": "x"}, "needs a title, a url and a list"),
        ({**PAGE, "contents": "text"}, "needs a title, a url and a list"),
        ({**PAGE, "contents": ["loose text"]}, "not an element"),
        ({**PAGE, "contents": [7]}, "not an element"),
        ({**PAGE, "contents": ["<p>open</li>"]}, "not an element"),
        ({**PAGE, "contents": ["<h1>Only</h1>"]}, "no text"),
        ({**PAGE, "title": " "}, "no title"),
    ],
)
def test_what_is_not_of_this_form_is_refused_by_name(value: object, why: str) -> None:
    with pytest.raises(DocumentUnreadable, match=why) as caught:
        load(value, "kites.json")
    assert caught.value.source == "kites.json"


def test_one_bad_document_is_named_and_the_others_are_read() -> None:
    read = list(load_all([PAGE, None, PAGE], "kites.json"))
    assert [type(one) for one in read] == [Document, Failed, Document]
    assert isinstance(read[1], Failed)
    assert read[1].source == "kites.json, document 2"
