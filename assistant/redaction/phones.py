"""Phone numbers that may reach a person. Public help lines are left readable."""

import re
from collections.abc import Iterator

from phonenumbers import NumberParseException, is_valid_number, parse

from assistant.policy.model import PersonalKind as Kind
from assistant.redaction.found import Found, only_digits

_ABROAD = re.compile(r"(?<![\w£$€])(?:\+|00)[ (]?[1-9](?:[ ().-]{0,2}\d){7,14}(?!\d)")
_UK = re.compile(r"(?<![\w£$€.])\(?0(?:[ ().-]{0,2}\d){9,10}(?!\d)")
_UK_BARE = re.compile(r"(?<![\w£$€.,])(?:44[ -]?)?7\d{3}[ -]?\d{3}[ -]?\d{3}(?![\d,])")
_ANY = re.compile(r"(?<![\w£$€.,+])\(?\d(?:[ ().-]{0,2}\d){6,13}(?!\d)")
_CALL = re.compile(
    r"\b(?:call|ring|phone|mobile|telephone|tel|text|whatsapp|fax|ffon\w{0,3}"
    r"|reach (?:me|us)|contact (?:me|us))"
    r"\b[^.?!\n]{0,18}$",
    re.IGNORECASE,
)
_DATE = re.compile(
    r"\(?(?:\d{1,2}[ ./-]\d{1,2}[ ./-](?:19|20)\d\d|(?:19|20)\d\d[ /-]{0,3}(?:19|20)?\d\d(?!\d)"
    r"|(?:19|20)\d\d[ ./-]?[01]\d[ ./-]?[0-3]\d)"
)
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
            if not _DATE.match(match[0]) and not _PUBLIC.match(only_digits(match[0])):
                yield Found(Kind.PHONE, *match.span())
    for match in _ANY.finditer(text):
        before = text[max(0, match.start() - 30) : match.start()]
        public = _PUBLIC.match(only_digits(match[0])) and match[0].lstrip("(").startswith("0")
        if not public and not _DATE.match(match[0]) and _CALL.search(before):
            yield Found(Kind.PHONE, *match.span())


def _real(digits: str) -> bool:
    try:
        return is_valid_number(parse(digits, "GB"))
    except NumberParseException:
        return False
