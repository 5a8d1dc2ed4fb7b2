"""Fit what listens for trouble that the rules do not hear, on the fit half of our own messages.

python -m evaluation.training.trouble [--out FILE]

writes the weights of `assistant.listening.trouble` and prints what cross-validation found. It needs
nothing but the repository and the packaged embedding model; a minute or two on one core. Messages
of round 3 are never learned from, so that they stay what nobody had in mind.
"""

import argparse
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize  # type: ignore[import-untyped]

from assistant.listening import TroubleModel, write_trouble_model
from assistant.listening.trouble import PACKAGED
from assistant.listening.weights import Weights
from assistant.outcomes import Reason
from assistant.pipeline import build_steps, sort
from assistant.policy import load_policy
from assistant.policy.model import DANGERS
from assistant.redaction.redactor import Redactor, without_labels
from assistant.text import RawText
from assistant.turns import Mark, Turn
from evaluation.messages import UNSEEN, routing_cases, trouble_cases
from evaluation.own_questions import load_guidance_questions, load_questions
from evaluation.training.examples import fold_of
from knowledge.embedding import (
    MINILM_SHA256,
    Embedder,
    SentenceTransformerEmbedder,
    packaged_model,
)
from knowledge.model_adapter import PACKAGED as ADAPTER

NOTED = 0.01
"""The share of the project's own questions that may get a note: what the threshold is set by."""
FOLDS = 5
SPREAD = 1 / 6
"""What the sum of the squared weights costs, against the sum of all surprise."""
IN_TROUBLE, NEAR = 10.0, 5.0
"""How much a message of somebody in trouble counts, and one that only comes near in words; a
question counts 1. There are about a hundred, sixty and two thousand of them."""

Fitted = NDArray[np.float64]
_DANGERS = tuple(sorted(DANGERS))


@dataclass(frozen=True, slots=True)
class Lesson:
    """A message: its danger or None, how much it counts, and what must stay in one fold.

    `own`: one of the project's own questions.
    """

    text: str
    danger: Reason | None
    weight: float
    key: str
    own: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Learned:
    """Lessons as arrays: `vectors` float64[lessons, dimensions], `classes` int64[lessons] (0 is no
    trouble, then the dangers in order), `weights` and `folds` [lessons]; `goes_on` and `own` are
    bool[lessons]: no rule stops it; it is one of the project's own questions."""

    vectors: NDArray[np.float64]
    classes: NDArray[np.int64]
    weights: NDArray[np.float64]
    folds: NDArray[np.int64]
    goes_on: NDArray[np.bool_]
    own: NDArray[np.bool_]


def main(arguments: Sequence[str]) -> int:
    """Fit, print and write; return 0."""
    parser = argparse.ArgumentParser(prog="python -m evaluation.training.trouble")
    parser.add_argument("--out", type=Path, default=PACKAGED)
    given = parser.parse_args(arguments)
    embedder = SentenceTransformerEmbedder(packaged_model(), MINILM_SHA256, adapter=ADAPTER)
    learned = read(lessons(), embedder)
    held_out = cross_validated(learned)
    threshold = float(np.quantile(held_out[learned.own & learned.goes_on], 1 - NOTED))
    fitted = fit(learned.vectors, learned.classes, learned.weights)
    write_trouble_model(
        TroubleModel(
            Weights(
                embedder=embedder.digest,
                threshold=threshold,
                labels=tuple(danger.value for danger in _DANGERS),
                intercepts=fitted[:, -1],
                rows=fitted[:, :-1],
            )
        ),
        given.out,
    )
    _report(learned, held_out, threshold)
    return 0


def lessons() -> tuple[Lesson, ...]:
    """Return what is learned from: the fit halves, in English, without what was written last."""
    trouble = (
        Lesson(
            case.text,
            Reason(case.danger) if case.danger else None,
            IN_TROUBLE if case.danger else NEAR,
            case.id,
        )
        for case in trouble_cases()
        if case.half == "fit" and case.round != UNSEEN and case.language == "en"
    )
    routing = (
        Lesson(case.text, None, 1.0, case.id)
        for case in routing_cases()
        if case.half == "fit" and case.language == "en"
    )
    own = (
        Lesson(question.text, None, 1.0, question.page or question.id, own=True)
        for questions in (load_questions(), load_guidance_questions())
        for question in questions.of("fit")
        if question.language == "en"
    )
    return (*trouble, *routing, *own)


def read(taught: Sequence[Lesson], embedder: Embedder) -> Learned:
    """Return the lessons as the assistant reads them: masked, and without the masks' labels."""
    policy = load_policy()
    steps = build_steps(policy, Redactor(policy.redaction), None)
    at = datetime(2026, 1, 1, tzinfo=UTC)
    turns = [sort(Turn(each.key, RawText(each.text), at), steps) for each in taught]
    vectors = [embedder.embed_question(without_labels(turn.redacted)) for turn in turns]
    return Learned(
        vectors=np.array(vectors, dtype=np.float64),
        classes=np.array([_class(each.danger) for each in taught]),
        weights=np.array([each.weight for each in taught]),
        folds=np.array([fold_of(each.key, FOLDS) for each in taught]),
        goes_on=np.array([turn.outcome is None and Mark.WELSH not in turn.marks for turn in turns]),
        own=np.array([each.own for each in taught]),
    )


def fit(
    vectors: NDArray[np.float64], classes: NDArray[np.int64], weights: NDArray[np.float64]
) -> Fitted:
    """Return float64[dangers, dimensions + 1]: a danger's weights, its intercept last.

    Multinomial logistic regression with no trouble (class 0) as reference; squared weights cost
    `SPREAD`, intercepts nothing.
    """
    known = np.column_stack((vectors, np.ones(len(vectors))))
    shape = (len(_DANGERS), known.shape[1])
    one = np.eye(len(_DANGERS) + 1)[classes]

    def loss(numbers: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        rows = numbers.reshape(shape)
        odds = np.column_stack((np.zeros(len(known)), known @ rows.T))
        chance = odds - np.logaddexp.reduce(odds, axis=1)[:, None]
        held = rows.copy()
        held[:, -1] = 0.0
        cost = -(weights * chance[np.arange(len(known)), classes]).sum() + SPREAD * (held**2).sum()
        slope = (weights[:, None] * (np.exp(chance) - one))[:, 1:].T @ known + 2 * SPREAD * held
        return float(cost), slope.ravel()

    found = minimize(loss, np.zeros(shape).ravel(), jac=True, method="L-BFGS-B").x
    return np.asarray(found.reshape(shape), dtype=np.float64)


def odds_of(fitted: Fitted, vectors: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return float64[vectors]: the log odds of trouble, as `TroubleModel.likely` gives them."""
    rows = vectors @ fitted[:, :-1].T + fitted[:, -1]
    return np.asarray(np.logaddexp.reduce(rows, axis=1))


def cross_validated(learned: Learned) -> NDArray[np.float64]:
    """Return the log odds of each lesson by weights that did not see it, nor its page."""
    odds = np.zeros(len(learned.classes))
    for fold in range(FOLDS):
        out = learned.folds == fold
        fitted = fit(learned.vectors[~out], learned.classes[~out], learned.weights[~out])
        odds[out] = odds_of(fitted, learned.vectors[out])
    return odds


def _class(danger: Reason | None) -> int:
    return _DANGERS.index(danger) + 1 if danger else 0


def _report(learned: Learned, odds: NDArray[np.float64], threshold: float) -> None:
    noted, trouble = odds > threshold, learned.classes > 0
    near = ~trouble & (learned.weights == NEAR)
    for name, which in (
        ("in trouble", trouble),
        ("near one in words", near & learned.goes_on),
        ("own questions", learned.own & learned.goes_on),
    ):
        sys.stdout.write(f"{name}: {noted[which].mean():.1%} of {which.sum()} noted\n")
    sys.stdout.write(f"threshold: {threshold:.2f} in log odds\n")


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
