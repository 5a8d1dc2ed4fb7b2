"""Phone numbers that may reach a person. Public help lines are left readable."""

import re
from collections.abc import Iterator

from phonenumbers import NumberParseException, is_valid_number, parse

from assistant.policy.model import PersonalKind as Kind
from assistant.redaction.found import Found, is_day, only_digits

_ABROAD = re.compile(r"(?<![\w£$€])(?:\+|00)[ (]?[1-9](?:[ ().-]{0,2}\d){7,14}(?!\d)")
_UK = re.compile(r"(?<![\w£$€.])\(?0(?:[ ().-]{0,2}\d){9,10}(?!\d)")
_UK_BARE = re.compile(r"(?<![\w£$€.,])(?:44[ -]?)?7\d{3}[ .-]?\d{3}[ .-]?\d{3}(?!\d|[.,]\d)")
_PUBLIC = re.compile(r"(?:\+44|0044|44)?0?(?:3|500|80|8[47]|9)")
"""Free, business and premium numbers (Ofcom's National Telephone Numbering Plan)."""


def phones(text: str) -> Iterator[Found]:
    """Yield phone numbers in UK form and international form.

    Numbers of UK shape count even where no exchange uses them (a mistyped number is still
    somebody's), unless they are free or business numbers, which nobody has at home.
    """
    for match in _ABROAD.finditer(text):
        digits = "+" + only_digits(match[0]).removeprefix("00")
        british = digits.startswith("+44")
        if not _PUBLIC.match(digits) if british else _real(digits):
            yield Found(Kind.PHONE, *match.span())
    for pattern in (_UK, _UK_BARE):
        for match in pattern.finditer(text):
            if not is_day(match[0]) and not _PUBLIC.match(only_digits(match[0])):
                yield Found(Kind.PHONE, *match.span())


def is_public(number: str) -> bool:
    """Say whether the number, dialled with its 0, is a free or business one."""
    return number.lstrip("(").startswith("0") and _PUBLIC.match(only_digits(number)) is not None


def _real(digits: str) -> bool:
    try:
        return is_valid_number(parse(digits, "GB"))
    except NumberParseException:
        return False
