"""How likely the answer holds what was asked for, from how the best passage was found.

A logistic model of two facts, fitted on the `fit` half of the project's own questions: asked with
their page in the snapshot (right when the answer holds a sentence marked as the answer), asked with
their page taken out (weight 0.3), and near misses. docs/evaluation.md says how it holds on the
other half.
"""

import math
from dataclasses import dataclass

from knowledge.retrieval import Hit


@dataclass(frozen=True, slots=True)
class Calibration:
    """The model's numbers, in log-odds: at nothing, and for each unit of a fact.

    `score`: the best passage's fused score. `lead`: how far that is above the best of any other
    page. The question's length was tried: it helped on short questions and misled on long ones.
    """

    intercept: float = -3.2
    score: float = 3.7
    lead: float = 4.1

    def confidence(self, hits: tuple[Hit, ...]) -> float:
        """Return the probability in (0, 1) that an answer from these holds; 0.0 without hits."""
        if not hits:
            return 0.0
        best = hits[0]
        page = best.passage.document_url
        rival = next((hit.score for hit in hits if hit.passage.document_url != page), 0.0)
        odds = self.intercept + self.score * best.score + self.lead * (best.score - rival)
        return 1.0 / (1.0 + math.exp(-odds))
