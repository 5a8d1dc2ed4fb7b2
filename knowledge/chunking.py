"""Documents → passages: by heading, short enough for the embedding model, no word lost.

A section is one passage where it fits. Otherwise it is parted between blocks, and only where a
block alone is too long, between its items, rows or sentences. A list, steps or a table stay with
the paragraph that introduces them as long as both fit; each part of one that is divided keeps its
lead. A single segment is never cut, however long.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace

from knowledge.documents import (
    Block,
    BlockKind,
    Document,
    Passage,
    Section,
    Segment,
    SegmentKind,
)
from knowledge.loaders.tables import joined
from knowledge.sentences import split_sentences

WINDOW_TOKENS = 256
BODY_TOKENS = 220
_SPECIAL_TOKENS = 2

_PIECE = re.compile(r"[^\W\d_]+|\d+|[^\w\s]|_")
_LETTERS_A_PIECE = 7
_FOREIGN_LETTERS_A_PIECE = 2
_DIGITS_A_PIECE = 2

CountTokens = Callable[[str], int]


def estimate_tokens(text: str, language: str = "en") -> int:
    """Return about how many word pieces an English model makes of a text.

    About a twelfth more than all-MiniLM-L6-v2 makes of English guidance, and hardly ever fewer;
    words of another language fall into many more pieces, and are counted so.
    """
    letters = _LETTERS_A_PIECE if language.startswith("en") else _FOREIGN_LETTERS_A_PIECE
    return sum(_pieces(found, letters) for found in _PIECE.findall(text))


def passages_of(
    document: Document,
    *,
    count_tokens: CountTokens | None = None,
    limit: int = BODY_TOKENS,
    window: int = WINDOW_TOKENS,
) -> tuple[Passage, ...]:
    """Return a document's passages in reading order.

    A passage's `text` has at most `limit` tokens, fewer under a heading so long that heading and
    text would not fit the model's `window` (but never less than half the limit), and more only
    where it is one single segment. Tokens are estimated unless `count_tokens` counts them.
    """

    def estimate(text: str) -> int:
        return estimate_tokens(text, document.language)

    return tuple(
        passage
        for section in document.sections
        for passage in _passages(document, section, count_tokens or estimate, limit, window)
    )


def segments_of(block: Block, number: int = 0) -> tuple[Segment, ...]:
    """Return a block's sentences, items, steps or rows, each with what introduces it."""
    match block.kind:
        case BlockKind.PARAGRAPH:
            return tuple(
                Segment(SegmentKind.SENTENCE, sentence, block=number)
                for item in block.items
                for sentence in split_sentences(item)
            )
        case BlockKind.LIST:
            return _each(SegmentKind.ITEM, block, block.lead, number)
        case BlockKind.STEPS:
            return tuple(
                replace(step, number=at)
                for at, step in enumerate(
                    _each(SegmentKind.STEP, block, block.lead, number), start=block.first
                )
            )
        case BlockKind.TABLE:
            return _each(SegmentKind.ROW, block, joined(list(block.header)) or block.lead, number)


def _each(kind: SegmentKind, block: Block, lead: str, number: int) -> tuple[Segment, ...]:
    return tuple(Segment(kind, item, lead, number) for item in block.items if item.strip())


def _passages(
    document: Document, section: Section, count_tokens: CountTokens, limit: int, window: int
) -> Iterator[Passage]:
    empty = Passage(
        title=document.title,
        headings=section.headings,
        url=section.url,
        segments=(),
        document_url=document.url,
        summary=document.summary,
        publisher=document.publisher,
        updated=document.updated,
        nations=document.nations,
        audience=document.audience,
        language=document.language,
        licence=document.licence,
        official_url=document.official_url,
        official_title=document.official_title,
    )
    left = window - _SPECIAL_TOKENS - count_tokens(empty.heading)
    room = max(limit // 2, min(limit, left))

    def fits(segments: list[Segment]) -> bool:
        return count_tokens(replace(empty, segments=tuple(segments)).text) <= room

    for segments in _packed(section.blocks, fits):
        yield replace(empty, segments=_renumbered(segments))


def _packed(
    blocks: tuple[Block, ...], fits: Callable[[list[Segment]], bool]
) -> Iterator[list[Segment]]:
    present: list[Segment] = []
    for group in _groups(blocks):
        if fits([*present, *group]):
            present = [*present, *group]
            continue
        if present:
            yield present
        present = []
        if fits(group):
            present = group
            continue
        for segment in group:
            if present and not fits([*present, segment]):
                yield present
                present = []
            present = [*present, segment]
    if present:
        yield present


def _groups(blocks: tuple[Block, ...]) -> Iterator[list[Segment]]:
    """Yield the segments of blocks that belong together: what introduces, what is introduced."""
    group: list[Segment] = []
    leads: set[str] = set()
    for number, block in enumerate(blocks):
        introduced = block.lead in leads or (
            bool(group) and bool(block.lead) and group[-1].text.endswith(block.lead)
        )
        if group and not introduced:
            yield group
            group, leads = [], set()
        if block.lead:
            leads.add(block.lead)
        group = [*group, *segments_of(block, number)]
    if group:
        yield group


def _renumbered(segments: list[Segment]) -> tuple[Segment, ...]:
    """Return the segments with their blocks numbered from 0 in this passage."""
    numbers = {block: at for at, block in enumerate(dict.fromkeys(s.block for s in segments))}
    return tuple(replace(segment, block=numbers[segment.block]) for segment in segments)


def _pieces(found: str, letters: int) -> int:
    if found.isdecimal():
        return -(-len(found) // _DIGITS_A_PIECE)
    if found.isalpha():
        return -(-len(found) // (letters if found.isascii() else _FOREIGN_LETTERS_A_PIECE))
    return 1
