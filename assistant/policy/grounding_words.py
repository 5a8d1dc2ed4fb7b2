"""What `grounding.toml` holds: the words by which a sentence is compared with its passage."""

from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from assistant.policy.model import Phrases, Strict


def _lower(phrase: str) -> str:
    if not phrase or phrase != " ".join(phrase.split()) or phrase != phrase.lower():
        raise ValueError(f'"{phrase}": write it in lower case, with single spaces')
    if "'" in phrase or "’" in phrase:
        raise ValueError(f'"{phrase}": write it without apostrophe, "do not" for "don\'t"')
    return phrase


Phrase = Annotated[str, AfterValidator(_lower)]
PhraseList = Annotated[tuple[Phrase, ...], Field(min_length=1)]
Group = Annotated[tuple[Phrase, ...], Field(min_length=1)]
Pair = tuple[Phrase, Phrase]

Strength = Literal["must", "should", "may", "forbidden", "free"]
Condition = Literal["if", "unless", "until", "time", "although", "whether", "just", "only"]
Bound = Literal["at_least", "more_than", "at_most", "less_than", "at_least_after", "at_most_after"]


class Negation(Strict):
    """Words that turn a statement round, and phrases that hold such a word and do not."""

    words: PhraseList
    ignored: PhraseList


class Places(Strict):
    """Places that limit a rule: a sentence may not leave them out."""

    limits: PhraseList


class Groups(Strict):
    """Words that stand for each other."""

    groups: Annotated[tuple[Group, ...], Field(min_length=1)]


class Opposites(Strict):
    """`pairs` are opposite unless a "not" makes up for it; `contrary` are so in any case."""

    pairs: Annotated[tuple[Pair, ...], Field(min_length=1)]
    contrary: Annotated[tuple[Pair, ...], Field(min_length=1)]


class Orders(Strict):
    """Verbs that begin an order."""

    verbs: PhraseList


class Ordinary(Strict):
    """Words that add nothing of their own."""

    ordinary: PhraseList


def _once(*lists: dict[Any, tuple[str, ...]]) -> None:
    """Raise ValueError where a phrase stands in two lists: which of them would count?"""
    seen: dict[str, str] = {}
    for held in lists:
        for name, phrases in held.items():
            for phrase in phrases:
                if seen.setdefault(phrase, name) != name:
                    raise ValueError(f'"{phrase}" stands in "{seen[phrase]}" and in "{name}"')


class GroundingWords(Strict):
    """All that grounding knows of English."""

    modality: dict[Strength, PhraseList]
    negation: Negation
    conditions: dict[Condition, PhraseList]
    places: Places
    bounds: dict[Bound, PhraseList]
    units: dict[str, PhraseList]
    unit_qualifiers: dict[str, PhraseList]
    same: Groups
    opposites: Opposites
    parties: Groups
    orders: Orders
    names: Groups
    instructions: Phrases
    words: Ordinary

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        negation = {"words": self.negation.words, "ignored": self.negation.ignored}
        _once(self.modality, self.conditions, negation)
        _once(self.bounds)
        _once(self.units)
        return self
