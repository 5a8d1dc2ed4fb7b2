"""Reading one question with the embedding model, without what the model's libraries do around it.

transformers and sentence-transformers run any model on any batch: masks, padding, hooks and records
of what each layer gave. For one short question on a processor that is a quarter of the time. A BERT
that pools by mean is therefore read with torch's own functions, one after another, on the model's
own weights (ADR 9). Importing this module loads torch.
"""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from sentence_transformers.base.modules import Normalize, Transformer
from sentence_transformers.sentence_transformer.modules import Pooling
from tokenizers import Tokenizer
from torch import Tensor, nn
from torch.nn.functional import gelu, layer_norm, linear, normalize, scaled_dot_product_attention
from transformers import BertModel

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

QuestionReader = Callable[[str], NDArray[np.float32]]
"""Maps a question to float32[dimensions], L2-normalised. Threads may share it."""


def question_reader(model: "SentenceTransformer", max_tokens: int) -> QuestionReader:
    """Return what reads questions with `model`, a query prompt of its own put before them.

    Whichever way is chosen, the vector is the model's own up to rounding, of the first
    `max_tokens` tokens. The weights are shared with `model`, not copied.
    """
    bert = plain_bert(model)
    if bert is None:
        return WholeModelReader(model)
    return PlainBertReader(bert, _tokenizer(model, max_tokens), _prompt(model))


def plain_bert(model: "SentenceTransformer") -> BertModel | None:
    """Return the model's BERT if `PlainBertReader` does all that the model does, else None.

    That is an encoder with gelu in float32, its last states pooled by mean, then at most
    normalised, and its tokenizer called without settings of its own. (transformers' `BertModel`
    has absolute positions only.)
    """
    match list(model):
        case [
            Transformer(
                model=BertModel() as bert,
                modality_config={"text": {"method_output_name": "last_hidden_state"}},
                processing_kwargs={**settings},
            ),
            Pooling(pooling_mode="mean"),
            *rest,
        ] if not settings and all(_normalizes(module) for module in rest):
            config = bert.config
            plain = config.hidden_act == "gelu" and not config.is_decoder
            return bert if plain and bert.dtype == torch.float32 else None
    return None


class WholeModelReader:
    """Reads a question with a model of any kind, as sentence-transformers runs it."""

    def __init__(self, model: "SentenceTransformer") -> None:
        self._model = model
        self._prompt = _prompt(model)

    def __call__(self, text: str) -> NDArray[np.float32]:
        """Return float32[dimensions], L2-normalised."""
        with torch.inference_mode():
            features = self._model.preprocess([self._prompt + text])
            vector = self._model(features)["sentence_embedding"][0]
            return _unit(vector)


class PlainBertReader:
    """Reads a question with a BERT's weights. One question alone needs no padding and no mask."""

    def __init__(self, bert: BertModel, tokenizer: Tokenizer, prompt: str = "") -> None:
        self._embeddings = bert.embeddings
        epsilon = float(bert.config.layer_norm_eps)
        self._layers = tuple(
            _layer(dict(layer.named_parameters()), epsilon) for layer in bert.encoder.layer
        )
        self._heads = int(bert.config.num_attention_heads)
        self._tokenizer = tokenizer
        self._prompt = prompt

    def __call__(self, text: str) -> NDArray[np.float32]:
        """Return float32[dimensions], L2-normalised."""
        with torch.inference_mode():
            tokens = self._tokenizer.encode(self._prompt + text).ids
            states: Tensor = self._embeddings(torch.tensor([tokens]))
            for layer in self._layers:
                states = _through(layer, states, self._heads)
            return _unit(states[0].mean(dim=0))


class _Affine(NamedTuple):
    """What a linear layer or a normalisation multiplies by and adds."""

    weight: Tensor
    bias: Tensor


class _Layer(NamedTuple):
    """The weights of one BERT layer, in the order of their use."""

    query: _Affine
    key: _Affine
    value: _Affine
    attended: _Affine
    attended_norm: _Affine
    widened: _Affine
    narrowed: _Affine
    norm: _Affine
    epsilon: float


def _layer(weights: Mapping[str, Tensor], epsilon: float) -> _Layer:
    """Return a layer's weights, which transformers' BertLayer has under these names."""

    def affine(name: str) -> _Affine:
        return _Affine(weights[f"{name}.weight"], weights[f"{name}.bias"])

    return _Layer(
        query=affine("attention.self.query"),
        key=affine("attention.self.key"),
        value=affine("attention.self.value"),
        attended=affine("attention.output.dense"),
        attended_norm=affine("attention.output.LayerNorm"),
        widened=affine("intermediate.dense"),
        narrowed=affine("output.dense"),
        norm=affine("output.LayerNorm"),
        epsilon=epsilon,
    )


def _through(layer: _Layer, states: Tensor, heads: int) -> Tensor:
    """Return what one layer makes of `states`, float32[1, tokens, width] (Devlin et al. 2019)."""
    width, epsilon = states.shape[-1:], layer.epsilon
    split = (1, -1, heads, width[0] // heads)
    query, key, value = (
        linear(states, *each).view(split).transpose(1, 2)
        for each in (layer.query, layer.key, layer.value)
    )
    attended = scaled_dot_product_attention(query, key, value).transpose(1, 2).reshape(states.shape)
    states = layer_norm(
        linear(attended, *layer.attended) + states, width, *layer.attended_norm, epsilon
    )
    narrowed = linear(gelu(linear(states, *layer.widened)), *layer.narrowed)
    return layer_norm(narrowed + states, width, *layer.norm, epsilon)


def _unit(vector: Tensor) -> NDArray[np.float32]:
    return np.asarray(normalize(vector, dim=0).numpy(), dtype=np.float32)


def _normalizes(module: nn.Module) -> bool:
    match module:
        case Normalize(
            module_input_name="sentence_embedding", module_output_name="sentence_embedding"
        ):
            return True
    return False


def _prompt(model: "SentenceTransformer") -> str:
    return model.prompts.get("query") or ""


def _tokenizer(model: "SentenceTransformer", max_tokens: int) -> Tokenizer:
    """Return a copy of the model's tokenizer that cuts at `max_tokens` and never pads."""
    tokenizer = Tokenizer.from_str(model.tokenizer.backend_tokenizer.to_str())
    tokenizer.enable_truncation(max_tokens, direction=model.tokenizer.truncation_side)
    tokenizer.no_padding()
    return tokenizer
