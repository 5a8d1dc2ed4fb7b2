"""Focus: a long message that finds too little is searched again by the part that finds most.

Each sentence about something else takes a message's vector, and its share of words, away from the
question in it. A message that would be declined is read again part by part; one that would be
answered stays as it was understood.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from assistant.confidence import Calibration
from assistant.listening import ScopeModel
from assistant.turns import Turn
from knowledge.retrieval import Hit, Retriever
from knowledge.sentences import split_sentences
from knowledge.vector_store import Filters


@dataclass(frozen=True, slots=True)
class FocusRules:
    """Which parts are tried, and when one is taken instead of the whole message.

    A message is read by its parts below the confidence of `unsure`: about where it would be
    declined. A part is a run of sentences, with one that asks where any does; at most `most` are
    tried, the shortest first. The best is taken where its best passage and segment together (two
    cosines) stand `better` above the whole message's. Chosen on the `fit` half of the project's own
    questions, as they are and with sentences about oneself or about other things added to them.
    """

    unsure: float = 0.27
    better: float = 0.15
    most: int = 24


def focus(
    retriever: Retriever | None,
    withdrawn: frozenset[str],
    depth: int,
    rerank: Callable[[Turn], Turn],
    calibration: Calibration,
    scope: ScopeModel | None = None,
    rules: FocusRules | None = None,
) -> Callable[[Turn], Turn]:
    """Return the step; `rerank` puts what a part finds in order."""
    filters = Filters(language="en", excluded=withdrawn)
    how = rules or FocusRules()

    def step(turn: Turn) -> Turn:
        if retriever is None or turn.searched == "cy" or _follows(turn):
            return turn.note("not read")
        if calibration.confidence(turn.hits, turn.outside) >= how.unsure:
            return turn.note("ok")
        parts = tuple(_parts(split_sentences(turn.asked), how.most))
        if not parts:
            return turn.note("one sentence")
        best = max((_read(part, retriever, depth, filters, scope) for part in parts), key=_reached)
        if _reached(best) <= _reach(turn.hits) + how.better:
            return turn.note("no part is better", parts=len(parts))
        found = rerank(replace(turn, hits=best.hits, outside=best.outside))
        return found.note("read by a part", parts=len(parts), words=len(best.text.split()))

    return step


@dataclass(frozen=True, slots=True)
class _Part:
    text: str
    hits: tuple[Hit, ...]
    outside: float


def _read(
    text: str, retriever: Retriever, depth: int, filters: Filters, scope: ScopeModel | None
) -> _Part:
    vector = retriever.embed(text)
    hits = retriever.search_vector(vector, text, depth, filters)
    return _Part(text, hits, scope.outside(vector) if scope else 0.0)


def _parts(sentences: Sequence[str], most: int) -> Iterator[str]:
    """Yield runs of sentences, the shortest first, but never all of them together."""
    asks = [place for place, sentence in enumerate(sentences) if sentence.endswith("?")]
    runs = [
        (first, first + length)
        for length in range(1, len(sentences))
        for first in range(len(sentences) - length + 1)
        if not asks or any(first <= place < first + length for place in asks)
    ]
    for first, end in runs[:most]:
        yield " ".join(sentences[first:end])


def _reached(part: _Part) -> float:
    return _reach(part.hits)


def _reach(hits: Sequence[Hit]) -> float:
    return max((hit.dense + max(hit.segments, default=0.0) for hit in hits), default=0.0)


def _follows(turn: Turn) -> bool:
    return turn.background is not None and turn.background.leaning >= 0.5
