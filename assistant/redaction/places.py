"""Postcodes, and what people drive."""

import re
from collections.abc import Iterator

from assistant.policy.model import PersonalKind as Kind
from assistant.redaction.found import Found, is_word

_POSTCODE = re.compile(
    r"\b(?:GIR ?0AA|[A-PR-UWYZ](?:\d{1,2}|\d[A-HJKPSTUW]|[A-HK-Y]\d{1,2}|[A-HK-Y]\d[ABEHMNPRV-Y])"
    r" ?\d[ABD-HJLNP-UW-Z]{2})\b",
    re.IGNORECASE,
)
_ORDINAL = re.compile(r"\d(?:st|nd|rd|th)\Z")
_PLATE = re.compile(r"\b([A-HJ-PR-Y]{2})(\d\d)([ -]?)([A-HJ-PR-Z]{3})\b", re.IGNORECASE)


def postcodes(text: str) -> Iterator[Found]:
    """Yield UK postcodes, with or without their space."""
    for match in _POSTCODE.finditer(text):
        if not _ORDINAL.search(match[0]):
            yield Found(Kind.POSTCODE, *match.span())


def vehicles(text: str) -> Iterator[Found]:
    """Yield number plates of today's form. Older forms need their label."""
    for match in _PLATE.finditer(text):
        year = int(match[2])
        alike = match[1].isupper() == match[4].isupper()
        if (2 <= year <= 35 or 51 <= year <= 85) and alike and not is_word(match[1], match[3]):
            yield Found(Kind.VEHICLE, *match.span())
