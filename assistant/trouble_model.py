"""How likely it is that a message comes from somebody in trouble, by the vector of its text.

A logistic model with one row of weights for each danger (multinomial; "no trouble" is the
reference). It decides nothing: where it says yes, a note with help lines stands before the answer.
The weights are plain numbers, for one embedding model. How they were made: trouble/README.md.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from assistant.errors import TroubleModelMismatch
from assistant.outcomes import Reason
from assistant.policy.model import DANGERS
from knowledge.embedding import Vectors

PACKAGED = Path(__file__).parent / "trouble" / "weights.json"
"""The weights that ship, for the packaged embedding model with its adapter."""

Number = Annotated[float, Field(allow_inf_nan=False)]


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
    """`weights` is float64[dangers, dimensions], `intercepts` float64[dangers], in the order of
    `dangers`. `threshold` is in log odds. `embedder` is the digest of the embedding model whose
    vectors they are for."""

    embedder: str
    threshold: float
    dangers: tuple[Reason, ...]
    intercepts: NDArray[np.float64]
    weights: NDArray[np.float64]

    def likely(self, vector: Vectors) -> Likely:
        """Return what the model makes of float32[dimensions], the vector of one message."""
        rows = self.weights @ vector.astype(np.float64) + self.intercepts
        odds = float(np.logaddexp.reduce(rows))
        return Likely(self.dangers[int(rows.argmax())], odds, odds > self.threshold)


class _Row(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    intercept: Number
    weights: Annotated[list[Number], Field(min_length=1)]


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    embedder: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    threshold: Number
    dangers: dict[Reason, _Row]

    @model_validator(mode="after")
    def _whole(self) -> "_File":
        if set(self.dangers) != DANGERS:
            raise ValueError(f"there must be one row for each of: {', '.join(sorted(DANGERS))}")
        if len({len(row.weights) for row in self.dangers.values()}) > 1:
            raise ValueError("all rows must have equally many weights")
        return self


def open_trouble_model(embedder: str, dimensions: int, path: Path = PACKAGED) -> TroubleModel:
    """Return the model in the file, for vectors of `dimensions` that `embedder` (a digest) makes.

    Raises TroubleModelMismatch where the file cannot be read, or is for another embedding model:
    the same weights on other vectors mean nothing.
    """
    try:
        held = _File.model_validate_json(path.read_bytes())
    except (OSError, ValidationError) as error:
        raise TroubleModelMismatch(
            f"{path} holds no weights that can be used ({error}). Install the package again, or "
            "run `python -m evaluation.training.trouble`."
        ) from error
    rows = [held.dangers[danger] for danger in sorted(held.dangers)]
    if held.embedder != embedder or len(rows[0].weights) != dimensions:
        raise TroubleModelMismatch(
            f"{path} is for the embedding model {held.embedder[:12]}, not for {embedder[:12]}. "
            "Run `python -m evaluation.training.trouble` for this one, or go without."
        )
    return TroubleModel(
        embedder=held.embedder,
        threshold=held.threshold,
        dangers=tuple(sorted(held.dangers)),
        intercepts=np.array([row.intercept for row in rows]),
        weights=np.array([row.weights for row in rows]),
    )


def write_trouble_model(model: TroubleModel, path: Path = PACKAGED) -> None:
    """Write the model as `open_trouble_model` reads it, a danger a line, weights to 4 places."""
    rows = {
        danger: _Row(intercept=round(float(at), 4), weights=[round(float(w), 4) for w in weights])
        for danger, at, weights in zip(model.dangers, model.intercepts, model.weights, strict=True)
    }
    lines = ",\n".join(f'    "{danger}": {row.model_dump_json()}' for danger, row in rows.items())
    path.write_text(
        f'{{\n  "embedder": "{model.embedder}",\n  "threshold": {round(model.threshold, 4)},\n'
        f'  "dangers": {{\n{lines}\n  }}\n}}\n',
        encoding="utf-8",
    )
