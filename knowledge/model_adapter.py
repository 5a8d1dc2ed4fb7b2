"""A small change to the embedding model's weights, for guidance and what people ask of it.

A low-rank matrix is added to each linear layer of the model (Hu et al. 2021), so that a question's
vector falls nearer to the passages and segments that answer. Questions and passages are read by the
same changed model; it costs nothing when a question is asked. The file is plain numbers
(safetensors): opening it runs no code.
"""

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

from knowledge.errors import ModelMismatch

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

PACKAGED = Path(__file__).parent / "adapter" / "guidance.safetensors"
"""The adapter that ships, for the packaged model. How it was made: README.md beside it."""

BASE = "base"
"""The metadata key that holds the SHA-256 of the weights the adapter was made for."""
DOWN, UP = ".down", ".up"


def adapt(model: "SentenceTransformer", adapter: Path, weights: str) -> str:
    """Add the adapter to the model's weights, in place; return the SHA-256 (hex) of its file.

    `weights` is the SHA-256 of the model's own weights. A linear layer named n gains
    `n.up` (float[out, rank]) @ `n.down` (float[rank, in]). Raises ModelMismatch where the file
    cannot be read, was made for other weights, or does not fit the model's layers.
    """
    import torch
    from safetensors import SafetensorError, safe_open

    layers = dict(model.named_modules())
    try:
        with safe_open(adapter, framework="pt") as file, torch.no_grad():
            base = (file.metadata() or {}).get(BASE)
            if base != weights:
                raise ModelMismatch(
                    f"{adapter} was made for the model {str(base)[:12]}, not for {weights[:12]}. "
                    "Train it again for this model, or use the model without it."
                )
            keys: list[str] = list(file.keys())
            names = sorted(key.removesuffix(DOWN) for key in keys if key.endswith(DOWN))
            for name in names:
                change = file.get_tensor(name + UP).float() @ file.get_tensor(name + DOWN).float()
                layers[name].weight += change
    except (OSError, SafetensorError, KeyError, AttributeError, TypeError, RuntimeError) as error:
        raise ModelMismatch(
            f"{adapter} is no adapter of this model ({error}). Install the package again, or train "
            "it again."
        ) from error
    return hashlib.sha256(adapter.read_bytes()).hexdigest()
