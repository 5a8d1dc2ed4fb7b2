"""HTML tables → one block: column headings, and rows that read on their own."""

from collections.abc import Callable, Iterator
from typing import Any

from knowledge.documents import Block, BlockKind

_WIDEST = 60
_LONGEST_SPAN = 500


def joined(cells: list[str]) -> str:
    """Return a row's cells parted by " | "; empty cells at the end are left out."""
    kept = list(cells)
    while kept and not kept[-1]:
        kept.pop()
    return " | ".join(kept).strip()


def table_block(table: Any, text_of_cell: Callable[[Any], str], lead: str) -> Block:
    """Return a `<table>` as a block.

    A cell that spans rows is repeated in each, so that every row says what it is about; one that
    spans columns heads each of them. Column headings are the rows of `<thead>`, or a first row
    of nothing but `<th>`. Columns without any text are left out.
    """
    rows = [row for row in table.iter("tr") if _owner(row) is table]
    heads = [row for row in rows if row.getparent().tag == "thead"]
    if not heads and len(rows) > 1 and all(cell.tag == "th" for cell in _cells(rows[0])):
        heads = rows[:1]
    body = [row for row in rows if row not in heads]
    titles, lines = _without_empty_columns(
        list(_grid(heads, text_of_cell, repeat=True)), list(_grid(body, text_of_cell))
    )
    header = _headings(titles)
    items = tuple(row for row in map(joined, lines) if row)
    if not items:
        return Block(BlockKind.TABLE, (joined(list(header)),), lead)
    return Block(BlockKind.TABLE, items, lead, header)


def _owner(row: Any) -> Any:
    return next(row.iterancestors("table"), None)


def _cells(row: Any) -> list[Any]:
    return [cell for cell in row if cell.tag in {"td", "th"}]


def _span(cell: Any, name: str) -> int:
    value = cell.get(name) or ""
    return min(max(int(value), 1), _LONGEST_SPAN) if value.isdecimal() and len(value) < 5 else 1


def _grid(
    rows: list[Any], text_of_cell: Callable[[Any], str], *, repeat: bool = False
) -> Iterator[list[str]]:
    """Yield each row's cells, cells from above that span into it included."""
    hanging: dict[int, tuple[str, int]] = {}
    for row in rows:
        line: list[str] = []
        for cell in _cells(row):
            _hang(line, hanging)
            text, width, height = text_of_cell(cell), _span(cell, "colspan"), _span(cell, "rowspan")
            for offset in range(min(width, _WIDEST)):
                if height > 1:
                    hanging[len(line)] = (text if offset == 0 or repeat else "", height)
                line.append(text if offset == 0 or repeat else "")
        _hang(line, hanging)
        hanging = {at: (text, left - 1) for at, (text, left) in hanging.items() if left > 1}
        yield line


def _hang(line: list[str], hanging: dict[int, tuple[str, int]]) -> None:
    while len(line) in hanging:
        line.append(hanging[len(line)][0])


def _without_empty_columns(*parts: list[list[str]]) -> tuple[list[list[str]], ...]:
    """Return a table's parts without the columns that are empty in all of them."""
    filled = {at for rows in parts for row in rows for at, cell in enumerate(row) if cell}
    return tuple(
        [[cell for at, cell in enumerate(row) if at in filled] for row in rows] for rows in parts
    )


def _headings(rows: list[list[str]]) -> tuple[str, ...]:
    """Return one heading a column: what stands above it, from the top, each only once."""
    width = max((len(row) for row in rows), default=0)
    columns = [
        " ".join(dict.fromkeys(row[at] for row in rows if at < len(row) and row[at]))
        for at in range(width)
    ]
    return tuple(columns) if any(columns) else ()
