"""JSON Lines of pages: three forms, and a bad line is named and skipped."""

import json
from typing import Any

import pytest

from knowledge.documents import Block, BlockKind, Document
from knowledge.errors import DocumentUnreadable, NotGuidance
from knowledge.loaders.pages import load, load_lines
from knowledge.results import Failed, Skipped

CRAWLED: dict[str, Any] = {
    "title": "Kite licence",
    "url": "https://www.gov.uk/kite-licence",
    "base_path": "/kite-licence",
    "description": "How to  get one",
    "locale": "en",
    "public_updated_at": "2016-01-14 10:44:25+00:00",
    "withdrawn": False,
    "body_markdown": "Ask first.\n\n## How to pay\n\nYou can pay:\n\n  * by card\n  * by cheque\n",
    "parts": [],
    "organisations": ["Kite Office", "Wind Office"],
}
PART = {"title": " Overview", "slug": "overview", "body": "<p>a</p><h2 id='pay'>Pay</h2><p>b</p>"}


def test_a_crawled_page_has_sections_with_the_addresses_of_gov_uk() -> None:
    page = load(CRAWLED, "pages.jsonl")
    assert (page.url, page.title, page.summary) == (
        "https://www.gov.uk/kite-licence",
        "Kite licence",
        "How to get one",
    )
    assert (page.updated, page.publisher, page.language) == (
        "2016-01-14",
        "Kite Office, Wind Office",
        "en",
    )
    assert [section.url for section in page.sections] == [page.url, page.url + "#how-to-pay"]
    assert page.sections[1].blocks[1] == Block(
        BlockKind.LIST, ("by card", "by cheque"), "You can pay:"
    )


def test_parts_have_addresses_of_their_own() -> None:
    second = {"title": "Fees", "slug": "fees", "body": "<p>c</p>"}
    page = load({**CRAWLED, "parts": [PART, second]}, "pages.jsonl")
    assert [(section.headings, section.url) for section in page.sections] == [
        (("Overview",), page.url + "/overview"),
        (("Overview", "Pay"), page.url + "/overview#pay"),
        (("Fees",), page.url + "/fees"),
    ]


@pytest.mark.parametrize(
    ("value", "url", "title", "publisher"),
    [
        (
            {"page": "fund/loans", "title": "Loans", "body_markdown": "Text."},
            "https://getintoteaching.education.gov.uk/fund/loans",
            "Loans",
            "Department for Education",
        ),
        (
            {"page": "tax", "locale": "cy", "label": "Treth", "body_markdown": "# Eich treth\n\nx"},
            "https://www.pensionwise.gov.uk/cy/tax",
            "Eich treth",
            "Pension Wise",
        ),
        (
            {"page": "tax", "locale": "en", "label": "Tax", "body_markdown": "x"},
            "https://www.pensionwise.gov.uk/en/tax",
            "Tax",
            "Pension Wise",
        ),
        (
            {"base_path": "/kites", "title": "Kites", "body_markdown": "# Kites\n\nx"},
            "https://www.gov.uk/kites",
            "Kites",
            "",
        ),
    ],
)
def test_pages_without_an_address_get_their_sites(
    value: dict[str, Any], url: str, title: str, publisher: str
) -> None:
    page = load(value, "pages.jsonl")
    assert (page.url, page.title, page.publisher) == (url, title, publisher)
    assert page.sections[0].headings == ()


@pytest.mark.parametrize(
    ("facts", "markdown", "title", "headings"),
    [
        ({}, "# Kites\n\na\n\n## Pay\n\nb", "Kites", [(), ("Pay",)]),
        ({}, "# Kites\n\na\n\n# Strings\n\nb", "Kites", [(), ("Strings",)]),
        ({"label": "Fly"}, "# Kites\n\na\n\n# Strings\n\nb", "Fly", [("Kites",), ("Strings",)]),
        ({}, "a\n\n# Strings\n\nb", "Steps to take", [(), ("Strings",)]),
        ({"title": "Kites"}, "a\n\n# kites\n\nb", "Kites", [(), ()]),
    ],
)
def test_a_title_comes_from_the_fields_or_a_heading_or_the_address(
    facts: dict[str, str], markdown: str, title: str, headings: list[tuple[str, ...]]
) -> None:
    page = load({"page": "help/steps-to_take", **facts, "body_markdown": markdown}, "x.jsonl")
    assert page.title == title
    assert [section.headings for section in page.sections] == headings


@pytest.mark.parametrize("value", [None, 7, [], {}, {"url": "x"}, {"body_markdown": "text"}])
def test_what_is_not_a_page_is_refused(value: object) -> None:
    with pytest.raises(DocumentUnreadable, match="needs body_markdown"):
        load(value, "pages.jsonl")


@pytest.mark.parametrize(
    ("change", "reason"),
    [({"withdrawn": True}, "withdrawn"), ({"body_markdown": "{::calculator /}"}, "no_text")],
)
def test_withdrawn_and_empty_pages_are_left_out_with_a_reason(
    change: dict[str, Any], reason: str
) -> None:
    with pytest.raises(NotGuidance) as caught:
        load({**CRAWLED, **change}, "pages.jsonl")
    assert caught.value.reason == reason


@pytest.mark.parametrize("field", ["title", "parts", "organisations", "locale", "description"])
@pytest.mark.parametrize("value", [None, 7, [None], {"a": []}, "text"])
def test_fields_of_an_unexpected_type_never_break_the_run(field: str, value: object) -> None:
    (read,) = load_lines(json.dumps({**CRAWLED, field: value}), "pages.jsonl")
    assert isinstance(read, Document | Failed)


def test_each_bad_line_is_reported_by_number_and_the_rest_is_read() -> None:
    lines = [
        json.dumps(CRAWLED),
        "",
        "{not json",
        json.dumps({**CRAWLED, "withdrawn": True}),
        "[" * 100_000,
        '{"title": "no body"}',
        json.dumps({**CRAWLED, "title": "Line\u2028separator"}, ensure_ascii=False),
    ]
    read = list(load_lines("\n".join(lines), "pages.jsonl"))
    assert [type(one) for one in read] == [Document, Failed, Skipped, Failed, Failed, Document]
    assert [one.source for one in read if isinstance(one, Failed)] == [
        "pages.jsonl, line 3",
        "pages.jsonl, line 5",
        "pages.jsonl, line 6",
    ]
    assert isinstance(read[2], Skipped)
    assert (read[2].source, read[2].reason) == ("pages.jsonl, line 4", "withdrawn")
