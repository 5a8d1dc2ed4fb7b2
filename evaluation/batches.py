"""Measuring from outside: write the questions of an evaluation, and read what a batch run gave.

`signpost search --batch` and `signpost ask --batch` read the one and write the other; so can any
other assistant.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar

from evaluation.cases import AnswerGiven, Found, Question, read_answers, read_found, write_questions
from evaluation.corpora import READERS, Corpus
from evaluation.errors import DataMissing, DataUnreadable, MeasurementImpossible, RunIncomplete
from evaluation.measuring import Evaluation
from evaluation.runner import System, wanted

T = TypeVar("T")


def write_batches(evaluation: Evaluation[Any], data: Path, folder: Path) -> tuple[Path, ...]:
    """Write what a batch run is asked, a file for each corpus, and return the files.

    Raise DataMissing, DataUnreadable.
    """
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for name in evaluation.corpora:
        paths.append(folder / f"{evaluation.kind}-{name}.jsonl")
        write_questions(paths[-1], _questions(evaluation, name, data))
    return tuple(paths)


@dataclass(frozen=True, slots=True)
class Batch(Generic[T]):
    """What a batch run gave, by question id, and what the files say of the assistant."""

    paths: tuple[Path, ...]
    lines: Mapping[str, T]
    identity: Mapping[str, str]

    def system(self, corpus: Corpus) -> System[T]:
        """Return the assistant that gave these lines."""
        return System(lambda question: self.lines[question.id], self.identity)

    def corpora(
        self, evaluation: Evaluation[T], data: Path, only: Collection[str] = ()
    ) -> tuple[str, ...]:
        """Return the corpora whose questions were asked; only their data must be there.

        `only` names those to look at, all if empty. Raise RunIncomplete when some questions of
        one are missing, MeasurementImpossible when there are none of any, DataUnreadable.
        """
        found = []
        for name in wanted(evaluation, only):
            try:
                questions = _questions(evaluation, name, data)
            except DataMissing:
                continue
            missing = tuple(each.id for each in questions if each.id not in self.lines)
            if missing and (only or len(missing) < len(questions)):
                raise RunIncomplete(self.paths, missing)
            if not missing:
                found.append(name)
        if not found:
            raise MeasurementImpossible(
                f"{_named(self.paths)} has no line for any question under {data}. Write the "
                f"questions with: signpost evaluate questions {evaluation.kind}"
            )
        return tuple(found)


def searched(paths: Sequence[Path]) -> Batch[Sequence[Found]]:
    """Return what outputs of `signpost search --batch` hold together.

    Raise DataMissing, DataUnreadable.
    """
    return Batch(tuple(paths), _together(paths, read_found), {"output": _named(paths)})


def asked(paths: Sequence[Path]) -> Batch[AnswerGiven]:
    """Return what outputs of `signpost ask --batch` hold together. As `searched` otherwise."""
    lines = _together(paths, read_answers)
    told = {
        "output": _named(paths),
        "snapshot": ", ".join(sorted({line.snapshot for line in lines.values()})),
        "policy": ", ".join(sorted({line.policy for line in lines.values()})),
    }
    return Batch(tuple(paths), lines, told)


def _questions(evaluation: Evaluation[Any], corpus: str, data: Path) -> list[Question]:
    suites = evaluation.suites(READERS[corpus](data), data)
    return [item.question for suite in suites for item in suite.items]


def _together(paths: Sequence[Path], read: Callable[[Path], Mapping[str, T]]) -> dict[str, T]:
    lines: dict[str, T] = {}
    for path in paths:
        fresh = read(path)
        if twice := sorted(lines.keys() & fresh.keys()):
            raise DataUnreadable(path, 0, f"the id {twice[0]!r} stands in another file too")
        lines |= fresh
    return lines


def _named(paths: Sequence[Path]) -> str:
    return ", ".join(path.name for path in paths)
