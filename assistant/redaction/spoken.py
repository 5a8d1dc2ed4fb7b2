"""Numbers whose digits are written as words: "oh seven seven double oh nine …"."""

import re
from collections.abc import Iterator

from assistant.policy.model import PersonalKind as Kind
from assistant.redaction.found import Found
from assistant.redaction.labelled import LABELS

_DIGIT = (
    "(?:zero|nought|oh|o|one|two|three|four|five|six|seven|eight|nine|double|triple"
    "|dim|sero|un|dau|tri|pedwar|pump|chwech|saith|wyth|naw|[0-9])"
)
_RUN = re.compile(rf"\b{_DIGIT}(?:[ ,.-]{{1,2}}{_DIGIT}){{5,24}}\b", re.IGNORECASE)
_WORDS = re.compile(r"[^\W\d_]{2,}")
_LABEL_WITHIN = 50


def spoken(text: str) -> Iterator[Found]:
    """Yield six or more digits in words, of the kind of the last label before them, or a phone."""
    for match in _RUN.finditer(text):
        if len(_WORDS.findall(match[0])) < 4:
            continue
        kind = Kind.PHONE
        for label in LABELS.finditer(text, max(0, match.start() - _LABEL_WITHIN), match.start()):
            kind = Kind(label.lastgroup or "")
        yield Found(kind, *match.span())
