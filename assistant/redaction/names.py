"""Names, where somebody is said to be called so, or has a title.

"My name is jo bloggs" leaves no doubt, even in small letters; "registered as" needs two words in
capital letters. How people say who they are is read in `selves`, how they sign in `signatures`,
whom they speak of in `others`; full names that nobody introduces in `full_names`.
"""

import re
from collections.abc import Iterator

from assistant.redaction.found import Found
from assistant.redaction.name_words import (
    ANY_NAME,
    BIG,
    INITIAL,
    INITIALS_AND_NAME,
    JOIN,
    NAME,
    NEVER,
    PART,
    PARTICLES,
    is_person,
    is_plain,
    name_in,
)

_WHICH = (
    r"full|first|last|maiden|married|legal|real|birth|proper|sur|middle|given|family|fore|second|new"
    r"|old|former|previous|chosen"
)
_SAID = re.compile(
    r"\b(?:"
    r"(?:(?:my|his|her|their|our|whose|your)(?: [a-z]{2,12}(?:'?s|s'))?|[a-z]{2,12}'s)"
    rf" (?:(?:{_WHICH}) ?){{0,2}}"
    r"(?:name(?:'s\b| is\b| was\b| ?[:,=-])|(?P<slip>names)(?= [a-z])) ?"
    r"|(?<![^.!?,\n] )(?:the )?name(?:'s| is) "
    r"|(?:i am|i'?m) (?:called|named) "
    r"|(?P<third>(?:is|was|been|he's|she's|who's) (?:called|named)) "
    r"|(?:full |first |last |sur|fore|family |given )?names? ?[:=] {0,6}|full name "
    r"|(?:fy |ei |eu )?h?enw(?: i| llawn)? (?:yw|ydy|ydi|oedd)[ :]|enw(?: llawn)?: ?"
    r"|(?:dwi|dw i|rwy)'n cael fy ngalw yn )"
    rf"[\"'(: ]{{0,2}}(?P<name>{PART}(?:(?: {PART}\.?){{0,4}}))",
    re.IGNORECASE,
)
_SAYING = ("name", "called", "family", "household", "enw", "ngalw")
"""One of these stands in all that `_SAID` and `_FIELD` find: they are quick to look for."""
_FIELD = re.compile(
    r"\b(?:(?:(?:[Ff]irst|[Ll]ast|[Mm]iddle|[Ff]amily|[Gg]iven|[Mm]aiden|[Bb]irth) |[Ss]ur|[Ff]ore)"
    r"names?(?: is| was|'s|,)? "
    r"|(?:(?<=[.!?;,\n] )|(?<![^\n]))[Nn]ame (?=[^\W\d_]{2,25} [A-Z])"
    r"|[Nn]ames?(?! of)(?: [a-z][a-z']{0,14}){1,7}[ :]{1,2}(?=[^\W\d_]{2,25} [A-Z]))"
    rf"(?P<name>{ANY_NAME})"
    rf"|\b(?:[Ff]ull )?[Nn]ame ?: {{0,4}}{BIG}, (?P<after>{BIG})(?=[.;,\n]|\Z)"
    rf"|\b[Tt]he (?P<family>{BIG}) (?:family|household)\b"
)
"""The name in a field of a form ("surname Bloggs"), "the name on my passport is Jo Bloggs"."""
_BEEN = re.compile(
    r"\b(?:[Cc]all(?:s|ed)? me|[Kk]n(?:ow|ows|ew) me as"
    r"|(?:[Mm]e|[Ii] am|[Ii]'?m|[Ii] was|is|he's|she's|was|been)"
    r"(?: also| now| usually| better)? known(?: to \w{2,12})? as"
    r"|[Gg]o(?:es)? by(?: the name(?: of)?)?|by the name(?: of)?|née|nee"
    r"|(?:[Ss]ur)?[Nn]ames?(?: [a-z']{1,12}){0,6} from [^.?!\n]{1,50} to"
    r"|(?:[Ss]ur)?[Nn]ames? (?:back |by deed poll )?to|[Cc]hristened|[Bb]aptised)"
    rf" (?P<name>{ANY_NAME})"
)
"""What somebody is called, in words that leave no doubt with a capital letter after them."""
_WAS = re.compile(
    r"\b(?:[Uu]sed to be|[Ii] was|[Ff]ormerly|[Pp]reviously|[Aa]ka|a\.k\.a\.?|[Aa]lias|[Bb]orn"
    r"|[Ss]ign(?:ed)?(?: \w{2,8})? as|(?:[Dd]own|[Rr]egistered|[Ll]isted|[Rr]ecorded|[Bb]ooked"
    r"|[Ff]iled|[Ee]nrolled|[Bb]aptised|[Kk]nown)(?: \w{2,4}){0,2} (?:as|under|to)|[Nn]ames? from"
    r"|[Ss]p(?:eak|eaking|oke) (?:to|with)|[Tt]alking (?:to|with)|[Rr]eply to"
    r"|for the attention of|addressed to|made out to|issued to"
    r"|belongs to|in the names? of|under(?: the names?(?: of)?)?|ask for)"
    rf" (?P<name>{INITIALS_AND_NAME}|{NAME})"
)
"""What somebody is called, in words that need two capital letters after them."""
_TITLED = re.compile(
    r"\b(?:(?:Mr|Mrs|Ms|Miss|Mx|MR|MRS|MS|MISS|Master|Mister|Dr|Doctor|Prof|Professor|Rev|Revd|Sir"
    r"|Lady|Dame|Cllr|Councillor)\.? "
    rf"(?P<name>(?:(?:{INITIAL}) ?){{0,2}}{BIG}(?: {JOIN}{BIG}){{0,2}})"
    r"|mrs?\.? (?P<small>[a-z]{3,20})\b)"
)
_NO_TITLED = NEVER | {"speaker", "president", "chairman", "justice"}


def names(text: str) -> Iterator[Found]:
    """Yield names where somebody is said to be called so, or has a title."""
    small = text.casefold()
    if any(word in small for word in _SAYING):
        yield from _said(text)
    for pattern in (_BEEN, _WAS):
        for match in pattern.finditer(text):
            if is_person(match["name"], pattern is _BEEN):
                yield name_in(match)
    for match in _TITLED.finditer(text):
        which = match.lastgroup or "name"
        if match[which].split()[0].casefold() not in _NO_TITLED:
            yield name_in(match, which)


def _said(text: str) -> Iterator[Found]:
    for match in _SAID.finditer(text):
        name = match["name"]
        if match["third"] and not name[0].isupper():
            continue
        if match["slip"] and name[0].islower() and is_plain(name.split()[0]):
            continue
        if length := _length(name):
            yield name_in(match, length=length)
    for match in _FIELD.finditer(text):
        which = match.lastgroup or "name"
        if is_person(match[which], True) and (which == "name" or not is_plain(match[which])):
            yield name_in(match, which)


def _length(words: str) -> int:
    """Return how much of the words is a name: up to the first that no name holds."""
    shouted = words.isupper()
    end = 0
    for word in re.finditer(r"\S+", words):
        plain = word[0].strip(".").casefold()
        capital = word[0][0].isupper() and not shouted
        initial = bool(end) and len(plain) == 1 and (capital or word[0].endswith("."))
        if plain in NEVER and not initial and not (capital and end and plain not in ("i", "im")):
            break
        particle = plain in PARTICLES
        if end and not capital and words[0].isupper() and not shouted and not particle:
            break
        end = word.end()
        if word[0].endswith(".") and len(plain) > 1:
            return end - 1
    return end
