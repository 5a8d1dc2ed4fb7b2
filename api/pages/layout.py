"""From an answer's plain text to paragraphs and table cells."""

import re
from dataclasses import dataclass

from assistant.views import AnswerBlock

_BLANK_LINES = re.compile(r"\n\s*\n")
_BETWEEN_CELLS = " | "


@dataclass(frozen=True, slots=True)
class Cells:
    """A table: column headings (maybe none), rows of equal length, and what introduces it."""

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    caption: str


def paragraphs(text: str) -> list[list[str]]:
    """Return the text's paragraphs, each a list of its lines; blank ones are left out."""
    return [
        [line.strip() for line in paragraph.splitlines() if line.strip()]
        for paragraph in _BLANK_LINES.split(text.replace("\r\n", "\n"))
        if paragraph.strip()
    ]


def cells_of(block: AnswerBlock) -> Cells:
    """Return a table block's cells; rows are padded, so that no cell is lost or shifted.

    The lead is the header row where it has as many cells as the widest row, else a caption.
    """
    rows = [tuple(row.split(_BETWEEN_CELLS)) for row in block.items]
    lead = tuple(block.lead.split(_BETWEEN_CELLS)) if block.lead else ()
    width = max((len(row) for row in rows), default=0)
    padded = tuple(row + ("",) * (width - len(row)) for row in rows)
    if len(lead) == width and width > 1:
        return Cells(lead, padded, "")
    return Cells((), padded, block.lead)
