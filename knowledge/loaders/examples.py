"""Finds the title of a worked example, which sets it apart from what holds for everybody."""

from typing import Any

from knowledge.loaders.inline import inline
from knowledge.loaders.outline import fold

_MOST_WORDS_IN_TITLE = 3
_STRONG = frozenset({"strong", "b"})


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
