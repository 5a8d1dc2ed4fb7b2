"""Training really moves questions, and what is written is what is read back."""

from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file

from evaluation.training.adapter import Course, Tuner, average
from evaluation.training.examples import Example, Lesson
from knowledge.embedding import (
    MINILM_SHA256,
    PassageText,
    SentenceTransformerEmbedder,
    packaged_model,
)

ANSWERS = ("Bring two photographs.", "The office shuts at noon.", "Children pay nothing.")
QUESTIONS = ("what do i need", "when can i come", "and for my son")
ASIDE = "Dogs must be on a lead."


def passage(heading: str, *sentences: str) -> PassageText:
    text, spans = heading, []
    for sentence in sentences:
        spans.append((len(text) + 1, len(text) + 1 + len(sentence)))
        text = f"{text}\n{sentence}"
    return PassageText(text, tuple(spans), sentences)


LESSON = Lesson(
    (*(passage("The fair", answer, ASIDE) for answer in ANSWERS), passage("A sale", ASIDE)),
    ("fair", "fair", "fair", "sale"),
    tuple(
        Example(question, "fair", ((row, 0),), sisters=(3,))
        for row, question in enumerate(QUESTIONS)
    ),
)


@pytest.mark.filterwarnings("ignore::FutureWarning", "ignore::UserWarning")
def test_trained_written_and_read_back(tmp_path: Path) -> None:
    def cosines(embedder: SentenceTransformerEmbedder) -> np.ndarray[tuple[int, int]]:
        """Return those of each question with its answer, and with the aside beside it."""
        read = embedder.embed_in_context(LESSON.passages[:3])
        asked = [embedder.embed_question(question) for question in QUESTIONS]
        return np.array([each.parts @ vector for each, vector in zip(read, asked, strict=True)])

    published = SentenceTransformerEmbedder(packaged_model(), MINILM_SHA256)
    course = Course(rank=8, epochs=20, batch=3, rate=1e-3, dropout=0.0, others=1, stay=0.1)
    tuner = Tuner(packaged_model(), course)
    losses: list[float] = []
    tuner.train([LESSON], lambda step, steps, loss: losses.append(loss))
    assert len(losses) == 20
    assert losses[-1] < losses[0] / 2

    tuner.save(tmp_path / "guidance.safetensors", MINILM_SHA256)
    read = SentenceTransformerEmbedder(
        packaged_model(), MINILM_SHA256, adapter=tmp_path / "guidance.safetensors"
    )
    before, after = cosines(published), cosines(read)
    assert (after[:, 0] - after[:, 1] > before[:, 0] - before[:, 1] + 0.1).all()


@pytest.mark.filterwarnings("ignore::FutureWarning", "ignore::UserWarning")
def test_what_is_known_to_answer_elsewhere_is_not_taught_to_be_wrong() -> None:
    twins = (passage("The fair", ANSWERS[0]), passage("The fair", ANSWERS[0]))

    def loss(sisters: tuple[int, ...]) -> float:
        examples = (
            Example("what do i need", "fair", ((0, 0),), sisters),
            Example("what to bring", "other", ((1, 0),)),
        )
        losses: list[float] = []
        tuner = Tuner(packaged_model(), Course(rank=2, epochs=1, batch=2, dropout=0.0))
        tuner.train(
            [Lesson(twins, ("fair", "other"), examples)], lambda *told: losses.append(told[2])
        )
        return losses[0]

    assert loss(sisters=(1,)) < loss(sisters=()) - 0.3


def test_the_mean_of_adapters_changes_the_weights_by_the_mean_of_their_changes(
    tmp_path: Path,
) -> None:
    layer = "0.model.encoder.layer.0.attention.self.query"
    chance = torch.Generator().manual_seed(0)
    paths, changes = [], []
    for name in "ab":
        up, down = (torch.randn(*size, generator=chance).half() for size in ((384, 2), (2, 384)))
        paths.append(tmp_path / name)
        save_file({f"{layer}.up": up, f"{layer}.down": down}, paths[-1], {"base": MINILM_SHA256})
        changes.append(up.float() @ down.float())
    average(paths, tmp_path / "mean", MINILM_SHA256)
    read = load_file(tmp_path / "mean")
    change = read[f"{layer}.up"].float() @ read[f"{layer}.down"].float()
    assert torch.allclose(change, sum(changes) / 2, atol=0.02)
