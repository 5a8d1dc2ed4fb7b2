"""The policy's phrases, compiled once and asked many times."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain

from assistant.patterns import Pattern, Words, pattern, whole
from assistant.policy.model import Category, Label, Languages, Phrases, Routing, Safeguarding

_WORD = re.compile(r"(?<![\\\w{])[a-z]{2,}(?![\w}?*+])")


@dataclass(frozen=True, slots=True)
class Rule:
    """Phrases, and the contexts that excuse them."""

    finds: Pattern | None
    excuses: Pattern | None

    def applies(self, folded: str) -> bool:
        """Say whether a phrase is left once the excused contexts are cut out of the text."""
        if self.finds is None or not self.finds.found(folded):
            return False
        return self.excuses is None or self.finds.found(self.excuses.without(folded))

    def rest(self, folded: str) -> str:
        """Return the text without the phrases."""
        return folded if self.finds is None else self.finds.without(folded)


@dataclass(frozen=True, slots=True)
class WholeRule:
    """Phrases that count only where they are the whole message, but for fillers."""

    rule: Rule
    alone: Pattern

    def applies(self, folded: str) -> bool:
        """Say whether the message is made of these phrases and fillers only."""
        return self.rule.applies(folded) and self.alone.found(folded)


def rule(phrases: Phrases, words: Words) -> Rule:
    """Return the phrases of both languages as one rule."""
    return Rule(pattern((*phrases.en, *phrases.cy), words), pattern(phrases.unless, words))


def label_rule(label: Label, routing: Routing) -> Rule | WholeRule:
    """Return the rule of a routing label."""
    anywhere = rule(label, routing.words)
    if label.match == "whole":
        phrases = (*label.en, *label.cy)
        return WholeRule(anywhere, whole(phrases, routing.fillers, routing.words))
    return anywhere


@dataclass(frozen=True, slots=True)
class Dangers:
    """The categories of danger, asked together first: most questions are in none."""

    any_of: Pattern | None
    rules: tuple[tuple[Category, Rule], ...]

    def first(self, folded: str) -> Category | None:
        """Return the first category that applies, or None."""
        if self.any_of is None or not self.any_of.found(folded):
            return None
        return next((category for category, rule in self.rules if rule.applies(folded)), None)


def dangers(policy: Safeguarding) -> Dangers:
    """Return the safeguarding policy, compiled."""
    return Dangers(
        pattern(_all_phrases(policy.category), policy.words),
        tuple((category, rule(category, policy.words)) for category in policy.category),
    )


def known_words(safeguarding: Safeguarding, languages: Languages) -> frozenset[str]:
    """Return the words that phrases and the lists of everyday words hold: spelt right."""
    sources = (*_all_phrases(safeguarding.category), *chain(*safeguarding.words.values()))
    written = _WORD.findall(" ".join(sources))
    return frozenset((*written, *languages.english, *languages.welsh))


def _all_phrases(parts: Sequence[Phrases]) -> tuple[str, ...]:
    return tuple(phrase for part in parts for phrase in (*part.en, *part.cy))
