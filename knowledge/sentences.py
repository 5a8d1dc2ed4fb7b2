"""Splits text into sentences, word for word.

The boundaries come from nupunkt, a Punkt model trained on legal and official English: it knows
"e.g.", "No. 10", "para. 4" and "Ltd." and runs in time linear in the text.
"""

import re
from itertools import pairwise

from nupunkt import sent_spans

_ENDS_IN_INITIALS = re.compile(r"\b(?:[A-Za-z]\.){2,}$")
_MOST_INITIALS = 16


def split_sentences(text: str) -> list[str]:
    """Return the sentences of a text, verbatim and in order, without the white space around them.

    Nothing but white space between sentences is left out; text without words gives [].
    """
    sentences: list[str] = []
    end = 0
    for start, stop in _spans(text):
        sentence = text[start:stop].strip()
        if not sentence:
            continue
        if sentences and _goes_on(sentences[-1], sentence):
            sentences[-1] = text[end : start + len(text[start:stop].rstrip())].strip()
        else:
            sentences.append(sentence)
            end = start
    return sentences


def _spans(text: str) -> list[tuple[int, int]]:
    """Return contiguous spans that cover the whole text, whatever the model left out."""
    cuts = sorted({0, len(text), *(start for start, _ in sent_spans(text))})
    return list(pairwise(cuts))


def _goes_on(before: str, after: str) -> bool:
    """Say whether a boundary after initials ("N.I. number") or before a bare sign is none."""
    return (
        after[0].islower() and _ENDS_IN_INITIALS.search(before[-_MOST_INITIALS:]) is not None
    ) or not any(character.isalnum() for character in after)
