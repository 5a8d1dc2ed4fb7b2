"""A suite: questions to ask, and how what comes for each is scored.

What comes (`T`) is whatever is examined: passages found, an answer given. An `Evaluation` names a
kind of suite and the corpora it is asked over; a new kind is one more value of it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

from evaluation.cases import Question
from evaluation.corpora import Corpus
from evaluation.figures import Case, Measure
from evaluation.runs import Part

T = TypeVar("T")

Watch = Callable[[str, int, int], None]
"""Told what is going on, how many are done, and of how many."""


def unwatched(what: str, done: int, of: int) -> None:
    """Tell nobody."""


@dataclass(frozen=True, slots=True)
class Item(Generic[T]):
    """A question to ask, and the function that scores what comes."""

    question: Question
    score: Callable[[T], Case]


@dataclass(frozen=True, slots=True)
class Suite(Generic[T]):
    """Questions of one sort. `notes_on` says what a reader must know of all that came."""

    name: str
    title: str
    about: str
    measures: tuple[Measure, ...]
    items: tuple[Item[T], ...]
    notes: tuple[str, ...] = ()
    notes_on: Callable[[Sequence[T]], tuple[str, ...]] = lambda came: ()


@dataclass(frozen=True, slots=True)
class Evaluation(Generic[T]):
    """One kind of evaluation: `signpost evaluate <kind>`.

    `suites` returns those that are asked over a corpus, read from the data folder. `corpora`
    names the corpora, of `corpora.READERS`.
    """

    kind: str
    title: str
    corpora: tuple[str, ...]
    suites: Callable[[Corpus, Path], tuple[Suite[T], ...]]


def measured(suite: Suite[T], system: str, ask: Callable[[Question], T], watch: Watch) -> Part:
    """Return the suite's figures for a system that is asked every question once, in order."""
    told, of = f"{system}: {suite.title}", len(suite.items)
    came: list[T] = []
    for done, item in enumerate(suite.items):
        watch(told, done, of)
        came.append(ask(item.question))
    watch(told, of, of)
    cases = tuple(item.score(each) for item, each in zip(suite.items, came, strict=True))
    notes = (*suite.notes, *suite.notes_on(came))
    return Part(system, suite.name, suite.title, suite.about, suite.measures, cases, notes)
