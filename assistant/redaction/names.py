"""Names, where somebody is introduced, signs off or has a title.

No list of names: a list knows some communities' names better than others'. The rules read how
people introduce themselves, capital letters, and the words around. "My name is jo bloggs" leaves no
doubt, even in small letters; "I'm …" and "this is …" need capital letters, and must not go on like
a description ("I'm Universal Credit claimant").
"""

import re
from collections.abc import Iterator

from assistant.policy.model import PersonalKind as Kind
from assistant.redaction.found import Found

_PART = r"[^\W\d_][^\W\d_]{0,24}(?:['-][^\W\d_]{1,24}){0,3}"
_CAPITAL = r"[^\W\d_a-zß-öø-ÿ]"
_BIG = rf"(?:{_CAPITAL}')?{_CAPITAL}[^\W\d_]{{1,24}}(?:['-][^\W\d_]{{1,24}}){{0,3}}"
_INITIAL = rf"{_CAPITAL}\.?"
_PARTICLES_TEXT = """
da das de del della den der di dos du al el ab ap bin bint ferch la las le los van von y
"""
_PARTICLES = tuple(_PARTICLES_TEXT.split())
_JOIN = rf"(?:(?:{'|'.join(_PARTICLES)}) ){{0,2}}"
NAME = rf"{_BIG}(?: {_INITIAL}){{0,2}} {_JOIN}{_BIG}(?: {_JOIN}{_BIG}){{0,2}}"
_ONE_OR_MORE = rf"{_BIG}(?:(?: {_INITIAL}){{0,2}} {_JOIN}{_BIG}){{0,3}}"

_SAID = re.compile(
    r"\b(?:"
    r"(?:(?:my|his|her|their|our|whose|your)(?: [a-z]{2,12}(?:'?s|s'))?|[a-z]{2,12}'s)"
    r" (?:(?:full|first|last|maiden|married|legal|real|birth|proper|sur|middle) ?)?"
    r"(?:name(?:'s\b| is\b| was\b| ?[:,=-])|names(?= (?-i:[A-Z]))) ?"
    r"|(?<![^.!?,\n] )the name(?:'s| is) "
    r"|(?:i am|i'?m) (?:called|named) |(?P<third>(?:is|was|been) (?:called|named)) "
    r"|(?:full |first |last |sur)?name ?[:=] {0,6}|full name "
    r"|(?:fy |ei |eu )?h?enw(?: i| llawn)? (?:yw|ydy|ydi|oedd)[ :]|enw(?: llawn)?: ?"
    r"|(?:dwi|dw i|rwy)'n cael fy ngalw yn )"
    rf"[\"'(: ]{{0,2}}(?P<name>{_PART}(?:(?: {_PART}\.?){{0,4}}))",
    re.IGNORECASE,
)
_SAYING = ("name", "called", "enw", "ngalw")
"""One of these stands in every introduction that `_SAID` finds: they are quick to look for."""
_SELF = re.compile(
    rf"\b(?:(?P<greeted>(?:[Hh]i|[Hh]ello|[Hh]ey|[Hh]iya|[Gg]ood \w{{3,9}}|[Dd]ear [\w /]{{2,20}}"
    r"|[Hh]elo|[Ss]hwmae|[Bb]ore da)[ ,!.]{1,3})?"
    rf"(?:[Ii] am|[Ii]'?m|[Tt]his is|[Ii]t'?s|[Rr]wy|[Dd]w ?i)(?:'n)?) (?P<name>{_ONE_OR_MORE})"
    r"(?P<after>.{0,14})"
)
_HEADED = re.compile(
    rf"\A\s*(?P<name>{NAME})(?= ?[,;\n] ?(?:\d{{1,4}}[ ./-]|\d{{1,2}}\w\w |[A-Z] ?[A-Z] ?\d"
    rf"|[A-Z][a-z]{{2,8}} \d{{1,2}}|(?i:born|dob|d\.o\.b)))"
)
"""A message headed like a form: "Jo Bloggs, 12/03/1985, …"."""
_HERE = re.compile(
    rf"(?:^|[,.!?\n] ?)(?!Beth (?:yw|ydy)\b)(?P<name>{_ONE_OR_MORE}) "
    r"(?:here\b(?! (?:is|are|was|we|in|on))|ydw i\b|dw i\b|(?:yw|ydy) (?:fy )?enw"
    r"|is my (?:full )?name)"
)
_SIGNED = re.compile(
    r"\b(?:regards|thanks|thank you|thankyou|thx|cheers|signed|yours|ta|sincerely"
    r"|faithfully|truly|best|wishes|love|diolch|diolch yn fawr|cofion|yn gywir|yn bur|gan)"
    r" ?[,.!:-]{0,3}[ \n\r]{1,6}"
    rf"(?P<name>(?-i:{_ONE_OR_MORE})|(?<=[,\n] )[a-z]{{3,14}}(?: [a-z]{{3,14}})?"
    r"|(?<=\n)[a-z]{3,14}(?: [a-z]{3,14})?)[ .!x]{0,4}\Z",
    re.IGNORECASE,
)
_END = 160
"""A signature stands within that many characters of the end."""
_TITLED = re.compile(
    r"\b(?:Mr|Mrs|Ms|Miss|Mx|MR|MRS|MS|MISS|Master|Mister|Dr|Doctor|Prof|Rev|Sir|Lady|Dame)\.? "
    rf"(?P<name>(?:(?:{_INITIAL}) ?){{0,2}}{_BIG}(?: {_JOIN}{_BIG}){{0,2}})"
)

_NEVER_TEXT = """
a about ac after again ago ai all almost already also am an and any ar are aren't as asking at ba
back be because been being both but by ca called can can't cannot changed changing claiming
correct could d'oes ddim did different do does doesn't don't due eisiau em er extremely fe for
from fy getting going gone got had has have having he help her here hers him his how hyn i i'd
i'll i'm i've if im in incorrect incorrectly is it it's its ju just like listed living looking me
missing misspelled misspelt more my nad name nawr need needs nid no not nothing now o oes of off
oh ok on only or our out over please printed quite ran recorded registered rhy right same she
should showing shown since so sorry spelled spelling spelt still such sut sy'n than thank thanks
that that's the their them then there these they this those to today too trying under up us used
very want was we we're wedi were what what's when where which while who who's why will with
without working would wrong wrongly y yes yet yn you your yr
"""
_DESCRIBE_TEXT = """
academic adult advance aged agency all allowance american anyway armed asylum attendance autistic
bank benefit benefits blind blue borough britain british business buying capital care carer
carer's carers catholic certificate chief child children citizen citizens civil claimant class
college community companies company council county court credit customs cymraeg cymraes cymro
cymru deaf deceased dental department deputy diabetic director disabled discretionary divorced
doctor driving duty dwp employed employee employer employment england english entitlement esa eu
european everybody everyone exempt family father female finance first folks foreign form former
free freelance french friday full fund gateway german gig gov government gp graduate guardian guys
head high hindu hiv home homeless hospital house housing however human immigration income
independence indian inheritance insurance irish jewish job jobcentre jobseeker jobseeker's july
kin ladies landlord lawyer leave legal licence limited living local london ltd madam male manager
managing mate maternity medical mental minister mobility monday mother mum muslim national new
next nhs nobody northern nurse office officer ofsted online operations owner parent parking part
passport paternity pay pension pensioner people permanent person personal pip plc police polish
post pregnant prime private probate property public pupil regarding registered rent resident
retired revenue royal saesneg saeson sais sales saturday school scotland scottish secretary
section security self senior service settled sikh single sir skilled small social sole somebody
someone staff state statutory stay student sunday support sure surviving tax teacher team
temporary tenant thursday time tory trader trading trans transgender treasury trust tuesday uk
unemployed union unit united universal university us vat vehicle veteran visa visitor wales warm
wednesday welsh widow widowed widower working world youth
"""
_BODIES_TEXT = """
act agency allowance association bank benefit benefits bill centre citizen claimant college
company council county court credit customer department employed group holder hospital house
insurance jobcentre licence limited ltd national office order pass payment pension plc police
power recipient relief scheme school service services status support tax team trader trust union
university user visa worker
"""
_NEVER = frozenset(_NEVER_TEXT.split())
"""Words that end a name, or mean that none follows: "my name is on the deed"."""
_DESCRIBE = _NEVER - {"will"} | frozenset(_DESCRIBE_TEXT.split())
"""What people are, claim or write to, and hardly ever a given name."""
_BODIES = frozenset(_BODIES_TEXT.split())
"""What the names of bodies, benefits and documents end with, and hardly ever a surname."""
_PEOPLES = re.compile(
    r"\w+(?:ish|ese|ean|[bdlnrst]ian|ican|ani|ench|utch|elsh|hai|reek)\Z", re.IGNORECASE
)
"""How words for peoples and faiths end ("British", "Nigerian"). Some given names do too: after
"I'm" such a name is masked with a surname, and not by itself."""
_GOES_ON = re.compile(
    r"\Z|\s*[.,;:!?()\n\"&/-]|'s |\s+(?:and|an|but|from|i|i'm|im|my|we|who|with|aged|age|at|of"
    r"|born|speaking|calling|writing|asking|here|again|a|the|living|phoning|emailing|ac|a|o|dw|sy'n|on|in|your|\d)"
    r"(?:\b|\W|\Z)",
    re.IGNORECASE,
)


def names(text: str) -> Iterator[Found]:
    """Yield names where somebody is introduced, signs off or has a title."""
    small = text.casefold()
    for match in _SAID.finditer(text) if any(word in small for word in _SAYING) else ():
        if match["third"] and not match["name"][0].isupper():
            continue
        if length := _length(match["name"]):
            yield _found(match, length)
    for match in _SELF.finditer(text):
        name, after = match["name"].removesuffix("'s"), match["after"]
        alone = match["greeted"] is not None or after.startswith(" here")
        owned = name != match["name"]
        if not is_person(name, alone) or _PEOPLES.fullmatch(name):
            continue
        if owned or _GOES_ON.match(after):
            yield _found(match, len(name))
    if (headed := _HEADED.match(text)) and is_person(headed["name"], False):
        yield _found(headed, len(headed["name"]))
    for match in _HERE.finditer(text):
        if is_person(match["name"], True):
            yield _found(match, len(match["name"]))
    start = max(0, len(text.rstrip()) - _END)
    if (signed := _SIGNED.search(text.rstrip(), start)) and is_person(signed["name"], True):
        yield _found(signed, len(signed["name"]))
    for match in _TITLED.finditer(text):
        if match["name"].split()[0].casefold() not in _NEVER:
            yield _found(match, len(match["name"]))


def _found(match: re.Match[str], length: int) -> Found:
    return Found(Kind.NAME, match.start("name"), match.start("name") + length)


def is_person(name: str, alone: bool) -> bool:
    """Say whether capitalised words are a name; one word only where it may stand `alone`."""
    words = name.casefold().split()
    acronym = any(len(word) > 2 and word.isupper() for word in name.split())
    if acronym or words[0] in _DESCRIBE or words[-1] in _BODIES:
        return False
    return alone or len(words) > 1


def _length(words: str) -> int:
    """Return how much of the words is a name: up to the first that no name holds."""
    shouted = words.isupper()
    end = 0
    for word in re.finditer(r"\S+", words):
        plain = word[0].strip(".").casefold()
        capital = word[0][0].isupper() and not shouted
        initial = bool(end) and len(plain) == 1 and (capital or word[0].endswith("."))
        if plain in _NEVER and not initial and not (capital and end and plain not in ("i", "im")):
            break
        particle = plain in _PARTICLES
        if end and not capital and words[0].isupper() and not shouted and not particle:
            break
        end = word.end()
        if word[0].endswith(".") and len(plain) > 1:
            return end - 1
    return end
