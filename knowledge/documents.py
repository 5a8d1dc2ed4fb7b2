"""What guidance is made of: Document → Section → Block, and Passage → Segment.

Loaders make documents, chunking makes passages of them, everything after that reads passages.
All values are frozen and compare by content.
"""

import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from enum import StrEnum
from functools import cached_property
from typing import Any

OGL3 = "OGL-UK-3.0"


class BlockKind(StrEnum):
    PARAGRAPH = "paragraph"
    LIST = "list"
    STEPS = "steps"
    TABLE = "table"


@dataclass(frozen=True, slots=True)
class Block:
    """One paragraph, list, ordered list of steps, or table.

    `items` holds the paragraph's text, the list items, the steps, or the table's body rows
    (cells joined by " | "). `lead` is the text that introduces a list or table, as it stands
    before it ("You must have:"), and is never counted as text of this block. `header` holds a
    table's column headings. `first` is the number of the first step, which is not 1 where a list
    of steps goes on after something stood between two of them.
    """

    kind: BlockKind
    items: tuple[str, ...]
    lead: str = ""
    header: tuple[str, ...] = ()
    first: int = 1


@dataclass(frozen=True, slots=True)
class Section:
    """The blocks under one heading. `headings` is the path below the title, outermost first.

    `url` is the address of the section, with its fragment where the page has one.
    """

    headings: tuple[str, ...]
    url: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Document:
    """One published page.

    `updated` is an ISO 8601 date, of reduced precision where no more is known ("2025-01",
    "2021"), or "". `nations` is empty where the page does not say. `official_url` is set where
    this page summarises another one (starter guidance). `licence` is an SPDX identifier.
    """

    url: str
    title: str
    sections: tuple[Section, ...]
    summary: str = ""
    publisher: str = ""
    updated: str = ""
    nations: tuple[str, ...] = ()
    audience: str = ""
    language: str = "en"
    licence: str = OGL3
    official_url: str = ""
    official_title: str = ""

    @property
    def digest(self) -> str:
        """Return the SHA-256 (hex) of everything the document says of itself."""
        return _digest(self)


class SegmentKind(StrEnum):
    SENTENCE = "sentence"
    ITEM = "item"
    STEP = "step"
    ROW = "row"


@dataclass(frozen=True, slots=True)
class Segment:
    """The smallest thing an answer may quote: a sentence, list item, step or table row.

    `text` is verbatim. `lead` is the verbatim text that introduces it and without which it may
    mislead (a list's lead-in, a table's header row), or "". `block` numbers the block of the
    passage it stands in, so that neighbours can be told from strangers. `number` is the step's
    number in its list, counted from 1, and 0 for what is not a step.
    """

    kind: SegmentKind
    text: str
    lead: str = ""
    block: int = 0
    number: int = 0


@dataclass(frozen=True, slots=True)
class PlainSummary:
    """A section in plainer words, by people. Never a quotation, and never instead of one.

    `checked_by` names who read it beside the guidance, and `checked_on` the ISO 8601 day; both are
    "" for a draft, which nobody has vouched for.
    """

    text: str
    checked_by: str = ""
    checked_on: str = ""

    @property
    def checked(self) -> bool:
        """Say whether somebody vouches for it."""
        return bool(self.checked_by)


@dataclass(frozen=True)
class Passage:
    """A piece of a section, short enough for the embedding model, that can be quoted and linked.

    `plain` summarises the whole section, and is the same in each of its passages.
    """

    title: str
    headings: tuple[str, ...]
    url: str
    segments: tuple[Segment, ...]
    document_url: str
    summary: str = ""
    publisher: str = ""
    updated: str = ""
    nations: tuple[str, ...] = ()
    audience: str = ""
    language: str = "en"
    licence: str = OGL3
    official_url: str = ""
    official_title: str = ""
    plain: PlainSummary | None = None

    @cached_property
    def digest(self) -> str:
        """The SHA-256 (hex) of the passage's text and everything shown beside it."""
        return _digest(self)

    @property
    def text(self) -> str:
        """Return the passage's own words, a segment a line, without headings."""
        return "\n".join(_with_new_leads(self.segments))

    @property
    def heading(self) -> str:
        """Return the title and heading path as one line."""
        return " – ".join((self.title, *self.headings))


def _with_new_leads(segments: tuple[Segment, ...]) -> Iterator[str]:
    """Yield the segments' text; a lead that does not stand just before them comes first."""
    spoken = before = ""
    for segment in segments:
        if segment.lead and segment.lead != spoken:
            if not before.endswith(segment.lead):
                yield segment.lead
            spoken = segment.lead
        elif not segment.lead:
            spoken = ""
        yield segment.text
        before = segment.text


def canonical_date(value: str) -> str:
    """Return the date of an ISO 8601 timestamp ("2016-01-14 10:44:25+00:00" → "2016-01-14")."""
    return value.strip()[:10]


_LONG_CODES = {"eng": "en", "cym": "cy", "wel": "cy", "und": "en", "mul": "en", "zxx": "en"}


def canonical_language(code: str) -> str:
    """Return a page's language as ISO 639 ("cy-GB" → "cy"); what states none counts as English."""
    primary = re.split(r"[-_]", code.strip().lower(), maxsplit=1)[0]
    primary = _LONG_CODES.get(primary, primary)
    return primary if re.fullmatch(r"[a-z]{2,3}", primary) else "en"


def as_json(value: Document | Passage) -> dict[str, Any]:
    """Return the value as plain JSON types; `passage_from_json` is the way back.

    What has no summary says nothing of one, so that summaries of others leave its digest alone.
    """
    said = asdict(value)
    if said.get("plain", said) is None:
        del said["plain"]
    return said


def passage_from_json(value: dict[str, Any]) -> Passage:
    """Return the passage that `as_json` described."""
    segments = tuple(
        Segment(**{**segment, "kind": SegmentKind(segment["kind"])})
        for segment in value["segments"]
    )
    plain = value.get("plain")
    return Passage(
        **{
            **value,
            "plain": PlainSummary(**plain) if plain else None,
            "segments": segments,
            "headings": tuple(value["headings"]),
            "nations": tuple(value["nations"]),
        }
    )


def passage_from_line(line: bytes) -> Passage:
    """Return the passage whose `as_json` is spelt canonically in `line`.

    What its digest is taken of is the line itself, so nothing is spelt again to know it.
    """
    passage = passage_from_json(json.loads(line))
    vars(passage)["digest"] = hashlib.sha256(line).hexdigest()
    return passage


def _digest(value: Document | Passage) -> str:
    text = json.dumps(as_json(value), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
