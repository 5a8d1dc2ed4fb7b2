"""When a text counts as found in another, and what the first N words are.

A word is what stands between white space, in the way `str.split` sees it, so that anyone can
count along. Comparing folds: HTML tags and entities are resolved, Unicode is NFKC, case is
folded, and only letters and digits count; "£1,200 | a year" and "1 200 A year" are the same.
"""

import html
import re
import unicodedata
from collections.abc import Iterable, Sequence
from difflib import SequenceMatcher

_TAG = re.compile(r"</?[a-zA-Z][^<>]*>")
_TOKEN = re.compile(r"[^\W_]+")
_HEADING = re.compile(r"\s*<h[1-6]\b", re.IGNORECASE)
SHORTEST_RUN = 4


def is_heading(element: str) -> bool:
    """Say whether an HTML element is a heading (h1–h6)."""
    return _HEADING.match(element) is not None


def plain(element: str) -> str:
    """Return the text of an HTML element, for reading."""
    return " ".join(html.unescape(_TAG.sub(" ", element)).split())


def tokens(text: str) -> tuple[str, ...]:
    """Return the folded words of a plain text."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    visible = "".join(char for char in folded if unicodedata.category(char) != "Cf")
    return tuple(_TOKEN.findall(visible))


def read_within(texts: Iterable[str], budget: int) -> tuple[str, ...]:
    """Return what is read of each of `texts`, one after the other, within exactly `budget` words.

    The text that reaches the budget is cut there and is the last. Fewer words come back only
    when there are no more.
    """
    read: list[str] = []
    left = budget
    for text in texts:
        if left <= 0:
            break
        words = text.split()[:left]
        left -= len(words)
        read.append(" ".join(words))
    return tuple(read)


def first_words(text: str, budget: int) -> str:
    """Return exactly the first `budget` words of `text`, or all of it when it has fewer."""
    return " ".join(text.split()[:budget])


def stands_in(part: Sequence[str], whole: Sequence[str]) -> bool:
    """Say whether the tokens `part` stand in `whole`, all of them, one after the other.

    Nothing stands nowhere: an empty `part` is never found.
    """
    return bool(part) and f" {' '.join(part)} " in f" {' '.join(whole)} "


def aligned(answer: Sequence[str], elements: Iterable[Sequence[str]]) -> int:
    """Return how many tokens of `answer` stand in a run that it shares with one of `elements`.

    Each element is aligned with the answer in order (longest common runs first, as
    `difflib.SequenceMatcher` without junk). A run counts when it has at least `SHORTEST_RUN`
    tokens or is the whole element, so that chance meetings of small words do not. A token
    counts once, however many elements have it.
    """
    gold: set[int] = set()
    for element in elements:
        matcher = SequenceMatcher(None, answer, element, autojunk=False)
        for block in matcher.get_matching_blocks():
            if block.size and block.size >= min(SHORTEST_RUN, len(element)):
                gold.update(range(block.a, block.a + block.size))
    return len(gold)
