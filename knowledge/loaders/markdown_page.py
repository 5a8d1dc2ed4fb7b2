"""Markdown pages, with or without TOML front matter between `+++` lines (the starter form)."""

import re
import tomllib
from pathlib import PurePosixPath
from typing import Any

from knowledge.documents import OGL3, Document, Section, canonical_language
from knowledge.errors import DocumentUnreadable, NotGuidance
from knowledge.loaders.govspeak import html_of
from knowledge.loaders.markup import sections_of

_FENCE = "+++"
STARTER_BASE = "/guidance/"
REVIEWED_BASE = "/reviewed/"


def load(text: str, source: str, url: str = "") -> Document:
    """Return a Markdown page.

    With front matter it is a starter page: its address is `/guidance/<file name>`, its licence
    MIT, and `updated` the date of the text relied on. One of `kind = "reviewed"` is an answer that
    two people reviewed: its address is `/reviewed/<file name>`, and it has no licence of ours.
    Without front matter, its title is the first heading of level 1 (else the file's name) and its
    address `url`, or else `source`.
    """
    slug = PurePosixPath(source).name.removesuffix(".markdown").removesuffix(".md")
    facts, body = _parted(text, source)
    reviewed = _word(facts, "kind") == "reviewed"
    base = REVIEWED_BASE if reviewed else STARTER_BASE
    address = f"{base}{slug}" if facts else url or source
    title, sections = titled(sections_of(html_of(body), address, slugs=True), _word(facts, "title"))
    if not sections:
        raise NotGuidance(source, "no_text", "has no text")
    return Document(
        url=address,
        title=title or slug,
        sections=sections,
        summary=_word(facts, "summary"),
        publisher=_word(facts, "publisher"),
        updated=_word(facts, "relied_on"),
        nations=_words(facts, "nations", source),
        audience=_word(facts, "audience"),
        language=canonical_language(_word(facts, "language")),
        licence="" if reviewed else "MIT" if facts else OGL3,
        official_url=_word(facts, "official_url"),
        official_title=_word(facts, "official_title"),
    )


def titled(
    sections: tuple[Section, ...], title: str, other: str = ""
) -> tuple[str, tuple[Section, ...]]:
    """Return a page's title, and its sections without a first heading that only repeats it.

    Without a title, the heading that stands above the whole page is it, else `other`, else the
    heading that the page begins with; "" where there is none of them.
    """
    tops = [section.headings[0] if section.headings else "" for section in sections]
    above = tops[0] if len(set(tops)) == 1 else ""
    found = title or above or other or next(iter(tops), "")
    return found, tuple(
        Section(section.headings[1:], section.url, section.blocks)
        if top and top.casefold() == found.casefold()
        else section
        for top, section in zip(tops, sections, strict=True)
    )


def title_from(slug: str) -> str:
    """Return the last part of an address as words: `steps-to_take` → "Steps to take"."""
    words = " ".join(re.split(r"[-_\s]+", slug.strip("-_ ")))
    return words[:1].upper() + words[1:]


def _parted(text: str, source: str) -> tuple[dict[str, Any], str]:
    text = text.lstrip("\ufeff").replace("\r\n", "\n")
    opening, _, rest = text.partition("\n")
    if opening.strip() != _FENCE:
        return {}, text
    front, closing, body = rest.partition(f"\n{_FENCE}")
    if not closing:
        raise DocumentUnreadable(source, f"its front matter has no closing {_FENCE} line")
    try:
        facts = tomllib.loads(front)
    except tomllib.TOMLDecodeError as error:
        raise DocumentUnreadable(source, f"its front matter is not TOML: {error}") from error
    if not facts.get("title"):
        raise DocumentUnreadable(source, "its front matter has no title")
    return facts, body


def _word(facts: dict[str, Any], name: str) -> str:
    return str(facts.get(name, "")).strip()


def _words(facts: dict[str, Any], name: str, source: str) -> tuple[str, ...]:
    value = facts.get(name, [])
    if not isinstance(value, list):
        raise DocumentUnreadable(source, f"{name} in its front matter is not a list")
    return tuple(str(word) for word in value)
