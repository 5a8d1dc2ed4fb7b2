"""Sentences with invented personal data, and sentences that only look like it.

The sentences are data (`templates/personal_texts.toml`). A sentence with all of its fillings falls
into one half by its own hash, so that rules mended by the fit half are reported on other sentences.
Sentences written after the rules were last mended stand apart ("later"): whoever writes rules also
remembers sentences they wrote before.
"""

import hashlib
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

from assistant.policy import PersonalKind
from evaluation.own_questions import half_of
from evaluation.personal_values import KINDS, Inventor

TEMPLATES = Path(__file__).parent / "templates" / "personal_texts.toml"
FILLINGS = 20
SEED = 20_261

Share = Literal["fit", "report", "later"]
SHARES: tuple[Share, ...] = get_args(Share)

_PLACE = re.compile(r"\{(\w+)(?::(\w+))?\}")
_THEIR_PLACE = re.compile(r"\{\{(\w+)\}\}")
_NOBODYS: Mapping[str, Sequence[str]] = {
    "town": ("Leeds", "Cardiff", "Hull", "Glasgow", "Derry"),
    "country": ("France", "Poland", "India", "Nigeria", "Ireland"),
    "company": ("Acme Ltd", "Tesco", "the Co-op", "Initech", "Globex"),
    "age": ("17", "34", "66", "81"),
}


@dataclass(frozen=True, slots=True)
class Value:
    """Something that identifies a person, as it stands in a text."""

    kind: PersonalKind
    text: str


@dataclass(frozen=True, slots=True)
class PersonalText:
    """A text and what in it identifies a person: nothing, where it only looks like it.

    `cluster` is the sentence it was made from; `kept` is the text without the values.
    """

    id: str
    cluster: str
    share: Share
    text: str
    kept: str
    values: tuple[Value, ...] = ()


def personal_texts(
    fillings: int = FILLINGS, seed: int = SEED, path: Path = TEMPLATES
) -> tuple[PersonalText, ...]:
    """Return every sentence filled that many times (once, where it has no place to fill).

    Raise MeasurementImpossible without Faker."""
    inventor = Inventor()
    read = tomllib.loads(path.read_text(encoding="utf-8"))
    nobodys: dict[str, list[str]] = read.pop("places")
    texts = []
    for template, language, share in _sentences(read):
        inventor.begin(f"{seed} {template}")
        texts += [
            _filled(template, f"{_name(template)}-{number}", language, share, inventor, nobodys)
            for number in range(fillings if _PLACE.search(template) else 1)
        ]
    return tuple(texts)


def filled_sentences(
    sentences: Iterable[str],
    places: Mapping[str, str],
    fillings: int = FILLINGS,
    seed: int = SEED,
) -> tuple[PersonalText, ...]:
    """Return others' sentences, whose places are written {{so}}, filled that many times.

    `places` says what fills theirs; sentences with any other place, or with nothing that
    identifies a person, are left out. Raise MeasurementImpossible without Faker.
    """
    inventor = Inventor()
    texts = []
    for sentence in sentences:
        theirs = set(_THEIR_PLACE.findall(sentence))
        if not theirs <= places.keys() or not {places[name] for name in theirs} & KINDS.keys():
            continue
        template = _THEIR_PLACE.sub(lambda place: f"{{{places[place[1]]}}}", sentence.strip())
        template = template.replace("\\n", "\n")
        inventor.begin(f"{seed} {template}")
        texts += [
            _filled(
                template, f"{_name(template)}-{number}", "en", half_of(template), inventor, _NOBODYS
            )
            for number in range(fillings)
        ]
    return tuple(texts)


def _sentences(read: dict[str, dict[str, list[str]]]) -> Iterator[tuple[str, str, Share]]:
    for section, groups in read.items():
        for group, sentences in groups.items():
            language = "cy" if "welsh" in (section, group) else "en"
            for sentence in sentences:
                share: Share = half_of(sentence)
                for told in SHARES:
                    share = told if section.endswith(told) else share
                yield sentence, language, share


def _filled(
    template: str,
    name: str,
    language: str,
    share: Share,
    inventor: Inventor,
    nobodys: Mapping[str, Sequence[str]],
) -> PersonalText:
    text, kept, after = "", "", 0
    values: list[Value] = []
    for place in _PLACE.finditer(template):
        what, style = place[1], place[2] or ""
        between = template[after : place.start()]
        after = place.end()
        value = (
            inventor.pick(nobodys[what])
            if what in nobodys
            else inventor.value(what, style, language)
        )
        text += between + value
        kept += between + ("" if what in KINDS else value)
        if what in KINDS:
            values.append(Value(KINDS[what], value))
    return PersonalText(
        id=name,
        cluster=_name(template),
        share=share,
        text=text + template[after:],
        kept=kept + template[after:],
        values=tuple(values),
    )


def _name(template: str) -> str:
    return hashlib.sha256(template.encode()).hexdigest()[:12]
