"""Questions from people who give their name, or say where they live (see names.toml).

Each community is one perturbation, with given and family names drawn by chance, and so are all
women's and all men's names together. Besides, to look at: each community by gender, and places by
nation, region, and town or country.
"""

import csv
import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Annotated, Literal

from pydantic import Field

from assistant.patterns import fold, pattern
from assistant.policy.model import Patterns, Strict, Text
from evaluation.errors import DataMissing, DataUnreadable
from evaluation.suites import identity
from evaluation.suites.placing import Place, of_oneself, places, put, searched
from evaluation.suites.reading import Source, read
from evaluation.suites.variants import Base, Family, Perturbation

FILE = Path(__file__).parent / "names.toml"

MOST_WORDS = 12
"""Words that a name or a place adds at most."""

Gender = Literal["women", "men"]
GENDERS: tuple[Gender, ...] = ("women", "men")

_Names = Annotated[tuple[Text, ...], Field(min_length=1)]

_NAMED_ALREADY = pattern(("my names? (is|s)?", "im called", "i am called", "this is [a-z]+ [a-z]+"))


class Frames(Strict):
    """Ways of saying it: `{full}` is given and family name, `{given}` the given name, `{where}` a
    place. `women` and `men` ask for somebody else, of whom the name is then."""

    first: _Names
    last: _Names
    women: _Names
    men: _Names
    place: _Names


class Names(Strict):
    """Given and family names of a community, of one gender, any two of which go together. A group
    may have several such lists."""

    group: Text
    gender: Gender
    title: Text
    given: _Names
    family: _Names


class Where(Strict):
    """Places of a sort, as they follow "I live". `of` are attributes of identity.toml that living
    there brings with it."""

    group: Text
    of: _Names
    title: Text
    where: _Names


class NamesFile(Strict):
    """The file as written. `reviewed` says who read it and when, "" until somebody has."""

    reviewed: str
    frames: Frames
    names: Annotated[tuple[Names, ...], Field(min_length=1)]
    place: Annotated[tuple[Where, ...], Field(min_length=1)]


@dataclass(frozen=True, slots=True)
class Suite:
    """The file, checked, with the suite of identity mentions, whose rules places share."""

    file: NamesFile
    identity: identity.Suite


def load(path: Path = FILE) -> Suite:
    """Return the suite. Raise DataMissing, DataUnreadable (file, line, what to write)."""
    file, source = read(path, NamesFile)
    suite = identity.load()
    _check(file, source, {each.group for each in suite.attributes})
    return Suite(file, suite)


def perturbations(path: Path = FILE) -> tuple[Perturbation, ...]:
    """Return the suite's perturbations: communities and genders (they decide), then the rest.

    Raise DataMissing, DataUnreadable.
    """
    suite = load(path)
    frames, names = suite.file.frames, suite.file.names
    groups = tuple(dict.fromkeys(each.group for each in names))
    return (
        *(
            _named(group, _title(names, group), _of(names, group=group), frames, primary=True)
            for group in groups
        ),
        *(
            _named(gender, f"any {gender}'s name", _of(names, gender=gender), frames, primary=True)
            for gender in GENDERS
        ),
        *(
            _named(
                f"{group}_{gender}",
                f"{_title(names, group)} ({gender})",
                _of(names, group, gender),
                frames,
            )
            for group in groups
            for gender in GENDERS
        ),
        *(_living(each, suite) for each in suite.file.place),
    )


def second_opinion(data: Path, path: Path = FILE) -> tuple[Perturbation, ...]:
    """Return perturbations with the public lists' names, to look at beside the project's own.

    Raise DataMissing, DataUnreadable.
    """
    frames = load(path).file.frames
    names = names_from(data)
    return tuple(
        _named(group, _title(names, group), _of(names, group=group), frames)
        for group in dict.fromkeys(each.group for each in names)
    )


def names_from(data: Path) -> tuple[Names, ...]:
    """Return the names in the public lists of a data folder, by list and community.

    The lists are BBQ's proper names (`bbq_…`), FakeNameGenerator's by set (`fake_…`) and
    Techiaith's Welsh names (`techiaith_…`). They are for measuring and do not ship. Raise
    DataMissing, DataUnreadable.
    """
    folder = data / "bias"
    return (
        *_bbq(folder / "bbq_proper_names.csv"),
        *_fake(folder / "fake_names_by_nameset.csv"),
        *_welsh(folder / "welsh_names.json"),
    )


def _named(
    group: str, title: str, names: Sequence[Names], frames: Frames, *, primary: bool = False
) -> Perturbation:
    def rewrite(base: Base, chance: Random) -> str | None:
        where = [place for place in places(base.text) if place is not Place.INSIDE]
        if not where or base.language != "en" or _names_itself(base.text):
            return None
        which = chance.choice(names)
        given = chance.choice(which.given)
        full = f"{given} {chance.choice(which.family)}"
        place = chance.choice(where)
        choices = frames.first if place is Place.FIRST else frames.last
        if not of_oneself(base.text) and not searched(base.text):
            choices += frames.women if which.gender == "women" else frames.men
        return put(base.text, chance.choice(choices).format(given=given, full=full), place)

    return Perturbation(Family.NAMES, group, title, rewrite, primary=primary)


def _living(where: Where, suite: Suite) -> Perturbation:
    said = tuple(each for each in suite.identity.attributes if each.group in where.of)
    mention = suite.identity.mention(*said)

    def rewrite(base: Base, chance: Random) -> str | None:
        free = places(base.text)
        if not free or not mention.fits(base):
            return None
        frame = chance.choice(suite.file.frames.place)
        told = frame.format(where=chance.choice(where.where))
        return put(base.text, told, chance.choice(free), chance.random())

    return Perturbation(
        Family.NAMES,
        f"place_{where.group}",
        where.title,
        rewrite,
        suite.identity.may_move(*said),
        primary=False,
    )


def _names_itself(text: str) -> bool:
    return _NAMED_ALREADY is not None and _NAMED_ALREADY.found(fold(text))


def _of(
    names: Iterable[Names], group: str | None = None, gender: Gender | None = None
) -> tuple[Names, ...]:
    return tuple(
        each for each in names if group in (None, each.group) and gender in (None, each.gender)
    )


def _title(names: Iterable[Names], group: str) -> str:
    return next(each.title for each in names if each.group == group)


def _check(file: NamesFile, source: Source, attributes: set[str]) -> None:
    for number, each in enumerate(file.names):
        key = ("names", number, "group")
        if each.group in GENDERS:
            why = f'"{each.group}" is the name for all names of a gender: write another'
            raise source.wrong(key, why)
        missing = [gender for gender in GENDERS if not _of(file.names, each.group, gender)]
        if missing:
            why = f'"{each.group}" needs names for {missing[0]} too: add them under [[names]]'
            raise source.wrong(key, why)
    for number, where in enumerate(file.place):
        for name in where.of:
            if name not in attributes:
                why = f'identity.toml has no attribute "{name}": write the group of one'
                raise source.wrong(("place", number, "of"), why, name)
        if where.group in [each.group for each in file.place[:number]]:
            why = f'"{where.group}" stands there twice: rename one'
            raise source.wrong(("place", number, "group"), why)
    _check_frames(file, source)


def _check_frames(file: NamesFile, source: Source) -> None:
    known = dict.fromkeys(("given", "full"), "x")
    for name in Frames.model_fields:
        frames: Patterns = getattr(file.frames, name)
        for number, frame in enumerate(frames):
            try:
                frame.format(**({"where": "x"} if name == "place" else known))
            except (KeyError, IndexError, ValueError):
                braces = "{where}" if name == "place" else "{given} and {full}"
                why = f'"{frame}" may hold no braces but {braces}'
                raise source.wrong(("frames", name, number), why, frame) from None


def _bbq(path: Path) -> tuple[Names, ...]:
    given: dict[tuple[str, str], list[str]] = defaultdict(list)
    family: dict[str, list[str]] = defaultdict(list)
    for row in _rows(path, ("Name", "First_last", "gender", "ethnicity")):
        if row["First_last"] == "first":
            given[row["ethnicity"], row["gender"]].append(row["Name"])
        else:
            family[row["ethnicity"]].append(row["Name"])
    return tuple(
        _found("bbq", group, gender, given[group, letter], family[group])
        for group in sorted(name for name in family if name)
        for gender, letter in (("women", "F"), ("men", "M"))
        if given[group, letter]
    )


def _fake(path: Path) -> tuple[Names, ...]:
    found: dict[tuple[str, str], list[tuple[str, str]]] = defaultdict(list)
    for row in _rows(path, ("Gender", "NameSet", "GivenName", "Surname")):
        found[row["NameSet"], row["Gender"]].append((row["GivenName"], row["Surname"]))
    return tuple(
        _found("fake", group, gender, *_columns(found[group, told]))
        for group in sorted({name for name, _ in found})
        for gender, told in (("women", "female"), ("men", "male"))
        if found[group, told]
    )


def _columns(rows: Sequence[tuple[str, str]]) -> tuple[list[str], list[str]]:
    return [given for given, _ in rows], [family for _, family in rows]


def _welsh(path: Path) -> tuple[Names, ...]:
    try:
        lists = json.loads(_text(path))["cy_GB"]
        family = [*lists["last_names"]]
        by_gender = {
            gender: [*lists[f"welsh_first_names_{told}"]]
            for gender, told in (("women", "female"), ("men", "male"))
        }
    except (ValueError, KeyError, TypeError) as fault:
        raise DataUnreadable(path, 0, f"not the published form ({fault!r})") from fault
    return tuple(
        _found("techiaith", "Welsh", gender, given, family) for gender, given in by_gender.items()
    )


def _found(source: str, group: str, gender: str, given: list[str], family: list[str]) -> Names:
    return Names.model_validate(
        {
            "group": f"{source}_{group.casefold().replace(' ', '_').replace('/', '_')}",
            "gender": gender,
            "title": f"{group} ({source})",
            "given": tuple(dict.fromkeys(name.strip().title() for name in given)),
            "family": tuple(dict.fromkeys(name.strip() for name in family)),
        }
    )


def _rows(path: Path, columns: Sequence[str]) -> Iterable[dict[str, str]]:
    reader = csv.DictReader(_text(path).splitlines())
    missing = [name for name in columns if name not in (reader.fieldnames or ())]
    if missing:
        raise DataUnreadable(path, 1, f"there is no column {missing[0]!r}")
    return reader


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise DataMissing(
            path, "a public list of names", "Pass the folder that holds it."
        ) from None
    except UnicodeDecodeError as fault:
        raise DataUnreadable(path, 0, f"not UTF-8 text ({fault})") from None
