"""Names of people whom somebody speaks of or for: "my son Jo Bloggs", "on behalf of Jo Bloggs".

A first name with a relation alone ("my son Tom") is left: it leads to nobody, and stories often
have one.
"""

import re
from collections.abc import Iterator

from assistant.redaction.found import Found
from assistant.redaction.name_words import (
    INITIALS_AND_NAME,
    NAME,
    NEVER,
    ONE_OR_MORE,
    SPOKEN_OF,
    is_people,
    is_person,
    name_in,
)

_FAMILY = (
    r"(?:(?:step|god|grand|great-grand|half-|foster |adopted )?"
    r"(?:son|daughter|mother|father|brother|sister|child|mum|dad|ma|pa)"
    r"|mam|mom|nan|nana|nanny|gran|granny|grandma|grandad|granddad|grandpa|husband|wife|hubby|spouse"
    r"|partner|fianc[eé]e?|boyfriend|girlfriend|ex(?:-\w{4,10}| \w{4,10})?"
    r"|niece|nephew|baby|toddler|boy|girl|twin|carer)(?:[ -]in[ -]law)?"
)
_MANY = r"(?:parents|sons|daughters|children|kids|twins|boys|girls|brothers|sisters|grandchildren)"
_FRIENDS = (
    r"(?:friend|mate|neighbour|flatmate|housemate|lodger|relative|colleague|uncle|aunt|auntie|aunty"
    r"|cousin)s?"
)
_OTHERS = (
    r"(?:tenant|landlord|landlady|client|patient|customer|colleague|manager|boss|employee|deceased"
    r"|claimant|applicant|executor|solicitor|accountant|teacher|pupil|student|owner|seller|buyer"
    r"|account holder|policy holder|person|man|woman|lady|gentleman|guy|someone|somebody|testator)"
)
_WHOSE = (
    r"(?:(?:[Mm]y|[Hh]is|[Hh]er|[Oo]ur|[Tt]heir|[Yy]our|[Tt]wo|[Tt]hree|\d)|[Tt]he|[Aa]n?)"
    r"(?: \w{2,12}'s)?"
    r"(?: (?!(?:name|my|his|her|our|their|your)\b)[a-z]{2,12}){0,2}"
)
_KIN = re.compile(
    rf"\b{_WHOSE} (?i:{_FAMILY}|{_MANY}|{_FRIENDS})"
    rf"(?: (?P<name>{ONE_OR_MORE})|,? \((?P<held>{ONE_OR_MORE})\)"
    rf"|, (?P<parted>{ONE_OR_MORE})"
    r"(?=[,;:.!?)\n]|\Z| (?:who|is|has|was|had|and|needs|wants|lives|died)\b)"
    rf"|(?: is|:) (?P<told>{NAME}))"
)
"""A relation and a name of two words."""
_CALLED = re.compile(
    rf"\b(?:{_FAMILY}|{_MANY}|{_FRIENDS}|{_OTHERS}),? (?:who is |who's |that is )?"
    rf"(?:called|named|by the name of) (?P<name>{ONE_OR_MORE})"
)
_ROLE = re.compile(
    rf"\b{_OTHERS}(?:'s name)?(?: is| was|,|:| \()? (?P<name>{INITIALS_AND_NAME}|{NAME})"
)
_FOR = re.compile(
    r"\b(?:(?:[Oo]n|[Ii]n) behalf of|[Aa]ct(?:s|ing|ed)? for|[Aa]ppointee (?:for|of|to)"
    r"|[Aa]ttorney (?:for|of|over)|[Dd]eputy (?:for|of)|[Gg]uardian (?:for|of|to)"
    r"|[Aa]dvocate (?:for|of)|[Ee]xecut(?:or|rix|ors) (?:for|of|to)|[Aa]dministrator (?:for|of)"
    r"|[Rr]epresenting|[Ee]state of|[Dd]eath of|[Ff]uneral of|[Ww]ill of|[Tt]he late"
    r"|(?:[Ss]on|[Dd]aughter|[Mm]other|[Ff]ather|[Ww]ife|[Hh]usband|[Ww]idow|[Ww]idower|[Pp]artner"
    r"|[Bb]rother|[Ss]ister|[Nn]ephew|[Nn]iece|[Pp]arents?|[Nn]eighbour|[Ff]riend|[Cc]arer)"
    r" (?:of|to)"
    r"|[Mm]arried to|[Cc]ar(?:e|es|ing) for|[Ll]ook(?:s|ed|ing)? after|[Aa]r ran)"
    rf"(?: the late| my client)? (?P<name>{INITIALS_AND_NAME}|{NAME})"
)
_ABOUT = re.compile(
    r"\b(?:[Rr]e:?|[Rr]egarding|[Cc]oncerning|[Ii]n respect of|[Ii]t(?:'s| is) (?:for|about)"
    r"|(?:[Ww]riting|[Rr]inging|[Cc]alling|[Pp]honing|[Ee]mailing|[Aa]sking|[Ee]nquiring|[Aa]pplying)"
    rf" (?:for|about)|[Cc]laim (?:is|was) (?:for|by)) (?P<name>{NAME})"
    r"(?=,? \(?(?:who|she|he|they|aged?|born|deceased|my|our|dob|DOB|NI|\d)\b)"
)
"""What a message is about is more often a benefit than somebody, unless it goes on like this."""
_LABELLED = re.compile(
    r"(?<![^\n.!?;, ])(?:[Ff]rom|[Aa]pplicant|[Cc]laimant|[Tt]enant|[Cc]ustomer|[Pp]atient"
    r"|[Cc]lient|[Cc]ontact|[Cc]aller|[Ss]ender|[Ss]igned|[Ss]ent by|[Ss]ubmitted by|[Rr]esident"
    r"|[Mm]ember|[Ss]tudent|[Pp]upil|[Cc]hild|[Pp]arent|[Ll]andlord|[Dd]eceased|[Ee]xecutor|[Ss]ubject|[Aa]ttn"
    rf"|FAO|[Pp]artner|[Ss]pouse) ?: {{0,4}}(?P<name>{INITIALS_AND_NAME}|{NAME})"
)
_WELSH_KIN = re.compile(
    r"\b(?:(?:[Ff]y|[Ee]i|[Ee]in) (?:mab|merch|ferch|ngŵr|gŵr|ŵr|ngwraig|gwraig|wraig|mam|nhad|tad"
    r"|dad|brawd|mrawd|chwaer|ffrind|mhartner|phartner|partner|nain|taid|nhaid|mam-gu|tad-cu|nhad-cu|modryb|ewythr"
    r"|nghymydog|cymydog|mhlentyn)(?: i)?,?|(?P<called>o'r enw)) "
    rf"(?P<name>{ONE_OR_MORE})"
)


def others(text: str) -> Iterator[Found]:
    """Yield names of people who are named by relation or their part in a matter, or spoken for."""
    if not SPOKEN_OF.search(text):
        return
    for match in _KIN.finditer(text):
        which = match.lastgroup or "name"
        if _is_name(match[which], alone=False):
            yield name_in(match, which)
    for match in _CALLED.finditer(text):
        if _is_name(match["name"], alone=True):
            yield name_in(match)
    for match in _WELSH_KIN.finditer(text):
        if _is_name(match["name"], alone=match["called"] is not None):
            yield name_in(match)
    for pattern in (_ROLE, _FOR, _ABOUT, _LABELLED):
        for match in pattern.finditer(text):
            if _is_name(match["name"], alone=False):
                yield name_in(match)


def _is_name(words: str, alone: bool) -> bool:
    """Say whether words are a person's name and none that no name holds ("My Son Has Left")."""
    name = words.removesuffix("'s")
    if not is_person(name, alone) or not NEVER.isdisjoint(name.casefold().split()):
        return False
    return " " in name or not is_people(name)
