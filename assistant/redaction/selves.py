"""Names of those who say who they are: "I'm Jo Bloggs", "Jo here", "Jo Bloggs, 34, …".

Such a name needs capital letters, and must not go on like a description ("I'm Universal Credit
claimant"). In small letters no word of it may be one that guidance uses.
"""

import re
from collections.abc import Iterator

from assistant.redaction.found import Found
from assistant.redaction.name_words import (
    ANY_NAME,
    BIG,
    INITIAL,
    NAME,
    ONE_OR_MORE,
    is_people,
    is_person,
    is_plain,
    may_describe,
    name_in,
)

_GREETING = (
    r"(?:[Hh]i(?:ya)?|[Hh]ello|[Hh]ey|[Gg]ood \w{3,9}|[Mm]orning|[Aa]fternoon|[Ee]vening"
    r"|[Dd]ear [\w /]{2,20}|[Hh]elo|[Ss]hwmae|[Bb]ore da|[Pp]rynhawn da)"
    r"(?: (?:there|all|again|team|everyone|folks))?[ ,!.-]{1,3}"
)
_SELF = re.compile(
    rf"\b(?P<greeted>{_GREETING})?"
    r"(?:(?P<me>[Ii] am|[Ii]'?m|[Ww]e are|[Ww]e're|[Rr]wy(?:'n)?|[Dd]w ?i(?:'n)?)"
    r"|[Tt]his is|[Ii]t'?s) "
    rf"(?P<name>{ANY_NAME})(?P<after>.{{0,14}})"
)
_SMALL = re.compile(
    rf"(?<![^.!?\n])\s?(?:{_GREETING})?(?:i'?m|i am|this is|it'?s) "
    r"(?P<name>[^\W\d_]{2,15}(?:['-][^\W\d_]{2,15})? (?:[^\W\d_]'|mc)?[^\W\d_]{3,20}"
    r"(?:-[^\W\d_]{2,15})?)"
    r"(?= here\b| speaking\b| calling\b|[,.!\n]| and (?:i|i'm|im|my|we)\b| from\b|\Z)",
    re.IGNORECASE,
)
"""Two words in letters of any size, and then what people say after their name."""
_SMALL_FROM = re.compile(
    rf"(?<![^.!?\n])\s?{_GREETING}(?:i'?m|i am|this is|it'?s) (?P<name>[^\W\d_]{{3,20}})"
    r"(?= from [^\W\d_]{3})",
    re.IGNORECASE,
)
_SMALL_AGAIN = re.compile(
    r"(?<![^.!?,\n])\s?this is (?P<name>[^\W\d_]{3,20})(?= (?:again|here|speaking|calling)\b)",
    re.IGNORECASE,
)
_BESIDE = re.compile(
    rf"\b(?:(?:I|[Ww]e|[Mm]e|[Mm]yself),? \(?(?P<name>{NAME})[,)]|[Mm]yself (?P<self>{NAME})"
    r"|(?:(?:[Hh]i|[Hh]ello|[Gg]reetings|[Mm]essage|[Ll]etter|[Ee]mail|[Qq]uestion|[Ee]nquiry)"
    r"(?: is)? from|(?:[Ww]ritten|[Ss]ent|[Aa]sked|[Ss]ubmitted|[Ss]igned|[Ff]illed in) by)"
    rf" (?P<sender>{NAME}))"
)
_HEADED = re.compile(
    rf"\A\s*(?P<name>{NAME})(?= ?[,;\n(-] ?(?:\d{{1,4}}[a-z]?[ ./-]|\d{{1,2}}\w\w |[A-Z] ?[A-Z] ?\d"
    rf"|[A-Z][a-z]{{2,8}} \d{{1,2}}|(?i:born|dob|d\.o\.b)|\d\d\b"
    r"|(?i:flat|apartment|aged?|single|married|widowed|divorced|separated|retired|disabled|unemployed|pensioner"
    r"|student|mum|mother|dad|father|carer|tenant|living|from)\b))"
)
"""A message headed like a form: "Jo Bloggs, 12/03/1985, …", or "Jo Bloggs, 34, …"."""
_HERE = re.compile(
    rf"(?:^|[,.!?\n] ?)(?!Beth (?:yw|ydy)\b)(?:(?P<name>{ONE_OR_MORE}(?: {INITIAL})?)(?: "
    r"(?:here\b(?! (?:is|are|was|we|in|on))|ydw i\b|dw i\b|(?:yw|ydy) (?:fy )?enw|sydd yma\b"
    r"|is (?:my|the) (?:(?:full|first|last|maiden|family) |sur)?name)|'s (?:my|the) name\b)"
    rf"|(?P<full>{NAME}) (?:speaking|calling|writing|sy'n siarad)\b|(?P<again>{BIG}) again\b)"
)
_WELSH = re.compile(rf"\b[Ff]i (?:yw|ydy|ydi|sydd) (?P<name>{ONE_OR_MORE})")
_GOES_ON = re.compile(
    r"\Z|\s*[.,;:!?()\n\"&/-]|'s |\s+(?:and|an|but|from|i|i'm|im|my|we|who|with|aged|age|at|of"
    r"|born|speaking|calling|writing|asking|here|again|a|the|living|phoning|emailing|ac|a|o|dw|sy'n|on"
    r"|in|your|ringing|trying|hoping|looking|needing|wanting|applying|currently|just|because|please|so"
    r"|have|had|need|want|would|am|\d)(?:\b|\W|\Z)",
    re.IGNORECASE,
)
"""What may follow the name of somebody who says who they are."""
_BY_ITSELF = re.compile(
    r" here| speaking| calling|, ?(?:an?|aged?|and|I|i|my)\b|,? \d\d\b| and (?:I|i|my|we)\b"
    r"|,? \(|'s (?:mum|dad|mother|father|wife|husband|partner|carer|son|daughter|sister"
    r"|brother|appointee)"
)
"""What follows a name of one word, but hardly a word for what somebody is."""
_STOPS = re.compile(r" (?:at|again)\b|[.!]|\Z")
"""What ends an introduction by a word that is none of the language."""
_AND_ANOTHER = re.compile(rf" (?:and|&) (?P<name>{NAME})")


def selves(text: str) -> Iterator[Found]:
    """Yield the names of those who say who they are."""
    for match in _SELF.finditer(text):
        yield from _named(text, match)
    for pattern in (_SMALL, _SMALL_FROM, _SMALL_AGAIN):
        for match in pattern.finditer(text):
            if not any(is_plain(word) or may_describe(word) for word in match["name"].split()):
                yield name_in(match)
    for match in _BESIDE.finditer(text):
        which = match.lastgroup or "name"
        if is_person(match[which], False):
            yield name_in(match, which)
    for match in _HERE.finditer(text):
        which = match.lastgroup or "name"
        plain = which == "again" and is_plain(match[which])
        if is_person(match[which], which != "full") and not plain:
            yield name_in(match, which)
    for match in _WELSH.finditer(text):
        if is_person(match["name"], True):
            yield name_in(match)
    if (headed := _HEADED.match(text)) and is_person(headed["name"], False):
        yield name_in(headed)


def _named(text: str, match: re.Match[str]) -> Iterator[Found]:
    """Yield the name after "I'm", and the second of two ("we are Jo and Al Bloggs")."""
    name = match["name"].removesuffix("'s")
    end = match.start("name") + len(name)
    other = _AND_ANOTHER.match(text, match.end("name"))
    if other and is_person(name, True) and is_person(other["name"], False):
        yield name_in(match)
        yield name_in(other)
        return
    goes_on = name != match["name"] or _GOES_ON.match(text, end)
    alone = _may_stand_alone(text, match, name, end)
    if goes_on and is_person(name, alone) and not is_people(name):
        yield name_in(match, length=len(name))


def _may_stand_alone(text: str, match: re.Match[str], name: str, end: int) -> bool:
    """Say whether one word after "I'm" is a name rather than what somebody is."""
    describes = may_describe(name)
    if match["greeted"]:
        return bool(match["me"]) or not describes
    if describes:
        return False
    if _BY_ITSELF.match(text, end):
        return bool(match["me"]) or not is_plain(name)
    return not is_plain(name) and _STOPS.match(text, end) is not None
