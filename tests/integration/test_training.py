"""Training really moves questions, and what is written is what is read back."""

from pathlib import Path

import numpy as np
import pytest

from evaluation.own_set import OwnQuestion, segment_digest
from evaluation.training.examples import lesson
from evaluation.training.question_adapter import Course, Tuner
from knowledge.embedding import MINILM_SHA256, SentenceTransformerEmbedder, packaged_model
from tests.fakes import page

ANSWERS = ("Bring two photographs.", "The office shuts at noon.", "Children pay nothing.")
QUESTIONS = ("what do i need", "when can i come", "and for my son")


@pytest.mark.filterwarnings("ignore::FutureWarning", "ignore::UserWarning")
def test_trained_written_and_read_back(tmp_path: Path) -> None:
    published = SentenceTransformerEmbedder(packaged_model(), MINILM_SHA256)
    documents = {"fair": page("/fair", "The fair", *ANSWERS)}
    questions = [
        OwnQuestion(f"fair-{n}", "fair", "plain", text, (segment_digest(answer),), True)
        for n, (text, answer) in enumerate(zip(QUESTIONS, ANSWERS, strict=True))
    ]
    taught = lesson(questions, documents, published)
    tuner = Tuner(packaged_model(), Course(epochs=20, rate=1e-3, warm_up=2, dropout=0.0))
    before = tuner.embed(QUESTIONS)
    losses: list[float] = []
    tuner.train([taught], lambda epoch, loss: losses.append(loss))
    after = tuner.embed(QUESTIONS)
    right = [example.segments[0] for example in taught.examples]
    assert losses[-1] < losses[0]
    assert (
        np.diag(after @ taught.segments[right].T).mean()
        > np.diag(before @ taught.segments[right].T).mean()
    )

    tuner.save(tmp_path / "questions.safetensors", MINILM_SHA256)
    read = SentenceTransformerEmbedder(
        packaged_model(), MINILM_SHA256, adapter=tmp_path / "questions.safetensors"
    )
    for text, vector in zip(QUESTIONS, after, strict=True):
        assert read.embed_question(text) == pytest.approx(vector, abs=5e-3)
    assert read.embed_passages(ANSWERS) == pytest.approx(
        published.embed_passages(ANSWERS), abs=1e-6
    )
