"""A question has the vector its model gives, however it is read. Small models, random weights."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from sentence_transformers import SentenceTransformer
from sentence_transformers.base.modules import Dense, Normalize, Transformer
from sentence_transformers.sentence_transformer.modules import Pooling
from transformers import AutoTokenizer, BertConfig, BertModel, DistilBertConfig, DistilBertModel

from knowledge.embedding import packaged_model
from knowledge.question_reader import PlainBertReader, WholeModelReader, question_reader

WIDTH = 24
MAX_TOKENS = 40

QUESTIONS = (
    "How do I renew a passport?",
    "",
    " ",
    "?",
    "Can I get a COUNCIL TAX reduction if I am a full-time student, aged 19, in a shared flat?",
    "Sut mae adnewyddu pasbort fy ngŵr, a faint mae'n ei gostio?",
    "tŷ 🛂 👩‍👧 \u202e \x00 \n[SEP] [MASK]",
    "Ünïcödé ñ 中文 العربية",
    "word " * (MAX_TOKENS - 3),
    "word " * (MAX_TOKENS - 2),
    "word " * (MAX_TOKENS - 1),
    "My landlord has not mended the boiler for three weeks. " * 30,
)


def small_bert(**changed: Any) -> BertModel:
    """Return a BERT in which every weight matters."""
    settings = {
        "hidden_size": WIDTH,
        "num_attention_heads": 3,
        "num_hidden_layers": 3,
        "intermediate_size": 40,
        "max_position_embeddings": MAX_TOKENS,
        "layer_norm_eps": 1e-3,
    }
    return shaken(BertModel(BertConfig(**{**settings, **changed})))


def shaken(model: Any) -> Any:
    """Return the model with no weight at its start of 0 or 1, and attention far from even."""
    generator = torch.Generator().manual_seed(7)
    with torch.no_grad():
        for name, weight in model.named_parameters():
            norm = "norm" in name.lower() and name.endswith("weight")
            spread = 0.3 if norm or name.endswith("bias") else 1.0 if "embed" in name else 0.4
            weight.normal_(1.0 if norm else 0.0, spread, generator=generator)
    return model.eval()


def transformer(folder: Path, model: Any = None, **settings: Any) -> Transformer:
    """Return `model` as a sentence-transformers module, with the packaged model's tokenizer."""
    (small_bert() if model is None else model).save_pretrained(folder)
    AutoTokenizer.from_pretrained(packaged_model()).save_pretrained(folder)
    module = Transformer(str(folder), **settings)
    module.max_seq_length = MAX_TOKENS
    return module


def sentences(*modules: torch.nn.Module) -> SentenceTransformer:
    return SentenceTransformer(modules=list(modules), device="cpu").eval()


def plain(folder: Path) -> SentenceTransformer:
    return sentences(transformer(folder), Pooling(WIDTH, "mean"), Normalize())


def assert_reads_as(model: SentenceTransformer, prompt: str = "") -> None:
    read = question_reader(model, MAX_TOKENS)
    for question in QUESTIONS:
        own = model.encode(prompt + question, prompt="", normalize_embeddings=True)
        vector = read(question)
        assert vector.dtype == np.float32
        assert vector.shape == own.shape
        assert np.abs(vector - own).max() < 1e-5, question


@pytest.mark.parametrize("last", [[], [Normalize()]])
def test_a_plain_bert_is_read_layer_by_layer_to_the_same_vector(
    tmp_path: Path, last: list[torch.nn.Module]
) -> None:
    model = sentences(transformer(tmp_path), Pooling(WIDTH, "mean"), *last)
    assert isinstance(question_reader(model, MAX_TOKENS), PlainBertReader)
    assert_reads_as(model)


OTHERS: dict[str, Callable[[Path], SentenceTransformer]] = {
    "first token": lambda path: sentences(transformer(path), Pooling(WIDTH, "cls")),
    "two poolings": lambda path: sentences(transformer(path), Pooling(WIDTH, ("mean", "max"))),
    "relu": lambda path: sentences(
        transformer(path, small_bert(hidden_act="relu")), Pooling(WIDTH)
    ),
    "decoder": lambda path: sentences(
        transformer(path, small_bert(is_decoder=True)), Pooling(WIDTH)
    ),
    "half precision": lambda path: sentences(
        transformer(path, small_bert().half()), Pooling(WIDTH)
    ),
    "an earlier layer": lambda path: sentences(
        transformer(
            path,
            modality_config={
                "text": {"method": "forward", "method_output_name": ("hidden_states", 1)}
            },
            module_output_name="token_embeddings",
        ),
        Pooling(WIDTH),
    ),
    "one more layer": lambda path: sentences(
        transformer(path), Pooling(WIDTH), shaken(Dense(WIDTH, 8)), Normalize()
    ),
    "tokens normalised": lambda path: sentences(
        transformer(path), Normalize("token_embeddings"), Pooling(WIDTH)
    ),
    "cut elsewhere": lambda path: sentences(
        transformer(path, processing_kwargs={"text": {"max_length": 9}}), Pooling(WIDTH)
    ),
    "another model": lambda path: sentences(
        transformer(
            path,
            shaken(
                DistilBertModel(
                    DistilBertConfig(
                        dim=WIDTH,
                        n_heads=3,
                        n_layers=2,
                        hidden_dim=40,
                        max_position_embeddings=MAX_TOKENS,
                    )
                )
            ),
        ),
        Pooling(WIDTH),
    ),
}


@pytest.mark.parametrize("kind", OTHERS)
def test_any_other_model_is_run_whole(tmp_path: Path, kind: str) -> None:
    model = OTHERS[kind](tmp_path)
    assert isinstance(question_reader(model, MAX_TOKENS), WholeModelReader)
    assert_reads_as(model)


@pytest.mark.parametrize("pooling", ["mean", "cls"])
def test_a_models_prompt_for_queries_is_put_before_the_question(
    tmp_path: Path, pooling: str
) -> None:
    model = sentences(transformer(tmp_path), Pooling(WIDTH, pooling))
    model.prompts["query"] = "question: "
    assert_reads_as(model, "question: ")


def test_a_long_question_is_cut_where_the_models_tokenizer_cuts(tmp_path: Path) -> None:
    model = plain(tmp_path)
    model.tokenizer.truncation_side = "left"
    assert_reads_as(model)
    read = question_reader(model, MAX_TOKENS)
    cut = read("first " + "word " * 50)
    assert np.array_equal(cut, read("word " * 50))
    assert not np.allclose(cut, read("word " * 50 + "last"), atol=1e-3)


def test_a_tokenizer_that_lowers_letters_lowers_them(tmp_path: Path) -> None:
    module = transformer(tmp_path, do_lower_case=True)
    model = sentences(module, Pooling(WIDTH))
    assert isinstance(question_reader(model, MAX_TOKENS), PlainBertReader)
    assert_reads_as(model)


def test_weights_are_shared_with_the_model(tmp_path: Path) -> None:
    model = plain(tmp_path)
    read = question_reader(model, MAX_TOKENS)
    before = read(QUESTIONS[0])
    with torch.no_grad():
        for weight in model.parameters():
            weight.mul_(0.7)
    after = model.encode(QUESTIONS[0], normalize_embeddings=True)
    assert not np.allclose(before, after, atol=1e-2)
    assert np.abs(read(QUESTIONS[0]) - after).max() < 1e-5
