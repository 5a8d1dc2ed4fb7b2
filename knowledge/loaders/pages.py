"""JSON Lines of pages, one a line: GOV.UK crawls, Get Into Teaching and Pension Wise."""

import json
from collections.abc import Iterator
from typing import Any

from knowledge.documents import OGL3, Document, Section, canonical_date, canonical_language
from knowledge.errors import DocumentUnreadable, KnowledgeError, NotGuidance
from knowledge.loaders.fields import listed, word, words
from knowledge.loaders.govspeak import html_of
from knowledge.loaders.markdown_page import title_from, titled
from knowledge.loaders.markup import sections_of
from knowledge.loaders.outline import fold
from knowledge.results import Failed, Read, Skipped

GOV_UK = "https://www.gov.uk"
GET_INTO_TEACHING = "https://getintoteaching.education.gov.uk"
PENSION_WISE = "https://www.pensionwise.gov.uk"


def matches(value: Any) -> bool:
    """Say whether a JSON value is a page of one of these forms."""
    return isinstance(value, dict) and "body_markdown" in value and _address(value) != ""


def load_lines(text: str, source: str) -> Iterator[Read]:
    """Yield the page of each line, or by the line's number what is left out or unreadable."""
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        name = f"{source}, line {number}"
        try:
            yield load(json.loads(line), name)
        except NotGuidance as left_out:
            yield Skipped(name, left_out.reason, left_out.why)
        except KnowledgeError as error:
            yield Failed(name, str(error).removeprefix(f"{name}: "))
        except (ValueError, RecursionError) as error:
            yield Failed(name, f"is not JSON: {error}")


def load(value: Any, source: str) -> Document:
    """Return a page; one made of parts has an address for each."""
    if not matches(value):
        raise DocumentUnreadable(source, "needs body_markdown, and url, base_path or page")
    if value.get("withdrawn") is True:
        raise NotGuidance(source, "withdrawn", "was withdrawn by its publisher")
    url = _address(value)
    given = fold(word(value, "title"))
    title, sections = titled(_sections(value, url), given, fold(word(value, "label")))
    if not sections:
        raise NotGuidance(source, "no_text", "has no text")
    return Document(
        url=url,
        title=title or title_from(url.rpartition("/")[2]) or url,
        sections=sections,
        summary=fold(word(value, "description")),
        publisher=", ".join(words(value, "organisations")) or _publisher(url),
        updated=canonical_date(word(value, "public_updated_at")),
        language=canonical_language(word(value, "locale")),
        licence=word(value, "licence") or OGL3,
    )


def _sections(value: dict[str, Any], url: str) -> tuple[Section, ...]:
    parts = [part for part in listed(value, "parts") if isinstance(part, dict)]
    if not parts:
        return sections_of(html_of(word(value, "body_markdown")), url, slugs=True)
    return tuple(
        section
        for part in parts
        for section in sections_of(
            word(part, "body"), f"{url}/{word(part, 'slug')}", (fold(word(part, "title")),)
        )
    )


def _address(value: dict[str, Any]) -> str:
    page, locale = word(value, "page").strip("/"), word(value, "locale")
    if url := word(value, "url"):
        return url
    if path := word(value, "base_path"):
        return f"{GOV_UK}/{path.lstrip('/')}"
    if page and locale:
        return f"{PENSION_WISE}/{locale}/{page}"
    return f"{GET_INTO_TEACHING}/{page}" if page else ""


def _publisher(url: str) -> str:
    if url.startswith(GET_INTO_TEACHING):
        return "Department for Education"
    return "Pension Wise" if url.startswith(PENSION_WISE) else ""
