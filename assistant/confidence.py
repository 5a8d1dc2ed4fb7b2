"""How likely the answer holds what was asked for, from how the passages were found.

A logistic model of five facts, fitted on the `fit` half of the project's own questions over starter
and guidance pages, by `python -m evaluation.training.confidence`: asked with their page in the
snapshot (right when the answer holds a sentence marked as the answer), asked with their page taken
out (weight 0.3), near misses, and messages out of scope (own ones with weight 3, practice ones with
0.05). Each page's questions were
read by an adapter that had not learned from that page. docs/evaluation.md says how it holds on the
other half.
"""

import math
from dataclasses import dataclass
from typing import NamedTuple

from knowledge.retrieval import Hit

QUOTED_FROM = 4
"""How many of the best passages an answer quotes from."""


@dataclass(frozen=True, slots=True)
class Calibration:
    """The model's numbers, in log-odds: at nothing, and for each unit of a fact.

    Of the best passage: `dense`, its cosine; `words`, what its words add to its score; `lead`, how
    far its score and best segment together are above those of any other page. `sentence`: the best
    cosine of any segment of the passages that are quoted from. `outside`: how far the question
    looks like what no guidance is for. The question's length was tried: it helped on short
    questions and misled on long ones. So were the share of its words that the page, the title or
    no page has, and boosted trees over all of them: nothing held on other pages.
    """

    intercept: float = -4.14
    dense: float = 1.85
    words: float = 1.77
    lead: float = 4.08
    sentence: float = 3.92
    outside: float = -0.15

    def confidence(self, hits: tuple[Hit, ...], outside: float = 0.0) -> float:
        """Return the probability in (0, 1) that an answer from these holds; 0.0 without hits.

        `outside` is that of `assistant.listening.ScopeModel`.
        """
        if not hits:
            return 0.0
        known = facts(hits, outside)
        odds = (
            self.intercept
            + self.dense * known.dense
            + self.words * known.words
            + self.lead * known.lead
            + self.sentence * known.sentence
            + self.outside * known.outside
        )
        return 1.0 / (1.0 + math.exp(-odds))


class Facts(NamedTuple):
    """What `Calibration` weighs, in its words."""

    dense: float
    words: float
    lead: float
    sentence: float
    outside: float


def facts(hits: tuple[Hit, ...], outside: float = 0.0) -> Facts:
    """Return the facts of some passages, best first and at least one."""
    best = hits[0]
    page = best.passage.document_url
    rivals = (_reached(hit) for hit in hits if hit.passage.document_url != page)
    return Facts(
        dense=best.dense,
        words=best.score - best.dense,
        lead=_reached(best) - max(rivals, default=0.0),
        sentence=max((max(hit.segments, default=0.0) for hit in hits[:QUOTED_FROM]), default=0.0),
        outside=outside,
    )


def _reached(hit: Hit) -> float:
    return hit.score + max(hit.segments, default=0.0)
