"""The promises that knowledge/starter/README.md makes about the bundled pages."""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

import knowledge

PAGES = Path(knowledge.__file__).parent / "starter" / "pages"
PATHS = sorted(PAGES.glob("*.md"))
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
HTML = re.compile(r"<\s*/?\s*[a-zA-Z!][^>]*>")
DATE = re.compile(r"20\d\d(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?")
YEAR = re.compile(r"\b(?:19|20)\d\d\b")


@dataclass(frozen=True, slots=True)
class Page:
    name: str
    front: dict[str, Any]
    body: str

    def words(self) -> int:
        prose = re.sub(r"[#|*-]", " ", LINK.sub(r"\g<text>", self.body))
        return len(prose.split())

    def sentences(self) -> Iterator[str]:
        for line in [str(self.front["summary"]), *self.body.splitlines()]:
            yield from re.split(r"(?<=[.!?])\s+", line)


def read(path: Path) -> Page:
    match = FENCE.match(path.read_text(encoding="utf-8"))
    assert match is not None, f"{path.name}: no +++ front matter"
    return Page(path.stem, tomllib.loads(match["front"]), match["body"])


@pytest.fixture(params=PATHS, ids=lambda path: path.stem)
def guidance(request: pytest.FixtureRequest) -> Page:
    path: Path = request.param
    return read(path)


def test_there_are_enough_pages_for_everyday_questions() -> None:
    assert len(PATHS) >= 80


def test_titles_and_slugs_name_one_page_each() -> None:
    titles = [read(path).front["title"] for path in PATHS]
    assert len(set(titles)) == len(titles)
    assert all(re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", path.stem) for path in PATHS)


def test_a_page_has_every_field_and_no_other(guidance: Page) -> None:
    assert {name: type(value) for name, value in guidance.front.items()} == FIELDS
    filled = set(FIELDS) - {"nations", "reviewed_by"}
    assert all(guidance.front[name].strip() == guidance.front[name] != "" for name in filled)


def test_a_page_says_how_old_its_text_is(guidance: Page) -> None:
    assert DATE.fullmatch(guidance.front["relied_on"])


def test_a_page_names_an_official_page(guidance: Page) -> None:
    address = urlsplit(guidance.front["official_url"])
    assert address.scheme == "https"
    host = address.hostname or ""
    assert any(host == known or host.endswith("." + known) for known in OFFICIAL_HOSTS)
    assert address.path.strip("/")


def test_a_page_is_labelled_as_starter_guidance_in_known_nations(guidance: Page) -> None:
    assert guidance.front["publisher"] == "Signpost starter guidance"
    assert guidance.front["language"] in {"en", "cy"}
    nations = guidance.front["nations"]
    assert set(nations) <= NATIONS
    assert len(set(nations)) == len(nations)


def test_a_page_has_an_opening_and_three_to_seven_sections(guidance: Page) -> None:
    assert not guidance.body.lstrip().startswith("#"), "the opening paragraph answers first"
    levels = [len(match["level"]) for match in HEADING.finditer(guidance.body)]
    assert set(levels) <= {2, 3}
    assert 3 <= levels.count(2) <= 7
    headings = [match["text"].strip().casefold() for match in HEADING.finditer(guidance.body)]
    assert len(set(headings)) == len(headings)


def test_no_section_is_empty(guidance: Page) -> None:
    for section in re.split(r"^#{2,3} .+$", guidance.body, flags=re.MULTILINE):
        assert section.strip()


def test_a_page_is_short(guidance: Page) -> None:
    assert 150 <= guidance.words() <= 450
    assert len(guidance.front["summary"].split()) <= 40


def test_money_stands_in_a_sentence_with_its_year(guidance: Page) -> None:
    undated = [text for text in guidance.sentences() if "£" in text and not YEAR.search(text)]
    assert undated == []


def test_a_page_is_markdown_without_html(guidance: Page) -> None:
    assert HTML.search(guidance.body) is None
    assert "&nbsp;" not in guidance.body


def test_links_are_absolute_and_secure(guidance: Page) -> None:
    targets = [match["target"] for match in LINK.finditer(guidance.body)]
    assert all(urlsplit(target).scheme == "https" for target in targets)
    outside_links = LINK.sub("", guidance.body)
    assert "http" not in outside_links
    assert "](" not in outside_links


def test_tables_are_rectangular(guidance: Page) -> None:
    blocks = re.findall(r"(?:^\|.*\|$\n?)+", guidance.body, flags=re.MULTILINE)
    for block in blocks:
        rows = block.strip().splitlines()
        assert len({row.count("|") for row in rows}) == 1
        assert re.fullmatch(r"\|(\s*:?-+:?\s*\|)+", rows[1])
