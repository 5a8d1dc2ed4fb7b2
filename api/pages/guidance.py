"""Bundled starter pages as HTML, with the anchors that citations point to."""

from collections.abc import Callable

from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup

_CLASSES = {
    "paragraph_open": "govuk-body",
    "bullet_list_open": "govuk-list govuk-list--bullet",
    "ordered_list_open": "govuk-list govuk-list--number",
    "table_open": "govuk-table",
    "thead_open": "govuk-table__head",
    "tbody_open": "govuk-table__body",
    "tr_open": "govuk-table__row",
    "th_open": "govuk-table__header",
    "td_open": "govuk-table__cell",
    "link_open": "govuk-link",
}
_HEADINGS = {"h2": "govuk-heading-m", "h3": "govuk-heading-s", "h4": "govuk-heading-s"}


def guidance_html(markdown: str, slugify: Callable[[str], str]) -> Markup:
    """Return the page's body as safe markup: HTML in it is shown as text, links are http(s).

    Headings start at level 2 and carry `slugify(heading)` as their id, a repeated one with "-1",
    "-2" behind it, as the loader numbers the sections that citations point to.
    """
    parser = MarkdownIt("commonmark", {"html": False}).enable("table")
    tokens = parser.parse(markdown)
    seen: dict[str, int] = {}
    for position, token in enumerate(tokens):
        if token.type in {"heading_open", "heading_close"} and token.tag == "h1":
            token.tag = "h2"
        if token.type == "heading_open":
            slug = slugify(_text(tokens[position + 1]))
            repeats = seen.get(slug, 0)
            seen[slug] = repeats + 1
            token.attrSet("id", f"{slug}-{repeats}" if repeats else slug)
            token.attrSet("class", _HEADINGS.get(token.tag, "govuk-heading-s"))
        _dress(token)
    return Markup(parser.renderer.render(tokens, parser.options, {}))  # noqa: S704


def _dress(token: Token) -> None:
    if token.type in _CLASSES:
        token.attrSet("class", _CLASSES[token.type])
    if token.type == "th_open":
        token.attrSet("scope", "col")
        token.attrs.pop("style", None)
    if token.type == "td_open":
        token.attrs.pop("style", None)
    for child in token.children or ():
        if child.type == "link_open" and not _followable(str(child.attrGet("href") or "")):
            child.attrs.pop("href", None)
        _dress(child)


def _text(inline: Token) -> str:
    return " ".join("".join(child.content for child in inline.children or ()).split())


def _followable(address: str) -> bool:
    return address.startswith(("https://", "http://", "/", "#")) and not address.startswith("//")
