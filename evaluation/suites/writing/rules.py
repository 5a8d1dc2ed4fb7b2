"""Rules of grammar and words as data: what they find in a sentence, and what they put there.

A rule's pattern may name a table of forms in braces: `didn't {past}` finds "didn't" before any key
of the table `past`, and `never {past}` puts "never" and the form that stands beside that key.
"""

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Annotated

from pydantic import AfterValidator, Field

from assistant.policy.model import Strict
from evaluation.suites.writing.meaning import keeps, spliced
from evaluation.suites.writing.reading import read, wrong

Forms = Mapping[str, Mapping[str, str]]


def _not_empty(values: tuple[str, ...]) -> tuple[str, ...]:
    if not values:
        raise ValueError("write at least one, in square brackets")
    return values


class RuleEntry(Strict):
    """A rule as the file has it. `within` names the groups that it is for; `once` keeps its
    feature to one place of a text, where others may stand in every sentence."""

    feature: str
    within: Annotated[tuple[str, ...], AfterValidator(_not_empty)]
    find: str
    put: Annotated[tuple[str, ...], AfterValidator(_not_empty)]
    example: tuple[str, str]
    unless: tuple[str, ...] = ()
    adds_negators: int = 0
    once: bool = False


class GroupEntry(Strict):
    """A group of people as the file has it; `reviewed`: which speaker signed its rules, when."""

    title: str
    reviewed: str


class RuleFile(Strict):
    """A file of rules. At most `a_sentence` of them are used in any sentence."""

    a_sentence: int = Field(ge=1)
    group: dict[str, GroupEntry]
    forms: dict[str, dict[str, str]] = Field(default_factory=dict)
    rule: tuple[RuleEntry, ...]


@dataclass(frozen=True, slots=True)
class Edit:
    """One place of a text, from `start` up to `end`, and what a feature puts there."""

    start: int
    end: int
    fresh: str


@dataclass(frozen=True, slots=True)
class Rule:
    """A feature of how some people write. `adds_negators` is how many more negators it puts where
    the meaning stays the same (negative concord)."""

    feature: str
    within: frozenset[str]
    find: re.Pattern[str]
    puts: tuple[str, ...]
    forms: Forms
    adds_negators: int = 0
    once: bool = False

    def edits(self, text: str) -> Iterator[Edit]:
        """Yield each edit that the rule could make; none that would touch what must stay."""
        for match in self.find.finditer(text):
            for put in self.puts:
                fresh = self._fresh(match, put)
                told = keeps(
                    f"{text[: match.start()]}{match[0]}{text[match.end() :]}",
                    f"{text[: match.start()]}{fresh}{text[match.end() :]}",
                    self.adds_negators,
                )
                if told and fresh != match[0]:
                    yield Edit(match.start(), match.end(), fresh)

    def _fresh(self, match: re.Match[str], put: str) -> str:
        fresh = match.expand(put)
        for name, table in self.forms.items():
            if f"{{{name}}}" in fresh:
                fresh = fresh.replace(f"{{{name}}}", table[match[name].casefold()])
        if match[0][:1].isupper() and _opens(match):
            fresh = fresh[:1].upper() + fresh[1:]
        return fresh


@dataclass(frozen=True, slots=True)
class Rules:
    """The rules of one file, and the groups they are for."""

    groups: Mapping[str, GroupEntry]
    rules: tuple[Rule, ...]
    a_sentence: int

    def put(self, text: str, group: str | None, random: Random) -> str | None:
        """Return the text with a few features of the group, each at most once a sentence, or None
        where none fits. Without a group all rules are used."""
        rules = [rule for rule in self.rules if group is None or group in rule.within]
        return apply(rules, text, random, self.a_sentence)


def apply(rules: Sequence[Rule], text: str, random: Random, a_sentence: int) -> str | None:
    """Return the text with up to that many features in each sentence, or None where none fits."""
    found: dict[str, list[Edit]] = {}
    for rule in rules:
        found.setdefault(rule.feature, []).extend(rule.edits(text))
    once = {rule.feature for rule in rules if rule.once}
    ends = [match.end() for match in re.finditer(r"[.!?]+(?=\s)", text)]
    features = sorted(found)
    random.shuffle(features)
    taken: list[Edit] = []
    counts: Counter[int] = Counter()
    for feature in features:
        random.shuffle(found[feature])
        seen: set[int] = set()
        for edit in found[feature]:
            sentence = bisect_right(ends, edit.start)
            if (
                sentence in seen
                or counts[sentence] >= a_sentence
                or any(_collide(edit, other) for other in taken)
            ):
                continue
            seen.add(sentence)
            counts[sentence] += 1
            taken.append(edit)
            if feature in once:
                break
    if not taken:
        return None
    return spliced(text, ((edit.start, edit.end, edit.fresh) for edit in taken))


def load(path: Path) -> Rules:
    """Return the rules of a file. Raise DataMissing, DataUnreadable with the line: a pattern that
    is none, an unknown group or table, an example that does not come out."""
    file = read(path, RuleFile)
    rules = []
    for number, entry in enumerate(file.rule):
        where = ("rule", number)
        for group in entry.within:
            if group not in file.group:
                known = ", ".join(sorted(file.group))
                raise wrong(
                    path, (*where, "within"), f'"{group}" is no group; there are: {known}', group
                )
        try:
            rule = _rule(entry, file.forms)
        except (re.error, KeyError) as fault:
            raise wrong(
                path, (*where, "find"), f"this is no pattern, or names no table: {fault}"
            ) from fault
        before, after = entry.example
        come = {spliced(before, ((e.start, e.end, e.fresh),)) for e in rule.edits(before)}
        if after not in come:
            why = f'"{before}" does not become "{after}"; it becomes: {sorted(come) or "nothing"}'
            raise wrong(path, (*where, "example"), why)
        for text in entry.unless:
            if any(rule.edits(text)):
                raise wrong(path, (*where, "unless"), f'"{text}" must not change, but does', text)
        rules.append(rule)
    return Rules(file.group, tuple(rules), file.a_sentence)


def _rule(entry: RuleEntry, forms: Forms) -> Rule:
    named = set(re.findall(r"\{([a-z_]+)\}", f"{entry.find} {' '.join(entry.put)}"))
    tables = {name: forms[name] for name in sorted(named)}
    find = entry.find
    for name, table in tables.items():
        words = "|".join(re.escape(key) for key in sorted(table, key=len, reverse=True))
        find = find.replace(f"{{{name}}}", rf"(?P<{name}>{words})")
    pattern = re.compile(find.replace("'", "['’]"), re.IGNORECASE)
    return Rule(
        entry.feature,
        frozenset(entry.within),
        pattern,
        entry.put,
        tables,
        entry.adds_negators,
        entry.once,
    )


def _opens(match: re.Match[str]) -> bool:
    return re.search(r"(?:^|[.!?:\n])[\s\"'“(]*$", match.string[: match.start()]) is not None


def _collide(one: Edit, other: Edit) -> bool:
    return one.start == other.start or (one.start < other.end and other.start < one.end)
