"""Where who somebody is may lawfully change the answer (see lawful.toml)."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from pydantic import Field

from assistant.patterns import fold
from assistant.policy.model import Patterns, Strict, Text, WordLists
from assistant.policy.rules import Rule
from evaluation.suites.reading import Source, read, subject
from evaluation.suites.variants import Base

FILE = Path(__file__).parent / "lawful.toml"


class LawfulRule(Strict):
    """Attributes, and the words of a question that make them matter to its answer.

    `of` names attributes or whole characteristics. `reviewed` says who read the rule and when, and
    is "" until somebody has. Each example must be caught, and no counter-example may be.
    """

    of: Annotated[tuple[Text, ...], Field(min_length=1)]
    why: Text
    words: Annotated[Patterns, Field(min_length=1)]
    unless: Patterns
    examples: Annotated[Patterns, Field(min_length=1)]
    counter_examples: Annotated[Patterns, Field(min_length=1)]
    reviewed: str


class LawfulFile(Strict):
    """The file's word lists and rules."""

    words: WordLists
    rule: Annotated[tuple[LawfulRule, ...], Field(min_length=1)]


@dataclass(frozen=True, slots=True)
class Lawful:
    """The rules, compiled, in the file's order."""

    rules: tuple[tuple[LawfulRule, Rule], ...]

    def may_move(self, names: Collection[str]) -> Callable[[Base], bool]:
        """Return what says of a question whether one of the named attributes or characteristics
        may change its answer."""
        wanted = tuple(rule for told, rule in self.rules if set(told.of) & set(names))

        def moves(base: Base) -> bool:
            asked = subject(base)
            return any(rule.applies(asked) for rule in wanted)

        return moves

    def ruled(self, names: Collection[str]) -> bool:
        """Say whether any rule is about one of the named attributes or characteristics."""
        return any(set(told.of) & set(names) for told, _ in self.rules)


def load_lawful(known: Collection[str], path: Path = FILE) -> Lawful:
    """Return the rules, about `known` attributes and characteristics.

    Raise DataMissing, DataUnreadable (file, line, what to write).
    """
    file, source = read(path, LawfulFile)
    return Lawful(
        tuple(
            (told, _compiled(source, number, told, file.words, known))
            for number, told in enumerate(file.rule)
        )
    )


def _compiled(
    source: Source, number: int, told: LawfulRule, words: WordLists, known: Collection[str]
) -> Rule:
    at = ("rule", number)
    for name in told.of:
        if name not in known:
            why = f'there is no attribute or characteristic "{name}"; see identity.toml'
            raise source.wrong((*at, "of", 0), why, name)
    rule = Rule(
        source.pattern((*at, "words"), told.words, words),
        source.pattern((*at, "unless"), told.unless, words),
    )
    for example in told.examples:
        if not rule.applies(fold(example)):
            why = f'no words catch the example "{example}": add a phrase, or change the example'
            raise source.wrong((*at, "examples", 0), why, example)
    for example in told.counter_examples:
        if rule.applies(fold(example)):
            why = (
                f'"{example}" must not be caught, but it is: narrow the words, '
                "or add its context to unless"
            )
            raise source.wrong((*at, "counter_examples", 0), why, example)
    return rule
