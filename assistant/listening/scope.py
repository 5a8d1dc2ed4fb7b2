"""How far a message looks like what no public guidance is for, by the vector of its text.

A logistic model with one row of weights. It decides nothing: what it hears is one of the facts that
the confidence in an answer rests on (`assistant.confidence`).
"""

from dataclasses import dataclass
from pathlib import Path

from assistant.listening.weights import Weights, read_weights, write_weights
from knowledge.embedding import Vectors

PACKAGED = Path(__file__).parent / "scope.json"
"""The weights that ship, for the packaged embedding model with its adapter."""
MADE_BY = "python -m evaluation.training.scope"
OUTSIDE = "outside"
"""The label of the one row."""


@dataclass(frozen=True, slots=True, eq=False)
class ScopeModel:
    """`weights.threshold` is where doubt begins: log odds below it count for nothing."""

    weights: Weights

    def outside(self, vector: Vectors) -> float:
        """Return how far outside a message is, at least 0, in log odds above the threshold.

        `vector` is float32[dimensions], of the message alone.
        """
        return max(0.0, float(self.weights.odds(vector)[0]) - self.weights.threshold)


def open_scope_model(embedder: str, dimensions: int, path: Path = PACKAGED) -> ScopeModel:
    """Return the model in the file, for vectors of `dimensions` that `embedder` (a digest) makes.

    Raises WeightsMismatch where the file cannot be read, or is for another embedding model.
    """
    return ScopeModel(read_weights(path, {OUTSIDE}, embedder, dimensions, MADE_BY))


def write_scope_model(model: ScopeModel, path: Path = PACKAGED) -> None:
    """Write the model as `open_scope_model` reads it."""
    write_weights(model.weights, path)
