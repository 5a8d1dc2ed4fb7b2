"""Mask personal data in a text."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum

from assistant.policy.model import PersonalKind, PostcodeRule, RedactionRules
from assistant.redaction import (
    addresses,
    full_names,
    labelled,
    names,
    numbers,
    others,
    people,
    phones,
    places,
    selves,
    signatures,
    spoken,
)
from assistant.redaction.found import Finder, Found
from assistant.text import RedactedText

LABELS: Mapping[PersonalKind, str] = {
    PersonalKind.EMAIL: "[email address]",
    PersonalKind.IBAN: "[international bank account]",
    PersonalKind.CARD: "[card number]",
    PersonalKind.NI_NUMBER: "[National Insurance number]",
    PersonalKind.DRIVING_LICENCE: "[driving licence number]",
    PersonalKind.BANK_ACCOUNT: "[bank account]",
    PersonalKind.PASSPORT: "[passport number]",
    PersonalKind.DATE_OF_BIRTH: "[date of birth]",
    PersonalKind.NHS_NUMBER: "[NHS number]",
    PersonalKind.UTR: "[tax reference]",
    PersonalKind.PHONE: "[phone number]",
    PersonalKind.ADDRESS: "[address]",
    PersonalKind.POSTCODE: "[postcode]",
    PersonalKind.VEHICLE: "[number plate]",
    PersonalKind.NAME: "[name]",
}
"""What stands in the text instead. It reads as part of the question."""


class _Needs(IntEnum):
    """What a text must hold for a finder to be worth asking.

    A number is six digits close together, or letters and digits as on a number plate.
    """

    LETTERS = 0
    A_DIGIT = 1
    A_NUMBER = 2


_FINDERS: tuple[tuple[Finder, _Needs, frozenset[PersonalKind]], ...] = (
    (people.emails, _Needs.LETTERS, frozenset({PersonalKind.EMAIL})),
    (people.births, _Needs.A_DIGIT, frozenset({PersonalKind.DATE_OF_BIRTH})),
    (numbers.ibans, _Needs.A_NUMBER, frozenset({PersonalKind.IBAN})),
    (labelled.labelled, _Needs.A_NUMBER, frozenset(PersonalKind)),
    (numbers.cards, _Needs.A_DIGIT, frozenset({PersonalKind.CARD})),
    (numbers.ni_numbers, _Needs.A_NUMBER, frozenset({PersonalKind.NI_NUMBER})),
    (numbers.driving_licences, _Needs.A_NUMBER, frozenset({PersonalKind.DRIVING_LICENCE})),
    (numbers.bank_accounts, _Needs.A_NUMBER, frozenset({PersonalKind.BANK_ACCOUNT})),
    (phones.phones, _Needs.A_NUMBER, frozenset({PersonalKind.PHONE})),
    (numbers.nhs_numbers, _Needs.A_NUMBER, frozenset({PersonalKind.NHS_NUMBER})),
    (numbers.utrs, _Needs.A_NUMBER, frozenset({PersonalKind.UTR})),
    (spoken.spoken, _Needs.LETTERS, frozenset(PersonalKind)),
    (addresses.named_houses, _Needs.LETTERS, frozenset({PersonalKind.ADDRESS})),
    (addresses.addresses, _Needs.A_DIGIT, frozenset({PersonalKind.ADDRESS})),
    (places.postcodes, _Needs.A_DIGIT, frozenset({PersonalKind.POSTCODE})),
    (places.vehicles, _Needs.A_DIGIT, frozenset({PersonalKind.VEHICLE})),
    (names.names, _Needs.LETTERS, frozenset({PersonalKind.NAME})),
    (selves.selves, _Needs.LETTERS, frozenset({PersonalKind.NAME})),
    (signatures.signatures, _Needs.LETTERS, frozenset({PersonalKind.NAME})),
    (others.others, _Needs.LETTERS, frozenset({PersonalKind.NAME})),
    (full_names.full_names, _Needs.LETTERS, frozenset({PersonalKind.NAME})),
)
"""In order of precedence: where two overlap, the first keeps the text."""

_TOKENS = {kind: chr(0xFDD0 + place) for place, kind in enumerate(LABELS)}
"""While masking, a label is one character that Unicode promises never to use for text: so a label
already in the text is neither context for what follows it nor masked itself."""
_FOREIGN = re.compile("[\ufdd0-\ufdef]")
_MOST_PASSES = 20
_DIGIT = re.compile(r"\d")
_OTHER_DIGIT = re.compile(r"[^\x00-\x7f\D]")
_NUMBER = re.compile(
    r"\d(?:[ ()./-]{0,3}\d){5}|[A-Z]{2}\d\d|[A-Z]{2} \d\d [A-Z]{3}\b"
    r"|\d[A-Z]\b|\b[A-Z]\d{1,3} ?[A-Z]{3}|\b[A-Z]{1,2}[IZ][A-Z]? ?\d{1,4}\b",
    re.IGNORECASE,
)


_ANY_LABEL = re.compile("|".join(re.escape(label) for label in LABELS.values()))


def unlabelled(text: RedactedText) -> str:
    """Return the text with "x" for each label, for rules that must not read our own words."""
    return _ANY_LABEL.sub("x", text) if "[" in text else text


def without_labels(text: RedactedText) -> RedactedText:
    """Return the text without labels, for searching: our own words must not steer an answer."""
    if "[" not in text:
        return text
    return RedactedText(" ".join(_ANY_LABEL.sub(" ", text).split()))


@dataclass(frozen=True, slots=True)
class Masked:
    """The masked text, and the kind of each value masked, in order. No values."""

    text: RedactedText
    kinds: tuple[PersonalKind, ...]


class Redactor:
    """Masks the kinds of personal data that the policy names. Build once; safe for threads."""

    def __init__(self, rules: RedactionRules) -> None:
        wanted = set(rules.mask)
        if rules.postcode is not PostcodeRule.KEEP:
            wanted.add(PersonalKind.POSTCODE)
        self._postcode = rules.postcode
        self._wanted = frozenset(wanted)
        self._finders = tuple(
            (find, needs) for find, needs, kinds in _FINDERS if not kinds.isdisjoint(wanted)
        )

    def mask(self, text: str) -> Masked:
        """Return the text with every recognised value replaced by its label in brackets.

        Masking twice changes nothing: taking one value out can bring another to light, so it is
        repeated until nothing more is found.
        """
        text = _FOREIGN.sub("", text)
        for kind, label in LABELS.items():
            text = text.replace(label, _TOKENS[kind])
        kinds: list[PersonalKind] = []
        for again in range(_MOST_PASSES):
            found = self._found(text)
            if not found:
                break
            kinds.extend(each.kind for each in found)
            text = self._replaced(text, found, again > 0)
        for kind, label in LABELS.items():
            text = text.replace(_TOKENS[kind], label)
        return Masked(RedactedText(text), tuple(kinds))

    def _found(self, text: str) -> list[Found]:
        """Return what was recognised, without overlaps, in the order of the text."""
        text = _plain(text)
        held = _Needs.LETTERS
        if _DIGIT.search(text):
            held = _Needs.A_NUMBER if _NUMBER.search(text) else _Needs.A_DIGIT
        taken: list[Found] = []
        covered = bytearray(len(text))
        for find, needs in self._finders:
            if needs > held:
                continue
            for new in find(text):
                if new.kind in self._wanted and not any(covered[new.start : new.end]):
                    covered[new.start : new.end] = b"\1" * (new.end - new.start)
                    taken.append(new)
        return sorted(taken, key=lambda found: found.start)

    def _replaced(self, text: str, found: list[Found], again: bool) -> str:
        parts: list[str] = []
        after = 0
        for each in found:
            value = text[each.start : each.end]
            whole = again or self._postcode is not PostcodeRule.DISTRICT
            parts.append(text[after : each.start])
            if each.kind is PersonalKind.POSTCODE and not whole:
                parts.append(value.replace(" ", "")[:-3].upper())
            else:
                parts.append(_TOKENS[each.kind])
            after = each.end
        return "".join([*parts, text[after:]])


_LOOK_ALIKE = {
    **dict.fromkeys(map(ord, "\t\u00a0\u2007\u2009\u202f\u3000"), " "),
    **dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013\u2014\u2212"), "-"),
    **dict.fromkeys(map(ord, "\u2018\u2019\u02bc\u00b4`"), "'"),
    ord("\u00b7"): ".",
    ord("\u2024"): ".",
}


def _plain(text: str) -> str:
    """Return the text, no longer or shorter, with ASCII digits, spaces, dashes and apostrophes."""
    text = text.translate(_LOOK_ALIKE)
    if text.isascii():
        return text
    return _OTHER_DIGIT.sub(lambda match: str(unicodedata.decimal(match[0])), text)
