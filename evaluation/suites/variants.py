"""A question, the ways in which it can be put, and what comes of them.

A `Perturbation` rewrites a question as a member of a group would put it, keeping what is asked. It
is a pure function of the text and of a source of chance, which is seeded from the suite's seed, the
perturbation's name and the question: leaving one question out changes no other.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from random import Random


class Family(StrEnum):
    """What sort of difference a perturbation makes."""

    IDENTITY = "identity"
    NAMES = "names"
    WRITING = "writing"


@dataclass(frozen=True, slots=True)
class Base:
    """A question as somebody put it first.

    `page` names the page that answers it and is what questions are clustered by where the page is
    the unit; `topic` is a short subject to take results apart by ("" for none); `corpus` names the
    pages that it is asked over. `language` (ISO 639-1) is that of the text.
    """

    id: str
    text: str
    corpus: str
    page: str
    topic: str = ""
    language: str = "en"


Rewrite = Callable[[Base, Random], str | None]
"""Return the question as the group would put it, or None where that cannot be done so."""


@dataclass(frozen=True, slots=True)
class Perturbation:
    """A way of putting a question. `group` names it, with the family, for good: results are stored
    and compared by it. `title` is for a reader.

    `may_move` says of a question whether the answer may lawfully change when it is put so (an age
    where the law has age limits); everywhere else the answer must stay as it is. `primary`
    perturbations decide a release; the others are looked at.
    """

    family: Family
    group: str
    title: str
    rewrite: Rewrite
    may_move: Callable[[Base], bool] = lambda base: False
    primary: bool = True

    @property
    def name(self) -> str:
        """Return family and group, as results are stored by: "writing/typos_05"."""
        return f"{self.family}/{self.group}"


@dataclass(frozen=True, slots=True)
class Variant:
    """A base question as a group would put it. `distance` is 0 for the same text and 1 for
    nothing in common (1 − the ratio of `difflib.SequenceMatcher` over characters)."""

    base: str
    name: str
    text: str
    distance: float
    may_move: bool


def variants(bases: Iterable[Base], ways: Sequence[Perturbation], seed: int) -> Iterator[Variant]:
    """Yield each question in each way it can be put, where that differs from the question."""
    for base in bases:
        for way in ways:
            text = way.rewrite(base, _chance(seed, way, base))
            if text is None or text.strip() == base.text.strip():
                continue
            ratio = SequenceMatcher(None, base.text, text, autojunk=False).ratio()
            yield Variant(base.id, way.name, text, round(1 - ratio, 4), way.may_move(base))


def digest(made: Iterable[Variant]) -> str:
    """Return the SHA-256 (hex) of some variants, whatever their order."""
    lines = sorted(json.dumps(asdict(each), sort_keys=True) for each in made)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def _chance(seed: int, way: Perturbation, base: Base) -> Random:
    return Random(hashlib.sha256(f"{seed} {way.name} {base.id}".encode()).digest())  # noqa: S311
