"""Numbers given to a person by the state or a bank. Checksums decide where they exist."""

import re
from collections.abc import Iterator

from stdnum import iban, luhn
from stdnum.gb import nhs, utr

from assistant.policy.model import PersonalKind as Kind
from assistant.redaction.found import Found, near, only_digits

_CARD = re.compile(r"(?<![\d£$€.,])\d(?:[ -]?\d){11,18}(?![\d.,]\d)(?!\d)")
_CARD_WORDS = re.compile(
    r"\b(?:card|debit|credit|visa|maestro|mastercard|cc|cerdyn)\b", re.IGNORECASE
)
_CARD_GROUPS = re.compile(r"(?<!\d)\d{4}([ -])\d{4}\1\d{4}\1\d{4}(?!\d)")
_IBAN = re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]){11,30}\b", re.IGNORECASE)
_NI = re.compile(
    r"\b[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z](?:[ -]?\d\d){3}(?:[ -]?[A-D]\b|(?=\W|$))",
    re.IGNORECASE,
)
_NI_EXAMPLE = re.compile(r"\bQQ(?:[ -]?\d\d){3}[ -]?[A-D]\b", re.IGNORECASE)
_NI_WORDS = re.compile(r"national insurance|\bn\.?i\.?\b|\bnino\b|yswiriant gwladol", re.IGNORECASE)
_TEN = re.compile(
    r"(?<![\d£$€.,+])\d{3}[ -]?\d{3}[ -]?\d{4}(?![\d,]|\.\d)|(?<![\d£$€.,+])\d{5} \d{5}(?!\d)"
)
_NHS_WORDS = re.compile(r"\b(?:nhs|gig)\b", re.IGNORECASE)
_UTR_WORDS = re.compile(
    r"\butr\b|unique tax|taxpayer ref|tax ref|self assessment (?:number|ref)", re.IGNORECASE
)
_LICENCE = re.compile(
    r"\b[A-Z][A-Z9]{4} ?\d[0156]\d[0-3]\d\d ?[A-Z9]{2} ?[A-Z0-9][A-Z]{2}(?: ?\d\d)?\b",
    re.IGNORECASE,
)
_PASSPORT = re.compile(r"\b(?:\d{9}|[A-Z]\d{8}|[A-Z]{2}\d{6,7})\b", re.IGNORECASE)
_PASSPORT_WORDS = re.compile(r"passport|pasbort", re.IGNORECASE)
_SORT_CODE = re.compile(r"(?<![\d-])\d\d([- ]?)\d\d\1\d\d(?![\d-])")
_SORT_WORDS = re.compile(r"sort ?-?code|cod didoli", re.IGNORECASE)
_ACCOUNT = re.compile(r"(?<![\d£$€.,-])(?:\d{8}|\d{4} \d{4})(?![\d-]|[.,]\d)")
_DAY = re.compile(r"(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:[0-2]\d|3[01])")
_ACCOUNT_WORDS = re.compile(
    r"\b(?:account|acc|acct|a/c|cyfrif)\b|sort ?-?code|cod didoli", re.IGNORECASE
)


def cards(text: str) -> Iterator[Found]:
    """Yield payment cards: 12 to 19 digits with a Luhn check digit, or 16 in four groups.

    Twelve digits count only where a card is spoken of.
    """
    for match in _CARD.finditer(text):
        digits = only_digits(match[0])
        long = len(digits) > 12 or near(text, match, _CARD_WORDS, 40, 0)
        if long and luhn.is_valid(digits):
            yield Found(Kind.CARD, *match.span())
    for match in _CARD_GROUPS.finditer(text):
        yield Found(Kind.CARD, *match.span())


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
    """Yield National Insurance numbers; without the last letter only where they are said to be."""
    for match in _NI.finditer(text):
        full = match[0][-1].isalpha()
        parted = full and not match[0][-2].isdecimal() and match[0][-1].islower()
        if (full and not parted) or near(text, match, _NI_WORDS, 40, 0):
            yield Found(Kind.NI_NUMBER, *match.span())
    for match in _NI_EXAMPLE.finditer(text):
        yield Found(Kind.NI_NUMBER, *match.span())


def nhs_numbers(text: str) -> Iterator[Found]:
    """Yield ten digits with the NHS number's check digit, or said to be an NHS number."""
    for match in _TEN.finditer(text):
        if nhs.is_valid(only_digits(match[0])) or near(text, match, _NHS_WORDS, 30, 0):
            yield Found(Kind.NHS_NUMBER, *match.span())


def utrs(text: str) -> Iterator[Found]:
    """Yield ten digits with the UTR's check digit, or said to be one."""
    for match in _TEN.finditer(text):
        if utr.is_valid(only_digits(match[0])) or near(text, match, _UTR_WORDS, 40, 0):
            yield Found(Kind.UTR, *match.span())


def driving_licences(text: str) -> Iterator[Found]:
    """Yield driver numbers of Great Britain: 16 characters, with a birth date inside."""
    for match in _LICENCE.finditer(text):
        value = match[0].replace(" ", "")
        if 1 <= int(value[6:8]) % 50 <= 12 and 1 <= int(value[8:10]) <= 31:
            yield Found(Kind.DRIVING_LICENCE, *match.span())


def passports(text: str) -> Iterator[Found]:
    """Yield passport numbers, where a passport is spoken of nearby."""
    for match in _PASSPORT.finditer(text):
        if near(text, match, _PASSPORT_WORDS, 60, 30):
            yield Found(Kind.PASSPORT, *match.span())


def bank_accounts(text: str) -> Iterator[Found]:
    """Yield sort codes and account numbers, where they are said to be."""
    for match in _SORT_CODE.finditer(text):
        if near(text, match, _SORT_WORDS, 30, 30):
            yield Found(Kind.BANK_ACCOUNT, *match.span())
    for match in _ACCOUNT.finditer(text):
        if not _DAY.match(match[0]) and near(text, match, _ACCOUNT_WORDS, 50, 0):
            yield Found(Kind.BANK_ACCOUNT, *match.span())
