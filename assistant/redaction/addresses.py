"""Where somebody lives: house numbers with their street, flats, and houses with a name."""

import re
from collections.abc import Iterator

from assistant.policy.model import PersonalKind as Kind
from assistant.redaction.found import Found, near
from assistant.redaction.name_words import is_person, is_plain, may_describe

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
_KIND_OF_UNIT = (
    r"(?:flat|apartment|apt|unit|room|studio|suite|fflat|maisonette|bedsit|plot|caravan|pitch"
    r"|block)"
)
_STAIR = r"\d{1,2}(?:/\d{1,2}|f\d{1,2}),?[ \n]"
"""Which flat on a Scottish stair: "2/1", "3F2"."""
_UNIT = rf"(?:(?:{_KIND_OF_UNIT}\.? [\w/]{{1,4}}(?:,?[ \n]| ?/ ?)|{_STAIR})(?:at )?)?"
_YEAR = r"(?!(?:19|20)\d\d\b)"
_NUMBER = r"\d{1,4}(?:[/-]\d{1,3})?[a-z]?"
_STREET = re.compile(
    rf"\b(?:{_UNIT}{_YEAR}{_NUMBER}|{_KIND_OF_UNIT}\.? \d{{1,4}}[a-z]?),?[ \n]"
    rf"((?:St\. )?(?:{_WORD} ){{1,3}})({_CLEAR}|{_DOUBTFUL})\b\.?",
    re.IGNORECASE,
)
_WELSH_STREET = re.compile(
    rf"\b{_UNIT}\d{{1,4}}[a-z]?,? (?:(?:heol|ffordd|stryd|l[oô]n|rhodfa|maes|clos|cilgant|teras"
    r"|gerddi|sgwâr)(?: yr?)?"
    r"|(?-i:Bryn|Cae|Bro|Cwrt|Llys|Coed|Nant|Trem|Golwg|Dôl|Rhes|Tai|Tŷ|Ty|Allt|Pont|Erw)(?: yr?)?"
    r"|(?-i:Tan|Pen|Min|Glan|Ger|Tre)[ -](?:yr?)(?=[ -]))"
    rf"[ -]{_WORD}(?: {_BIG_WORD}){{0,2}}",
    re.IGNORECASE,
)
_UNIT_OF_HOUSE = re.compile(
    rf"\b(?:{_KIND_OF_UNIT}\.? \d{{1,3}}[a-z]?|(?:flat|apartment|block) (?-i:[A-Z])),?[ \n]"
    rf"(?:\d{{1,4}}[a-z]?,? )?(?P<house>{_BIG_WORD}(?: {_BIG_WORD}){{1,2}})",
    re.IGNORECASE,
)
_NUMBERED_FLAT = re.compile(r"\b(?:flat|apartment|fflat) \d{1,4}[a-z]?\b", re.IGNORECASE)
_HOME = (
    r"\b(?:address|live|lives|lived|living|moved|moving|move|rent|renting|house|home|flat|property|place"
    r"|send|post|evicted|inherited|stay|staying|tenants?|own|bought|sold|i'm|i am|we're|we are"
    r"|byw|(?:c|g|ngh)yfeiriad|symud)\b"
    r"(?:[ \n:,(-]|(?:at|to|from|in|on|is|was|it|(?-i:the)|of|form|with|as|same|will|be|yn|i|o|yw"
    r"|ydy|me)\b){1,12}"
)
"""What leads up to an address, with a few small words after it."""
_NUMBER_AND_NAME = re.compile(r"\d[A-Za-z]?,? [^\W\d_a-z]")
"""Stands in every address that is no street by its last word: it is quick to look for."""
_AT_HOME = re.compile(
    rf"{_HOME}(?P<line>{_UNIT}{_YEAR}\d{{1,4}}[a-z]?,? "
    rf"(?P<street>{_BIG_WORD}(?: {_BIG_WORD}){{1,2}}))",
    re.IGNORECASE,
)
_NUMBERED_HOUSE = re.compile(
    r"\b(?:at|of|to|from|in|is|on|for|with|near|by|outside|behind|opposite|beside|between|off|into"
    r"|about|buy|buying|bought|own|sell|selling|sold|rent|renting|let|letting|left|leave|leaving"
    r"|visit|demolish|extend|yn|i|o)\b[ (]{1,2}"
    rf"(?P<line>{_YEAR}\d{{1,4}}[a-z]?,? "
    rf"(?P<street>{_BIG_WORD}(?: {_BIG_WORD}){{1,2}}))",
    re.IGNORECASE,
)
_AT_NUMBER = re.compile(
    rf"\bat (?P<line>{_YEAR}\d{{1,4}}[a-z]? (?P<street>{_BIG_WORD}))(?=[,.;:?!)\n]|\Z)",
    re.IGNORECASE,
)
_UNHEARD = re.compile(
    rf"(?<![\w£$€.,-]){_YEAR}\d{{1,4}}[a-z]?,? (?P<street>{_BIG_WORD}(?: {_BIG_WORD}){{1,2}})"
    r"(?=[.,;:?!)\n]|\Z| (?:has|is|was|had|on|in|and|for|from|to|at|needs|which|that|as|with)\b)",
    re.IGNORECASE,
)
"""A number with two words that are none of the language."""
_LINE = re.compile(
    rf"(?<![^\n])(?P<line>{_YEAR}\d{{1,4}}[a-z]?,? (?P<street>{_BIG_WORD}(?: {_BIG_WORD}){{1,2}}))"
    r"(?=[ ,]{0,2}(?:\n|\Z))",
    re.IGNORECASE,
)
"""A line of a letterhead."""
_ONE_WORD = re.compile(
    r"\b(?:liv(?:e|es|ed|ing) at|stay(?:s|ed|ing)? at|address(?: is| was| will be|:)?"
    r"|(?:house|home|flat|property|business|place) (?:at|is)|mov(?:e|ed|ing) (?:to|from)|byw yn)"
    rf" (?P<line>{_YEAR}\d{{1,4}}[a-z]?,? (?P<street>{_BIG_WORD}))"
    r"(?=[,.;:?!)\n]|\Z| (?:and|with|from|but|in|since|for|is|has)\b)",
    re.IGNORECASE,
)
_COUNTED = re.compile(r"\d .*[^s]s\Z")
"""A few of something, as in "for 3 Premium Bonds": no address, unless it is said to be one."""
_COTTAGE = "Cottage|Farm|Farmhouse|Lodge|Barn|Villa|Grange|Rectory|Vicarage|Bungalow|Croft"
_HOUSE = (
    r"cottage|house|farm|farmhouse|lodge|barn|villa|hall|manor|grange|mill|rectory|bungalow|croft"
)
_AT = re.compile(r"\bat \Z", re.IGNORECASE)
_MANY_HOUSES = re.compile(r"\d{3}")
"""Nothing but houses is numbered so high with capital letters after it."""
_NAMED_HOUSE = re.compile(
    rf"{_HOME}(?:(?P<line>(?:(?:{_BIG_WORD} ){{1,2}}(?:{_HOUSE})|(?-i:The)(?: {_BIG_WORD}){{1,3}})"
    rf",? (?:{_YEAR}\d{{1,4}}[a-z]? )?(?:{_BIG_WORD} ){{1,2}}(?:{_CLEAR}|(?-i:[A-Z])\w{{2,12}})\b)"
    rf"|(?P<numbered>(?:{_BIG_WORD} ){{0,2}}{_BIG_WORD}, {_YEAR}{_NUMBER} (?:{_BIG_WORD} ){{1,2}}"
    rf"(?:{_CLEAR}|(?-i:[A-Z])\w{{2,12}})\b)"
    rf"|(?<=at )(?P<alone>(?:{_BIG_WORD} ){{1,2}}(?-i:{_COTTAGE})))\b",
    re.IGNORECASE,
)
_LIVES = re.compile(
    r"\b(?:address|live at|lives at|lived at|living at|stay(?:ing)? at"
    r"|(?:house|flat|home|property) at|tenants? (?:at|of)|mov(?:ed|ing) (?:to|from)"
    r"|evict(?:ed|ion) from|byw yn|cyfeiriad)\b",
    re.IGNORECASE,
)
_NOT_STREETS_TEXT = """
a about acre after ago all an and any are as at away bed bedroom bedroomed bedrooms beds before
big bigger by can cars children claimants council day days detached different do double down each
east employees for from go had have he her his home hour hours houses i if in inch into is it jobs
kids kilometres km large larger left long m metres mile miles minute minutes month months more my
near new nights no north not of off on one or our out over own people per percent person persons
points pounds rental room semi she since single small smaller so south square storey terraced that
the their them then there they this times to too track under until up was we week weeks were west
when which who will with yards year years years' you your
january february march april may june july august september october november december
"""
_IN_STREETS = frozenset({"north", "south", "east", "west", "new", "long"})
_NOT_STREETS = frozenset(_NOT_STREETS_TEXT.split())
_BEFORE_POSTCODE = re.compile(
    rf"\b\d{{1,4}}[a-z]?,? {_BIG_WORD}(?: {_BIG_WORD}){{0,3}}"
    r"(?=,[^\d\n]{1,40}[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}\b)",
    re.IGNORECASE,
)


def addresses(text: str) -> Iterator[Found]:
    """Yield house numbers with their street, and flat numbers where an address is spoken of."""
    yield from _streets(text)
    yield from _houses(text)
    for match in _NUMBERED_FLAT.finditer(text):
        if near(text, match, _LIVES, 25, 0):
            yield Found(Kind.ADDRESS, *match.span())


def _streets(text: str) -> Iterator[Found]:
    """Yield what has the form of an address wherever it stands."""
    for match in _UNIT_OF_HOUSE.finditer(text):
        if is_person(match["house"].removeprefix("The ").split()[0], True):
            yield Found(Kind.ADDRESS, *match.span())
    for match in _STREET.finditer(text):
        if _is_street(text, match):
            yield Found(Kind.ADDRESS, *match.span())
    for pattern in (_WELSH_STREET, _BEFORE_POSTCODE):
        for match in pattern.finditer(text):
            yield Found(Kind.ADDRESS, *match.span())


def _houses(text: str) -> Iterator[Found]:
    """Yield numbers with words that are no street's, where somebody or something may be there."""
    if not _NUMBER_AND_NAME.search(text):
        return
    for pattern in (_AT_HOME, _NUMBERED_HOUSE, _LINE):
        for match in pattern.finditer(text):
            if _may_be_house(text, match, said=pattern is _AT_HOME):
                yield Found(Kind.ADDRESS, *match.span("line"))
    for match in _UNHEARD.finditer(text):
        if not any(map(is_plain, match["street"].split())) and not _COUNTED.match(match[0]):
            yield Found(Kind.ADDRESS, *match.span())
    for pattern, no_street in ((_ONE_WORD, may_describe), (_AT_NUMBER, is_plain)):
        for match in pattern.finditer(text):
            street = match["street"]
            if street.casefold() not in _NOT_STREETS and not no_street(street):
                yield Found(Kind.ADDRESS, *match.span("line"))


def named_houses(text: str) -> Iterator[Found]:
    """Yield houses with a name for a number, where an address is spoken of."""
    for match in _NAMED_HOUSE.finditer(text):
        which = match.lastgroup or "line"
        if match[which].startswith("The ") or is_person(match[which], True):
            yield Found(Kind.ADDRESS, *match.span(which))


def _is_street(text: str, match: re.Match[str]) -> bool:
    """Say whether a number and words like a street are one ("2 hours close to" is none)."""
    words = match[1].split()
    named = words[0][0].isupper() and match[2][0].isupper()
    clear = re.fullmatch(_CLEAR, match[2], re.IGNORECASE) is not None
    told = near(text, match, _LIVES, 25, 0)
    if not (named or clear or told):
        return False
    also = _IN_STREETS if named or told else frozenset[str]()
    return all(
        word == "The" or word.casefold() in also or word.casefold() not in _NOT_STREETS
        for word in words
    )


def _may_be_house(text: str, match: re.Match[str], said: bool) -> bool:
    """Say whether a number and capitalised words are a house, where one is `said` to be or not."""
    line, first = match["line"], match["street"].split()[0]
    if first.casefold() in _NOT_STREETS or (not said and _COUNTED.match(line)):
        return False
    at = said and _AT.search(text, match.start(), match.start("line"))
    if at or _MANY_HOUSES.match(line):
        return is_person(first, True)
    return is_person(match["street"], False)
