"""The form of a source is told by what is in it, and one bad value does not stop the others."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.documents import Document
from knowledge.loading import JSON_FORMS, load_source
from knowledge.results import Failed, Skipped

API_ITEM: dict[str, Any] = {
    "schema_name": "answer",
    "base_path": "/kites",
    "title": "Kites",
    "details": {"body": "<p>Fly.</p>"},
}
CRAWLED: dict[str, Any] = {
    "schema_name": "answer",
    "base_path": "/strings",
    "url": "https://www.gov.uk/strings",
    "title": "Strings",
    "body_markdown": "Pull.",
}
ELEMENTS: dict[str, Any] = {"title": "Wind", "url": "https://x/wind", "contents": ["<p>Blow.</p>"]}
OTHER = {"question": "Why?"}
MARKDOWN = "# Balloons\n\nInflate."
STARTER = '+++\ntitle = "Own"\n+++\n\nText.'
HTML = "<!doctype html><html><body><main><h1>Rain</h1><p>Wet and cold.</p></main></body></html>"


def titles(data: str | bytes, source: str, url: str = "") -> list[str]:
    """Return the titles of documents, the reasons of what is skipped, and "!" for failures."""
    encoded = data if isinstance(data, bytes) else data.encode()
    named = {Document: "title", Skipped: "reason"}
    return [
        "!" if isinstance(one, Failed) else str(getattr(one, named[type(one)]))
        for one in load_source(encoded, source, url)
    ]


@pytest.mark.parametrize(
    ("data", "source", "found"),
    [
        (json.dumps(API_ITEM), "kites.json", ["Kites"]),
        (json.dumps(API_ITEM), "https://www.gov.uk/kites", ["Kites"]),
        (json.dumps(API_ITEM, indent=2), "no-suffix", ["Kites"]),
        (json.dumps([ELEMENTS, API_ITEM, CRAWLED]), "all.json", ["Wind", "Kites", "Strings"]),
        ("\n".join(map(json.dumps, (CRAWLED, API_ITEM))), "pages.jsonl", ["Strings", "Kites"]),
        (json.dumps(CRAWLED), "one-line.jsonl", ["Strings"]),
        ("\n\n" + json.dumps(CRAWLED) + "\n\n", "pages.jsonl", ["Strings"]),
        ("\ufeff" + json.dumps(API_ITEM), "kites.json", ["Kites"]),
        (json.dumps(API_ITEM).encode("utf-16"), "kites.json", ["Kites"]),
        (MARKDOWN, "balloons.md", ["Balloons"]),
        (MARKDOWN, "BALLOONS.MARKDOWN", ["Balloons"]),
        ("[Link](x) first, in plain text.", "notes.txt", ["notes.txt"]),
        (STARTER, "own.md", ["Own"]),
        (STARTER, "without-suffix", ["Own"]),
        (HTML, "rain.html", ["Rain"]),
        ("\n  " + HTML, "https://x/rain", ["Rain"]),
        ("<p>Only a piece.</p>", "piece.html", ["piece.html"]),
        (json.dumps({**API_ITEM, "schema_name": "gone"}), "kites.json", ["gone"]),
    ],
)
def test_each_form_is_told_by_its_content(data: str | bytes, source: str, found: list[str]) -> None:
    assert titles(data, source) == found


@pytest.mark.parametrize(
    ("data", "source"),
    [
        (b"", "empty"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00", "picture.md"),
        (b"PK\x03\x04\x14\x00\x06\x00\x08\x00" + b"\x00" * 40, "letter.docx"),
        (b"a,b\n1,2\n", "table.csv"),
        (b"%PDF-1.7 broken", "guide.pdf"),
        (json.dumps(OTHER).encode(), "other.json"),
        (json.dumps([OTHER, OTHER]).encode(), "others.json"),
        (json.dumps(API_ITEM, indent=2)[:-9].encode(), "cut.json"),
        (b"{" * 100_000, "deep.json"),
        (b"[]" + b"x", "odd.json"),
    ],
)
def test_what_is_in_no_form_known_fails_once_and_by_name(data: bytes, source: str) -> None:
    (failed,) = load_source(data, source)
    assert isinstance(failed, Failed)
    assert failed.source == source
    assert failed.why


def test_an_empty_list_holds_nothing() -> None:
    assert list(load_source(b"[]", "none.json")) == []


def test_one_bad_value_is_named_and_the_rest_is_read() -> None:
    lines = "\n".join([json.dumps(CRAWLED), "{bad", json.dumps(OTHER), json.dumps(API_ITEM)])
    assert titles(lines, "pages.jsonl") == ["Strings", "!", "!", "Kites"]
    failed = [one for one in load_source(lines.encode(), "pages.jsonl") if isinstance(one, Failed)]
    assert [one.source for one in failed] == ["pages.jsonl, line 2", "pages.jsonl, line 3"]
    assert titles(json.dumps([OTHER, ELEMENTS]), "list.json") == ["!", "Wind"]


def test_no_value_is_of_two_forms() -> None:
    for value in (API_ITEM, CRAWLED, ELEMENTS):
        assert sum(form.matches(value) for form in JSON_FORMS) == 1
    for form in JSON_FORMS:
        assert not any(form.matches(value) for value in (None, 7, "x", [], {}, OTHER))


def test_a_fetched_page_keeps_its_address() -> None:
    (page,) = load_source(HTML.encode(), "given", "https://x/rain")
    assert isinstance(page, Document)
    assert page.url == "https://x/rain"


STARTS = st.sampled_from(
    [b"", b"{", b"[", b"%PDF-1.4\n", b"<html>", b"+++\n", b"# A\n\n", b"\xff\xfe"]
)
NAMES = st.sampled_from(["a", "a.md", "a.html", "a.json", "a.jsonl", "a.pdf", "a.txt"])


@given(STARTS, st.binary(max_size=200), NAMES)
def test_any_bytes_at_all_give_documents_or_say_why_not(
    start: bytes, rest: bytes, name: str
) -> None:
    for read in load_source(start + rest, name):
        assert isinstance(read, Document | Skipped | Failed)
