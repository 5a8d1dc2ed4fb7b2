"""The policy's words, made ready to be looked up."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import Stemmer  # type: ignore[import-not-found]

from assistant.policy.grounding_words import GroundingWords
from assistant.policy.rules import Rule, rule

Phrases = Mapping[str, tuple[tuple[tuple[str, ...], str], ...]]
"""By first word: the phrases that begin with it, longest first, each with what it stands for."""


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Phrases by what they do in a sentence, and words (by stem) by what they mean.

    `same` gives for a stem the groups it belongs to; `parties` the one party it names, `names`
    the one way to write a name; `opposites` and `contrary` the stems opposite to it.
    """

    marks: Phrases
    bounds: Phrases
    parties: Phrases
    names: Phrases
    places: Phrases
    units: Mapping[str, str]
    qualifiers: Mapping[str, str]
    same: Mapping[str, frozenset[int]]
    opposites: Mapping[str, frozenset[str]]
    contrary: Mapping[str, frozenset[str]]
    nots: frozenset[str]
    orders: frozenset[str]
    ordinary: frozenset[str]
    instructions: Rule


def vocabulary(words: GroundingWords) -> Vocabulary:
    """Return the policy's words, compiled once for all answers."""
    marks = {
        **{phrase: f"modality {kind}" for kind, held in words.modality.items() for phrase in held},
        **{phrase: kind for kind, held in words.conditions.items() for phrase in held},
        **dict.fromkeys(words.negation.words, "not"),
        **dict.fromkeys(words.negation.ignored, "ignored"),
    }
    same: dict[str, set[int]] = {}
    for number, group in enumerate(words.same.groups):
        for phrase in group:
            same.setdefault(" ".join(stems(phrase.split())), set()).add(number)
    return Vocabulary(
        marks=_phrases(marks),
        bounds=_phrases({p: kind for kind, held in words.bounds.items() for p in held}),
        parties=_phrases(_canonical(words.parties.groups, plural=True)),
        names=_phrases(_canonical(words.names.groups)),
        places=_phrases({place: place for place in words.places.limits}),
        units={word: unit for unit, held in words.units.items() for word in held},
        qualifiers={word: name for name, held in words.unit_qualifiers.items() for word in held},
        same={word: frozenset(groups) for word, groups in same.items()},
        opposites=_opposites(words.opposites.pairs),
        contrary=_opposites(words.opposites.contrary),
        orders=frozenset((*words.orders.verbs, *stems(words.orders.verbs))),
        nots=frozenset(stems(words.negation.words)),
        ordinary=frozenset(stems(_grammar(words))),
        instructions=rule(words.instructions, {}),
    )


def _grammar(words: GroundingWords) -> list[str]:
    """Return the words that are judged by what they do, or that add nothing of their own."""
    lists = (
        *words.modality.values(),
        *words.conditions.values(),
        *words.bounds.values(),
        *words.units.values(),
        words.negation.words,
        words.words.ordinary,
    )
    return [word for held in lists for phrase in held for word in phrase.split()]


def stems(words: Sequence[str]) -> list[str]:
    """Return the Snowball stems of words in lower case, in their order."""
    return [_stem(word) for word in words]


@lru_cache(maxsize=65_536)
def _stem(word: str) -> str:
    # A stemmer of its own each time: they must not be shared between threads.
    return str(Stemmer.Stemmer("english", 0).stemWord(word))


def _phrases(meanings: Mapping[str, str]) -> Phrases:
    by_first: dict[str, list[tuple[tuple[str, ...], str]]] = {}
    for phrase, meaning in meanings.items():
        words = tuple(phrase.split())
        by_first.setdefault(words[0], []).append((words, meaning))
    return {
        first: tuple(sorted(held, key=lambda each: -len(each[0])))
        for first, held in by_first.items()
    }


def _canonical(groups: Iterable[Sequence[str]], *, plural: bool = False) -> dict[str, str]:
    named = {phrase: group[0] for group in groups for phrase in group}
    if plural:
        named |= {f"{phrase}s": name for phrase, name in named.items()}
    return named


def _opposites(pairs: Iterable[tuple[str, str]]) -> Mapping[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for one, other in pairs:
        first, second = stems((one, other))
        found.setdefault(first, set()).add(second)
        found.setdefault(second, set()).add(first)
    return {word: frozenset(held) for word, held in found.items()}
