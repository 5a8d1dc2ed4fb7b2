"""HTML → sections: what a page says, in reading order, without its furniture."""

import re
from collections.abc import Iterator
from typing import Any

from knowledge.documents import Block, BlockKind, Section
from knowledge.loaders.contacts import (
    is_address,
    is_contact,
    is_contact_line,
    joined_address,
    rejoined,
)
from knowledge.loaders.examples import example_title
from knowledge.loaders.inline import (
    BLOCKS,
    BREAK,
    DEEPEST,
    HEADINGS,
    LISTS,
    STRUCTURES,
    ancestors_of,
    cell_text,
    inline,
    lines_of,
    parse,
    skipped,
    spaced,
)
from knowledge.loaders.outline import Outline, fold, lead_of
from knowledge.loaders.tables import table_block

_CONTACT_CLASSES = frozenset({"contact"})
_ADDRESS_CLASSES = frozenset({"address", "adr", "postal-address"})
_PARAGRAPHS = frozenset({"p", "address"})
_MARKED_HEADING = re.compile(r"(?P<marks>#{2,6})\s*(?=[^#\s])")


def sections_of(
    markup: str, url: str, headings: tuple[str, ...] = (), *, slugs: bool = False
) -> tuple[Section, ...]:
    """Return the sections of an HTML fragment or page, in reading order.

    `headings` stand above all of them; sections get `url` with the id of their heading. With
    `slugs`, a heading without an id gets the fragment our own pages give it. Hidden text,
    scripts, forms and navigation are left out; any text at all is accepted as HTML.
    """
    outline = Outline(url, headings, slugs=slugs)
    root = parse(markup)
    if root is not None:
        _Reading(root, outline).walk(root)
    return outline.sections()


class _Reading:
    """One pass over a parsed page into an outline."""

    def __init__(self, root: Any, outline: Outline) -> None:
        self._outline = outline
        self._holding_blocks = ancestors_of(root, BLOCKS)
        self._holding_structures = ancestors_of(root, STRUCTURES)

    def walk(self, node: Any, depth: int = 0) -> None:
        """Read an element's children: running text into paragraphs, blocks each in its way."""
        for part in self._parts(node, self._holding_blocks, BLOCKS):
            if isinstance(part, str):
                self._lines(lines_of(part))
            elif depth > DEEPEST:
                self._lines(lines_of(inline(part)))
            else:
                self._block(part, depth)

    def _block(self, node: Any, depth: int, lead: str = "") -> None:
        classes = set((node.get("class") or "").split())
        if node.tag in HEADINGS:
            self._heading(node, classes)
        elif node.tag in LISTS:
            self._list(node, depth, lead or self._outline.lead)
        elif node.tag == "dl":
            self._definitions(node, lead or self._outline.lead)
        elif node.tag == "table":
            self._table(node, lead)
        elif node.tag == "details":
            self._details(node, depth)
        elif "footnotes" in classes:
            with self._outline.under("Footnotes"):
                self._outline.add(_plain_list(node))
        elif "example" in classes and (title := example_title(node)) is not None:
            self._example(node, title, depth)
        elif node not in self._holding_structures and classes & _CONTACT_CLASSES:
            self._contact(node)
        elif node not in self._holding_structures and classes & _ADDRESS_CLASSES:
            self._address(lines_of(inline(node)))
        elif node in self._holding_blocks:
            self.walk(node, depth + 1)
        else:
            self._lines(lines_of(inline(node)))

    def _heading(self, node: Any, classes: set[str]) -> None:
        text = fold(inline(node))
        if "title" in classes:
            self._outline.paragraph(text)
            return
        anchors = (node.get("id"), *(child.get("id") or child.get("name") for child in node.iter()))
        anchor = next((anchor for anchor in anchors if anchor), "")
        self._outline.heading(HEADINGS[node.tag], text, anchor)

    def _lines(self, lines: list[str]) -> None:
        """Put the lines of one paragraph, as `<br>` parts them, under the present heading."""
        if is_contact(lines):
            self._contact_lines(lines)
        elif is_address(lines):
            self._address(lines)
        else:
            for paragraph in rejoined(lines):
                if marked := _MARKED_HEADING.match(paragraph):
                    self._outline.heading(len(marked["marks"]), paragraph[marked.end() :])
                else:
                    self._outline.paragraph(paragraph)

    def _address(self, lines: list[str]) -> None:
        """Put an address on one line, led by the words that say what it is for ("Write to:")."""
        lead = self._outline.lead
        if lead.endswith(":"):
            self._outline.add(Block(BlockKind.LIST, (joined_address(lines),), lead))
        else:
            self._outline.paragraph(joined_address(lines))

    def _contact(self, node: Any) -> None:
        lines: list[str] = []
        for part in self._parts(node, self._holding_blocks, _PARAGRAPHS):
            found = lines_of(part if isinstance(part, str) else inline(part))
            postal = not isinstance(part, str) and "adr" in (part.get("class") or "").split()
            lines += [joined_address(found)] if postal else found
        self._contact_lines(lines)

    def _contact_lines(self, lines: list[str]) -> None:
        """Put a contact's name as a paragraph and its lines as a list that the name leads."""
        if lines and (len(lines) == 1 or not is_contact_line(lines[0])):
            self._outline.paragraph(lines[0])
            name, lines = lines[0], lines[1:]
        else:
            name = self._outline.lead
        self._outline.add(Block(BlockKind.LIST, tuple(lines), name))

    def _list(self, node: Any, depth: int, lead: str) -> None:
        """Add a list; what is nested in an item becomes a block of its own, led by that item."""
        kind = BlockKind.STEPS if node.tag == "ol" else BlockKind.LIST
        items: list[str] = []
        first = _start(node)

        def flush() -> None:
            nonlocal first
            if items:
                number = first if kind is BlockKind.STEPS else 1
                self._outline.add(Block(kind, tuple(items), lead, first=number))
                first += len(items)
                items.clear()

        for item in _items(node):
            own = False
            for part in self._item_parts(item):
                if not isinstance(part, str):
                    last = items[-1] if items else ""
                    flush()
                    if depth > DEEPEST:
                        self._outline.paragraph(inline(part))
                    else:
                        self._block(part, depth + 1, lead_of(last) or last)
                elif not own:
                    items.append(fold(part))
                    own = True
                elif items:
                    items[-1] = f"{items[-1]} {fold(part)}"
                else:
                    self._outline.paragraph(part)
        flush()

    def _item_parts(self, item: Any) -> Iterator[Any]:
        if isinstance(item, str) or item.tag in STRUCTURES:
            yield item
        else:
            yield from self._parts(item, self._holding_structures, STRUCTURES)

    def _definitions(self, node: Any, lead: str) -> None:
        items: list[str] = []
        term = ""
        for child in node.iter("dt", "dd"):
            if skipped(child) or next(child.iterancestors("dl")) is not node:
                continue
            text = cell_text(child)
            if child.tag == "dt":
                term = f"{term}, {text}" if term else text
                continue
            items.append(f"{term.rstrip(':')}: {text}" if term else text)
            following = child.getnext()
            term = term if following is not None and following.tag == "dd" else ""
        if term:
            items.append(term)
        self._outline.add(Block(BlockKind.LIST, tuple(item for item in items if item), lead))

    def _table(self, node: Any, lead: str) -> None:
        caption = next((fold(inline(child)) for child in node.iter("caption")), "")
        if caption:
            self._outline.paragraph(caption)
        self._outline.add(table_block(node, cell_text, caption or lead or self._outline.lead))

    def _details(self, node: Any, depth: int) -> None:
        summary = next(node.iter("summary"), None)
        title = "" if summary is None else fold(inline(summary))
        if summary is not None:
            summary.drop_tree()
        with self._outline.under(title):
            self.walk(node, depth + 1)

    def _example(self, node: Any, title: Any, depth: int) -> None:
        """Put a worked example under its title: none of it holds for everybody."""
        heading = fold(inline(title)).rstrip(" :")
        title.drop_tree()
        with self._outline.under(heading):
            self.walk(node, depth + 1)

    def _parts(self, node: Any, holding: set[Any], wanted: Any) -> Iterator[Any]:
        """Yield an element's content in order: running text, and elements that are `wanted`.

        Elements in `holding` have a wanted one somewhere inside and are gone into.
        """
        text = [spaced(node.text)]
        for child in node:
            if not skipped(child):
                if child.tag in wanted:
                    yield from _spoken(text)
                    yield child
                elif child in holding:
                    yield from _spoken(text)
                    yield from self._parts(child, holding, wanted)
                elif child.tag == "br":
                    text.append(BREAK)
                else:
                    words = inline(child)
                    text.append(f" {words} " if child.tag in BLOCKS else words)
            text.append(spaced(child.tail))
        yield from _spoken(text)


def _spoken(text: list[str]) -> Iterator[str]:
    """Yield the running text gathered so far, if it has any words, and begin anew."""
    joined = "".join(text)
    text.clear()
    if joined.strip():
        yield joined


def _items(node: Any) -> Iterator[Any]:
    """Yield a list's children that are not furniture, and text that stands loose in it."""
    yield from _spoken([spaced(node.text)])
    for child in node:
        if not skipped(child):
            yield child
        yield from _spoken([spaced(child.tail)])


def _start(node: Any) -> int:
    start = node.get("start") or ""
    return int(start) if start.isdecimal() and len(start) < 5 else 1


def _plain_list(node: Any) -> Block:
    return Block(BlockKind.LIST, tuple(fold(inline(item)) for item in node.iter("li")))
