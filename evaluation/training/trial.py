"""Tries an embedder on examples: does meaning alone find the passages and parts that answer?"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from evaluation.training.examples import Lesson
from knowledge.embedding import Embedder

FIRST = 5
"""How many of the nearest parts are looked at."""


class Found(NamedTuple):
    """Of `questions`, the shares whose nearest passage answers, whose nearest passage is on the
    right page, and whose nearest part answers; `parts`: the mean share of the answering parts among
    the nearest five. Sisters are left out of the ranking."""

    questions: int
    passage: float
    page: float
    part: float
    parts: float


def tried(lesson: Lesson, embedder: Embedder) -> Found:
    """Return how often what answers is found among all passages of a lesson with examples."""
    read = embedder.embed_in_context(lesson.passages)
    wholes = np.stack([each.whole for each in read])
    parts = np.concatenate([each.parts for each in read])
    places = [(row, part) for row, each in enumerate(read) for part in range(len(each.parts))]
    rows = np.array([row for row, _ in places])
    found: list[tuple[float, float, float, float]] = []
    for example in lesson.examples:
        vector = embedder.embed_question(example.text)
        sisters = sorted(set(example.sisters) - set(example.passages))
        whole, part = wholes @ vector, parts @ vector
        whole[sisters] = part[np.isin(rows, sisters)] = -np.inf
        nearest = int(whole.argmax())
        near = [places[at] for at in np.argsort(-part, kind="stable")[:FIRST]]
        right = set(example.answers)
        found.append(
            (
                nearest in example.passages,
                lesson.pages[nearest] == example.page,
                near[0] in right,
                len(right.intersection(near)) / len(right),
            )
        )
    return Found(len(found), *_means(found))


def _means(found: Sequence[tuple[float, float, float, float]]) -> list[float]:
    means: list[float] = np.array(found, dtype=float).mean(axis=0).tolist()
    return means
