"""Gathers headings and blocks, in reading order, into sections."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from knowledge.documents import Block, BlockKind, Section
from knowledge.sentences import split_sentences

_SHORT_LEAD_WORDS = 25
_CLOSERS = "\"'”’)]"
_UNFINISHED = re.compile(
    r"\b(?:a|an|the|your|his|her|their|its|our|of|to|for|with|from|in|on|at|by)$", re.IGNORECASE
)
_UNSEEN = re.compile(
    "[\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff\U000e0000-\U000e007f]"
)


def fold(text: str) -> str:
    """Return the text on one line, with single plain spaces (no-break spaces become plain).

    Characters that nobody sees (zero-width, soft hyphens, tags, direction overrides) are left out.
    """
    return " ".join(_UNSEEN.sub("", text).split())


def lead_of(paragraph: str) -> str:
    """Return what of a paragraph introduces the list or table after it, or "".

    A paragraph introduces what follows when it does not come to a full stop. A long one is cut
    to its last sentence.
    """
    if not paragraph or paragraph.rstrip(_CLOSERS).endswith((".", "!", "?", "…")):
        return ""
    if len(paragraph.split()) <= _SHORT_LEAD_WORDS:
        return paragraph
    return split_sentences(paragraph)[-1].strip()


def slugify(text: str) -> str:
    """Return the fragment GOV.UK gives a heading without an id (kramdown's `basic_generate_id`).

    What stands before the first letter goes; of the rest, unaccented letters, digits, spaces and
    hyphens stay, in lower case, spaces as hyphens. "section" where nothing is left.
    """
    from_first_letter = re.sub(r"^[^a-zA-Z]+", "", text)
    return re.sub(r"[^a-zA-Z0-9 -]", "", from_first_letter).replace(" ", "-").lower() or "section"


class Outline:
    """A page being read from top to bottom.

    `headings` stand above everything on the page; `url` is its address. With `slugs`, headings
    without an id get the fragment that `slugify` makes, numbered where it was used before.
    """

    def __init__(self, url: str, headings: tuple[str, ...] = (), *, slugs: bool = False) -> None:
        self._page = url.partition("#")[0]
        self._base = headings
        self._slugs = slugs
        self._path: list[tuple[int, str, str]] = []
        self._blocks: list[Block] = []
        self._sections: list[Section] = []
        self._anchors: dict[str, int] = {}
        self._start = url
        self._resumed = False
        self._floor = 0

    def heading(self, level: int, text: str, anchor: str = "", *, linked: bool = True) -> None:
        """Begin a section; headings of the same or a deeper level end here.

        One that is not `linked` is no heading on the page itself, so no fragment leads to it.
        """
        text = fold(text)
        if not text:
            return
        self._close()
        level = max(level, self._floor + 1)
        while self._path and self._path[-1][0] >= level:
            self._path.pop()
        self._path.append(
            (level, text, anchor or (self._slug(text) if self._slugs and linked else ""))
        )

    def add(self, block: Block) -> None:
        """Put a block under the present heading; one without a letter or digit is dropped."""
        if any(character.isalnum() for item in block.items for character in item):
            self._blocks.append(block)
            self._resumed = False

    def paragraph(self, text: str) -> None:
        """Put a paragraph under the present heading.

        One that is the rest of a list item ("… of your", then "course") is put there.
        """
        text = fold(text)
        if text[:1].islower() and self._breaks_off():
            *before, last = self._blocks[-1].items
            self._blocks[-1] = replace(self._blocks[-1], items=(*before, f"{last} {text}"))
            self._resumed = True
        else:
            self.add(Block(BlockKind.PARAGRAPH, (text,)))

    @property
    def lead(self) -> str:
        """Return what the paragraph just above offers as a lead, or "".

        A list after the rest of a list item has the lead of that list.
        """
        if self._blocks and self._resumed:
            return self._blocks[-1].lead
        if not self._blocks or self._blocks[-1].kind is not BlockKind.PARAGRAPH:
            return ""
        return lead_of(self._blocks[-1].items[0])

    @contextmanager
    def under(self, text: str) -> Iterator[None]:
        """Put what follows under a heading of its own, then return to the present one.

        Headings in between stand below it, whatever their level.
        """
        path, floor = list(self._path), self._floor
        level = max((level for level, _, _ in path), default=1) + 1
        self.heading(level, text, linked=False)
        self._floor = level
        yield
        self._close()
        self._path, self._floor = path, floor

    def sections(self) -> tuple[Section, ...]:
        """Return the sections that have text, in reading order."""
        self._close()
        return tuple(self._sections)

    def _close(self) -> None:
        if self._blocks:
            headings = (*self._base, *(text for _, text, _ in self._path))
            self._sections.append(Section(headings, self._address(), tuple(self._blocks)))
            self._blocks = []
            self._resumed = False

    def _breaks_off(self) -> bool:
        last = self._blocks[-1] if self._blocks else None
        return (
            last is not None
            and last.kind is not BlockKind.PARAGRAPH
            and _UNFINISHED.search(last.items[-1]) is not None
        )

    def _address(self) -> str:
        anchors = [anchor for _, _, anchor in self._path if anchor]
        return f"{self._page}#{anchors[-1]}" if anchors else self._start

    def _slug(self, text: str) -> str:
        slug = slugify(text)
        seen = self._anchors.get(slug, 0)
        self._anchors[slug] = seen + 1
        return f"{slug}-{seen}" if seen else slug
