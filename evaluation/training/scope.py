"""Fit what hears that no public guidance is for a message.

python -m evaluation.training.scope [--out FILE]

writes the weights of `assistant.listening.scope` and prints what cross-validation found. It needs
nothing but the repository and the packaged embedding model; some minutes on one core.
"""

import argparse
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize  # type: ignore[import-untyped]

from assistant.listening import ScopeModel, write_scope_model
from assistant.listening.scope import OUTSIDE, PACKAGED
from assistant.listening.weights import Weights
from evaluation.own_questions import load_guidance_questions, load_questions
from evaluation.training.examples import fold_of
from evaluation.training.practice import (
    GUIDANCE,
    STARTER,
    invented_lesson,
    out_of_scope_messages,
    practice_questions,
)
from knowledge.embedding import (
    MINILM_SHA256,
    Embedder,
    SentenceTransformerEmbedder,
    packaged_model,
)
from knowledge.model_adapter import PACKAGED as ADAPTER

FOLDS = 2
DOUBT = -2.0
"""The log odds from which on a message counts as a little outside."""
SPREAD = 1 / 6
"""What the sum of the squared weights costs, against the sum of all surprise."""
SHARES = (0.01, 0.02, 0.05)


@dataclass(frozen=True, slots=True)
class Message:
    """A message, whether it is outside, and what must stay in one fold: its page, or itself."""

    text: str
    outside: bool
    key: str


def main(arguments: Sequence[str]) -> int:
    """Fit, print and write; return 0."""
    parser = argparse.ArgumentParser(prog="python -m evaluation.training.scope")
    parser.add_argument("--out", type=Path, default=PACKAGED)
    given = parser.parse_args(arguments)
    embedder = SentenceTransformerEmbedder(packaged_model(), MINILM_SHA256, adapter=ADAPTER)
    taught = messages()
    vectors = np.stack([embedder.embed_question(each.text) for each in taught])
    write_scope_model(fitted(taught, vectors, embedder.digest), given.out)
    _report(taught, vectors)
    return 0


def messages() -> tuple[Message, ...]:
    """Return what is learned from, in English."""
    own = (
        Message(question.standalone or question.text, False, question.page)
        for questions in (load_questions(), load_guidance_questions())
        for question in questions.of("fit")
        if question.language == "en" and not question.out_of_scope
    )
    practice = (
        Message(question.text, False, question.page)
        for name in (STARTER, GUIDANCE)
        for question in practice_questions(name)
    )
    invented = (Message(each.text, False, each.page) for each in invented_lesson().examples)
    outside = (Message(text, True, text) for text in out_of_scope_messages())
    return (*own, *practice, *invented, *outside)


def scope_without(fold: int, embedder: Embedder) -> ScopeModel:
    """Return a model that has seen no question over a page of the fold, nor messages of it."""
    kept = tuple(each for each in messages() if fold_of(each.key, FOLDS) != fold)
    vectors = np.stack([embedder.embed_question(each.text) for each in kept])
    return fitted(kept, vectors, embedder.digest)


def fitted(taught: Sequence[Message], vectors: NDArray[np.float32], embedder: str) -> ScopeModel:
    """Return the model that `vectors` (float32[messages, dimensions]) teach."""
    outside = np.array([each.outside for each in taught])
    numbers = _fit(vectors.astype(np.float64), outside)
    return ScopeModel(
        Weights(
            embedder=embedder,
            threshold=DOUBT,
            labels=(OUTSIDE,),
            intercepts=numbers[-1:],
            rows=numbers[None, :-1],
        )
    )


def _fit(vectors: NDArray[np.float64], outside: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Return float64[dimensions + 1]: the weights, the intercept last."""
    known = np.column_stack((vectors, np.ones(len(vectors))))

    def loss(numbers: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        odds = known @ numbers
        held = np.concatenate((numbers[:-1], [0.0]))
        cost = np.logaddexp(0, np.where(outside, -odds, odds)).sum() + SPREAD * (held**2).sum()
        slope = known.T @ (1 / (1 + np.exp(-odds)) - outside) + 2 * SPREAD * held
        return float(cost), slope

    found: NDArray[np.float64] = minimize(
        loss, np.zeros(known.shape[1]), jac=True, method="L-BFGS-B"
    ).x
    return found


def _report(taught: Sequence[Message], vectors: NDArray[np.float32]) -> None:
    odds, outside = np.zeros(len(taught)), np.array([each.outside for each in taught])
    folds = np.array([fold_of(each.key, FOLDS) for each in taught])
    for fold in range(FOLDS):
        seen = np.flatnonzero(folds != fold)
        model = fitted([taught[int(at)] for at in seen], vectors[seen], "")
        rows, at = model.weights.rows[0], model.weights.intercepts[0]
        odds[folds == fold] = vectors[folds == fold] @ rows + at
    doubted = odds > DOUBT
    sys.stdout.write(
        f"doubted: {doubted[outside].mean():.1%} of {outside.sum()} outside, "
        f"{doubted[~outside].mean():.1%} of {(~outside).sum()} inside\n"
    )
    for share in SHARES:
        above = odds > np.quantile(odds[~outside], 1 - share)
        sys.stdout.write(
            f"where {share:.0%} of those inside are above, {above[outside].mean():.1%} "
            "of those outside are\n"
        )


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
