"""Results taken apart by group and by what else may explain them, for tables and plots.

fairlearn's `MetricFrame` does the taking apart. Nothing here may decide: its `difference()` is the
largest rate less the smallest, which is above nought however equal the groups are, and its
bootstrap draws rows as if no question had been asked twice. A test shows both.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from fairlearn.metrics import MetricFrame, count, mean_prediction  # type: ignore[import-untyped]

from evaluation.fairness.measures import MEASURES
from evaluation.fairness.pairing import Pair

Control = Callable[[Pair], str]

_BANDS = (8, 20)
"""Words of a question up to which it is short, and up to which it is of middle length."""
_EASY, _HARD = 0.8, 0.5
"""Confidence in the answer to the question as it was: easy from here, and hard below that."""


def topic(pair: Pair) -> str:
    """Return the question's subject."""
    return pair.before.topic or "none named"


def length(pair: Pair) -> str:
    """Return how long the question was before it was put otherwise: "short", "middle", "long"."""
    short, middle = _BANDS
    words = pair.before.asked_words
    return "short" if words <= short else "middle" if words <= middle else "long"


def difficulty(pair: Pair) -> str:
    """Return how sure the assistant was of the question as it was: "easy", "middle", "hard"."""
    sure = pair.before.confidence
    return "easy" if sure >= _EASY else "hard" if sure < _HARD else "middle"


CONTROLS: Mapping[str, Control] = {"topic": topic, "length": length, "difficulty": difficulty}


@dataclass(frozen=True, slots=True)
class Cell:
    """One group, within one value of each control feature. Rates as in the outcome's measure."""

    group: str
    within: tuple[tuple[str, str], ...]
    pairs: int
    base_rate: float
    group_rate: float

    @property
    def gap(self) -> float:
        """Return group − base."""
        return self.group_rate - self.base_rate


def cells(
    pairs: Sequence[Pair],
    outcome: str,
    controls: Sequence[str] = (),
    by: Control = lambda pair: pair.group,
) -> tuple[Cell, ...]:
    """Return the outcome of every group within every value of the controls, where there are any.

    `controls` are names of `CONTROLS`; `within` of a cell has them in that order. Cells come by
    control values, then by group; `by` says which group a pair is of. Raise KeyError for an outcome
    or control that is not known.
    """
    read = [
        (pair, values) for pair in pairs if (values := MEASURES[outcome].read(pair)) is not None
    ]
    if not read:
        return ()
    frame = MetricFrame(
        metrics={"pairs": count, "base": _mean_before, "group": mean_prediction},
        y_true=np.asarray([before for _, (before, _) in read]),
        y_pred=np.asarray([after for _, (_, after) in read]),
        sensitive_features={"group": [by(pair) for pair, _ in read]},
        control_features={name: [CONTROLS[name](pair) for pair, _ in read] for name in controls}
        or None,
    )
    rows: dict[Any, dict[str, float]] = frame.by_group.dropna().to_dict("index")
    return tuple(_cell(key, row, controls) for key, row in sorted(rows.items()))


def _mean_before(before: Any, after: Any) -> float:
    return float(np.mean(before))


def _cell(key: Any, row: Mapping[str, float], controls: Sequence[str]) -> Cell:
    *values, group = key if isinstance(key, tuple) else (key,)
    within = tuple(zip(controls, (str(value) for value in values), strict=True))
    return Cell(str(group), within, int(row["pairs"]), float(row["base"]), float(row["group"]))
