"""Mask personal data in a text."""

from dataclasses import dataclass

from assistant.policy.model import PersonalKind, PostcodeRule, RedactionRules
from assistant.redaction.recognisers import RECOGNISERS, Found
from assistant.text import RedactedText

LABELS = {
    PersonalKind.EMAIL: "email address",
    PersonalKind.PHONE: "phone number",
    PersonalKind.NI_NUMBER: "National Insurance number",
    PersonalKind.NHS_NUMBER: "NHS number",
    PersonalKind.UTR: "tax reference",
    PersonalKind.CARD: "card number",
    PersonalKind.BANK_ACCOUNT: "bank account",
    PersonalKind.IBAN: "bank account",
    PersonalKind.PASSPORT: "passport number",
    PersonalKind.DRIVING_LICENCE: "driving licence number",
    PersonalKind.VEHICLE: "number plate",
    PersonalKind.DATE_OF_BIRTH: "date of birth",
    PersonalKind.ADDRESS: "address",
    PersonalKind.NAME: "name",
    PersonalKind.POSTCODE: "postcode",
}
"""What stands in the text instead, in brackets. It reads as a word of the question."""


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
        self._recognisers = tuple(find for kind, find in RECOGNISERS if kind in wanted)

    def mask(self, text: str) -> Masked:
        """Return the text with every recognised value replaced by its label in brackets.

        Masking twice changes nothing: it is repeated until nothing more is found, since taking
        one value out can bring another to light.
        """
        kinds: list[PersonalKind] = []
        while True:
            found = self._found(text)
            if not found:
                return Masked(RedactedText(text), tuple(kinds))
            kinds.extend(each.kind for each in found)
            text = self._replaced(text, found)

    def _found(self, text: str) -> list[Found]:
        """Return what was recognised, without overlaps, in the order of the text."""
        taken: list[Found] = []
        for find in self._recognisers:
            for new in find(text):
                if all(new.end <= old.start or old.end <= new.start for old in taken):
                    taken.append(new)
        return sorted(taken, key=lambda found: found.start)

    def _replaced(self, text: str, found: list[Found]) -> str:
        parts: list[str] = []
        after = 0
        for each in found:
            parts.append(text[after : each.start])
            parts.append(self._label(text[each.start : each.end], each.kind))
            after = each.end
        return "".join([*parts, text[after:]])

    def _label(self, value: str, kind: PersonalKind) -> str:
        if kind is PersonalKind.POSTCODE and self._postcode is PostcodeRule.DISTRICT:
            return value.replace(" ", "")[:-3].upper()
        return f"[{LABELS[kind]}]"
