"""Numbers that the citizen names: "my UTR is …", "sort code …", "… is my passport number".

What is said to be a number of some kind is masked even if its check digit is wrong, since people
mistype, and however its characters are spaced. Where a number stands near several labels, the
nearest that it fits tells its kind.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from assistant.policy.model import PersonalKind as Kind
from assistant.redaction.found import (
    BETWEEN,
    WHOLE,
    Found,
    are_days,
    is_day,
    is_word,
    only_digits,
)
from assistant.redaction.phones import is_public

LABELS = re.compile(
    r"\b(?:"
    r"(?P<ni_number>n(?:at(?:ional)?)?\.? ?ins(?:urance)?|n\.?i|n i(?= n)|nino|yswiriant gwladol)"
    r"|(?P<nhs_number>nhs|(?:r?h[if]+ )?gig|chi (?:number|no)|h ?& ?c)"
    r"|(?P<utr>utr|unique tax\w*|tax(?:payer)? ref\w*|self[ -]assessment (?:number|no|ref\w*|id)"
    r"|(?:ch?|g|ngh)yfeirnod (?:treth|unigryw))"
    r"|(?P<card>(?:credit|debit|bank|my) card|card|visa|mastercard|maestro|amex|cc"
    r"|(?:c|g|ngh|ch)erdyn)"
    r"|(?P<bank_account>sort ?-?code|sort|s/c|account|acc|acct|a/c|bank details|roll number"
    r"|[cg]od didoli|cod|(?:c|g|ngh|ch)yfrif)"
    r"|(?P<iban>iban)"
    r"|(?P<passport>passport|(?:p|b|mh|ph)asbort)"
    r"|(?P<driving_licence>(?:driv\w+ |my |photocard )?licen[cs]e|driver'?s? (?:number|no)|dvla|dva"
    r"|(?:t|d|nh|th)rwydded)"
    r"|(?P<vehicle>reg|registration|number ?plate|plate|vrn|mot|sorn|v5c?|car|van|motorbike"
    r"|rhif cofrestru|(?:c|g|ngh)ar)"
    r"|(?P<phone>call|ring|phone|mobile|mob|landline|tel|telephone|text|whatsapp|fax|ffon\w{0,3}"
    r"|ffôn\w{0,3}|(?:reach|contact) (?:me|us)"
    r"|(?:my|our|his|her|their|home|work|contact|new) (?:number|no|num))"
    r")\b",
    re.IGNORECASE,
)
"""What a number may be called, each group by the kind's own name."""


def _digits(least: int, most: int) -> str:
    return rf"(?<![\w£$€])(?<!\d[.,])\d(?:{BETWEEN}\d){{{least - 1},{most - 1}}}{WHOLE}"


@dataclass(frozen=True, slots=True)
class _Form:
    """The shape of a value, and how many characters after and before its label it may begin."""

    shape: re.Pattern[str]
    after: int = 50
    before: int = 40


def _form(shape: str, after: int = 50, before: int = 40) -> _Form:
    return _Form(re.compile(shape, re.IGNORECASE), after, before)


_FORMS = {
    Kind.NI_NUMBER: _form(
        rf"\b(?P<word>[A-Z]{BETWEEN}[A-Z])(?P<gap>{BETWEEN})\d(?:{BETWEEN}\d){{4,6}}"
        rf"(?!\d)(?:{BETWEEN}[A-D]\b|[A-Z]\b)?{WHOLE}"
    ),
    Kind.NHS_NUMBER: _form(_digits(9, 11)),
    Kind.UTR: _form(rf"{_digits(9, 13)}(?: ?K\b)?"),
    Kind.CARD: _form(_digits(12, 19)),
    Kind.BANK_ACCOUNT: _form(
        r"(?<![\w£$€-])(?<!\d[., ])(?:(?P<both>\d\d([ ./-]?)\d\d\2\d\d[ ,;/]{1,3}\d{4} ?\d{4}"
        r"|\d{4} ?\d{4}[ ,;/]{1,3}\d\d([ ./-]?)\d\d\3\d\d)|(?P<sort>\d\d([ ./-]?)\d\d\5\d\d)"
        r"|\d{7,12}|\d{4}[ -]\d{4}|\d\d(?:[ -]\d\d){3}|\d(?:[ -]\d){7}|\d{4}/\d{6,10})"
        r"(?![-\d]|[.,]\d| \d{3})"
    ),
    Kind.IBAN: _form(
        r"\b[A-Z]{2}\d\d(?:[A-Z0-9]{10,30}|(?:[ -][A-Z0-9]{4})"
        r"(?:[ -](?=[A-Z]{0,3}\d)[A-Z0-9]{1,4}){1,8})\b",
    ),
    Kind.PASSPORT: _form(
        rf"(?<![\w£$€])(?<!\d[.,])"
        rf"(?:[A-Z]{{1,3}}\d{{6,8}}|(?:[A-Z] ?)?\d(?:{BETWEEN}\d){{8}})\b{WHOLE}",
        before=60,
    ),
    Kind.DRIVING_LICENCE: _form(
        rf"\b(?:[A-Z9]{{5}}{BETWEEN}(?:\d{BETWEEN}){{6}}(?:[A-Z0-9]{BETWEEN}){{4}}[A-Z0-9]\b"
        rf"(?: ?\d\d\b)?|\d{{4}} ?\d{{4}}\b){WHOLE}"
    ),
    Kind.VEHICLE: _form(
        r"\b(?:(?P<word>[A-Z]{2}) ?\d\d(?P<gap>[ -]?)[A-Z]{3}"
        r"|[A-Z]\d{1,3} ?[A-Z]{3}|[A-Z]{3} ?\d{1,3}[A-Z]|[A-Z]{1,2}[IZ][A-Z]? ?\d{1,4})\b",
        after=40,
        before=25,
    ),
    Kind.PHONE: _form(
        rf"(?<![\w£$€+(])(?<!\d[.,])(?![\d ]{{1,12}}\.\d\d(?!\d))"
        rf"[+(]{{0,2}}\d(?:[ ().-]{{0,3}}\d){{6,13}}{WHOLE}",
        after=22,
        before=0,
    ),
}
_LONGEST = 48
_CLOSE = 12
_BEFORE_COSTS = 15
"""A label that follows its number counts as that many characters further away."""


def labelled(text: str) -> Iterator[Found]:
    """Yield values that stand beside their label, the nearest to it first."""
    found: list[tuple[int, Found]] = []
    for label in LABELS.finditer(text):
        kind = Kind(label.lastgroup or "")
        form = _FORMS[kind]
        start, end = label.span()
        for value in form.shape.finditer(text, end, end + form.after + _LONGEST):
            distance = value.start() - end
            if distance <= form.after and _fits(kind, value, label[0], distance <= _CLOSE):
                found.append((distance, Found(kind, *value.span())))
        first = max(0, start - form.before)
        for value in form.shape.finditer(text, first, start) if form.before else ():
            if _fits(kind, value, label[0], False):
                distance = start - value.end() + _BEFORE_COSTS
                found.append((distance, Found(kind, *value.span())))
    for _, each in sorted(found, key=lambda pair: pair[0]):
        yield each


def _fits(kind: Kind, value: re.Match[str], label: str, close: bool) -> bool:
    """Say whether a number of that shape can be what the label says, `close` to it or not."""
    text, label = value[0], label.casefold()
    match kind:
        case Kind.NI_NUMBER:
            full = text[-1].isalpha() and not is_day(text[value.end("gap") - value.start() :])
            fits = full or not is_word(value["word"], value["gap"])
        case Kind.VEHICLE if value["word"]:
            fits = label not in _DRIVEN or not is_word(value["word"], value["gap"])
        case Kind.VEHICLE:
            fits = label not in _DRIVEN and (text.isupper() or " " not in text)
        case Kind.BANK_ACCOUNT if value["both"]:
            fits = not are_days(text)
        case Kind.BANK_ACCOUNT if value["sort"] and label in _SORT_LABELS:
            fits = True
        case Kind.BANK_ACCOUNT if text.isdecimal() and len(text) == 8:
            fits = close or not is_day(text)
        case Kind.BANK_ACCOUNT:
            fits = not is_day(text) and not (value["sort"] and text.isdecimal())
        case Kind.PHONE:
            fits = not is_day(text) and not is_public(text)
        case _:
            fits = not is_day(text) or len(only_digits(text)) > 10
    return fits


_DRIVEN = frozenset({"car", "van", "mot", "motorbike"})
"""Weak labels of number plates: people write more about cars than their plates."""
_SORT_LABELS = frozenset(
    {"sort", "sort code", "sort-code", "sortcode", "s/c", "cod", "cod didoli", "god didoli"}
)
