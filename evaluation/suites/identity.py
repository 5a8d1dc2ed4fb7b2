"""Questions from people who say who they are: "I'm Muslim, by the way." (see identity.toml).

Each attribute is one perturbation, said in one of several ways and places drawn by chance. Besides,
to look at: fixed pairs of attributes, each place by itself, and sentences about oneself that say
nothing of a protected characteristic, which show what any added sentence does.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from random import Random
from typing import Annotated, Literal

from pydantic import Field

from assistant.patterns import Pattern, fold
from assistant.policy.model import Patterns, Strict, Text, WordLists
from evaluation.suites.lawful import Lawful, load_lawful
from evaluation.suites.placing import (
    Place,
    asks_outright,
    led,
    of_oneself,
    places,
    put,
    searched,
)
from evaluation.suites.reading import Source, read
from evaluation.suites.variants import Base, Family, Perturbation

FILE = Path(__file__).parent / "identity.toml"

MOST_WORDS = 16
"""Words that a mention adds at most; a pair of attributes counts as one mention."""

CONTROL = "control"
"""The characteristic that is none."""


class Frames(Strict):
    """Ways of saying it, by place. `{i}` is "I am deaf", `{im}` "I'm deaf", `{a}` "a deaf person",
    `{they}` "is deaf" and `{who}` "dad"; `searched` follows search words, `lead` begins the
    question's own sentence, and `another` is asked for somebody else."""

    first: Annotated[Patterns, Field(min_length=1)]
    inside: Annotated[Patterns, Field(min_length=1)]
    last: Annotated[Patterns, Field(min_length=1)]
    searched: Annotated[Patterns, Field(min_length=1)]
    lead: Annotated[Patterns, Field(min_length=1)]
    another: Annotated[Patterns, Field(min_length=1)]


class Characteristic(Strict):
    """A sort of attribute. Where a question says something of it `already`, nothing is added."""

    key: Text
    title: Text
    already: Patterns


class Attribute(Strict):
    """What somebody says of themselves: `i` follows "I", `they` somebody else, `a` stands for the
    person ("" where there is no natural word). `who` are others of whom it can be true (none: it is
    said of oneself only). `majority` marks what most people could say, the other side of a gap.
    Where a question holds one of `unless`, the attribute would contradict it."""

    group: Text
    characteristic: Text
    title: Text
    i: Text
    they: Text
    a: str
    who: tuple[Text, ...]
    majority: bool = False
    unless: Patterns = ()


class Pair(Strict):
    """Two attributes of different characteristics, said together."""

    first: Text
    second: Text


class IdentityFile(Strict):
    """The file as written."""

    words: WordLists
    frames: Frames
    characteristic: Annotated[tuple[Characteristic, ...], Field(min_length=1)]
    attribute: Annotated[tuple[Attribute, ...], Field(min_length=1)]
    pair: tuple[Pair, ...]


Way = Place | Literal["lead", "another"]


@dataclass(frozen=True, slots=True)
class Mention:
    """One or two attributes as they can be said. Where a question holds one of `clashes`, saying so
    would repeat or contradict it."""

    said: tuple[Attribute, ...]
    clashes: tuple[Pattern, ...]

    def fits(self, base: Base) -> bool:
        """Say whether the question leaves room for it; only questions in English do."""
        asked = fold(base.text)
        return base.language == "en" and not any(each.found(asked) for each in self.clashes)

    @property
    def full(self) -> str:
        """Return "I am deaf", or "I am deaf and I am married"."""
        return " and ".join(f"I {each.i}" for each in self.said)

    @property
    def short(self) -> str:
        """Return "I'm deaf", where what follows "I" begins with "am"."""
        return " and ".join(
            f"I'm {each.i.removeprefix('am ')}" if each.i.startswith("am ") else f"I {each.i}"
            for each in self.said
        )

    @property
    def others(self) -> tuple[str, ...]:
        """Return whom it can be said of besides oneself."""
        first = self.said[0].who
        return tuple(who for who in first if all(who in each.who for each in self.said))

    def fill(self, frame: str, who: str = "") -> str:
        """Return a frame with the attributes said in it."""
        they = " and ".join(each.they for each in self.said)
        a = " and ".join(each.a for each in self.said)
        return frame.format(i=self.full, im=self.short, a=a, they=they, who=who)


@dataclass(frozen=True, slots=True)
class Suite:
    """The file, checked, with what it needs to be asked."""

    frames: Frames
    attributes: tuple[Attribute, ...]
    pairs: tuple[tuple[Attribute, Attribute], ...]
    already: Mapping[str, Pattern | None]
    unless: Mapping[str, Pattern | None]
    lawful: Lawful

    def mention(self, *said: Attribute) -> Mention:
        """Return the attributes as they can be said together."""
        found = chain.from_iterable(
            (self.already[each.characteristic], self.unless[each.group]) for each in said
        )
        return Mention(said, tuple(each for each in found if each is not None))

    def may_move(self, *said: Attribute) -> Callable[[Base], bool]:
        """Return what says of a question whether one of these may lawfully change its answer."""
        return self.lawful.may_move(_names(said))


def load(path: Path = FILE, lawful: Path | None = None) -> Suite:
    """Return the suite. Raise DataMissing, DataUnreadable (file, line, what to write)."""
    file, source = read(path, IdentityFile)
    characteristics = {each.key: each for each in file.characteristic}
    attributes = {each.group: each for each in file.attribute}
    _once([each.key for each in file.characteristic], "characteristic", "key", source)
    _once([each.group for each in file.attribute], "attribute", "group", source)
    for number, each in enumerate(file.attribute):
        if each.characteristic not in characteristics:
            known = ", ".join(characteristics)
            why = f'there is no characteristic "{each.characteristic}"; write one of: {known}'
            raise source.wrong(("attribute", number, "characteristic"), why)
    pairs = tuple(_pair(number, pair, attributes, source) for number, pair in enumerate(file.pair))
    _check_frames(file.frames, (*((each,) for each in file.attribute), *pairs), source)
    names = frozenset((*characteristics, *attributes))
    return Suite(
        file.frames,
        file.attribute,
        pairs,
        {
            each.key: source.pattern(("characteristic", n, "already"), each.already, file.words)
            for n, each in enumerate(file.characteristic)
        },
        {
            each.group: source.pattern(("attribute", n, "unless"), each.unless, file.words)
            for n, each in enumerate(file.attribute)
        },
        load_lawful(names, lawful) if lawful else load_lawful(names),
    )


def perturbations(path: Path = FILE) -> tuple[Perturbation, ...]:
    """Return the suite's perturbations: attributes (they decide), then pairs, places, controls.

    Raise DataMissing, DataUnreadable.
    """
    suite = load(path)
    return (
        *(
            _saying(suite, each.group, each.title, (each,), primary=each.characteristic != CONTROL)
            for each in suite.attributes
        ),
        *(
            _saying(
                suite,
                f"pair_{first.group}_and_{second.group}",
                f"{first.title}, and {second.title}",
                (first, second),
                primary=False,
            )
            for first, second in suite.pairs
        ),
        *_placed(suite),
    )


def _saying(
    suite: Suite, group: str, title: str, said: Sequence[Attribute], *, primary: bool
) -> Perturbation:
    mention = suite.mention(*said)

    def rewrite(base: Base, chance: Random) -> str | None:
        return _rewritten(suite.frames, mention, base, chance)

    return Perturbation(
        Family.IDENTITY, group, title, rewrite, suite.may_move(*said), primary=primary
    )


def _placed(suite: Suite) -> tuple[Perturbation, ...]:
    """Return one perturbation a place, with attributes that no rule lets change any answer: so
    only the place differs."""
    mentions = tuple(
        suite.mention(each)
        for each in suite.attributes
        if not suite.lawful.ruled(_names((each,))) and each.characteristic != CONTROL
    )

    def at(place: Place) -> Callable[[Base, Random], str | None]:
        def rewrite(base: Base, chance: Random) -> str | None:
            fitting = [each for each in mentions if each.fits(base)]
            if not fitting or place not in places(base.text):
                return None
            return _put(suite.frames, chance.choice(fitting), base.text, place, chance)

        return rewrite

    where = {Place.FIRST: "before", Place.INSIDE: "inside", Place.LAST: "after"}
    return tuple(
        Perturbation(
            Family.IDENTITY,
            f"place_{place}",
            f"says who they are {where[place]} the question",
            at(place),
            primary=False,
        )
        for place in Place
    )


def _rewritten(frames: Frames, mention: Mention, base: Base, chance: Random) -> str | None:
    where = places(base.text)
    if not where or not mention.fits(base):
        return None
    ways: list[Way] = [*where]
    if asks_outright(base.text) and all(each.a for each in mention.said):
        ways.append("lead")
    others = mention.others
    if others and not of_oneself(base.text) and not searched(base.text):
        ways.append("another")
    match chance.choice(ways):
        case "lead":
            return led(base.text, mention.fill(chance.choice(frames.lead)))
        case "another":
            told = mention.fill(chance.choice(frames.another), chance.choice(others))
            return put(base.text, told, chance.choice((Place.FIRST, Place.LAST)))
        case place:
            return _put(frames, mention, base.text, place, chance)


def _put(frames: Frames, mention: Mention, text: str, place: Place, chance: Random) -> str | None:
    choices = frames.searched if searched(text) else getattr(frames, place.value)
    whole = [frame for frame in choices if "{a}" not in frame or all(e.a for e in mention.said)]
    return put(text, mention.fill(chance.choice(whole)), place, chance.random())


def _names(said: Sequence[Attribute]) -> frozenset[str]:
    return frozenset(chain.from_iterable((each.group, each.characteristic) for each in said))


def _once(names: Sequence[str], at: str, key: str, source: Source) -> None:
    for number, name in enumerate(names):
        if name in names[:number]:
            why = f'"{name}" stands there twice: rename one'
            raise source.wrong((at, number, key), why)


def _check_frames(frames: Frames, said: Sequence[tuple[Attribute, ...]], source: Source) -> None:
    for place in Frames.model_fields:
        for number, frame in enumerate(getattr(frames, place)):
            key = ("frames", place, number)
            if not re.fullmatch(r"(?:[^{}]|\{(?:i|im|a|they|who)\})+", frame):
                why = f'"{frame}" may hold no braces but {{i}}, {{im}}, {{a}}, {{they}} and {{who}}'
                raise source.wrong(key, why, frame)
            longest = max(
                (Mention(each, ()).fill(frame, "neighbour") for each in said),
                key=lambda made: len(made.split()),
            )
            if len(longest.split()) > MOST_WORDS:
                why = f'"{longest}" is longer than {MOST_WORDS} words: shorten "{frame}"'
                raise source.wrong(key, why, frame)
        if place in ("first", "inside", "last", "searched") and all(
            "{a}" in frame for frame in getattr(frames, place)
        ):
            why = f'"{place}" needs a frame without {{a}}, which not every attribute has'
            raise source.wrong(("frames", place), why)


def _pair(
    number: int, pair: Pair, attributes: Mapping[str, Attribute], source: Source
) -> tuple[Attribute, Attribute]:
    for key, name in (("first", pair.first), ("second", pair.second)):
        if name not in attributes:
            why = f'there is no attribute "{name}": write the group of one'
            raise source.wrong(("pair", number, key), why)
    first, second = attributes[pair.first], attributes[pair.second]
    if first.characteristic == second.characteristic:
        why = f'both are of the characteristic "{first.characteristic}": pair two different ones'
        raise source.wrong(("pair", number, "second"), why)
    return first, second
