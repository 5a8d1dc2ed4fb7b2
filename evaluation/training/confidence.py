"""Fit how likely an answer holds what was asked for, on the fit half of our own questions.

python -m evaluation.training.confidence --data DIR

prints the numbers of `assistant.confidence.Calibration`, and what thresholds would cost. Takes some
ten minutes on two cores: the adapter is trained once for each half of the pages, so that no
question is read by an adapter that learned from its page.
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
from assistant.policy import Policy, load_policy
from assistant.redaction.redactor import Redactor
from assistant.text import RawText
from assistant.turns import Turn
from evaluation.own_questions import (
    guidance_documents,
    load_guidance_questions,
    load_questions,
    starter_documents,
)
from evaluation.own_set import OwnQuestion, OwnQuestions, segment_digest
from evaluation.training.examples import Lesson, fold_of, lesson
from evaluation.training.question_adapter import Course, Tuner
from knowledge.chunking import passages_of
from knowledge.documents import Document
from knowledge.embedding import (
    MINILM_SHA256,
    Embedder,
    SentenceTransformerEmbedder,
    Vectors,
    packaged_model,
)
from knowledge.faiss_store import FaissIndex
from knowledge.lexical import LexicalSettings, weigh
from knowledge.retrieval import Retriever
from knowledge.vector_store import Contents

FOLDS = 2
PAGE_GONE = 0.3
OUT_OF_SCOPE = 3.0
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


class Recited:
    """An embedder that knows the vectors of some questions by heart."""

    def __init__(self, vectors: Mapping[str, Vectors], embedder: Embedder) -> None:
        self._vectors, self._published = vectors, embedder
        self.digest = self.question_digest = embedder.digest
        self.dimensions, self.max_tokens = embedder.dimensions, embedder.max_tokens
        self.embed_passages, self.count_tokens = embedder.embed_passages, embedder.count_tokens

    def embed_question(self, text: str) -> Vectors:
        """Return the vector known by heart, or, for what masking has changed, the published one."""
        known = self._vectors.get(text)
        return self._published.embed_question(text) if known is None else known


def main(arguments: Sequence[str]) -> int:
    """Fit and print; return 0."""
    parser = argparse.ArgumentParser(prog="python -m evaluation.training.confidence")
    parser.add_argument("--data", type=Path, required=True)
    data = parser.parse_args(arguments).data
    embedder = SentenceTransformerEmbedder(packaged_model(), MINILM_SHA256)
    sets = (
        (load_questions(), starter_documents()),
        (load_guidance_questions(), guidance_documents(data)),
    )
    lessons = [lesson(asked.of("fit"), pages, embedder) for asked, pages in sets]
    vectors = _unlearned(lessons, [q for asked, _ in sets for q in _fit(asked)])
    trials = [
        trial
        for (asked, pages), taught in zip(sets, lessons, strict=True)
        for trial in _tried(asked, pages, taught, Recited(vectors, embedder))
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


def _fit(asked: OwnQuestions) -> list[OwnQuestion]:
    return [question for question in asked.of("fit") if question.language == "en"]


def _unlearned(
    lessons: Sequence[Lesson], questions: Sequence[OwnQuestion]
) -> Mapping[str, Vectors]:
    """Return each question's vector, read by an adapter that never saw its page."""
    vectors: dict[str, Vectors] = {}
    for fold in range(FOLDS):
        tuner = Tuner(packaged_model(), Course())
        tuner.train(
            [
                each.only(e for e in each.examples if fold_of(e.page, FOLDS) != fold)
                for each in lessons
            ]
        )
        mine = [_alone(q) for q in questions if fold_of(q.page or q.id, FOLDS) == fold]
        vectors.update(zip(mine, tuner.embed(mine), strict=True))
    return vectors


def _tried(
    asked: OwnQuestions, pages: Mapping[str, Document], taught: Lesson, embedder: Embedder
) -> Iterator[Trial]:
    passages = tuple(passage for page in pages.values() for passage in passages_of(page))
    contents = Contents(
        passages,
        taught.passages,
        taught.segments.astype(np.float16),
        weigh(passages, LexicalSettings()),
    )
    retriever = Retriever(FaissIndex(contents), embedder)
    policy = load_policy()
    for question in _fit(asked):
        weight = OUT_OF_SCOPE if question.out_of_scope else 1.0
        turn = _asked(question, retriever, policy)
        if turn.hits:
            yield Trial(facts(turn.hits), _right(turn, question), weight, question.answerable)
        if question.answerable:
            gone = frozenset(pages[name].url for name in (question.page, *question.also))
            turn = _asked(question, retriever, policy, gone)
            if turn.hits:
                yield Trial(facts(turn.hits), False, PAGE_GONE, False)


def _asked(
    question: OwnQuestion,
    retriever: Retriever,
    policy: Policy,
    withdrawn: frozenset[str] = frozenset(),
) -> Turn:
    turn = Turn(question.id, RawText(_alone(question)), datetime(2026, 1, 1, tzinfo=UTC))
    return answer(turn, build_steps(policy, Redactor(policy.redaction), retriever, withdrawn))


def _right(turn: Turn, question: OwnQuestion) -> bool:
    statements = turn.answer.statements if turn.answer else ()
    return not {segment_digest(each.quote) for each in statements}.isdisjoint(question.evidence)


def _alone(question: OwnQuestion) -> str:
    return question.standalone or question.text


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
