"""Tables as Markdown really holds them → the form that CommonMark's table extension reads.

The extension wants one row a line, and as many cells in the rule as in the header. kramdown takes
a rule of any width. html2text, which makes crawled pages, begins no row with a bar unless its
first cell is empty, and lets a cell of several paragraphs run over several lines, each ended by
two spaces.
"""

import re

_BAR = re.compile(r"(?<!\\)\|")
_OTHER_BLOCK = re.compile(r"\s*(?:#{1,6}\s|>|</?(?:div|p|table|ul|ol|h\d)\b)", re.IGNORECASE)
_CAPTION = re.compile(r"\s*Table caption:\s*(?P<words>\S.*)", re.IGNORECASE)
_BREAK = "  "


def with_plain_tables(lines: list[str]) -> list[str]:
    """Return the lines with each table a row a line, and a caption below it put above.

    Other lines stay as they are. A row wider than the header widens the table, so that no cell
    is lost.
    """
    plain: list[str] = []
    at = 0
    while at < len(lines):
        line = lines[at]
        at += 1
        if not (_is_rule(line) and plain and _BAR.search(plain[-1])):
            plain.append(line)
            continue
        header = plain.pop()
        gather = _broken_rows if line.endswith(_BREAK) else _rows
        rows, at = gather(lines, at, len(_BAR.split(_bare(line))))
        caption, at = _caption(lines, at)
        plain += [*caption, *_table(header, line, rows)]
    return plain


def _is_rule(line: str) -> bool:
    """Say whether a line parts a table's header from its rows, as in `- | -`."""
    return "|" in line and "-" in line and not line.strip(" \t|:-")


def _rows(lines: list[str], at: int, _: int) -> tuple[list[str], int]:
    """Return the rows from a line on, one a line, and where they end."""
    rows: list[str] = []
    while at < len(lines) and _BAR.search(lines[at]) and not _OTHER_BLOCK.match(lines[at]):
        rows.append(lines[at])
        at += 1
    return rows, at


def _broken_rows(lines: list[str], at: int, width: int) -> tuple[list[str], int]:
    """Return the rows of a table whose every line ends with two spaces, and where they end.

    A row goes on until it has all its cells; then also after a blank line, since the paragraphs
    of its last cell are parted by those and rows are not.
    """
    rows: list[str] = []
    bars, parted = width, False
    while at < len(lines) and lines[at].endswith(_BREAK) and not _OTHER_BLOCK.match(lines[at]):
        line = lines[at].strip()
        at += 1
        if not line:
            parted = True
            continue
        more = len(_BAR.findall(line))
        whole = bars >= width - 1
        if not rows or (whole and (more or not parted)):
            rows.append(line)
            bars = more
        else:
            rows[-1] = f"{rows[-1]} {line}"
            bars += more
        parted = False
    return rows, at


def _caption(lines: list[str], at: int) -> tuple[list[str], int]:
    """Return the caption that stands next, as a paragraph, and where the text goes on."""
    after = at
    while after < len(lines) and not lines[after].strip():
        after += 1
    found = _CAPTION.fullmatch(lines[after]) if after < len(lines) else None
    return (["", found["words"], ""], after + 1) if found else ([], at)


def _table(header: str, rule: str, rows: list[str]) -> list[str]:
    """Return a header, a rule and rows of one width."""
    opened = rule.lstrip().startswith("|")
    ruled = len(_BAR.split(_bare(rule)))
    head, *body = (_cells(row, ruled, opened) for row in (header, *rows))
    width = max(len(row) for row in (head, *body, [""]))
    lines = [head, ["---"] * width, *body]
    return ["", *(f"| {' | '.join(_padded(cells, width))} |" for cells in lines), ""]


def _cells(row: str, ruled: int, opened: bool) -> list[str]:
    """Return a row's cells without empty ones at its end.

    A bar at the start stands before the first cell where the rule has one too or where there
    would be too many cells, and else after an empty first cell.
    """
    cells = [cell.strip() for cell in _BAR.split(row.strip())]
    while cells and not cells[-1]:
        cells.pop()
    if cells and not cells[0] and (opened or len(cells) > ruled):
        return cells[1:]
    return cells


def _bare(rule: str) -> str:
    return rule.strip().removeprefix("|").removesuffix("|")


def _padded(cells: list[str], width: int) -> list[str]:
    return [*cells, *[""] * (width - len(cells))]
