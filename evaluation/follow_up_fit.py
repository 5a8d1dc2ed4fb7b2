"""Fit when a question follows up, and how much that changes: `signpost evaluate fit-follow-ups`.

Run it again whenever the scale of retrieval scores changes, and copy what it prints into
`assistant.follow_ups.FollowUpRules`. It reads the `fit` half of the project's own questions alone:
follow-ups, and questions that change the subject after another page's conversation.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import product
from statistics import mean
from typing import Final

import numpy as np
from numpy.typing import NDArray

from assistant.follow_ups import (
    UNQUOTED_GAP,
    FollowUpRules,
    cues,
    found_alone,
    gap,
    on_the_subject,
)
from assistant.text import RedactedText
from assistant.turns import Exchange
from evaluation.cases import Ask, EarlierTurn, Question
from evaluation.conversation import changes
from evaluation.measuring import Watch
from evaluation.own_evaluation import Given, ask_in_order, earlier_turns, judged
from evaluation.own_questions import OwnQuestion, OwnQuestions
from knowledge.retrieval import Retriever
from knowledge.vector_store import Filters

HALF: Final = "fit"
FACTS = ("intercept", "content", "gap", "pointing", "opener", "replying")
STEPS: tuple[tuple[str, float], ...] = (
    ("intercept", 0.6),
    ("earlier", 0.5),
    ("quoted", 0.08),
    ("reading", 0.1),
)
"""What is tried around the weights that ship, one after the other, both ways."""
_WORTH = 0.003
"""A change is kept from this gain on; less is chance."""
_RIDGE = 0.1

Conversation = tuple[OwnQuestion, tuple[EarlierTurn, ...]]


@dataclass(frozen=True, slots=True)
class Fitted:
    """The weights, and the share with a marked sentence before and after: follow-ups and changes
    of subject weigh the same."""

    rules: FollowUpRules
    before: float
    after: float


def fit(
    questions: OwnQuestions,
    retriever: Retriever,
    asking: Callable[[FollowUpRules], Ask],
    watch: Watch,
) -> Fitted:
    """Return weights fitted on the `fit` half, never worse there than those that ship.

    `asking` is an assistant with other weights.
    """
    shipped = FollowUpRules()
    following = tuple(each for each in questions.of(HALF) if each.follows)
    given = ask_in_order(questions, following, asking(shipped), watch)
    told = tuple((each, earlier_turns(questions.before(each), given)) for each in following)
    changed = changes(questions, HALF, given)
    rows = [_facts(retriever, *each, shipped) for each in (*told, *changed)]
    labels = np.array([1.0] * len(told) + [0.0] * len(changed))
    weights = log_odds(np.array(rows), labels)
    rules = replace(shipped, **dict(zip(FACTS, weights.round(2).tolist(), strict=True)))
    before = _reached(questions, following, changed, asking(shipped), watch)
    best = _reached(questions, following, changed, asking(rules), watch)
    if before >= best:
        rules, best = shipped, before
    for (name, step), sign in product(STEPS, (1, -1)):
        tried = replace(rules, **{name: round(getattr(rules, name) + sign * step, 2)})
        reached = _reached(questions, following, changed, asking(tried), watch)
        if reached > best + _WORTH:
            rules, best = tried, reached
    return Fitted(rules, before, best)


def log_odds(rows: NDArray[np.float64], labels: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the weights of a logistic regression in which both labels weigh the same.

    `rows` is float64[n, facts], its first column 1; `labels` holds 0 and 1. Newton's method, with a
    slight ridge so that facts which part the labels wholly stay finite.
    """
    share = labels.mean()
    importance = np.where(labels > 0, 0.5 / share, 0.5 / (1 - share))
    ridge = _RIDGE * np.eye(rows.shape[1])
    weights = np.zeros(rows.shape[1])
    for _ in range(50):
        chance = 1 / (1 + np.exp(-np.clip(rows @ weights, -30, 30)))
        slope = rows.T @ (importance * (labels - chance)) - ridge @ weights
        bend = (rows * (importance * chance * (1 - chance))[:, None]).T @ rows + ridge
        move = np.linalg.solve(bend, slope)
        weights = weights + move
        if np.abs(move).max() < 1e-8:
            break
    return np.asarray(weights)


def _facts(
    retriever: Retriever,
    asked: OwnQuestion,
    before: tuple[EarlierTurn, ...],
    rules: FollowUpRules,
) -> list[float]:
    history = [Exchange(RedactedText(turn.question), turn.answer, url=turn.url) for turn in before]
    text = RedactedText(asked.text)
    _, page = on_the_subject(history, rules)
    hits = found_alone(retriever, text, retriever.embed(text), Filters())
    behind = gap(hits, page)
    said = cues(text)
    measured = UNQUOTED_GAP if behind is None else behind
    return [1.0, said.content, measured, said.pointing, said.opener, said.replying]


def _reached(
    questions: OwnQuestions,
    following: Sequence[OwnQuestion],
    changed: Sequence[Conversation],
    ask: Ask,
    watch: Watch,
) -> float:
    given: Given = ask_in_order(questions, following, ask, watch)
    kept = [float(judged(each, given[each.id]).right) for each in following if each.answerable]
    after = [
        float(judged(each, ask(Question(each.id, each.text, before))).right)
        for each, before in changed
    ]
    return (mean(kept) + mean(after)) / 2
