"""Numbers that give themselves away: by a check digit, or by a shape that nothing else has."""

import re
from collections.abc import Iterator

from stdnum import iban, luhn
from stdnum.gb import nhs, utr

from assistant.policy.model import PersonalKind as Kind
from assistant.redaction.found import BETWEEN, NO_SUM, WHOLE, Found, are_days, is_word, only_digits

_CARD = re.compile(rf"{NO_SUM}\d(?:[ .-]?\d){{11,18}}{WHOLE}")
_CARD_GROUPS = re.compile(
    r"(?<!\d)(?:\d{4}([ .-])\d{4}\1\d{4}\1\d{4}|3[47]\d\d([ .-])\d{6}\2\d{5})(?!\d)"
)
_CARD_CODE = re.compile(
    r"\b(?:cvv2?|cvc2?|security code|code on the back)[ :,]{1,2}(?:(?:is|yw) )?(\d{3,4})(?!\d)",
    re.IGNORECASE,
)
_IBAN = re.compile(r"\b[A-Z]{2}\d{2}(?:[ -]?[A-Z0-9]){11,30}\b", re.IGNORECASE)
_NI = re.compile(
    rf"\b(?P<word>[A-CEGHJ-PR-TW-Z]{BETWEEN}[A-CEGHJ-NPR-TW-Z]|QQ|Q Q)"
    rf"(?P<gap>{BETWEEN})\d(?:{BETWEEN}\d){{5}}{BETWEEN}[A-D]\b",
    re.IGNORECASE,
)
_TEN = re.compile(
    rf"(?<![\w£$€+)])(?<!\d[.,])"
    rf"(?:\d{{10}}|\d{{3}}([ .-])\d{{3}}\1\d{{4}}|\d{{5}} \d{{5}}|\d(?: \d){{9}}){WHOLE}"
)
_UTR_WITH_K = re.compile(r"\b(?:\d{10}|\d{5} \d{5}) ?K\b", re.IGNORECASE)
_LICENCE = re.compile(
    rf"\b[A-Z][A-Z9]{{4}}{BETWEEN}\d[0156]\d[0-3]\d\d{BETWEEN}[A-Z9]{{2}}{BETWEEN}[A-Z0-9][A-Z]{{2}}"
    r"(?: ?\d\d)?\b",
    re.IGNORECASE,
)
_ACCOUNT_IN_FULL = re.compile(
    r"(?<![\w£$€-])(?<!\d[., ])(?:\d\d([ ./-]?)\d\d\1\d\d[ ,;/]{1,3}(?:and |a )?\d{4} ?\d{4}"
    r"|(?!(?:19|20)\d\d ?(?:19|20)\d\d)\d{4} ?\d{4}[ ,;/]{1,3}\d\d([ ./-]?)\d\d\2\d\d)"
    r"(?![-\d]|[.,]\d| \d{3})"
)


def cards(text: str) -> Iterator[Found]:
    """Yield 12 to 19 digits with a Luhn check digit, and digits grouped as on a card."""
    for match in _CARD.finditer(text):
        if luhn.is_valid(only_digits(match[0])):
            yield Found(Kind.CARD, *match.span())
    for match in _CARD_GROUPS.finditer(text):
        yield Found(Kind.CARD, *match.span())
    for match in _CARD_CODE.finditer(text):
        yield Found(Kind.CARD, *match.span(1))


def ibans(text: str) -> Iterator[Found]:
    """Yield account numbers whose IBAN check digits are right (ISO 13616)."""
    for match in _IBAN.finditer(text):
        value = match[0]
        while len(value) >= 15:
            if iban.is_valid(value):
                yield Found(Kind.IBAN, match.start(), match.start() + len(value))
                break
            value = value[: value.rfind(" ")] if " " in value else ""


def ni_numbers(text: str) -> Iterator[Found]:
    """Yield National Insurance numbers in full, and the example number that forms show."""
    for match in _NI.finditer(text):
        if not is_word(match["word"], match["gap"]):
            yield Found(Kind.NI_NUMBER, *match.span())


def nhs_numbers(text: str) -> Iterator[Found]:
    """Yield ten digits with the NHS number's check digit (a CHI or H&C number's, too)."""
    for match in _TEN.finditer(text):
        if nhs.is_valid(only_digits(match[0])):
            yield Found(Kind.NHS_NUMBER, *match.span())


def utrs(text: str) -> Iterator[Found]:
    """Yield ten digits with the UTR's check digit, or with the K that tax returns add."""
    for match in _UTR_WITH_K.finditer(text):
        yield Found(Kind.UTR, *match.span())
    for match in _TEN.finditer(text):
        if utr.is_valid(only_digits(match[0])):
            yield Found(Kind.UTR, *match.span())


def driving_licences(text: str) -> Iterator[Found]:
    """Yield driver numbers of Great Britain: 16 characters, with a birth date inside."""
    for match in _LICENCE.finditer(text):
        digits = only_digits(match[0][5:].lstrip(" .-")[:6])
        if 1 <= int(digits[1:3]) % 50 <= 12 and 1 <= int(digits[3:5]) <= 31:
            yield Found(Kind.DRIVING_LICENCE, *match.span())


def bank_accounts(text: str) -> Iterator[Found]:
    """Yield a sort code with its account number. Either alone needs its label."""
    for match in _ACCOUNT_IN_FULL.finditer(text):
        if not are_days(match[0]):
            yield Found(Kind.BANK_ACCOUNT, *match.span())
