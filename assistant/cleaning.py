"""Take away what cannot be seen or read in a message, and count it."""

import re
import unicodedata
from dataclasses import dataclass

_PLAIN = re.compile(r"[\t\n\r\x20-\x7e£€“”‘’–—…]*\Z")
_FLAG = re.compile("\U0001f3f4[\U000e0020-\U000e007e]+\U000e007f")
_JOINERS = ("\u200c", "\u200d")
_UNREADABLE = ("Cc", "Cs", "Co", "Cn")


@dataclass(frozen=True, slots=True)
class Cleaned:
    """Readable text in Unicode form NFKC, and how many characters had to go.

    `hidden`: characters that are there but not seen (zero-width, tags, direction overrides).
    `broken`: characters that are not text (controls, lone surrogates, private or unassigned).
    """

    text: str
    hidden: int = 0
    broken: int = 0


def clean(text: str) -> Cleaned:
    """Return the text as it would be read aloud. Cleaning twice changes nothing."""
    if _PLAIN.match(text):
        return Cleaned(unicodedata.normalize("NFKC", text))
    text = _FLAG.sub("\U0001f3f4", text)
    kept: list[str] = []
    hidden = broken = 0
    for position, character in enumerate(text):
        category = unicodedata.category(character)
        if character in "\t\n\r":
            kept.append(character)
        elif character == "\ufffd" or category in _UNREADABLE:
            broken += 1
        elif character in _JOINERS and _joins(text, position):
            kept.append(character)
        elif category == "Cf" or "\U000e0100" <= character <= "\U000e01ef":
            hidden += 1
        elif not "\ufe00" <= character <= "\ufe0f":
            kept.append(character)
    return Cleaned(unicodedata.normalize("NFKC", "".join(kept)), hidden, broken)


def _joins(text: str, position: int) -> bool:
    """Say whether a joiner stands between characters that really use one (emoji, many scripts)."""
    around = text[max(0, position - 1) : position + 2].replace(text[position], "")
    return len(around) == 2 and all(
        "\u0600" <= c <= "\u0dff" or unicodedata.category(c) in ("So", "Sk") or c == "\ufe0f"
        for c in around
    )
