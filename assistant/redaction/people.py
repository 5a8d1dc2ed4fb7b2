"""E-mail addresses and dates of birth."""

import re
from collections.abc import Iterator

from assistant.policy.model import PersonalKind as Kind
from assistant.redaction.found import Found
from assistant.redaction.name_words import NAME, is_person

_EMAIL = re.compile(r"[\w.%+'-]{1,64}@(?:[\w-]{1,63}\.){1,8}[^\W\d_]{2,24}")
_EMAIL_SPACED = re.compile(r"[\w.%+'-]{1,64} ?@ ?(?:[\w-]{1,63}\.){1,8}[^\W\d_]{2,24}")
_AT = r"(?: ?[(\[] ?at ?[)\]] ?| at )"
_DOT = r"(?:\.| dot | ?[(\[] ?dot ?[)\]] ?)"
_EMAIL_SPOKEN = re.compile(
    rf"\b(?:\w[\w.%+-]{{0,40}}|\w{{1,20}}(?: dot \w{{1,20}}){{1,2}}){_AT}"
    rf"(?:[\w-]{{1,40}}(?:{_DOT}(?:co|ac|gov|org))?(?: dot | ?[(\[] ?dot ?[)\]] ?)[a-z]{{2,12}}"
    r"|(?:gmail|googlemail|hotmail|outlook|yahoo|icloud|live|btinternet|sky)\.(?:com|co\.uk))\b",
    re.IGNORECASE,
)
_MONTH = (
    r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|sept|oct|nov|dec|ion|chwef|maw|fawrth|ebr|mai|fai|meh"
    r"|feh|gorff|orff|awst|medi|fedi|hyd|tach|dach|rhag|rag)[^\W\d_]{0,8}"
)
_DATE = (
    rf"(?:\d{{1,2}} ?[./ -] ?\d{{1,2}} ?[./ -] ?\d{{2,4}}|\d{{4}}[./ -]\d{{1,2}}[./ -]\d{{1,2}}"
    rf"|\d{{1,2}} ?(?:st|nd|rd|th|af|ail|ydd|fed|eg|ain)?,?[ -]?"
    rf"(?:of |o )?(?:the )?{_MONTH},?[ -]?'?\d{{2,4}}"
    rf"|{_MONTH} \d{{1,2}}(?:st|nd|rd|th)?,? \d{{2,4}}|\d{{6}}|\d{{8}})"
)
_SAID_TO_BE = (
    r"born|date of birth|d\. ?o\. ?b\.?|dob|d/o/b|birth ?date|birthday|birth day"
    r"|(?:d|n|dd)yddiad (?:fy )?n?geni|(?:fy |fi'n )?n?geni|ganwyd|ganed|mhen-?blwydd"
)
_BEARING = ("born", "birth", "dob", "d.o", "d. o", "d/o", "geni", "ganwyd", "ganed", "blwydd")
"""One of these stands wherever a date is said to be of birth: they are quick to look for."""
_BETWEEN = (
    r"(?:[ .:=,(-]|(?:is|was|of|on|the|in|yw|ydy|oedd|ar|y|fi|i|it's|its|as|me|him|her)\b){0,9}"
)
_NO_BOUND = r"(?!(?:after|before|between|since|until|till|or|and|but|when|so|from|to|expires)\b)"
"""What parts a date from "born" ("born after 5 April 1951", "born and then on 3 May I …")."""
_IN_BETWEEN = rf"(?:,? {_NO_BOUND}[^\W\d_](?:[^\W\d_]|['-]){{0,20}}){{1,8}}? "
_BIRTH = re.compile(
    rf"\b(?:{_SAID_TO_BE})\b(?:{_BETWEEN}|{_IN_BETWEEN})"
    rf"(?<!\d)(?P<day>{_DATE})(?!\d)",
    re.IGNORECASE,
)
_THEN_BIRTH = re.compile(
    rf"(?<![\d/.-])(?P<day>{_DATE})(?!\d)[ ,)]{{1,2}}(?:is|was|yw|oedd) "
    r"(?:my|his|her|their|our|the|fy|ei|when (?:i|he|she)) ?(?:\w{2,12} ){0,2}?"
    r"(?:date of birth|d\.?o\.?b|birth ?date|birthday|n?yddiad geni|dyddiad geni|was born)",
    re.IGNORECASE,
)
_HEADED = re.compile(rf"\A\s*(?P<name>{NAME}) ?[,;\n] ?(?P<day>(?i:{_DATE}))(?!\d)")
"""A message headed like a form: "Jo Bloggs, 12/03/1985, …"."""


def emails(text: str) -> Iterator[Found]:
    """Yield e-mail addresses, also those written for people ("jo at example dot org")."""
    if "@" in text:
        for pattern in (_EMAIL, _EMAIL_SPACED):
            for match in pattern.finditer(text):
                yield Found(Kind.EMAIL, *match.span())
    if re.search(r"\bat\b", text, re.IGNORECASE):
        for match in _EMAIL_SPOKEN.finditer(text):
            yield Found(Kind.EMAIL, *match.span())


def births(text: str) -> Iterator[Found]:
    """Yield dates that are said to be of birth. Other dates are left alone."""
    small = text.casefold()
    for pattern in (_BIRTH, _THEN_BIRTH) if any(word in small for word in _BEARING) else ():
        for match in pattern.finditer(text):
            yield Found(Kind.DATE_OF_BIRTH, *match.span("day"))
    if (headed := _HEADED.match(text)) and is_person(headed["name"], False):
        yield Found(Kind.DATE_OF_BIRTH, *headed.span("day"))
