"""Tells what form some bytes are in, by looking at them, and reads the documents in them."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

from knowledge.documents import Document
from knowledge.errors import DocumentUnreadable, NotGuidance
from knowledge.loaders import conditionalqa, govuk, html_page, markdown_page, pages, pdf
from knowledge.results import Failed, Read, Skipped


@dataclass(frozen=True, slots=True)
class JsonForm:
    """A form of JSON value: how to tell it, and how to read one."""

    name: str
    matches: Callable[[Any], bool]
    load: Callable[[Any, str], Document]


JSON_FORMS = (
    JsonForm("an item of the GOV.UK Content API", govuk.matches, govuk.load),
    JsonForm("a document of ConditionalQA", conditionalqa.matches, conditionalqa.load),
    JsonForm("a page with body_markdown", pages.matches, pages.load),
)

_HTML_SUFFIXES = (".html", ".htm", ".xhtml")
_MARKDOWN_SUFFIXES = (".md", ".markdown", ".txt")
_HTML_STARTS = ("<!doctype html", "<html", "<head", "<body", "<?xml")
_WANTED = "give JSON, HTML, Markdown or PDF"
_FEW_CONTROL_CHARACTERS = 0.02


def load_source(data: bytes, source: str, url: str = "") -> Iterator[Read]:
    """Yield the documents in a file or a fetched page, in order.

    | what it holds | how it is told |
    |---|---|
    | a PDF | it begins with `%PDF-` |
    | JSON: one value, a list, or one a line | it begins with `{` or `[`; see `JSON_FORMS` |
    | Markdown with front matter | it begins with `+++` |
    | a web page | it begins as HTML does, or its name ends in `.html` |
    | Markdown or plain text | its name ends in `.md` or `.txt` |

    `source` names it in results; `url` is where it was fetched from, if it was. What cannot be
    read is a `Failed`, and one bad line or value does not stop the others.
    """
    if data[:1024].lstrip().startswith(b"%PDF-"):
        yield _read(source, lambda: pdf.load(data, source, url))
        return
    text = _text(data)
    if text is None:
        yield Failed(source, f"is neither text nor PDF: {_WANTED}")
        return
    start = text.lstrip()[:64].lower()
    name = source.lower()
    if start.startswith(("{", "[")) and not name.endswith(_MARKDOWN_SUFFIXES):
        yield from _json(text, source)
    elif start.startswith(_HTML_STARTS) or name.endswith(_HTML_SUFFIXES):
        yield _read(source, lambda: html_page.load(data, source, url))
    elif start.startswith("+++") or name.endswith(_MARKDOWN_SUFFIXES):
        yield _read(source, lambda: markdown_page.load(text, source, url))
    else:
        yield Failed(source, f"is in no form known: {_WANTED}")


def load_json(value: Any, source: str) -> Document:
    """Return the document that a JSON value of any known form describes."""
    form = _form_of(value)
    if form is None:
        known = ", ".join(form.name for form in JSON_FORMS)
        raise DocumentUnreadable(source, f"is none of the forms known ({known})")
    return form.load(value, source)


def _form_of(value: Any) -> JsonForm | None:
    return next((form for form in JSON_FORMS if form.matches(value)), None)


def _json(text: str, source: str) -> Iterator[Read]:
    values = list(_values(text, source))
    if len(values) > 1 and not any(_form_of(value) for _, value in values):
        first = values[0][1]
        why = first.why if isinstance(first, Failed) else "is of none of the forms known"
        yield Failed(source, f"{why} (nor is any other of its {len(values)} lines or values)")
        return
    for name, value in values:
        if isinstance(value, Failed):
            yield value
        else:
            yield _read(name, partial(load_json, value, name))


def _values(text: str, source: str) -> Iterator[tuple[str, Any]]:
    """Yield each JSON value with its name, or a `Failed` for a line that is not JSON."""
    try:
        whole = json.loads(text)
    except (ValueError, RecursionError) as error:
        if "\n" not in text.strip():
            yield source, Failed(source, f"is not JSON: {error}")
            return
    else:
        if not isinstance(whole, list):
            yield source, whole
            return
        for number, value in enumerate(whole, start=1):
            yield f"{source}, document {number}", value
        return
    for number, line in enumerate(text.split("\n"), start=1):
        name = f"{source}, line {number}"
        if line.strip():
            try:
                yield name, json.loads(line)
            except (ValueError, RecursionError) as error:
                yield name, Failed(name, f"is not JSON: {error}")


def _read(source: str, load: Callable[[], Document]) -> Read:
    try:
        return load()
    except NotGuidance as left_out:
        return Skipped(source, left_out.reason, left_out.why)
    except DocumentUnreadable as error:
        return Failed(source, error.why)


def _text(data: bytes) -> str | None:
    """Return bytes as text: UTF-8 or, with a byte order mark, UTF-16, else Windows-1252."""
    encoding = "utf-16" if data[:2] in {b"\xff\xfe", b"\xfe\xff"} else "utf-8-sig"
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        text = data.decode("cp1252", "replace")
    odd = sum(character < " " and character not in "\t\n\r\f" for character in text[:4096])
    return None if odd > _FEW_CONTROL_CHARACTERS * min(len(text), 4096) else text
