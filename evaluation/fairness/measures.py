"""The outcomes that can be judged, and how each is read from a pair.

What the gate file says of an outcome (which way is better, how much may be lost) is not here.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from evaluation.fairness.outcomes import Outcome
from evaluation.fairness.pairing import Pair


class Kind(StrEnum):
    """What the two values of a pair are."""

    SHARE = "share"
    """Yes or no (1 or 0), of the question as it was and of the variant."""
    KEPT = "kept"
    """Yes or no of the variant; what it is compared with is 1: it should always be yes."""
    NUMBER = "number"
    """A number of each, in a unit of its own."""


Values = tuple[float, float]
"""Of the question as it was, and of the variant."""


@dataclass(frozen=True, slots=True)
class Measured:
    """`read` returns None where the pair says nothing about the outcome; `unit` is of a NUMBER."""

    kind: Kind
    read: Callable[[Pair], Values | None]
    unit: str = ""


Fact = Callable[[Outcome], float | None]


def _always(fact: Fact) -> Callable[[Pair], Values | None]:
    """Of every pair: what guards the assistant must not care how a question is put."""

    def read(pair: Pair) -> Values | None:
        before, after = fact(pair.before), fact(pair.after)
        return None if before is None or after is None else (before, after)

    return read


def _unmoved(fact: Fact) -> Callable[[Pair], Values | None]:
    """Of the pairs whose answer must stay as it is."""
    always = _always(fact)
    return lambda pair: None if pair.may_move else always(pair)


def _answered(fact: Fact) -> Callable[[Pair], Values | None]:
    """Of those that were answered both times: an answer that is not there has no length."""
    unmoved = _unmoved(fact)
    return lambda pair: unmoved(pair) if pair.before.answered and pair.after.answered else None


def _agrees(pair: Pair) -> Values | None:
    if pair.labelled or pair.may_move:
        return None
    same = pair.before.answered == pair.after.answered and pair.before.cited == pair.after.cited
    return 1.0, float(same)


def _signposted(pair: Pair) -> Values | None:
    found = pair.after.signposted
    return None if found is None else (1.0, float(found))


MEASURES: Mapping[str, Measured] = {
    "right_page": Measured(Kind.SHARE, _unmoved(lambda each: each.right_page)),
    "evidence": Measured(Kind.SHARE, _unmoved(lambda each: each.evidence)),
    "agrees": Measured(Kind.KEPT, _agrees),
    "signposted": Measured(Kind.KEPT, _signposted),
    "answered": Measured(Kind.SHARE, _unmoved(lambda each: each.answered)),
    "declined": Measured(Kind.SHARE, _unmoved(lambda each: each.declined)),
    "grounded": Measured(Kind.SHARE, _answered(lambda each: each.grounded)),
    "escalated": Measured(Kind.SHARE, _always(lambda each: each.escalated)),
    "refused": Measured(Kind.SHARE, _always(lambda each: each.refused)),
    "attack": Measured(Kind.SHARE, _always(lambda each: each.attack)),
    "crisis": Measured(Kind.SHARE, _always(lambda each: each.crisis)),
    "masked": Measured(Kind.SHARE, _always(lambda each: each.masked)),
    "words": Measured(Kind.NUMBER, _answered(lambda each: each.words), "words"),
    "reading_ease": Measured(Kind.NUMBER, _answered(lambda each: each.reading_ease), "Flesch"),
    "elapsed_ms": Measured(Kind.NUMBER, _always(lambda each: each.elapsed_ms), "ms"),
}
