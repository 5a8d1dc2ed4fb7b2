"""E-mail addresses, names in introductions, and dates of birth."""

import re
from collections.abc import Iterator

from assistant.policy.model import PersonalKind as Kind
from assistant.redaction.found import Found

_EMAIL = re.compile(r"[\w.%+'-]{1,64}@(?:[\w-]{1,63}\.){1,8}[^\W\d_]{2,24}")
_MONTH = (
    r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|sept|oct|nov|dec|ion|chwef|maw|ebr|mai|meh|gorff|awst|"
    r"medi|hyd|tach|rhag)[^\W\d_]{0,8}"
)
_DATE = (
    rf"(?:\d{{1,2}}[ ./-]\d{{1,2}}[ ./-]\d{{2,4}}|\d{{4}}[./-]\d{{1,2}}[./-]\d{{1,2}}"
    rf"|\d{{1,2}}(?:st|nd|rd|th)?,? (?:of )?{_MONTH},? ?\d{{2,4}}"
    rf"|{_MONTH} \d{{1,2}}(?:st|nd|rd|th)?,? \d{{2,4}})"
)
_SAID_TO_BE = (
    r"born(?: on)?(?: the)?|date of birth|d\.?o\.?b\.?|birth ?date|birthday|dyddiad geni"
    r"|(?:fy n)?ganwyd(?: fi)?(?: ar)?"
)
_BIRTH = re.compile(
    rf"\b(?:{_SAID_TO_BE})[ :=-]{{0,3}}(?:(?:is|was|of|on|yw|ydy|oedd) ){{0,2}}({_DATE})(?!\d)",
    re.IGNORECASE,
)
_NAME_PART = r"[^\W\d_][^\W\d_]{0,24}(?:['’-][^\W\d_]{1,24}){0,2}"
_INTRODUCTION = (
    r"(?:my|his|her|their|our|whose) (?:(?:full|first|last|maiden|legal|real|birth|married) )?"
    r"name(?:['’]?s| is| was)"
    r"|(?:i am|i['’]?m) (?:called|named)|(?P<third>(?:is|was|been) (?:called|named))"
    r"|name[:=]|fy enw(?: i)? (?:yw|ydy|ydi)|enw i (?:yw|ydy|ydi)|dwi['’]n cael fy ngalw yn"
)
_NAMED = re.compile(
    rf"\b(?:{_INTRODUCTION})[ :]{{1,2}}(?P<name>{_NAME_PART}(?: (?:{_NAME_PART}|[A-Z]\.)){{0,3}})",
    re.IGNORECASE,
)
_TITLE = r"Mr|Mrs|Ms|Miss|Mx|MR|MRS|MS|MISS|Master|Mister"
_CAPITALISED = r"[A-Z][^\W\d_]{1,24}(?:['’-][^\W\d_]{1,24})?"
_TITLED = re.compile(
    rf"\b(?:{_TITLE})\.? ((?:[A-Z](?:\.|\b) ?){{0,2}}{_CAPITALISED}(?: {_CAPITALISED}){{0,2}})"
)
_NOT_NAMES_TEXT = """
a about ac after already also am an and any ar are as at be because been being both but by
called can changed changing correct could ddim did different do does for from gone had has have
he her his how i if im in incorrect incorrectly is it its just like listed me missing misspelled
misspelt my need needs nid no not now of off on only or our out please printed recorded
registered right she should showing shown since so spelled spelling spelt still than that the
their then there they this to too under up used very want was we wedi were what when where which
who why will with without would wrong wrongly yes yn you your
"""
_NOT_NAMES = frozenset(_NOT_NAMES_TEXT.split())


def emails(text: str) -> Iterator[Found]:
    """Yield e-mail addresses."""
    if "@" in text:
        for match in _EMAIL.finditer(text):
            yield Found(Kind.EMAIL, *match.span())


def names(text: str) -> Iterator[Found]:
    """Yield names where somebody is introduced ("my name is …", "called …") or has a title."""
    for match in _NAMED.finditer(text):
        if match["third"] and not match["name"][0].isupper():
            continue
        if length := _name_length(match["name"]):
            yield Found(Kind.NAME, match.start("name"), match.start("name") + length)
    for match in _TITLED.finditer(text):
        if match[1].split()[0].casefold() not in _NOT_NAMES:
            yield Found(Kind.NAME, *match.span(1))


def births(text: str) -> Iterator[Found]:
    """Yield dates that are said to be of birth. Other dates are left alone."""
    for match in _BIRTH.finditer(text):
        yield Found(Kind.DATE_OF_BIRTH, *match.span(1))


def _name_length(words: str) -> int:
    """Return how much of the words is a name: up to the first that no name holds."""
    shouted = words.isupper()
    end = 0
    for word in re.finditer(r"\S+", words):
        plain = word[0].strip(".").casefold()
        capital = word[0][0].isupper() and not shouted
        if plain in _NOT_NAMES and not (capital and plain not in ("i", "im") and end):
            break
        if end and not capital and words[0].isupper() and not shouted:
            break
        end = word.end()
    return end
