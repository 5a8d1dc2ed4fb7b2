"""What is refused before a model is loaded. What a loaded one promises: tests/contract."""

import hashlib
import json
from pathlib import Path

import pytest

from knowledge.embedding import MINILM_SHA256, SentenceTransformerEmbedder, packaged_model
from knowledge.errors import ModelMismatch


def model_folder(folder: Path, *, weights: bytes = b"weights", modules: object = None) -> Path:
    (folder / "model.safetensors").write_bytes(weights)
    listed = [{"type": "sentence_transformers.models.Transformer"}] if modules is None else modules
    (folder / "modules.json").write_text(json.dumps(listed))
    return folder


def test_the_packaged_model_is_the_one_that_is_expected() -> None:
    with (packaged_model() / "model.safetensors").open("rb") as file:
        assert hashlib.file_digest(file, "sha256").hexdigest() == MINILM_SHA256


def test_other_weights_are_refused_and_both_digests_named(tmp_path: Path) -> None:
    folder = model_folder(tmp_path, weights=b"other")
    with pytest.raises(ModelMismatch, match="expected") as refused:
        SentenceTransformerEmbedder(folder, sha256=MINILM_SHA256)
    assert MINILM_SHA256 in str(refused.value)
    assert hashlib.sha256(b"other").hexdigest() in str(refused.value)


def test_weights_in_pickle_form_are_refused(tmp_path: Path) -> None:
    (tmp_path / "pytorch_model.bin").write_bytes(b"\x80\x04.")
    with pytest.raises(ModelMismatch, match="safetensors"):
        SentenceTransformerEmbedder(tmp_path)


@pytest.mark.parametrize("kind", ["os.system", "custom_code.Module", "sentence_transformersx.Y"])
def test_a_module_from_elsewhere_is_refused(tmp_path: Path, kind: str) -> None:
    with pytest.raises(ModelMismatch, match="not part of sentence-transformers"):
        SentenceTransformerEmbedder(model_folder(tmp_path, modules=[{"type": kind}]))


@pytest.mark.parametrize("modules", [{}, "text", [{}], [1], None])
def test_a_folder_that_is_no_model_is_refused(tmp_path: Path, modules: object) -> None:
    folder = model_folder(tmp_path, modules=modules)
    if modules is None:
        (folder / "modules.json").write_text("{not json")
    if modules == {}:
        (folder / "modules.json").unlink()
    with pytest.raises(ModelMismatch, match="Name the folder"):
        SentenceTransformerEmbedder(folder)


def test_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelMismatch, match="Name the folder"):
        SentenceTransformerEmbedder(tmp_path / "nowhere")
