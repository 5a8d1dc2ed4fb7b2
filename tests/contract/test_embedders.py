"""What `Embedder` promises, held by the real model and by the tests' small one."""

import socket
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file

from knowledge.embedding import (
    MINILM_SHA256,
    Embedder,
    PassageText,
    SentenceTransformerEmbedder,
    packaged_model,
)
from knowledge.errors import ModelMismatch
from knowledge.model_adapter import PACKAGED, adapt
from knowledge.question_reader import plain_bert
from tests.fakes import WordsEmbedder

TEXTS = (
    "How do I renew a passport?",
    "",
    "tŷ 🛂 \u202e \x00",
    "word " * 400,
    "How do I renew a passport?",
    "Sut mae adnewyddu pasbort?",
)
QUESTIONS = (
    *TEXTS,
    " ",
    "?",
    "HOW MUCH IS IT",
    "Can I get a council tax reduction if I am a full-time student aged 19 in a shared flat?",
    "Mae fy ngŵr wedi marw: a ga i lwfans profedigaeth, a sut mae hawlio?",
    "Is my child 👩‍👧 allowed a £5 travel card?\nShe is 11 – nearly 12…",
    "naïve café, Ünïcödé, 中文, العربية [SEP] [MASK]",
    "x" * 400,
    *("word " * length for length in (252, 253, 254, 255, 256)),
    "My landlord has not mended the boiler for three weeks and my baby is cold. " * 12,
)


@pytest.fixture(scope="module")
def minilm() -> Embedder:
    return SentenceTransformerEmbedder(packaged_model(), MINILM_SHA256)


@pytest.fixture(scope="module")
def adapted() -> Embedder:
    return SentenceTransformerEmbedder(packaged_model(), MINILM_SHA256, adapter=PACKAGED)


@pytest.fixture(params=["words", "minilm", "adapted"])
def embedder(request: pytest.FixtureRequest) -> Embedder:
    if request.param == "words":
        return WordsEmbedder()
    model: Embedder = request.getfixturevalue(request.param)
    return model


def test_vectors_have_the_promised_form(embedder: Embedder) -> None:
    vectors = embedder.embed_passages(TEXTS)
    assert vectors.shape == (len(TEXTS), embedder.dimensions)
    assert vectors.dtype == np.float32
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1, abs=1e-5)
    question = embedder.embed_question(TEXTS[0])
    assert question.shape == (embedder.dimensions,)
    assert question.dtype == np.float32
    assert np.linalg.norm(question) == pytest.approx(1, abs=1e-5)


def test_no_text_gives_no_vectors(embedder: Embedder) -> None:
    assert embedder.embed_passages([]).shape == (0, embedder.dimensions)


def test_a_text_has_one_vector_however_it_comes(embedder: Embedder) -> None:
    together = embedder.embed_passages(TEXTS)
    for text, vector in zip(TEXTS, together, strict=True):
        assert embedder.embed_passages([text])[0] == pytest.approx(vector, abs=1e-5)
        assert embedder.embed_question(text) == pytest.approx(vector, abs=1e-5)


def test_like_texts_are_nearer_than_unlike_ones(embedder: Embedder) -> None:
    question = embedder.embed_question("renew my passport")
    near, far = embedder.embed_passages(["How to renew a passport", "Kittens chase string"])
    assert question @ near > question @ far


def test_tokens_are_counted_beyond_what_the_model_reads(embedder: Embedder) -> None:
    assert embedder.count_tokens("") == 2
    assert embedder.count_tokens("passport") == 3
    assert embedder.count_tokens("word " * 1000) == 1002 > embedder.max_tokens
    cut = "word " * (embedder.max_tokens + 50)
    assert embedder.embed_question(cut + "passport") == pytest.approx(
        embedder.embed_question(cut), abs=1e-5
    )


def test_threads_may_share_an_embedder(embedder: Embedder) -> None:
    alone = [embedder.embed_question(text) for text in TEXTS]
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(embedder.embed_question, TEXTS))
    assert np.stack(together) == pytest.approx(np.stack(alone), abs=1e-5)


def test_the_real_model_gives_the_vectors_that_encode_gives(minilm: Embedder) -> None:
    from sentence_transformers import SentenceTransformer

    plain = SentenceTransformer(str(packaged_model()), device="cpu", local_files_only=True)
    expected = plain.encode(list(TEXTS), normalize_embeddings=True)
    assert minilm.embed_passages(TEXTS) == pytest.approx(expected, abs=1e-5)


def test_an_adapter_changes_all_vectors_and_the_digest(minilm: Embedder, adapted: Embedder) -> None:
    assert adapted.digest != minilm.digest
    changed, plain = (each.embed_passages(TEXTS) for each in (adapted, minilm))
    assert changed != pytest.approx(plain, abs=1e-2)
    assert ((changed * plain).sum(1) > 0.3).all()


def in_context(*sentences: str, heading: str = "Passports") -> PassageText:
    text, spans = heading, []
    for sentence in sentences:
        spans.append((len(text) + 1, len(text) + 1 + len(sentence)))
        text = f"{text}\n{sentence}"
    return PassageText(text, tuple(spans), sentences)


def test_passages_and_their_parts_have_the_promised_form(embedder: Embedder) -> None:
    passages = (
        in_context("You can renew it online.", "It costs £88.", "tŷ 🛂 \u202e"),
        in_context("word " * 100, "word " * 400, "Beyond all that is read."),
        in_context("It takes 3 weeks."),
    )
    read = embedder.embed_in_context(passages)
    whole = embedder.embed_passages([passage.text for passage in passages])
    for passage, found, expected in zip(passages, read, whole, strict=True):
        assert found.whole == pytest.approx(expected, abs=1e-5)
        assert found.parts.shape == (len(passage.spans), embedder.dimensions)
        assert found.parts.dtype == found.whole.dtype == np.float32
        assert np.linalg.norm(found.parts, axis=1) == pytest.approx(1, abs=1e-5)
    for passage, together in zip(passages, read, strict=True):
        (alone,) = embedder.embed_in_context([passage])
        assert alone.parts == pytest.approx(together.parts, abs=1e-5)
    assert embedder.embed_in_context([]) == ()


def test_a_part_that_the_model_does_not_reach_is_read_alone(embedder: Embedder) -> None:
    (found,) = embedder.embed_in_context([in_context("word " * 400, "Bring two photographs.")])
    (alone,) = embedder.embed_passages(["Bring two photographs."])
    assert found.parts[1] == pytest.approx(alone, abs=1e-5)


def test_the_same_words_mean_what_their_passage_is_about(adapted: Embedder) -> None:
    cost = "It costs £88."
    passport, dog = adapted.embed_in_context(
        [in_context(cost), in_context(cost, heading="Dog licences")]
    )
    asked = adapted.embed_question("how much is a passport")
    assert asked @ passport.parts[0] > asked @ dog.parts[0] + 0.1


@pytest.mark.parametrize("adapter", [None, PACKAGED])
def test_the_real_model_reads_questions_to_the_vectors_that_encode_gives(
    adapter: Path | None, request: pytest.FixtureRequest
) -> None:
    from sentence_transformers import SentenceTransformer

    whole = SentenceTransformer(str(packaged_model()), device="cpu", local_files_only=True)
    if adapter:
        adapt(whole, adapter, MINILM_SHA256)
    assert plain_bert(whole) is not None
    embedder: Embedder = request.getfixturevalue("adapted" if adapter else "minilm")
    for text in QUESTIONS:
        expected = whole.encode_query(text, normalize_embeddings=True)
        vector = embedder.embed_question(text)
        assert np.abs(vector - expected).max() < 1e-5, text
        assert vector @ expected > 0.999999, text


def test_an_adapter_of_another_model_is_refused(tmp_path: Path) -> None:
    other = tmp_path / "other.safetensors"
    save_file({}, other, {"base": "0" * 64})
    with pytest.raises(ModelMismatch, match="was made for the model 000000000000"):
        SentenceTransformerEmbedder(packaged_model(), MINILM_SHA256, adapter=other)


@pytest.mark.parametrize("damage", ["missing", "cut", "not one", "unknown layer", "wrong shape"])
def test_a_damaged_adapter_is_refused_with_what_to_do(tmp_path: Path, damage: str) -> None:
    path = tmp_path / "guidance.safetensors"
    base = {"base": MINILM_SHA256}
    match damage:
        case "cut":
            path.write_bytes(PACKAGED.read_bytes()[:1000])
        case "not one":
            path.write_bytes(b"\x80\x04pickle")
        case "unknown layer":
            save_file(
                {"no.such.down": torch.ones(2, 3), "no.such.up": torch.ones(3, 2)}, path, base
            )
        case "wrong shape":
            layer = next(key for key in load_file(PACKAGED) if key.endswith(".down"))
            name = layer.removesuffix(".down")
            wrong = {f"{name}.down": torch.ones(2, 5), f"{name}.up": torch.ones(7, 2)}
            save_file(wrong, path, base)
    with pytest.raises(ModelMismatch, match="is no adapter of this model"):
        SentenceTransformerEmbedder(packaged_model(), MINILM_SHA256, adapter=path)


WITHOUT_NETWORK = """
import socket, sys

def refuse(*_, **__):
    print("network was tried", file=sys.stderr)
    raise OSError("no network here")

socket.socket.connect = socket.socket.connect_ex = socket.getaddrinfo = refuse
from knowledge.embedding import MINILM_SHA256, SentenceTransformerEmbedder, packaged_model
from knowledge.model_adapter import PACKAGED
embedder = SentenceTransformerEmbedder(packaged_model(), MINILM_SHA256, adapter=PACKAGED)
print(embedder.digest, embedder.dimensions, len(embedder.embed_question("passport")))
"""


def test_loading_and_embedding_try_no_network(adapted: Embedder) -> None:
    assert socket.socket.connect is not None
    child = subprocess.run(
        [sys.executable, "-c", WITHOUT_NETWORK],
        cwd=Path(__file__).parents[2],
        env={"PATH": "/usr/bin:/bin", "HOME": "/nonexistent"},
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert child.returncode == 0, child.stderr
    assert child.stdout.split() == [adapted.digest, "384", "384"]
    assert "network was tried" not in child.stderr
    assert "Loading weights" not in child.stderr
