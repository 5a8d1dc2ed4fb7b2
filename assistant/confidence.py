"""How likely the best passage holds the answer, from how it was found.

A logistic model of three facts about the best hit. The weights were fitted by
`signpost evaluate calibration` on questions over the bundled starter pages, asked once with their
page in the snapshot and once without it; `docs/evaluation.md` shows how well they hold elsewhere.
"""

import math
from dataclasses import dataclass

from knowledge.retrieval import Hit


@dataclass(frozen=True, slots=True)
class Calibration:
    """Weights of the logistic model, in log-odds per unit of each fact."""

    intercept: float = -7.2
    score: float = 6.0
    segment: float = 6.5

    def confidence(self, hits: tuple[Hit, ...]) -> float:
        """Return the probability in (0, 1) that the best passage answers; 0.0 without hits."""
        if not hits:
            return 0.0
        best = hits[0]
        segment = max((max(hit.segments, default=0.0) for hit in hits[:3]), default=0.0)
        odds = self.intercept + self.score * best.score + self.segment * segment
        return 1.0 / (1.0 + math.exp(-odds))
