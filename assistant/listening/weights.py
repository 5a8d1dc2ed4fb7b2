"""Logistic models over the vector of a message, as plain numbers in a file.

A file holds one row of weights for each label, for one embedding model. Reading it can run nothing.
"""

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, model_validator

from assistant.errors import WeightsMismatch
from knowledge.embedding import Vectors

Number = Annotated[float, Field(allow_inf_nan=False)]


@dataclass(frozen=True, slots=True, eq=False)
class Weights:
    """`rows` is float64[labels, dimensions], `intercepts` float64[labels], in the order of
    `labels`. `threshold` is in log odds. `embedder` is the digest of the embedding model whose
    vectors they are for."""

    embedder: str
    threshold: float
    labels: tuple[str, ...]
    intercepts: NDArray[np.float64]
    rows: NDArray[np.float64]

    def odds(self, vector: Vectors) -> NDArray[np.float64]:
        """Return float64[labels]: the log odds of each, against none, of float32[dimensions]."""
        found: NDArray[np.float64] = self.rows @ vector.astype(np.float64) + self.intercepts
        return found


class _Row(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    intercept: Number
    weights: Annotated[list[Number], Field(min_length=1)]


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    embedder: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    threshold: Number
    rows: Annotated[dict[str, _Row], Field(min_length=1)]

    @model_validator(mode="after")
    def _even(self) -> "_File":
        if len({len(row.weights) for row in self.rows.values()}) > 1:
            raise ValueError("all rows must have equally many weights")
        return self


def read_weights(
    path: Path, labels: Collection[str], embedder: str, dimensions: int, made_by: str
) -> Weights:
    """Return the weights in the file, for vectors of `dimensions` that `embedder` (a digest) makes.

    There must be one row for each of the labels. Raises WeightsMismatch where the file cannot be
    read, or is for another embedding model: the same weights on other vectors mean nothing. The
    message names `made_by`, the command that makes the file.
    """
    try:
        held = _File.model_validate_json(path.read_bytes())
        if set(held.rows) != set(labels):
            raise ValueError(f"there must be one row for each of: {', '.join(sorted(labels))}")
    except (OSError, ValueError) as error:
        raise WeightsMismatch(
            f"{path} holds no weights that can be used ({error}). Install the package again, or "
            f"run `{made_by}`."
        ) from error
    names = tuple(sorted(held.rows))
    rows = [held.rows[name] for name in names]
    if held.embedder != embedder or len(rows[0].weights) != dimensions:
        raise WeightsMismatch(
            f"{path} is for the embedding model {held.embedder[:12]}, not for {embedder[:12]}. "
            f"Run `{made_by}` for this one, or go without."
        )
    return Weights(
        embedder=held.embedder,
        threshold=held.threshold,
        labels=names,
        intercepts=np.array([row.intercept for row in rows]),
        rows=np.array([row.weights for row in rows]),
    )


def write_weights(weights: Weights, path: Path) -> None:
    """Write them as `read_weights` reads them, a label a line, weights to 4 places."""
    rows = {
        label: _Row(intercept=round(float(at), 4), weights=[round(float(w), 4) for w in row])
        for label, at, row in zip(weights.labels, weights.intercepts, weights.rows, strict=True)
    }
    lines = ",\n".join(f'    "{label}": {row.model_dump_json()}' for label, row in rows.items())
    path.write_text(
        f'{{\n  "embedder": "{weights.embedder}",\n'
        f'  "threshold": {round(weights.threshold, 4)},\n  "rows": {{\n{lines}\n  }}\n}}\n',
        encoding="utf-8",
    )
