"""Find the values that identify a person. Each finder yields what it is sure of, and no more."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from assistant.policy.model import PersonalKind as Kind


@dataclass(frozen=True, slots=True)
class Found:
    """A value of that kind stands in text[start:end]."""

    kind: Kind
    start: int
    end: int


Finder = Callable[[str], Iterator[Found]]

_EMAIL = re.compile(r"[\w.%+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}")
_POSTCODE = re.compile(r"\b[A-Z]{1,2}[0-9][0-9A-Z]? ?[0-9][ABD-HJLNP-UW-Z]{2}\b", re.IGNORECASE)


def _emails(text: str) -> Iterator[Found]:
    if "@" in text:
        for match in _EMAIL.finditer(text):
            yield Found(Kind.EMAIL, *match.span())


def _postcodes(text: str) -> Iterator[Found]:
    for match in _POSTCODE.finditer(text):
        yield Found(Kind.POSTCODE, *match.span())


RECOGNISERS: tuple[tuple[Kind, Finder], ...] = (
    (Kind.EMAIL, _emails),
    (Kind.POSTCODE, _postcodes),
)
"""In order of precedence: where two overlap, the first keeps the text."""
