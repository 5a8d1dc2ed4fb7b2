"""How likely the answer holds what was asked for, from how the best passage was found.

A logistic model of the best passage's fused score. Its two numbers were fitted on the `fit` half
of the project's own questions: asked with their page in the snapshot (right when the answer holds
a sentence marked as the answer), asked with their page taken out (weight 0.3), and near misses.
"""

import math
from dataclasses import dataclass

from knowledge.retrieval import Hit


@dataclass(frozen=True, slots=True)
class Calibration:
    """The logistic model's numbers: log-odds at score 0, and log-odds for each point of score."""

    intercept: float = -3.7
    score: float = 5.3

    def confidence(self, hits: tuple[Hit, ...]) -> float:
        """Return the probability in (0, 1) that an answer from these holds; 0.0 without hits."""
        if not hits:
            return 0.0
        return 1.0 / (1.0 + math.exp(-self.intercept - self.score * hits[0].score))
