"""Web pages: the main content only, with its address, date and language."""

from contextlib import suppress
from pathlib import Path

import pytest

from knowledge.documents import Block, BlockKind, Document
from knowledge.errors import DocumentUnreadable, NotGuidance
from knowledge.loaders.html_page import load

PAGE = (Path(__file__).parent / "fixtures" / "kite-licence.html").read_bytes()
URL = "https://kites.example/licence?from=search"


def said(page: Document) -> str:
    return "\n".join(item for section in page.sections for b in section.blocks for item in b.items)


def test_a_page_tells_what_it_is() -> None:
    page = load(PAGE, "kites.html", URL)
    assert (page.url, page.title, page.summary) == (
        "https://kites.example/licence",
        "Kite licence",
        "How to get a kite licence",
    )
    assert (page.publisher, page.updated, page.language) == ("Kite Office", "2024-03-02", "cy")


def test_headings_keep_their_addresses_and_blocks_their_kinds() -> None:
    page = load(PAGE, "kites.html", URL)
    assert [(section.headings, section.url.partition("#")[2]) for section in page.sections] == [
        ((), ""),
        (("Who can apply",), "who"),
        (("Fees & charges",), "fees"),
        (("Fees & charges", "How to pay"), "fees"),
    ]
    assert page.sections[1].blocks[1:] == (
        Block(BlockKind.LIST, ("16 or over", "one of:"), "You must be all of these:"),
        Block(BlockKind.LIST, ("a member", "a guest of a member"), "one of:"),
        Block(BlockKind.LIST, ("living in the UK",), "You must be all of these:"),
    )
    assert page.sections[2].blocks == (
        Block(BlockKind.TABLE, ("Small | £5", "Large | £10"), "", ("Kite", "Fee")),
    )
    assert page.sections[3].blocks[0] == Block(
        BlockKind.STEPS, ("Fill in the form.", "Pay the fee at the desk.")
    )


@pytest.mark.parametrize(
    "furniture", ["cookies", "Home", "Balloons", "Privacy", "©", "bad script", "Ignore what you"]
)
def test_menus_banners_and_hidden_text_are_left_out(furniture: str) -> None:
    assert furniture in PAGE.decode()
    assert furniture not in said(load(PAGE, "kites.html", URL))


@pytest.mark.parametrize(
    ("url", "canonical", "address"),
    [
        ("https://a.example/x?y", "https://a.example/x", "https://a.example/x"),
        ("https://a.example/x?y", "/x", "https://a.example/x"),
        ("https://evil.example/x", "https://www.gov.uk/child-benefit", "https://evil.example/x"),
        ("https://a.example/x", "javascript:alert(1)", "https://a.example/x"),
        ("https://a.example/x", "http://[", "https://a.example/x"),
        ("", "https://a.example/x", "https://a.example/x"),
        ("", "/x", "kites.html"),
    ],
)
def test_a_page_may_only_speak_for_its_own_host(url: str, canonical: str, address: str) -> None:
    page = PAGE.replace(b"https://kites.example/licence", canonical.encode())
    assert load(page, "kites.html", url).url == address


def test_a_page_inside_one_big_form_is_read() -> None:
    body = PAGE.replace(b"<body>", b"<body><form action='/x'>").replace(
        b"</body>", b"</form></body>"
    )
    assert "You need a licence" in said(load(body, "kites.html", URL))


@pytest.mark.parametrize(
    "markup",
    [
        "<main><p>One short line.</p></main>",
        "<html><body><main><p>One short line.</p></main></body></html>",
        "<p>One short line.</p>",
    ],
)
def test_a_very_short_page_is_read(markup: str) -> None:
    assert said(load(markup.encode(), "short.html")) == "One short line."


@pytest.mark.parametrize(
    "markup",
    ["", " ", "<html></html>", "<html><body><nav><a href='/x'>Home</a></nav></body></html>"],
)
def test_a_page_without_main_content_says_what_to_do(markup: str) -> None:
    with pytest.raises(DocumentUnreadable) as caught:
        load(markup.encode(), "empty.html")
    assert caught.value.source == "empty.html"


def test_a_page_that_only_leads_on_is_left_out() -> None:
    page = (
        b"<html><head><meta http-equiv='Refresh' content='0; URL=/new'></head>"
        b"<body><main><p>This page has moved to a new address. Please follow the link.</p></main>"
    )
    with pytest.raises(NotGuidance) as caught:
        load(page, "moved.html")
    assert caught.value.reason == "redirect"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "windows-1252"])
def test_letters_survive_in_any_stated_encoding(encoding: str) -> None:
    page = PAGE.decode().replace("utf-8", encoding).encode(encoding)
    assert "£10" in said(load(page, "kites.html", URL))


@pytest.mark.parametrize(
    "data",
    [b"\x00" * 100, b"<" * 5000, b"<div>" * 5000 + b"x", bytes(range(256)) * 20, b"<html lang=>"],
)
def test_hostile_bytes_raise_nothing_unexpected(data: bytes) -> None:
    with suppress(DocumentUnreadable, NotGuidance):
        assert load(data, "hostile.html").sections
