"""Put the passages in the order in which they should be read."""

from collections.abc import Callable
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


@dataclass(frozen=True, slots=True)
class RerankWeights:
    """How much the best segment of a passage counts, and what another nation costs."""

    best_segment: float = 0.25
    other_nation: float = 0.2


def rerank(weights: RerankWeights) -> Callable[[Turn], Turn]:
    """Return the step: the fused score plus the best segment, minus guidance for elsewhere."""

    def step(turn: Turn) -> Turn:
        asked = nation_of(turn.standalone) or turn.nation
        hits = sorted(turn.hits, key=lambda hit: -_score(hit, asked, weights))
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
