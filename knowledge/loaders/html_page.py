"""Web pages → documents: the main content as trafilatura finds it, and where it comes from."""

from typing import Any
from urllib.parse import urljoin, urlsplit

from lxml import etree, html  # type: ignore[import-untyped]
from trafilatura import bare_extraction, load_html

from knowledge.documents import Document, Section, canonical_date, canonical_language
from knowledge.errors import DocumentUnreadable, NotGuidance
from knowledge.loaders.inline import HEADINGS, inline, parse, skipped
from knowledge.loaders.markdown_page import titled
from knowledge.loaders.markup import sections_of
from knowledge.loaders.outline import fold

_UPDATED = ("govuk:updated-at", "article:modified_time", "dcterms.modified", "last-modified")
_REFRESH_ONLY_WORDS = 40
_PAGE_WORDS = 100
_TAGS = {
    "row": "tr",
    "lb": "br",
    "quote": "blockquote",
    "hi": "span",
    "ref": "span",
    "del": "span",
    "code": "pre",
    "graphic": "img",
}


def load(data: bytes, source: str, url: str = "") -> Document:
    """Return a page's main content.

    `url` is the address it was fetched from; the page's own canonical address counts only on the
    same host. Raises `DocumentUnreadable` where no main content is found.
    """
    tree = load_html(data)
    if tree is None:
        tree = parse(data.decode("utf-8", "replace"))
    if tree is None:
        raise DocumentUnreadable(source, "holds nothing")
    _refuse_pointers(tree, source)
    address = _address(tree, url) or url or source
    language = canonical_language(tree.get("lang") or tree.get("xml:lang") or "")
    updated = _meta(tree, *_UPDATED)
    anchors = _anchors(tree)
    _drop_hidden(tree)
    own_markup = _own_main(tree)
    extracted = _extracted(tree, url, source)
    body = None if extracted is None else extracted.body
    sections = () if body is None else sections_of(_markup(body, anchors), address)
    sections = sections or sections_of(own_markup, address)
    title = fold((extracted.title if extracted else "") or _title(tree))
    title, sections = titled(sections, title, address)
    if not any(section.blocks for section in sections):
        raise DocumentUnreadable(
            source, "no main content was found: save its text as Markdown and give that instead"
        )
    return Document(
        url=address,
        title=title,
        sections=_without_title(sections, title),
        summary=fold((extracted.description or "") if extracted else ""),
        publisher=fold((extracted.sitename or "") if extracted else ""),
        updated=canonical_date(updated or ((extracted.date or "") if extracted else "")),
        language=language,
    )


def _extracted(tree: Any, url: str, source: str) -> Any:
    try:
        return bare_extraction(
            tree,
            url=url or None,
            with_metadata=True,
            include_comments=False,
            include_formatting=True,
            date_extraction_params={"extensive_search": False, "original_date": False},
        )
    except Exception as error:
        raise DocumentUnreadable(
            source, f"broke the extractor ({type(error).__name__}): save its text as Markdown"
        ) from error


def _own_main(tree: Any) -> str:
    """Return what the page itself marks as its main content; of a fragment, all of it."""
    marked = tree.xpath("//main | //article | //*[@role='main']")
    whole = [] if tree.xpath("//body[header or footer or div]") else [tree]
    own = next(iter(marked or whole), None)
    return "" if own is None else str(html.tostring(own, encoding="unicode"))


def _refuse_pointers(tree: Any, source: str) -> None:
    """Refuse a page that only sends the reader elsewhere."""
    for meta in tree.xpath("//meta[@http-equiv and @content]"):
        refresh = (
            meta.get("http-equiv").lower() == "refresh" and "url" in meta.get("content").lower()
        )
        if refresh and len(tree.text_content().split()) < _REFRESH_ONLY_WORDS:
            raise NotGuidance(source, "redirect", "only leads to another page")


def _address(tree: Any, url: str) -> str:
    """Return the page's canonical address, if it is one it may speak for."""
    for link in tree.xpath("//link[@rel='canonical' and @href]"):
        try:
            address = urljoin(url, link.get("href").strip()).partition("#")[0]
            parts = urlsplit(address)
        except ValueError:
            continue
        if parts.scheme in {"http", "https"} and (not url or parts.netloc == urlsplit(url).netloc):
            return str(address)
    return ""


def _meta(tree: Any, *names: str) -> str:
    for name in names:
        for meta in tree.xpath("//meta[@content]"):
            if (meta.get("name") or meta.get("property") or "").lower() == name:
                return str(meta.get("content")).strip()
    return ""


def _title(tree: Any) -> str:
    heading = next(tree.iter("h1", "title"), None)
    return "" if heading is None else fold(inline(heading))


def _anchors(tree: Any) -> dict[str, str]:
    """Return the id of each heading by its words; the extractor does not keep ids."""
    anchors: dict[str, str] = {}
    for heading in tree.iter(*HEADINGS):
        own = (heading.get("id"), *(child.get("id") for child in heading.iter()))
        anchor = next((one for one in own if one), "")
        if anchor:
            anchors.setdefault(fold(inline(heading)), anchor)
    return anchors


def _drop_hidden(tree: Any) -> None:
    """Take out what nobody sees; a form that wraps a whole page is opened instead."""
    for element in [one for one in tree.iter() if isinstance(one.tag, str)]:
        if element.getparent() is None or element.tag in {"head", "title"}:
            continue
        if element.tag == "form" and len(element.text_content().split()) > _PAGE_WORDS:
            element.drop_tag()
        elif skipped(element):
            element.drop_tree()


def _markup(body: Any, anchors: dict[str, str]) -> str:
    """Return the extractor's XML (its own small vocabulary) as HTML with the headings' ids."""
    for element in body.iter():
        kind = element.attrib.pop("rend", "")
        match element.tag:
            case "head":
                element.tag = kind if kind in HEADINGS else "h3"
                if anchor := anchors.get(fold("".join(element.itertext()))):
                    element.set("id", anchor)
            case "list":
                element.tag = kind if kind in {"ol", "dl"} else "ul"
            case "item":
                element.tag = kind[:2] if kind.startswith(("dt", "dd")) else "li"
            case "cell":
                element.tag = "th" if element.get("role") == "head" else "td"
            case tag if tag in _TAGS:
                element.tag = _TAGS[tag]
            case _:
                pass
    return str(etree.tostring(body, encoding="unicode", method="html"))


def _without_title(sections: tuple[Section, ...], title: str) -> tuple[Section, ...]:
    """Return the sections; those directly under a heading that is the title lose it."""
    return tuple(
        Section(section.headings[1:], section.url, section.blocks)
        if section.headings[:1] == (title,)
        else section
        for section in sections
    )
