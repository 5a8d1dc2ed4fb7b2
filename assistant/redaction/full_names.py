"""Full names that nobody introduces: "I'm helping Jo Bloggs with her form".

Two words or more in capital letters, of which the first is no word of English prose
(`plain_words.txt`: words that guidance writes in small letters), are a name, unless what stands
before and after them says that they are a place, a thing or a body. A list of what is no name
treats all communities' names alike; those that are words too ("Rose Price") have to be introduced.
"""

import re
from collections.abc import Iterator

from assistant.policy.model import PersonalKind as Kind
from assistant.redaction.found import Found
from assistant.redaction.name_words import (
    BIG,
    CAPITAL,
    NAME,
    NEVER,
    PARTICLES,
    PLACES,
    is_person,
    is_plain,
)

_TWO_CAPITALS = re.compile(r"\b[^\W\d_a-z][\w'-]{0,30}\.? ?[^\W\d_a-z]")
_NAME = re.compile(rf"(?<![\w'&/@.-])(?P<name>{NAME})(?![\w&/@-]|\.\w)")
_BEFORE = re.compile(r"(?:[\w'-]{1,20}|[^\w\s])?[ \n]{0,2}\Z")
_NO_NAME_AFTER_TEXT = """
a an the this these those each every any some no another which what its my his her our your their
in at near on via around along across between into onto through within outside under over per or &
than inside towards visit visiting visited like use using used called mr mrs
"""
_NO_NAME_AFTER = frozenset(_NO_NAME_AFTER_TEXT.split())
"""What stands before things and places rather than before somebody's name."""
_BEFORE_EITHER = frozenset({"to", "for", "with", "by", "as", "and", "of"})
_AWAY = re.compile(
    r"\b(?:work\w*|job|employ\w*|travel\w*|fl(?:y|ew|ight\w*|ying)|mov(?:e|ed|ing)|go(?:es|ing)?|went"
    r"|gone|trip|holiday|driv\w+|drove|emigrat\w+|ship\w*|visa|import\w*|export\w*|account|contract"
    r"|insur\w*|shares?|invest\w*|licen\w*|city|town|county|borough|republic|university|bank|isle|north"
    r"|south|east|west|outside|part|map|capital|kingdom|island|citizen|national|resident|council|border"
    r"|out of|coast|area|country)\b",
    re.IGNORECASE,
)
"""What makes of the words after "to", "for" or "with" a place or a company."""
_GOES_ON = re.compile(
    r"\Z|[ ]?[.,;:!?()\n]|'s\b| (?:is|was|has|had|will|would|can|could|does|did|died|passed|lives"
    r"|lived|wants|wanted|needs|needed|says|said|got|gets|gave|told|asked|owes|left|moved|went|works|worked"
    r"|rang|called|wrote|signed|who|whose|aged|again|here|because|but|if"
    r"|and (?:I|i|me|my|his|her|want|wants|need|needs|would|have|am|is)|when|since|until"
    r"|before|after|for|to|fill|claim|apply|get|pay|with|on|in|at|from|by|please|so|allowed"
    r"|entitled|eligible|able|still|too"
    r"|not|now|have|be|use|see|vote|work|drive|live|stay|move|ask|write|call|need|want|keep|make|take"
    r"|sign|renew|register|speak|do|know|writing|received|had)\b"
)
"""What may follow somebody's name."""
_SURELY = re.compile(
    r",? \(?(?:who|whose|aged|born|dob|DOB|NI|my|his|her|our|she|he|they)\b|,? \(?\d\d\b"
    r"| (?:died|passed away|and (?:I|me)\b)| (?:has|had) (?:died|passed)"
    r"| from [A-Z]| (?:is|was) (?:my|our|his|her)\b"
)
"""What follows a person, and no place or thing."""
_WORD = re.compile(r"\b[^\W\d_]{3,}")
_FIRST = 60
_INITIALS = re.compile(rf"(?<![\w.])(?:{CAPITAL}\. ?){{1,3}}(?P<name>{BIG})(?![\w@-])")
_PAIR = re.compile(rf"(?<![\w'&/@.-])(?P<first>{BIG}) (?:and|&) (?P<name>{NAME})(?![\w@-])")
_AND_ANOTHER = re.compile(rf",? (?:and|&) (?P<name>{NAME})(?![\w@-])")
_STREETS_TEXT = """
road street avenue lane close drive way crescent terrace gardens grove court place square park row
walk view hill house cottage farm station bridge beach airport island islands river lake estuary
coast
"""
_STREETS = frozenset(_STREETS_TEXT.split())


def full_names(text: str) -> Iterator[Found]:
    """Yield names of two words or more, by what they are not. Only in English prose."""
    if not _TWO_CAPITALS.search(text) or not _is_prose(text):
        return
    for match in _PAIR.finditer(text):
        begins = not _word_before(text, match.start()).istitle()
        if begins and _is_name(match["name"]) and _is_name(f"{match['first']} {match['name']}"):
            yield Found(Kind.NAME, *match.span("first"))
            yield Found(Kind.NAME, *match.span("name"))
    for match in _NAME.finditer(text):
        start = _begun(match)
        name = text[start : match.end()].removesuffix("'s")
        end = start + len(name)
        other = _AND_ANOTHER.match(text, end)
        pair = other is not None and _is_name(other["name"])
        if _is_name(name) and _stands_as_name(text, start, end, name, pair):
            yield Found(Kind.NAME, start, end)
            if other and pair:
                yield Found(Kind.NAME, *other.span("name"))
    for match in _INITIALS.finditer(text):
        before = _word_before(text, match.start())
        if before not in _NO_NAME_AFTER and not before.istitle() and not is_plain(match["name"]):
            yield Found(Kind.NAME, *match.span())


def _is_prose(text: str) -> bool:
    """Say whether most words are English and not All In Capital Letters, by the first of them."""
    words = [word[0] for word, _ in zip(_WORD.finditer(text), range(_FIRST), strict=False)]
    small = [word for word in words if word[0].islower()]
    if len(words) > 6 and 4 * len(small) < len(words):
        return False
    return 2 * sum(map(is_plain, small)) >= len(small)


def _begun(match: re.Match[str]) -> int:
    """Return where a name begins in words of which the first may only begin a sentence."""
    words = match["name"].split(" ")
    start = match.start()
    while len(words) > 2 and is_plain(words[0]):
        start += len(words.pop(0)) + 1
    return start


def _word_before(text: str, start: int) -> str:
    before = _BEFORE.search(text, max(0, start - 24), start)
    return before[0].strip() if before else ""


def _is_name(name: str) -> bool:
    words = name.casefold().split()
    return (
        is_person(name, False)
        and all(word[0].isupper() or word in PARTICLES for word in name.split())
        and not any(word.isupper() for word in name.split() if len(word.strip(".")) > 1)
        and not is_plain(words[0])
        and words[-1] not in _STREETS
        and PLACES.isdisjoint(words)
        and NEVER.isdisjoint(words)
    )


def _stands_as_name(text: str, start: int, end: int, name: str, pair: bool) -> bool:
    """Say whether a name, or the first of a pair, may stand there: the plainer, the surer."""
    surely = _SURELY.match(text, end) is not None
    unheard = not any(map(is_plain, name.split()))
    word = _word_before(text, start).casefold()
    if word in _NO_NAME_AFTER or word[-1:].isdecimal():
        return False
    if word == "from":
        return surely
    if word == ",":
        return surely or (unheard and not text[end:].strip(" .!x\n"))
    if word in _BEFORE_EITHER and not surely:
        unheard = unheard and not _AWAY.search(text, max(0, start - 40), start)
    return surely or (unheard and (pair or _GOES_ON.match(text, end) is not None))
