"""Names that a message is signed with."""

import re
from collections.abc import Iterator

from assistant.redaction.found import Found
from assistant.redaction.name_words import (
    ANY_NAME,
    BIG,
    INITIALS_AND_NAME,
    NAME,
    is_person,
    is_plain,
    name_in,
)

_CLOSING = (
    r"regards|thanks|thank you|thankyou|thx|cheers|signed|yours|ta|sincerely|faithfully|truly|best"
    r"|wishes|love|diolch|diolch yn fawr|cofion(?: gorau| cynnes)?|yn gywir|yn bur|gan"
    r"|thanking you|respectfully|warmly|with thanks|god bless|hear(?:ing)? (?:back )?from you"
    r"|sent from my \w{2,12}"
)
_THANKED = (
    r"(?: (?:in advance|again|(?:very )?much|so much|a lot"
    r"|ever so much|from"
    r"|for (?:your|any|all|the|all your) (?:help|time|advice|reply|support|assistance)))?"
)
_SIGNED = re.compile(
    rf"\b(?:{_CLOSING}){_THANKED} ?[,.!:-]{{0,3}}[ \n\r]{{1,6}}"
    r"(?:(?:mr|mrs|ms|miss|mx|dr)\.? )?"
    rf"(?P<name>(?-i:{ANY_NAME})|(?<=[,\n] )[a-z]{{3,14}}(?: [a-z]{{3,14}})?"
    r"|(?<=\n)[a-z]{3,14}(?: [a-z]{3,14})?)(?: ?\((?:mr|mrs|ms|miss|mx|dr)\.?\))?[ .!x]{0,4}"
    r"(?:(?:\n|, ?)(?-i:[A-Z])[\w' -]{2,24})?\Z",
    re.IGNORECASE,
)
_LAST_LINE = re.compile(
    rf"[.?!][ \r]{{0,2}}(?:\n[\n\r ]{{0,4}}(?:- ?)?(?P<name>{NAME}|{INITIALS_AND_NAME})"
    rf"|[ \n]{{0,3}}- ?(?P<dashed>{ANY_NAME})|\n{{1,4}}(?P<alone>{BIG}))[ .!x]{{0,4}}\Z"
)
_END = 160
"""A signature stands within that many characters of the end."""


def signatures(text: str) -> Iterator[Found]:
    """Yield the name at the end: after a closing word, a dash, or on a line of its own."""
    text = text.rstrip()
    start = max(0, len(text) - _END)
    if (signed := _SIGNED.search(text, start)) and is_person(signed["name"], True):
        yield name_in(signed)
    if last := _LAST_LINE.search(text, start):
        which = last.lastgroup or "name"
        plain = which == "alone" and is_plain(last[which])
        if is_person(last[which], which != "name") and not plain:
            yield name_in(last, which)
