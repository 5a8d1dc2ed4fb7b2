"""PDF files → documents: paragraphs and bullets from the text layer, headings from the outline."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import PurePosixPath
from typing import Any

from pypdf import PdfReader

from knowledge.documents import Block, BlockKind, Document, Section, canonical_language
from knowledge.errors import DocumentUnreadable
from knowledge.loaders.outline import fold, lead_of

_MOST_PAGES = 5000
_FEWEST_WORDS = 5
_BULLET = re.compile(r"^[•●▪◦‣·–—\uf0b7\uf0a7-][ \t]+(?=\S)")
_PAGE_NUMBER = re.compile(r"^(?:page\s*)?\d{1,4}(?:\s*(?:of|/)\s*\d{1,4})?$", re.IGNORECASE)
_HYPHENATED = re.compile(r"\w-$")
_FULL_LINE = 0.8
_HEADING_WORDS = 12


@dataclass(frozen=True, slots=True)
class _Heading:
    level: int
    text: str


def load(data: bytes, source: str, url: str = "") -> Document:
    """Return a PDF's text; each section's address is `url#page=N`, N being where it begins.

    Raises `DocumentUnreadable` for a file that is encrypted, broken, or scanned without a text
    layer, saying what to do.
    """
    try:
        reader = PdfReader(BytesIO(data), strict=False)
        if reader.is_encrypted and not reader.decrypt(""):
            raise DocumentUnreadable(source, "is encrypted: save a copy without a password")
        pages = [page.extract_text() for page in reader.pages[:_MOST_PAGES]]
        headings = _outline(reader)
        title = fold(str((reader.metadata and reader.metadata.title) or ""))
        language = canonical_language(str(reader.root_object.get("/Lang") or ""))
        updated = reader.metadata.modification_date if reader.metadata else None
    except DocumentUnreadable:
        raise
    except Exception as error:
        raise DocumentUnreadable(
            source, f"is a broken PDF ({type(error).__name__}): open it and save a new copy"
        ) from error
    if sum(len(page.split()) for page in pages) < _FEWEST_WORDS:
        raise DocumentUnreadable(
            source, "has no text in it, perhaps a scan: run text recognition (OCR) over it first"
        )
    address = url or source
    sections = tuple(_sections(pages, headings, address))
    return Document(
        url=address,
        title=title or _first_heading(headings) or PurePosixPath(source).stem,
        sections=sections,
        updated=updated.date().isoformat() if updated else "",
        language=language,
    )


def _outline(reader: PdfReader) -> dict[int, list[_Heading]]:
    """Return the outline's headings by page number, counted from 1."""
    found: dict[int, list[_Heading]] = {}

    def gather(entries: Any, level: int) -> None:
        for entry in entries:
            if isinstance(entry, list):
                gather(entry, level + 1)
                continue
            page = reader.get_destination_page_number(entry)
            text = fold(str(entry.title))
            if page is not None and page >= 0 and text:
                found.setdefault(page + 1, []).append(_Heading(level, text))

    gather(reader.outline, 1)
    return found


def _first_heading(headings: dict[int, list[_Heading]]) -> str:
    return headings[min(headings)][0].text if headings else ""


def _sections(
    pages: list[str], headings: dict[int, list[_Heading]], address: str
) -> Iterator[Section]:
    furniture = _repeated(pages)
    words = Counter(re.findall(r"\w+", " ".join(pages)))
    path: list[_Heading] = []
    blocks: list[Block] = []
    begun = 1
    for number, page in enumerate(pages, start=1):
        lines = [line for line in _lines(page) if _shape(line) not in furniture]
        if not headings and blocks:
            yield _section(path, address, begun, blocks)
            blocks, begun = [], number
        for piece in _pieces(lines, headings.get(number, []), words):
            if isinstance(piece, Block):
                begun = begun if blocks else number
                _append(blocks, piece)
                continue
            if blocks:
                yield _section(path, address, begun, blocks)
                blocks = []
            path = [*(above for above in path if above.level < piece.level), piece]
            begun = number
    if blocks:
        yield _section(path, address, begun, blocks)


def _section(path: list[_Heading], address: str, page: int, blocks: list[Block]) -> Section:
    return Section(tuple(heading.text for heading in path), f"{address}#page={page}", tuple(blocks))


def _append(blocks: list[Block], block: Block) -> None:
    """Add a block; a paragraph that a page break cut in two is joined again."""
    text = block.items[0]
    if blocks and blocks[-1].kind is block.kind is BlockKind.PARAGRAPH and text[0].islower():
        blocks[-1] = Block(BlockKind.PARAGRAPH, (f"{blocks[-1].items[0]} {text}",))
        return
    if block.kind is BlockKind.LIST and blocks and blocks[-1].kind is BlockKind.PARAGRAPH:
        block = Block(BlockKind.LIST, block.items, lead_of(blocks[-1].items[-1]))
    blocks.append(block)


def _lines(page: str) -> list[str]:
    lines = (fold(line.replace("\u00ad", "")) for line in page.splitlines())
    return ["" if _PAGE_NUMBER.match(line) else line for line in lines]


def _shape(line: str) -> str:
    """Return a line with its digits alike, so that running heads are told by repeating."""
    return re.sub(r"\d+", "#", line)


def _repeated(pages: list[str]) -> frozenset[str]:
    """Return the shapes of lines that stand first or last on more than half of the pages."""
    edges = Counter(
        shape
        for page in pages
        if (lines := [line for line in _lines(page) if line])
        for shape in {_shape(line) for line in (*lines[:2], *lines[-2:])}
    )
    return frozenset(shape for shape, count in edges.items() if count > max(2, len(pages) / 2))


def _pieces(
    lines: list[str], headings: list[_Heading], words: Counter[str]
) -> Iterator[Block | _Heading]:
    """Yield a page's paragraphs, bullet lists and headings in order."""
    width = max((len(line) for line in lines), default=0)
    waiting = list(headings)
    text = ""
    bullets: list[str] = []
    in_bullet = False
    before = ""

    def flush() -> Iterator[Block]:
        nonlocal text
        if text and not in_bullet:
            yield Block(BlockKind.PARAGRAPH, (text,))
        elif text:
            bullets.append(text)
        text = ""

    def close() -> Iterator[Block]:
        nonlocal in_bullet
        yield from flush()
        in_bullet = False
        if bullets:
            yield Block(BlockKind.LIST, tuple(bullets))
            bullets.clear()

    for line in lines:
        heading = next((one for one in waiting if _same(one.text, line)), None)
        bullet = _BULLET.match(line)
        if heading:
            yield from close()
            waiting = waiting[waiting.index(heading) + 1 :]
            yield heading
        elif not line:
            yield from flush() if in_bullet else close()
        elif bullet:
            yield from flush() if in_bullet or not text else close()
            in_bullet = True
            text = line[bullet.end() :]
        elif text and not _ends(before, line, width):
            text = _joined(text, line, words)
        else:
            yield from close()
            text = line
        before = line
    yield from close()


def _same(heading: str, line: str) -> bool:
    return re.sub(r"\W+", "", heading).casefold() == re.sub(r"\W+", "", line).casefold()


def _ends(before: str, line: str, width: int) -> bool:
    """Say whether a paragraph ends between two lines."""
    if line[0].islower() or len(before) >= _FULL_LINE * width:
        return False
    return before.endswith((".", "!", "?", ":", ";")) or len(before.split()) <= _HEADING_WORDS


def _joined(text: str, line: str, words: Counter[str]) -> str:
    """Return two lines as one; a word that is whole elsewhere loses the hyphen that cut it."""
    if not _HYPHENATED.search(text) or not line[0].isalnum():
        return f"{text} {line}"
    whole = re.findall(r"\w+", text[:-1])[-1] + re.findall(r"\w+", line)[0]
    return f"{text[:-1] if words[whole] else text}{line}"
