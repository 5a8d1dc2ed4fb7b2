"""What came of one asking, as facts. Everything that is judged is worked out from these."""

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any

from pydantic import ConfigDict, Field, TypeAdapter, ValidationError
from pydantic.dataclasses import dataclass

from evaluation.errors import DataMissing, DataUnreadable

Count = Annotated[int, Field(ge=0)]
Share = Annotated[float, Field(ge=0.0, le=1.0, allow_inf_nan=False)]
Milliseconds = Annotated[float, Field(ge=0.0, allow_inf_nan=False)]
Score = Annotated[float, Field(allow_inf_nan=False)]
Name = Annotated[str, Field(min_length=1)]


@dataclass(frozen=True, slots=True, config=ConfigDict(strict=True, extra="forbid"))
class Outcome:
    """One question, asked in one way, and what came of it. Raises ValidationError for bad values.

    `base` is the question's id; `variant` the perturbation's name ("writing/typos_05"), "" for the
    question as it was. `cluster` is the page that the question is about: questions of a page stand
    and fall together. `primary` says that the perturbation decides a release, `may_move` that the
    answer may lawfully change when the question is put so.

    `right_page` (the answer quotes the labelled page first) and `evidence` (it holds a sentence
    marked as answering) are None where the question has no label, as are `page_found` (the page is
    among the passages found) and `page_first` (it is first after reranking). A run may fill in the
    last two for an unlabelled question with the page that is cited for the question as it was.
    `cited` is the page that is quoted first, "" for none. `signposted` says that the message was
    sent where it should be, and is None where nothing but an answer is right. `grounded` is of the
    answer, False where there is none. `routed` says that the message was not looked up at all.

    `words` and `reading_ease` (Flesch) are of what the citizen reads; `elapsed_ms` is wall time;
    `confidence` a probability; `distance` 0 for the same text and 1 for nothing in common.
    `topic` and `asked_words` (words of the text asked) are there to take results apart by.
    """

    base: Name
    variant: str
    cluster: Name
    answered: bool
    right_page: bool | None
    evidence: bool | None
    grounded: bool
    declined: bool
    escalated: bool
    refused: bool
    attack: bool
    crisis: bool
    masked: bool
    words: Count
    reading_ease: Score | None
    elapsed_ms: Milliseconds
    page_found: bool | None
    page_first: bool | None
    confidence: Share
    routed: bool
    distance: Share
    cited: str = ""
    signposted: bool | None = None
    primary: bool = True
    may_move: bool = False
    topic: str = ""
    asked_words: Count = 0

    @property
    def family(self) -> str:
        """Return what sort of difference was made ("writing"), "" for the question as it was."""
        return self.variant.partition("/")[0]


_LINE = TypeAdapter(Outcome)


def outcome_line(outcome: Outcome) -> str:
    """Return the outcome as one line of JSON, without the line break."""
    return _LINE.dump_json(outcome).decode()


def read_outcome(line: str, path: Path, number: int) -> Outcome:
    """Return the outcome that the line holds; `path` and `number` (from 1) name it in an error.

    Raise DataUnreadable.
    """
    try:
        return _LINE.validate_json(line)
    except ValidationError as fault:
        raise DataUnreadable(path, number, _first_fault(fault)) from fault


def write_outcomes(path: Path, outcomes: Iterable[Outcome]) -> None:
    """Write one line an outcome."""
    with path.open("w", encoding="utf-8") as file:
        file.writelines(outcome_line(outcome) + "\n" for outcome in outcomes)


def read_outcomes(path: Path) -> tuple[Outcome, ...]:
    """Return the outcomes of a file, in its order. Raise DataMissing, DataUnreadable."""
    if not path.is_file():
        raise DataMissing(path, "outcomes of a bias evaluation", "Check the name of the file.")
    try:
        content = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as fault:
        raise DataUnreadable(path, 0, "is not UTF-8 text") from fault
    return tuple(
        read_outcome(line, path, number)
        for number, line in enumerate(content.split("\n"), start=1)
        if line.strip()
    )


def _first_fault(fault: ValidationError) -> str:
    first: Any = fault.errors(include_url=False)[0]
    where = ".".join(str(part) for part in first["loc"]) or "the line"
    return f"{where}: {first['msg']}"
