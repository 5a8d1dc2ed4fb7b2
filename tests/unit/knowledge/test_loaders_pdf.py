"""PDF files: text in paragraphs, pages as addresses, headings from the outline."""

from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pypdf import PdfWriter
from pypdf.generic import DecodedStreamObject, DictionaryObject, NameObject

from knowledge.documents import BlockKind, Document
from knowledge.errors import DocumentUnreadable
from knowledge.loaders.pdf import load

URL = "https://kites.example/guide.pdf"
P, L = BlockKind.PARAGRAPH, BlockKind.LIST


def pdf_of(
    *pages: list[str],
    outline: tuple[tuple[int, str, int], ...] = (),
    title: str = "",
    password: str = "",
) -> bytes:
    """Return a PDF whose pages show these lines; `outline` holds (level, title, page)."""
    writer = PdfWriter()
    font = DictionaryObject(
        {
            NameObject("/Type"): NameObject("/Font"),
            NameObject("/Subtype"): NameObject("/Type1"),
            NameObject("/BaseFont"): NameObject("/Helvetica"),
            NameObject("/Encoding"): NameObject("/WinAnsiEncoding"),
        }
    )
    for lines in pages:
        page = writer.add_blank_page(width=595, height=842)
        page[NameObject("/Resources")] = DictionaryObject(
            {NameObject("/Font"): DictionaryObject({NameObject("/F1"): font})}
        )
        stream = DecodedStreamObject()
        shown = b"".join(b"<%s> Tj T*\n" % line.encode("cp1252").hex().encode() for line in lines)
        stream.set_data(b"BT /F1 11 Tf 14 TL 50 800 Td\n" + shown + b"ET")
        page[NameObject("/Contents")] = writer._add_object(stream)
    above: dict[int, object] = {}
    for level, heading, number in outline:
        above[level] = writer.add_outline_item(heading, number - 1, parent=above.get(level - 1))
    if title:
        writer.add_metadata({"/Title": title, "/ModDate": "D:20240302100000Z"})
    if password:
        writer.encrypt(password, algorithm="AES-256")
    file = BytesIO()
    writer.write(file)
    return file.getvalue()


def said(
    page: Document,
) -> list[tuple[tuple[str, ...], str, list[tuple[BlockKind, tuple[str, ...]]]]]:
    return [
        (
            section.headings,
            section.url.removeprefix(URL),
            [(block.kind, block.items) for block in section.blocks],
        )
        for section in page.sections
    ]


def test_lines_become_paragraphs_and_pages_addresses() -> None:
    data = pdf_of(
        [
            "You need a licence to fly a kite that is over two",
            "metres wide in any park.",
            "Children need none.",
        ],
        ["It costs £5 a year."],
        title="Kite guide",
    )
    page = load(data, "guide.pdf", URL)
    assert (page.title, page.updated, page.url) == ("Kite guide", "2024-03-02", URL)
    assert said(page) == [
        (
            (),
            "#page=1",
            [
                (
                    P,
                    ("You need a licence to fly a kite that is over two metres wide in any park.",),
                ),
                (P, ("Children need none.",)),
            ],
        ),
        ((), "#page=2", [(P, ("It costs £5 a year.",))]),
    ]


def test_the_outline_gives_the_headings() -> None:
    data = pdf_of(
        ["Kites", "Kites are fun to fly.", "Fees", "It costs £5 a year to fly a kite here."],
        ["More about fees stands here.", "Wind", "Wind is needed."],
        outline=((1, "Kites", 1), (2, "Fees", 1), (1, "Wind", 2)),
    )
    page = load(data, "guide.pdf", URL)
    assert [(headings, url) for headings, url, _ in said(page)] == [
        (("Kites",), "#page=1"),
        (("Kites", "Fees"), "#page=1"),
        (("Wind",), "#page=2"),
    ]
    assert said(page)[1][2] == [
        (P, ("It costs £5 a year to fly a kite here.",)),
        (P, ("More about fees stands here.",)),
    ]


def test_a_title_is_taken_from_the_outline_or_the_file_name() -> None:
    lines = ["Fly a kite in a wind that is", "strong."]
    assert load(pdf_of(lines, outline=((1, "Kite code", 1),)), "guide.pdf").title == "Kite code"
    assert load(pdf_of(lines), "folder/guide.pdf").title == "guide"


def test_bullets_become_a_list_with_its_lead() -> None:
    data = pdf_of(
        [
            "You must have all of these things with you when you fly:",
            "• a kite that is not wider than two metres from one",
            "tip to the other",
            "• a string",
            "Then wait for some wind to come.",
        ]
    )
    (section,) = load(data, "guide.pdf", URL).sections
    lead = "You must have all of these things with you when you fly:"
    assert [(block.kind, block.items, block.lead) for block in section.blocks] == [
        (P, (lead,), ""),
        (
            L,
            ("a kite that is not wider than two metres from one tip to the other", "a string"),
            lead,
        ),
        (P, ("Then wait for some wind to come.",), ""),
    ]


def test_words_cut_at_the_end_of_a_line_are_joined_and_hyphens_of_their_own_kept() -> None:
    data = pdf_of(
        [
            "The information is here, and if you want more infor-",
            "mation then ask the office if you are self-",
            "employed.",
        ]
    )
    ((_, _, [(_, (text,))]),) = said(load(data, "guide.pdf", URL))
    assert text == (
        "The information is here, and if you want more information then ask the office "
        "if you are self-employed."
    )


def test_a_sentence_cut_by_a_page_is_whole_where_the_page_has_headings() -> None:
    data = pdf_of(
        ["Kites", "You need a licence to fly a kite that is wider"],
        ["than two metres."],
        outline=((1, "Kites", 1),),
    )
    assert said(load(data, "guide.pdf", URL)) == [
        (
            ("Kites",),
            "#page=1",
            [(P, ("You need a licence to fly a kite that is wider than two metres.",))],
        )
    ]


def test_running_heads_and_page_numbers_are_left_out() -> None:
    pages = [
        ["Kite code 2024", f"Page {n} says something of its own here: {'abcd'[n]}.", f"{n}"]
        for n in range(4)
    ]
    texts = [
        items for *_, blocks in said(load(pdf_of(*pages), "guide.pdf", URL)) for _, items in blocks
    ]
    assert texts == [(f"Page {n} says something of its own here: {'abcd'[n]}.",) for n in range(4)]


@pytest.mark.parametrize(
    ("data", "advice"),
    [
        (pdf_of(["A secret that is hidden."], password="kite"), "without a password"),
        (pdf_of([], []), "OCR"),
        (b"%PDF-1.7\nbroken", "save a new copy"),
        (b"%PDF-1.7", "save a new copy"),
        (b"", "save a new copy"),
        (pdf_of(["Some text that is here."])[:300], "save a new copy"),
    ],
)
def test_what_cannot_be_read_says_what_to_do(data: bytes, advice: str) -> None:
    with pytest.raises(DocumentUnreadable, match=advice) as caught:
        load(data, "guide.pdf")
    assert caught.value.source == "guide.pdf"


WHOLE = pdf_of(
    ["Kites", "You need a licence to fly a kite.", "• one", "• two"], outline=((1, "Kites", 1),)
)


@given(
    st.lists(
        st.tuples(st.integers(0, len(WHOLE) - 1), st.integers(0, 255)), min_size=1, max_size=30
    )
)
def test_damaged_files_raise_nothing_unexpected(damage: list[tuple[int, int]]) -> None:
    data = bytearray(WHOLE)
    for at, value in damage:
        data[at] = value
    try:
        page = load(bytes(data), "guide.pdf")
    except DocumentUnreadable as error:
        source = error.source
    else:
        source = page.url
    assert source == "guide.pdf"
