"""HTML elements → their words on one line, without furniture and hidden text."""

import re
from typing import Any

from lxml import etree, html  # type: ignore[import-untyped]

from knowledge.loaders.outline import fold

HEADINGS = {f"h{level}": level for level in range(1, 7)}
LISTS = frozenset({"ul", "ol", "menu", "dir"})
STRUCTURES = LISTS | HEADINGS.keys() | {"dl", "table", "details", "figure"}
BLOCKS = STRUCTURES | {
    *("p", "div", "section", "article", "aside", "main", "header", "footer", "blockquote"),
    *("address", "pre", "hr", "fieldset", "center", "li", "dt", "dd", "figcaption", "hgroup"),
    *("tbody", "thead", "tr", "td", "th", "caption", "summary", "body", "html"),
}
SKIPPED = frozenset(
    {
        *("script", "style", "nav", "form", "template", "noscript", "svg", "button", "input"),
        *("select", "textarea", "iframe", "object", "embed", "head", "title", "canvas", "audio"),
        *("video", "map", "math", "dialog"),
    }
)
SKIPPED_CLASSES = frozenset(
    {
        *("accessibility-warning", "js-hidden", "toggler", "reversefootnote", "metadata"),
        *("visually-hidden", "govuk-visually-hidden", "govuk-button", "button", "attachment-thumb"),
    }
)

DEEPEST = 150
BREAK, _ITEM = "\n", "\x1e"
_UNREADABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff]")
_DECLARATION = re.compile(r"^\s*<\?xml[^>]*>", re.IGNORECASE)
_HIDDEN_STYLE = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|(?:opacity|font-size)\s*:\s*0(?:\.0+)?[a-z%]*\s*(?:;|!|$)",
    re.IGNORECASE,
)


def text_of(markup: str) -> str:
    """Return the words of an HTML fragment on one line."""
    root = parse(markup)
    return "" if root is None else fold(inline(root))


def parse(markup: str) -> Any:
    """Return the root element of any text read as HTML, or None where there is nothing in it."""
    cleaned = _UNREADABLE.sub(" ", _DECLARATION.sub("", markup))
    if not cleaned.strip():
        return None
    try:
        return html.fragment_fromstring(cleaned, create_parent="div")
    except (etree.ParserError, etree.XMLSyntaxError, AssertionError):
        try:
            return html.document_fromstring(cleaned)
        except (etree.ParserError, etree.XMLSyntaxError):
            return None


def skipped(node: Any) -> bool:
    """Say whether an element is furniture, hidden, or the marker of a footnote."""
    if not isinstance(node.tag, str) or node.tag in SKIPPED:
        return True
    if not node.attrib:
        return _is_footnote_marker(node)
    classes = set((node.get("class") or "").split())
    return bool(
        classes & SKIPPED_CLASSES
        or (node.get("hidden") is not None and node.get("hidden") != "until-found")
        or node.get("aria-hidden") == "true"
        or node.get("role") in {"navigation", "doc-backlink", "search", "button"}
        or _HIDDEN_STYLE.search(node.get("style") or "")
        or _is_footnote_marker(node)
    )


def inline(node: Any, depth: int = 0) -> str:
    """Return an element's words; `<br>` becomes a line feed, list items begin with U+001E."""
    pieces = [spaced(node.text)]
    for child in node:
        if not skipped(child):
            if child.tag == "br":
                pieces.append(BREAK)
            elif depth > DEEPEST:
                pieces.append(spaced("".join(child.itertext())))
            else:
                words = inline(child, depth + 1)
                mark = _ITEM if child.tag == "li" else " "
                pieces.append(f"{mark}{words} " if child.tag in BLOCKS else words)
        pieces.append(spaced(child.tail))
    return "".join(pieces)


def cell_text(node: Any) -> str:
    """Return a table cell on one line; the items of a list in it are parted by semicolons."""
    head, *items = (fold(piece) for piece in inline(node).split(_ITEM))
    listed = "; ".join(item for item in items if item)
    return fold(f"{head} {listed}")


def lines_of(text: str) -> list[str]:
    """Return the folded lines of `inline` text that have words."""
    return [line for line in map(fold, text.replace(_ITEM, " ").split(BREAK)) if line]


def ancestors_of(root: Any, tags: frozenset[str]) -> set[Any]:
    """Return every element that has one of `tags` somewhere inside."""
    holding: set[Any] = set()
    for element in root.iter(*tags):
        above = element.getparent()
        while above is not None and above not in holding:
            holding.add(above)
            above = above.getparent()
    return holding


def spaced(text: str | None) -> str:
    """Return source text with its line feeds as spaces, since only `<br>` breaks a line."""
    return (text or "").replace("\n", " ").replace("\r", " ").replace(_ITEM, " ")


def _is_footnote_marker(node: Any) -> bool:
    return node.tag == "sup" and any(
        "footnote" in (link.get("class") or "") or link.get("role") == "doc-noteref"
        for link in node.iter("a")
    )
