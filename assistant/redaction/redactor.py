"""Mask personal data in a text."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from assistant.policy.model import PersonalKind, PostcodeRule, RedactionRules
from assistant.redaction import numbers, people, phones, places
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

_FINDERS: tuple[tuple[PersonalKind, Finder], ...] = (
    (PersonalKind.EMAIL, people.emails),
    (PersonalKind.IBAN, numbers.ibans),
    (PersonalKind.CARD, numbers.cards),
    (PersonalKind.NI_NUMBER, numbers.ni_numbers),
    (PersonalKind.DRIVING_LICENCE, numbers.driving_licences),
    (PersonalKind.DATE_OF_BIRTH, people.births),
    (PersonalKind.BANK_ACCOUNT, numbers.bank_accounts),
    (PersonalKind.PASSPORT, numbers.passports),
    (PersonalKind.NHS_NUMBER, numbers.nhs_numbers),
    (PersonalKind.UTR, numbers.utrs),
    (PersonalKind.PHONE, phones.phones),
    (PersonalKind.ADDRESS, places.addresses),
    (PersonalKind.POSTCODE, places.postcodes),
    (PersonalKind.VEHICLE, places.vehicles),
    (PersonalKind.NAME, people.names),
)
"""In order of precedence: where two overlap, the first keeps the text."""

_ANY_TEXT = frozenset({PersonalKind.EMAIL, PersonalKind.NAME})
_FEW_DIGITS = frozenset(
    {
        PersonalKind.DATE_OF_BIRTH,
        PersonalKind.ADDRESS,
        PersonalKind.POSTCODE,
        PersonalKind.VEHICLE,
    }
)
"""Kinds that can have fewer than six digits close together; all others have more."""
_TOKENS = {kind: chr(0xFDD0 + place) for place, kind in enumerate(LABELS)}
"""While masking, a label is one character that Unicode promises never to use for text: so a label
already in the text is neither context for what follows it nor masked itself."""
_FOREIGN = re.compile("[\ufdd0-\ufdef]")
_MOST_PASSES = 20
_DIGIT = re.compile(r"\d")
_SIX_DIGITS = re.compile(r"\d(?:[ ().-]{0,3}\d){5}|[A-Z]{2}\d\d ?[A-Z]", re.IGNORECASE)


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
        self._finders = tuple((kind, find) for kind, find in _FINDERS if kind in wanted)

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
        digits = _DIGIT.search(text) is not None
        many = digits and _SIX_DIGITS.search(text) is not None
        taken: list[Found] = []
        covered = bytearray(len(text))
        for kind, find in self._finders:
            if not (kind in _ANY_TEXT or many or (digits and kind in _FEW_DIGITS)):
                continue
            for new in find(text):
                if not any(covered[new.start : new.end]):
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
