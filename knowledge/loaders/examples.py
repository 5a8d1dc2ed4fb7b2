"""Tells worked examples from what holds for everybody."""

import re
from typing import Any

from knowledge.loaders.inline import inline
from knowledge.loaders.outline import fold

_MOST_WORDS_IN_TITLE = 3
_STRONG = frozenset({"strong", "b"})
_TITLE_LINE = re.compile(r"\s*(?:Example|Enghraifft)\s*")
_PARAGRAPH = re.compile(r" {0,3}(?!\d+[.)] )[^\s#>|<*+$-]")


def example_title(box: Any) -> Any:
    """Return the element with the title of an example ("Example", "Enghraifft:"), or None.

    It is the first paragraph, or the bold words that begin it, if short and not all there is.
    """
    first = next(iter(box), None)
    if first is None or first.tag != "p" or (box.text or "").strip():
        return None
    start = next(iter(first), None)
    bold = start is not None and start.tag in _STRONG and not (first.text or "").strip()
    title = start if bold else first
    words = fold(inline(title))
    short = 0 < len(words.split()) <= _MOST_WORDS_IN_TITLE and not words.endswith((".", "!", "?"))
    return title if short and words != fold(inline(box)) else None


def with_boxed_examples(lines: list[str]) -> list[str]:
    """Return Markdown with a box around each line "Example" and the paragraph after it.

    html2text leaves no more of a box than that; where it held more, the rest stays outside.
    """
    boxed: list[str] = []
    at = 0
    while at < len(lines):
        if end := _example_end(lines, at):
            boxed += ["", '<div class="example">', "", lines[at], "", *lines[at + 1 : end]]
            boxed += ["", "</div>", ""]
            at = end
        else:
            boxed.append(lines[at])
            at += 1
    return boxed


def _example_end(lines: list[str], at: int) -> int:
    """Return where the paragraph after a line "Example" ends; 0 where either is missing."""
    if not _TITLE_LINE.fullmatch(lines[at]):
        return 0
    end = at + 1
    while end < len(lines) and not lines[end].strip():
        end += 1
    start = end
    while end < len(lines) and _PARAGRAPH.match(lines[end]):
        end += 1
    return end if end > start else 0
