"""Fit how likely an answer holds what was asked for, on the fit half of our own questions.

python -m evaluation.training.confidence --data DIR --adapters FIRST SECOND

prints the numbers of `assistant.confidence.Calibration`, and what thresholds would cost. The
adapters are trained with `--leave-out 0/2` and `1/2`: each is asked only about pages that it did
not learn from, as an assistant is in life. Takes some ten minutes on two cores.
"""

import argparse
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize  # type: ignore[import-untyped]

from assistant.confidence import Facts, facts
from assistant.pipeline import answer, build_steps
from assistant.policy import load_policy
from assistant.redaction.redactor import Redactor
from assistant.steps.listen import Listeners
from assistant.text import RawText
from assistant.turns import Turn
from evaluation.own_questions import (
    guidance_documents,
    load_guidance_questions,
    load_questions,
    starter_documents,
)
from evaluation.own_set import OwnQuestion, OwnQuestions, segment_digest
from evaluation.training.examples import fold_of
from evaluation.training.held_out import FOLDS, adapted, alone, held_out, index_of
from evaluation.training.practice import out_of_scope_messages
from evaluation.training.scope import scope_without
from knowledge.documents import Document
from knowledge.retrieval import Retriever

PAGE_GONE = 0.3
OUT_OF_SCOPE = 3.0
MADE_UP = 0.05
"""The weights of trials: a page taken out, own questions out of scope, practice ones out of scope
(asked over both sets of pages). Those of questions with their page count 1."""
SPREAD = 1e-3
"""How much the squared weights of standardised facts cost: enough to tell correlated ones apart."""
DECLINED = (0.02, 0.05, 0.1, 0.15, 0.2)


@dataclass(frozen=True, slots=True)
class Trial:
    """What was known of one asking, whether the answer was right, and how much it weighs.

    `answerable`: its page is there and answers.
    """

    known: Facts
    right: bool
    weight: float
    answerable: bool


def main(arguments: Sequence[str]) -> int:
    """Fit and print; return 0."""
    parser = argparse.ArgumentParser(prog="python -m evaluation.training.confidence")
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--adapters", type=Path, nargs=FOLDS, required=True)
    given = parser.parse_args(arguments)
    sets = (
        (load_questions(), starter_documents()),
        (load_guidance_questions(), guidance_documents(given.data)),
    )
    trials = [
        trial
        for fold, adapter in enumerate(given.adapters)
        for ask in [_Asking(adapter, fold)]
        for asked, pages in sets
        for trial in _tried(asked, pages, fold, ask)
    ]
    _report(trials)
    return 0


def fitted(trials: Sequence[Trial]) -> tuple[float, NDArray[np.float64]]:
    """Return intercept and weights (float64[facts]) of the logistic model, in plain units."""
    known = np.array([trial.known for trial in trials])
    right = np.array([trial.right for trial in trials])
    weight = np.array([trial.weight for trial in trials])
    mean, spread = known.mean(axis=0), known.std(axis=0) + 1e-9
    scaled = np.column_stack((np.ones(len(known)), (known - mean) / spread))

    def loss(numbers: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        odds = scaled @ numbers
        surprise = np.logaddexp(0, np.where(right, -odds, odds))
        slope = scaled.T @ (weight * (1 / (1 + np.exp(-odds)) - right)) / weight.sum()
        held = np.concatenate(([0.0], numbers[1:]))
        cost = (weight * surprise).sum() / weight.sum() + SPREAD * (held**2).sum()
        return float(cost), slope + 2 * SPREAD * held

    found = minimize(loss, np.zeros(scaled.shape[1]), jac=True).x
    weights = found[1:] / spread
    return float(found[0] - weights @ mean), weights


def _tried(
    asked: OwnQuestions, pages: Mapping[str, Document], fold: int, ask: "_Asking"
) -> Iterator[Trial]:
    retriever = Retriever(index_of(pages, ask.embedder), ask.embedder)
    for question in asked.of("fit"):
        if not held_out(question, fold):
            continue
        weight = OUT_OF_SCOPE if question.out_of_scope else 1.0
        turn = ask(alone(question), retriever)
        if turn.hits:
            known = facts(turn.hits, turn.outside)
            yield Trial(known, _right(turn, question), weight, question.answerable)
        if question.answerable:
            gone = frozenset(pages[name].url for name in (question.page, *question.also))
            turn = ask(alone(question), retriever, gone)
            if turn.hits:
                yield Trial(facts(turn.hits, turn.outside), False, PAGE_GONE, False)
    for text in out_of_scope_messages():
        if fold_of(text, FOLDS) == fold:
            turn = ask(text, retriever)
            if turn.hits:
                yield Trial(facts(turn.hits, turn.outside), False, MADE_UP, False)


class _Asking:
    """Asks an assistant that listens with what it had not learned from."""

    def __init__(self, adapter: Path, fold: int) -> None:
        self.embedder = adapted(adapter)
        self._policy = load_policy()
        self._redactor = Redactor(self._policy.redaction)
        self._listeners = Listeners(scope=scope_without(fold, self.embedder))

    def __call__(
        self, text: str, retriever: Retriever, withdrawn: frozenset[str] = frozenset()
    ) -> Turn:
        steps = build_steps(
            self._policy, self._redactor, retriever, withdrawn, listeners=self._listeners
        )
        return answer(Turn("", RawText(text), datetime(2026, 1, 1, tzinfo=UTC)), steps)


def _right(turn: Turn, question: OwnQuestion) -> bool:
    statements = turn.answer.statements if turn.answer else ()
    return not {segment_digest(each.quote) for each in statements}.isdisjoint(question.evidence)


def _report(trials: Sequence[Trial]) -> None:
    intercept, weights = fitted(trials)
    sys.stdout.write(f"intercept: {intercept:.2f}\n")
    sys.stdout.writelines(
        f"{name}: {value:.2f}\n" for name, value in zip(Facts._fields, weights, strict=True)
    )
    odds = np.array([trial.known for trial in trials]) @ weights + intercept
    confidence = 1 / (1 + np.exp(-odds))
    answerable = np.array([trial.answerable for trial in trials])
    right = np.array([trial.right for trial in trials])
    for share in DECLINED:
        threshold = float(np.quantile(confidence[answerable], share))
        sys.stdout.write(
            f"below {threshold:.2f}: {share:.0%} of questions that have an answer, "
            f"{(confidence[right] < threshold).mean():.1%} of right answers; above: "
            f"{(confidence[~answerable] >= threshold).mean():.0%} of the others\n"
        )


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
