"""The document form of ConditionalQA (Sun et al., 2022): a title, an address and flat elements.

`contents` lists HTML elements one after the other, without what held them together: `<li>` that
follow each other are a list, `<tr>` a table whose first row heads it, `<h1>`…`<h3>` the headings.
"""

import re
from collections.abc import Iterator
from itertools import groupby
from typing import Any

from knowledge.documents import Block, BlockKind, Document, Section
from knowledge.errors import DocumentUnreadable
from knowledge.loaders.outline import Outline, fold
from knowledge.results import Failed, Read

_ELEMENT = re.compile(r"<(\w+)[^>]*>(.*)</\1>", re.DOTALL)
_HEADINGS = {"h1": 1, "h2": 2, "h3": 3, "h4": 4, "h5": 5, "h6": 6}


def matches(value: Any) -> bool:
    """Say whether a JSON value is one document of this form."""
    return isinstance(value, dict) and {"title", "url", "contents"} <= value.keys()


def load_all(values: list[Any], source: str) -> Iterator[Read]:
    """Yield each document of a list, or by its number what could not be read."""
    for number, value in enumerate(values, start=1):
        try:
            yield load(value, f"{source}, document {number}")
        except DocumentUnreadable as error:
            yield Failed(error.source, error.why)


def load(value: Any, source: str) -> Document:
    """Return a document of this form; every element's text stays one paragraph, item or row."""
    if not matches(value) or not isinstance(value["contents"], list):
        raise DocumentUnreadable(source, "needs a title, a url and a list of contents")
    title, url = fold(str(value["title"])), str(value["url"]).strip()
    sections = _sections(value["contents"], url, source)
    if not (title and url and sections):
        raise DocumentUnreadable(source, "has no title, no url or no text")
    return Document(url=url, title=title, sections=sections)


def _sections(contents: list[Any], url: str, source: str) -> tuple[Section, ...]:
    outline = Outline(url)
    elements = [_element(content, source) for content in contents]
    for tag, run in groupby(elements, key=lambda element: element[0]):
        texts = [text for _, text in run if text.strip(" |")]
        if not texts:
            continue
        if tag in _HEADINGS:
            for text in texts:
                outline.heading(_HEADINGS[tag], text)
        elif tag == "li":
            outline.add(Block(BlockKind.LIST, tuple(map(fold, texts)), outline.lead))
        elif tag == "tr":
            outline.add(_table(texts, outline.lead))
        else:
            for text in texts:
                outline.paragraph(text)
    return outline.sections()


def _element(content: Any, source: str) -> tuple[str, str]:
    match = _ELEMENT.fullmatch(content.strip()) if isinstance(content, str) else None
    if match is None:
        raise DocumentUnreadable(source, f"holds what is not an element: {str(content)[:60]!r}")
    return match[1].lower(), re.sub(r"<[^<>]*>", "", match[2])


def _table(rows: list[str], lead: str) -> Block:
    header, *body = (tuple(fold(cell) for cell in row.split(" | ")) for row in rows)
    items = tuple(" | ".join(cells).strip() for cells in (body or [header]))
    return Block(BlockKind.TABLE, items, lead, header if body else ())
