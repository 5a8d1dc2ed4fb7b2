"""Put the passages in the order in which they should be read."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from assistant.nations import nation_of, silent_on
from assistant.turns import Turn
from knowledge.retrieval import Hit

SUPPORTERS = 3
"""How many of a page's passages speak for it."""


@dataclass(frozen=True, slots=True)
class RerankWeights:
    """How much the best segment of a passage counts, and the rest of its page, and what guidance
    for other nations than the one asked about costs, unless it names that one. Chosen on the `fit`
    half of the project's own questions, those in Welsh apart: there a segment has no cosine but its
    share of the question's words (`assistant.welsh`)."""

    best_segment: float = 1.0
    best_welsh: float = 0.25
    page: float = 0.25
    other_nation: float = 0.2


def rerank(weights: RerankWeights) -> Callable[[Turn], Turn]:
    """Return the step: fused score, best segment, and the best passages of the same page."""

    def step(turn: Turn) -> Turn:
        asked = _asked_about(turn)
        welsh = turn.searched == "cy"
        best = weights.best_welsh if welsh else weights.best_segment
        scores = [_score(hit, asked, best, weights.other_nation) for hit in turn.hits]
        support = _page_support(turn.hits, scores)
        totals = [
            score + weights.page * support[hit.passage.document_url]
            for hit, score in zip(turn.hits, scores, strict=True)
        ]
        order = sorted(range(len(totals)), key=lambda place: -totals[place])
        moved = sum(place != before for before, place in enumerate(order))
        noted = turn.note("ranked", moved=moved, nation=asked)
        return replace(noted, hits=tuple(turn.hits[place] for place in order), nation=asked)

    return step


def _asked_about(turn: Turn) -> str:
    """Return the nation that the question names, or else the latest question it leans on."""
    earlier = turn.background.questions if turn.background else ()
    leant_on = earlier if turn.background and turn.background.leaning >= 0.5 else ()
    named = (nation_of(text) for text in (turn.redacted, *reversed(leant_on)))
    return next((nation for nation in named if nation), turn.nation)


def _score(hit: Hit, nation: str, best_segment: float, other_nation: float) -> float:
    best = max(hit.segments, default=0.0)
    elsewhere = bool(nation) and silent_on(nation, hit.passage.nations, hit.passage.text)
    return hit.score + best_segment * best - other_nation * elsewhere


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
