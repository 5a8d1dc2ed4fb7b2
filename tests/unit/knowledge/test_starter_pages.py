"""The promises that knowledge/starter/README.md makes about the bundled pages."""

import re
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

import knowledge

FOLDER = Path(knowledge.__file__).parent / "starter" / "pages"
FIELDS = {
    "title": str,
    "summary": str,
    "official_url": str,
    "official_title": str,
    "relied_on": str,
    "publisher": str,
    "nations": list,
    "topic": str,
    "language": str,
    "reviewed_by": str,
}
NATIONS = {"England", "Wales", "Scotland", "Northern Ireland"}
OFFICIAL_HOSTS = (
    "gov.uk",
    "nidirect.gov.uk",
    "gov.scot",
    "mygov.scot",
    "gov.wales",
    "nhs.uk",
    "nrscotland.gov.uk",
    "police.uk",
    "moneyhelper.org.uk",
)
FENCE = re.compile(r"\A\+\+\+\n(?P<front>.*?)\n\+\+\+\n(?P<body>.*)\Z", re.DOTALL)
LINK = re.compile(r"\[(?P<text>[^\]]+)\]\((?P<target>[^)\s]+)\)")
HEADING = re.compile(r"^(?P<level>#{1,6}) (?P<text>.+)$", re.MULTILINE)
HTML = re.compile(r"<\s*/?\s*[a-zA-Z!][^>]*>|&[a-z]+;")
TABLE = re.compile(r"(?:^\|.*\|$\n?)+", re.MULTILINE)
SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
DATE = re.compile(r"20\d\d(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?")
YEAR = re.compile(r"\b(?:19|20)\d\d\b")


@dataclass(frozen=True, slots=True)
class Page:
    slug: str
    front: dict[str, Any]
    body: str

    def words(self) -> int:
        return len(re.sub(r"[#|*-]", " ", LINK.sub(r"\g<text>", self.body)).split())

    def sentences(self) -> Iterator[str]:
        for line in [str(self.front["summary"]), *self.body.splitlines()]:
            yield from re.split(r"(?<=[.!?])\s+", line)

    def headings(self, level: int) -> list[str]:
        found = HEADING.finditer(self.body)
        return [match["text"].strip().casefold() for match in found if len(match["level"]) == level]


def parse(slug: str, text: str) -> Page:
    match = FENCE.match(text)
    assert match is not None, f"{slug}: no +++ front matter"
    return Page(slug, tomllib.loads(match["front"]), match["body"])


@pytest.fixture(scope="module")
def pages() -> list[Page]:
    return [parse(path.stem, path.read_text("utf-8")) for path in sorted(FOLDER.glob("*.md"))]


def breaking(pages: list[Page], keeps: Callable[[Page], bool]) -> list[str]:
    return [page.slug for page in pages if not keeps(page)]


def undated_money(page: Page) -> list[str]:
    return [text for text in page.sentences() if "£" in text and not YEAR.search(text)]


def is_official(address: str) -> bool:
    parts = urlsplit(address)
    host = parts.hostname or ""
    known = any(host == name or host.endswith("." + name) for name in OFFICIAL_HOSTS)
    return parts.scheme == "https" and known and parts.path.strip("/") != ""


def links_are_secure(page: Page) -> bool:
    targets = [match["target"] for match in LINK.finditer(page.body)]
    rest = LINK.sub("", page.body)
    return (
        all(urlsplit(target).scheme == "https" for target in targets)
        and "http" not in rest
        and "](" not in rest
    )


def tables_are_rectangular(page: Page) -> bool:
    tables = [block.strip().splitlines() for block in TABLE.findall(page.body)]
    return all(
        len({row.count("|") for row in rows}) == 1
        and re.fullmatch(r"\|(\s*:?-+:?\s*\|)+", rows[1]) is not None
        for rows in tables
    )


def test_there_are_enough_pages_for_everyday_questions(pages: list[Page]) -> None:
    assert len(pages) >= 80


def test_titles_and_slugs_name_one_page_each(pages: list[Page]) -> None:
    titles = [page.front["title"].casefold() for page in pages]
    assert sorted(set(titles)) == sorted(titles)
    assert breaking(pages, lambda page: SLUG.fullmatch(page.slug) is not None) == []


def test_every_field_is_there_and_no_other(pages: list[Page]) -> None:
    wrong = {
        page.slug: page.front
        for page in pages
        if {name: type(value) for name, value in page.front.items()} != FIELDS
    }
    assert wrong == {}
    filled = set(FIELDS) - {"nations", "reviewed_by"}
    assert breaking(pages, lambda page: all(page.front[name].strip() for name in filled)) == []


def test_a_page_says_how_old_its_text_is(pages: list[Page]) -> None:
    assert breaking(pages, lambda page: DATE.fullmatch(page.front["relied_on"]) is not None) == []


def test_a_page_names_an_official_page(pages: list[Page]) -> None:
    assert breaking(pages, lambda page: is_official(page.front["official_url"])) == []


def test_every_page_is_labelled_as_starter_guidance(pages: list[Page]) -> None:
    label = "Signpost starter guidance"
    assert breaking(pages, lambda page: page.front["publisher"] == label) == []
    assert breaking(pages, lambda page: page.front["language"] in {"en", "cy"}) == []


def test_nations_are_known_and_named_once(pages: list[Page]) -> None:
    def keeps(page: Page) -> bool:
        nations = page.front["nations"]
        return set(nations) <= NATIONS and len(set(nations)) == len(nations)

    assert breaking(pages, keeps) == []


def test_the_opening_answers_before_any_heading(pages: list[Page]) -> None:
    assert breaking(pages, lambda page: not page.body.lstrip().startswith(("#", "|", "-"))) == []


def test_a_page_has_three_to_seven_sections_with_their_own_names(pages: list[Page]) -> None:
    def keeps(page: Page) -> bool:
        names = page.headings(2) + page.headings(3)
        only = len(names) == len(HEADING.findall(page.body))
        return 3 <= len(page.headings(2)) <= 7 and only and len(set(names)) == len(names)

    assert breaking(pages, keeps) == []


def test_no_section_is_empty(pages: list[Page]) -> None:
    def keeps(page: Page) -> bool:
        return all(part.strip() for part in re.split(r"(?m)^## .+$", page.body))

    assert breaking(pages, keeps) == []


def test_pages_and_summaries_are_short(pages: list[Page]) -> None:
    assert breaking(pages, lambda page: 150 <= page.words() <= 450) == []
    assert breaking(pages, lambda page: len(page.front["summary"].split()) <= 40) == []


def test_money_stands_in_a_sentence_with_its_year(pages: list[Page]) -> None:
    assert {page.slug: undated_money(page) for page in pages if undated_money(page)} == {}


def test_pages_hold_no_html(pages: list[Page]) -> None:
    assert breaking(pages, lambda page: HTML.search(page.body) is None) == []


def test_links_are_absolute_and_secure(pages: list[Page]) -> None:
    assert breaking(pages, links_are_secure) == []


def test_tables_are_rectangular(pages: list[Page]) -> None:
    assert breaking(pages, tables_are_rectangular) == []


@pytest.mark.parametrize(
    ("body", "rule"),
    [
        ("It costs £9 today.\n", lambda page: not undated_money(page)),
        ("[a](http://www.gov.uk/a)\n", links_are_secure),
        ("[a](/renew-adult-passport)\n", links_are_secure),
        ("See https://www.gov.uk/a\n", links_are_secure),
        ("| a | b |\n|---|---|\n| c |\n", tables_are_rectangular),
        ("| a | b |\n| c | d |\n", tables_are_rectangular),
        ("<b>bold</b>\n", lambda page: HTML.search(page.body) is None),
    ],
)
def test_the_rules_catch_a_page_that_breaks_them(body: str, rule: Callable[[Page], bool]) -> None:
    page = parse("broken", f'+++\nsummary = "s"\n+++\n{body}')
    assert not rule(page)


@pytest.mark.parametrize(
    "address",
    [
        "http://www.gov.uk/a",
        "https://www.gov.uk/",
        "https://gov.uk.example.com/a",
        "https://xgov.uk/a",
    ],
)
def test_an_address_that_only_looks_official_is_not(address: str) -> None:
    assert not is_official(address)
