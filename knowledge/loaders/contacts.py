"""Tells contact details and postal addresses from other lines that `<br>` parts."""

import re

_CONTACT_LINE = re.compile(
    r"^(telephone|textphone|phone|email|e-mail|fax|ffôn|rhif ffôn|relay uk|minicom|text)\b"
    r"|\S@\S{1,80}?\.\S|^\+?\(?0[\d ()]{8,}",
    re.IGNORECASE,
)
_MOST_WORDS_IN_ADDRESS_LINE = 8


def is_contact_line(line: str) -> bool:
    """Say whether a line gives a telephone number or an e-mail address."""
    return _CONTACT_LINE.search(line) is not None


def is_contact(lines: list[str]) -> bool:
    """Say whether several lines together are somebody's contact details."""
    return len(lines) > 1 and any(is_contact_line(line) for line in lines)


def is_address(lines: list[str]) -> bool:
    """Say whether lines look like a postal address: three or more short ones, no sentences."""
    return len(lines) > 2 and all(
        len(line.split()) <= _MOST_WORDS_IN_ADDRESS_LINE and not line.endswith((".", "!", "?", ":"))
        for line in lines
    )


def joined_address(lines: list[str]) -> str:
    """Return the lines of an address as one, parted by commas."""
    return ", ".join(line.rstrip(" ,") for line in lines)


def rejoined(lines: list[str]) -> list[str]:
    """Return lines as paragraphs; one that goes on in lower case belongs to the one before."""
    paragraphs: list[str] = []
    for line in lines:
        if paragraphs and line[0].islower():
            paragraphs[-1] = f"{paragraphs[-1]} {line}"
        else:
            paragraphs.append(line)
    return paragraphs
