"""Where somebody lives, and what they drive."""

import re
from collections.abc import Iterator

from assistant.policy.model import PersonalKind as Kind
from assistant.redaction.found import Found, is_word, near
from assistant.redaction.names import is_person

_CLEAR = (
    r"street|road|avenue|lane|crescent|terrace|gardens?|grove|mews|croft|wynd|brae|boulevard|st|rd|ave"
    r"|ln|cres|terr|gdns"
)
_DOUBTFUL = (
    r"close|drive|way|court|place|square|hill|park|row|walk|parade|view|rise|green|dr|pl|sq|house"
    r"|cottages?|villas?|quay|wharf|yard|buildings|estate|mount|bank|vale|meadows?|fields?|fold|gate"
    r"|loan|circus|dell|dene|end|chase|copse|heath|garth|hurst|ridge|heights|crest|spinney|paddocks?"
    r"|orchard|common|corner|cross|causeway|broadway|esplanade|promenade|passage|path|side|tower|lodge"
    r"|mill|farm|barn|plaza|oval|highway"
)
_WORD = r"[^\W\d_][\w'-]{1,20}"
_BIG_WORD = r"(?-i:[^\W\d_a-z][\w'-]{1,20})"
_KIND_OF_UNIT = r"(?:flat|apartment|apt|unit|room|studio|suite|fflat)"
_UNIT = rf"(?:{_KIND_OF_UNIT}\.? \w{{1,4}},?[ \n](?:at )?)?"
_STREET = re.compile(
    rf"\b(?:{_UNIT}\d{{1,4}}[a-z]?|{_KIND_OF_UNIT}\.? \d{{1,4}}[a-z]?),? "
    rf"((?:{_WORD} ){{1,3}})({_CLEAR}|{_DOUBTFUL})\b\.?",
    re.IGNORECASE,
)
_WELSH_STREET = re.compile(
    rf"\b{_UNIT}\d{{1,4}}[a-z]?,? (?:heol|ffordd|stryd|l[oô]n|rhodfa|maes|clos|cilgant)"
    rf"(?: yr?)? {_WORD}(?: {_BIG_WORD}){{0,2}}",
    re.IGNORECASE,
)
_UNIT_OF_HOUSE = re.compile(
    rf"\b{_KIND_OF_UNIT}\.? \d{{1,3}}[a-z]?,?[ \n](?:\d{{1,4}}[a-z]?,? )?"
    rf"{_BIG_WORD}(?: {_BIG_WORD}){{1,2}}",
    re.IGNORECASE,
)
_NUMBERED_FLAT = re.compile(r"\b(?:flat|apartment|fflat) \d{1,4}[a-z]?\b", re.IGNORECASE)
_HOME = (
    r"\b(?:address|live|lives|lived|living|moved|moving|move|rent|renting|house|home|flat|property"
    r"|send|post|evicted|inherited|stay|staying|byw|(?:c|g|ngh)yfeiriad|symud)\b"
    r"(?:[ \n:,(-]|(?:at|to|from|in|on|is|was|it|the|of|form|with|as|same|yn|i|o|yw"
    r"|ydy|me)\b){1,12}"
)
"""What leads up to an address, with a few small words after it."""
_AT_HOME = re.compile(
    rf"{_HOME}(?P<line>{_UNIT}(?!(?:19|20)\d\d\b)\d{{1,4}}[a-z]?,? "
    rf"(?P<street>{_BIG_WORD}(?: {_BIG_WORD}){{1,2}}))",
    re.IGNORECASE,
)
_NUMBERED_HOUSE = re.compile(
    r"\b(?:at|of|to|from|in|is|on|for|with|yn|i|o)\b[ (]{1,2}"
    r"(?P<line>(?!(?:19|20)\d\d\b)\d{1,4}[a-z]?,? "
    rf"(?P<street>{_BIG_WORD}(?: {_BIG_WORD}){{1,2}}))",
    re.IGNORECASE,
)
_COUNTED = re.compile(r"\d .*[^s]s\Z")
"""A few of something, as in "for 3 Premium Bonds": no address, unless it is said to be one."""
_NAMED_HOUSE = re.compile(
    rf"{_HOME}(?P<line>(?:{_BIG_WORD} ){{1,2}}(?:cottage|house|farm|lodge|barn|villa|hall|manor)"
    rf",? (?:{_BIG_WORD} ){{1,2}}(?:{_CLEAR})\b)",
    re.IGNORECASE,
)
_LIVES = re.compile(r"\b(?:address|live at|lives at|living at|byw yn|cyfeiriad)\b", re.IGNORECASE)
_NOT_STREETS_TEXT = """
a about after ago all an and any are as at away before by can cars children claimants day days
do down each east employees for from go had have he her his home hour hours houses i if in inch
into is it jobs kids kilometres km left long m metres mile miles minute minutes month months
more my near nights no north not of off on one or our out over own people per percent person
persons points pounds she since so south square that the their them then there they this times
to too track under until up was we week weeks were west when which who will with yards year
years years' you your
january february march april may june july august september october november december
"""
_NOT_STREETS = frozenset(_NOT_STREETS_TEXT.split())
_POSTCODE = re.compile(
    r"\b(?:GIR ?0AA|[A-PR-UWYZ](?:\d{1,2}|\d[A-HJKPSTUW]|[A-HK-Y]\d{1,2}|[A-HK-Y]\d[ABEHMNPRV-Y])"
    r" ?\d[ABD-HJLNP-UW-Z]{2})\b",
    re.IGNORECASE,
)
_ORDINAL = re.compile(r"\d(?:st|nd|rd|th)\Z")
_BEFORE_POSTCODE = re.compile(
    rf"\b\d{{1,4}}[a-z]?,? {_BIG_WORD}(?: {_BIG_WORD}){{0,3}}"
    r"(?=,[^\d\n]{1,40}[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}\b)",
    re.IGNORECASE,
)
_PLATE = re.compile(r"\b([A-HJ-PR-Y]{2})(\d\d)([ -]?)([A-HJ-PR-Z]{3})\b", re.IGNORECASE)


def addresses(text: str) -> Iterator[Found]:
    """Yield house numbers with their street, and flat numbers where an address is spoken of."""
    for match in _UNIT_OF_HOUSE.finditer(text):
        yield Found(Kind.ADDRESS, *match.span())
    for match in _STREET.finditer(text):
        words = match[1].split()
        named = words[0][0].isupper() and match[2][0].isupper()
        clear = re.fullmatch(_CLEAR, match[2], re.IGNORECASE) is not None
        plain = all(word == "The" or word.casefold() not in _NOT_STREETS for word in words)
        if plain and (named or clear or near(text, match, _LIVES, 25, 0)):
            yield Found(Kind.ADDRESS, *match.span())
    for match in _WELSH_STREET.finditer(text):
        yield Found(Kind.ADDRESS, *match.span())
    for pattern in (_AT_HOME, _NUMBERED_HOUSE):
        for match in pattern.finditer(text):
            first = match["street"].split()[0].casefold()
            counted = pattern is _NUMBERED_HOUSE and _COUNTED.match(match["line"])
            if first not in _NOT_STREETS and not counted and is_person(match["street"], False):
                yield Found(Kind.ADDRESS, *match.span("line"))
    for match in _BEFORE_POSTCODE.finditer(text):
        yield Found(Kind.ADDRESS, *match.span())
    for match in _NUMBERED_FLAT.finditer(text):
        if near(text, match, _LIVES, 25, 0):
            yield Found(Kind.ADDRESS, *match.span())


def named_houses(text: str) -> Iterator[Found]:
    """Yield houses with a name for a number, where an address is spoken of."""
    for match in _NAMED_HOUSE.finditer(text):
        yield Found(Kind.ADDRESS, *match.span("line"))


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
