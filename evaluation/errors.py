"""What can go wrong while evaluating.

EvaluationError
├── DataMissing               a data file is not where `--data` says; names it and what to pass
├── DataUnreadable            a data file or batch output is not in its documented form
├── RunIncomplete             batch outputs lack questions that were asked
├── FiguresMissing            a run's files lack figures that are to be published
├── MeasurementImpossible     there is nothing to measure, or a tool needed for it is not installed
├── VerdictInvalid            a verdict's file is not in its form, or its report was changed
├── QuestionsStale            a labelled question names a page or a sentence that is gone
├── GatesInvalid              the file that says what stops a release is wrong; names file and line
├── PairsBroken               outcomes cannot be paired with those of the unperturbed question
└── RunOfAnother              a folder holds a run of other questions, or of another release
"""

from pathlib import Path


class EvaluationError(Exception):
    """Root of every error this package raises on purpose; its text says what to do."""


class DataMissing(EvaluationError):
    """A file is missing. `path` is where it was looked for, `remedy` what to do about it."""

    def __init__(
        self,
        path: Path,
        what: str,
        remedy: str = "Pass the folder that holds it: --data DIR, where DIR has the folders "
        "'govuk' and 'conversational'; for safety 'govuk', 'safety', 'abstention' and 'pii'; for "
        "abstention also 'abstention'; for grounding 'govuk' and 'safety'.",
    ) -> None:
        super().__init__(f"{path} is missing ({what}). {remedy}")
        self.path = path


class DataUnreadable(EvaluationError):
    """A file is not in its documented form. `path` and `line` (from 1; 0: whole file) say where."""

    def __init__(self, path: Path, line: int, why: str) -> None:
        where = f"{path}:{line}" if line else str(path)
        super().__init__(f"{where}: {why}")
        self.path = path
        self.line = line
        self.why = why


class RunIncomplete(EvaluationError):
    """Batch outputs answer only some of the questions. `missing` holds the others' ids."""

    def __init__(self, paths: tuple[Path, ...], missing: tuple[str, ...]) -> None:
        where = ", ".join(str(path) for path in paths)
        some = ", ".join(missing[:5]) + (", …" if len(missing) > 5 else "")
        super().__init__(
            f"{where} has no line for {len(missing)} of the questions ({some}). "
            "Run the batch over the whole question file and pass its output. The questions are "
            "written by: signpost evaluate questions"
        )
        self.paths = paths
        self.missing = missing


class MeasurementImpossible(EvaluationError):
    """There is nothing to measure, or what measures it is not there; the text says which."""


class VerdictInvalid(EvaluationError):
    """A verdict cannot be used. `path` is its file, or the folder that has none."""

    def __init__(self, path: Path, why: str) -> None:
        super().__init__(f"{path}: {why}.")
        self.path = path
        self.why = why


class FiguresMissing(EvaluationError):
    """Figures that are to be published are not there. `missing` names each, or its file."""

    def __init__(self, folder: Path, missing: tuple[str, ...]) -> None:
        super().__init__(
            f"{folder} lacks: {'; '.join(missing)}. Measure first: make evaluate DATA=folder, or "
            f"signpost evaluate KIND --data DIR --out {folder} for each file that is named."
        )
        self.missing = missing


class QuestionsStale(EvaluationError):
    """Pages have changed under labelled questions. `faults` holds (question id, why) pairs."""

    def __init__(self, faults: tuple[tuple[str, str], ...]) -> None:
        some = "; ".join(f"{question}: {why}" for question, why in faults[:5])
        super().__init__(
            f"{len(faults)} labels no longer resolve ({some}{'; …' if len(faults) > 5 else ''}). "
            "List them with: python -m evaluation.own_questions, and label them again."
        )
        self.faults = faults


class GatesInvalid(EvaluationError):
    """The gate file is wrong. `path` and `line` (from 1) say where, `why` what to write."""

    def __init__(self, path: Path, line: int, why: str) -> None:
        super().__init__(f"{path}:{line}: {why}")
        self.path = path
        self.line = line
        self.why = why


class PairsBroken(EvaluationError):
    """Outcomes do not pair. `faults` holds (question id, variant's name or "", why) triples."""

    def __init__(self, faults: tuple[tuple[str, str, str], ...]) -> None:
        some = "; ".join(
            f"{base} ({variant or 'as it was'}): {why}" for base, variant, why in faults[:5]
        )
        super().__init__(
            f"{len(faults)} outcomes do not pair ({some}{'; …' if len(faults) > 5 else ''}). "
            "Ask every question once as it was and in each way, with the same labels, and judge "
            "the outcomes of that one run."
        )
        self.faults = faults


class RunOfAnother(EvaluationError):
    """A folder holds another run: other questions, or another system. Nothing was changed."""

    def __init__(self, folder: Path) -> None:
        super().__init__(
            f"{folder} holds a run of other questions or of another release. Choose another "
            "--out, or delete that folder to begin again."
        )
        self.folder = folder
