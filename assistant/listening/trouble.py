"""How likely it is that a message comes from somebody in trouble, by the vector of its text.

A logistic model with one row of weights for each danger (multinomial; "no trouble" is the
reference). It decides nothing: where it says yes, a note with help lines stands before the answer.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from assistant.listening.weights import Weights, read_weights, write_weights
from assistant.outcomes import Reason
from assistant.policy.model import DANGERS
from knowledge.embedding import Vectors

PACKAGED = Path(__file__).parent / "trouble.json"
"""The weights that ship, for the packaged embedding model with its adapter."""
MADE_BY = "python -m evaluation.training.trouble"


@dataclass(frozen=True, slots=True)
class Likely:
    """What the model makes of a message. `odds` are log odds of trouble against none.

    `danger` is the likeliest danger should it be trouble; `noted` says whether the odds are
    above the threshold.
    """

    danger: Reason
    odds: float
    noted: bool


@dataclass(frozen=True, slots=True, eq=False)
class TroubleModel:
    """A row of weights for each danger, by the name of its reason."""

    weights: Weights

    def likely(self, vector: Vectors) -> Likely:
        """Return what the model makes of float32[dimensions], the vector of one message."""
        rows = self.weights.odds(vector)
        odds = float(np.logaddexp.reduce(rows))
        danger = Reason(self.weights.labels[int(rows.argmax())])
        return Likely(danger, odds, odds > self.weights.threshold)


def open_trouble_model(embedder: str, dimensions: int, path: Path = PACKAGED) -> TroubleModel:
    """Return the model in the file, for vectors of `dimensions` that `embedder` (a digest) makes.

    Raises WeightsMismatch where the file cannot be read, or is for another embedding model.
    """
    dangers = {danger.value for danger in DANGERS}
    return TroubleModel(read_weights(path, dangers, embedder, dimensions, MADE_BY))


def write_trouble_model(model: TroubleModel, path: Path = PACKAGED) -> None:
    """Write the model as `open_trouble_model` reads it."""
    write_weights(model.weights, path)
