"""Put the passages in the order in which they should be read."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from assistant.turns import Turn
from knowledge.retrieval import Hit

NATIONS = {
    "england": "England",
    "english": "England",
    "wales": "Wales",
    "welsh": "Wales",
    "scotland": "Scotland",
    "scottish": "Scotland",
    "northern ireland": "Northern Ireland",
}
SUPPORTERS = 3
"""How many of a page's passages speak for it."""


@dataclass(frozen=True, slots=True)
class RerankWeights:
    """How much the best segment of a passage counts, and the rest of its page, and what guidance
    for another nation than the one asked about costs. Fitted on the `fit` half of the project's
    own questions."""

    best_segment: float = 0.25
    page: float = 0.25
    other_nation: float = 0.2


def rerank(weights: RerankWeights) -> Callable[[Turn], Turn]:
    """Return the step: fused score, best segment, and the best passages of the same page."""

    def step(turn: Turn) -> Turn:
        asked = nation_of(turn.standalone) or turn.nation
        scores = [_score(hit, asked, weights) for hit in turn.hits]
        support = _page_support(turn.hits, scores)
        totals = {
            hit.passage: score + weights.page * support[hit.passage.document_url]
            for hit, score in zip(turn.hits, scores, strict=True)
        }
        hits = sorted(turn.hits, key=lambda hit: -totals[hit.passage])
        moved = sum(a is not b for a, b in zip(hits, turn.hits, strict=True))
        noted = turn.note("ranked", moved=moved, nation=asked)
        return replace(noted, hits=tuple(hits), nation=asked)

    return step


def nation_of(question: str) -> str:
    """Return the one nation of the United Kingdom that the question names, or ""."""
    text = f" {question.casefold()} "
    named = {nation for word, nation in NATIONS.items() if f" {word}" in text}
    return named.pop() if len(named) == 1 else ""


def _score(hit: Hit, nation: str, weights: RerankWeights) -> float:
    best = max(hit.segments, default=0.0)
    elsewhere = bool(nation and hit.passage.nations and nation not in hit.passage.nations)
    return hit.score + weights.best_segment * best - weights.other_nation * elsewhere


def _page_support(hits: Sequence[Hit], scores: Sequence[float]) -> dict[str, float]:
    """Return each page's mean of its best scores; where it has too few, the least one fills up."""
    pages: dict[str, list[float]] = defaultdict(list)
    for hit, score in zip(hits, scores, strict=True):
        pages[hit.passage.document_url].append(score)
    least = [min(scores, default=0.0)] * SUPPORTERS
    return {
        page: sum((sorted(own, reverse=True) + least)[:SUPPORTERS]) / SUPPORTERS
        for page, own in pages.items()
    }
