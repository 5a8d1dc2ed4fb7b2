"""Where somebody lives, and what they drive."""

import re
from collections.abc import Iterator

from assistant.policy.model import PersonalKind as Kind
from assistant.redaction.found import Found, near

_CLEAR = r"street|road|avenue|lane|crescent|terrace|gardens?|grove|mews|st|rd|ave|ln|cres|terr|gdns"
_DOUBTFUL = (
    r"close|drive|way|court|place|square|hill|park|row|walk|parade|view|rise|green|dr|pl|sq|house"
    r"|cottages?|villas?|quay|wharf|yard|buildings|estate|mount|bank|vale|meadows?|fields?"
)
_WORD = r"[^\W\d_][\w'’-]{1,20}"
_UNIT = r"(?:(?:flat|apartment|apt|unit|room|fflat)\.? \w{1,4},? (?:at )?)?"
_STREET = re.compile(
    rf"\b{_UNIT}\d{{1,4}}[a-z]?,? ((?:{_WORD} ){{1,3}})({_CLEAR}|{_DOUBTFUL})\b\.?", re.IGNORECASE
)
_WELSH_STREET = re.compile(
    rf"\b{_UNIT}\d{{1,4}}[a-z]?,? (?:heol|ffordd|stryd|l[oô]n|rhodfa|maes|clos|cilgant)"
    rf"(?: yr?)?(?: {_WORD}){{1,3}}",
    re.IGNORECASE,
)
_NUMBERED_FLAT = re.compile(r"\b(?:flat|apartment|fflat) \d{1,4}[a-z]?\b", re.IGNORECASE)
_LIVES = re.compile(r"\b(?:address|live at|lives at|living at|byw yn|cyfeiriad)\b", re.IGNORECASE)
_NOT_STREETS_TEXT = """
a about after ago all an and any are as at away before by can cars children claimants day days
do down each east employees for from go had have he her his home hour hours houses i if in inch
into is it jobs kids kilometres km left long m metres mile miles minute minutes month months
more my near nights no north not of off on one or our out over own people per percent person
persons points pounds she since so south square that the their them then there they this times
to too track under until up was we week weeks were west when which who will with yards year
years years' you your
"""
_NOT_STREETS = frozenset(_NOT_STREETS_TEXT.split())
_POSTCODE = re.compile(
    r"\b(?:GIR ?0AA|[A-PR-UWYZ](?:\d{1,2}|\d[A-HJKPSTUW]|[A-HK-Y]\d{1,2}|[A-HK-Y]\d[ABEHMNPRV-Y])"
    r" ?\d[ABD-HJLNP-UW-Z]{2})\b",
    re.IGNORECASE,
)
_ORDINAL = re.compile(r"\d(?:st|nd|rd|th)\Z")
_PLATE = re.compile(r"\b[A-HJ-PR-Y]{2}(\d\d)( ?)[A-HJ-PR-Z]{3}\b", re.IGNORECASE)
_OLD_PLATE = re.compile(
    r"\b(?:[A-HJ-NPR-TV-Y]\d{1,3} ?[A-HJ-PR-Y]{3}|[A-HJ-PR-Y]{3} ?\d{1,3}[A-HJ-NPR-TV-Y]"
    r"|[A-Z]{1,2}I[A-Z] ?\d{1,4}|[A-Z]{1,2}Z ?\d{1,4})\b",
    re.IGNORECASE,
)
_PLATE_WORDS = re.compile(
    r"\b(?:reg|registration(?: (?:number|mark|plate))?|number ?plate|plate|vrn|rhif cofrestru)\b",
    re.IGNORECASE,
)


def addresses(text: str) -> Iterator[Found]:
    """Yield house numbers with their street, and flat numbers where an address is spoken of."""
    for match in _STREET.finditer(text):
        words = match[1].split()
        named = words[0][0].isupper() and match[2][0].isupper()
        clear = re.fullmatch(_CLEAR, match[2], re.IGNORECASE) is not None
        plain = all(word == "The" or word.casefold() not in _NOT_STREETS for word in words)
        if plain and (named or clear or near(text, match, _LIVES, 25, 0)):
            yield Found(Kind.ADDRESS, *match.span())
    for match in _WELSH_STREET.finditer(text):
        yield Found(Kind.ADDRESS, *match.span())
    for match in _NUMBERED_FLAT.finditer(text):
        if near(text, match, _LIVES, 25, 0):
            yield Found(Kind.ADDRESS, *match.span())


def postcodes(text: str) -> Iterator[Found]:
    """Yield UK postcodes, with or without their space."""
    for match in _POSTCODE.finditer(text):
        if not _ORDINAL.search(match[0]):
            yield Found(Kind.POSTCODE, *match.span())


def vehicles(text: str) -> Iterator[Found]:
    """Yield number plates: today's form anywhere, older forms where one is spoken of."""
    for match in _PLATE.finditer(text):
        year = int(match[1])
        likely = (2 <= year <= 35 or 51 <= year <= 85) and (match[0].isupper() or not match[2])
        if likely or near(text, match, _PLATE_WORDS, 40, 20):
            yield Found(Kind.VEHICLE, *match.span())
    for match in _OLD_PLATE.finditer(text):
        written = match[0].isupper() or " " not in match[0]
        if written and near(text, match, _PLATE_WORDS, 40, 20):
            yield Found(Kind.VEHICLE, *match.span())
