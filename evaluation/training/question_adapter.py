"""Train the question adapter: questions move towards the passages and segments that answer them.

Only questions are encoded while training. Passages and segments keep the published model's vectors,
so that every passage of a set is a wrong answer to every question that it does not answer, at the
price of one matrix product.
"""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from peft import LoraConfig, get_peft_model
from safetensors.torch import save_file
from sentence_transformers import SentenceTransformer
from torch import Tensor

from evaluation.training.examples import Example, Lesson
from knowledge.question_adapter import BASE, DOWN, UP

LAYERS = ("query", "key", "value", "dense")

Watch = Callable[[int, float], None]


@dataclass(frozen=True, slots=True)
class Course:
    """How it is trained.

    `rank` of the matrices; `temperature` of the softmax over all passages; how much `segments`
    count beside passages; `stay`, what a question pays for each unit of cosine by which it leaves
    the vector it had. `batch` questions a step, AdamW with a learning `rate` that rises over
    `warm_up` steps and falls to nothing.
    """

    rank: int = 8
    epochs: int = 4
    batch: int = 32
    rate: float = 3e-4
    warm_up: int = 20
    temperature: float = 0.05
    segments: float = 0.5
    stay: float = 3.0
    dropout: float = 0.1
    seed: int = 0


class Tuner:
    """The packaged model with trainable low-rank matrices, and what is asked of it."""

    def __init__(self, folder: Path, course: Course) -> None:
        torch.manual_seed(course.seed)
        self._course = course
        self._sentences = SentenceTransformer(str(folder), device="cpu", local_files_only=True)
        self._names = {module: name for name, module in self._sentences.named_modules()}
        transformer: Any = self._sentences[0]
        self._model: Any = get_peft_model(
            transformer.model,
            LoraConfig(
                r=course.rank,
                lora_alpha=2 * course.rank,
                lora_dropout=course.dropout,
                target_modules=list(LAYERS),
            ),
        )

    def train(self, lessons: Sequence[Lesson], watch: Watch = lambda epoch, loss: None) -> None:
        """Train on all lessons together; `watch` is told the mean loss of each epoch."""
        course, shuffle = self._course, random.Random(self._course.seed)  # noqa: S311  (order, no secret)
        work = [(lesson, example) for lesson in lessons for example in lesson.examples]
        before = {
            id(example): vector
            for (_, example), vector in zip(work, self._asked(work), strict=True)
        }
        weights = [weight for weight in self._model.parameters() if weight.requires_grad]
        optimiser = torch.optim.AdamW(weights, lr=course.rate, weight_decay=0.01)
        steps = course.epochs * -(-len(work) // course.batch)
        schedule = torch.optim.lr_scheduler.LambdaLR(
            optimiser, lambda step: min(1.0, (step + 1) / course.warm_up) * (1 - step / steps)
        )
        vectors = {id(lesson): _tensors(lesson) for lesson in lessons}
        self._model.train()
        for epoch in range(course.epochs):
            losses = []
            for batch in _batches(work, course.batch, shuffle):
                asked = self._encode([example.text for _, example in batch])
                loss = torch.stack(
                    [
                        self._loss(vector, example, vectors[id(lesson)], before[id(example)])
                        for vector, (lesson, example) in zip(asked, batch, strict=True)
                    ]
                ).mean()
                optimiser.zero_grad()
                loss.backward()  # type: ignore[no-untyped-call]
                torch.nn.utils.clip_grad_norm_(weights, 1.0)
                optimiser.step()
                schedule.step()
                losses.append(float(loss.detach()))
            watch(epoch, sum(losses) / len(losses))
        self._model.eval()

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return float32[len(texts), dimensions], unit rows, as questions are read now."""
        self._model.eval()
        with torch.inference_mode():
            parts = [self._encode(texts[at : at + 32]) for at in range(0, len(texts), 32)]
        return np.asarray(torch.cat(parts).numpy(), dtype=np.float32)

    def save(self, path: Path, base: str) -> None:
        """Write the matrices in half precision; `base` is the SHA-256 of the model's weights."""
        scale = self._model.peft_config["default"].lora_alpha / self._course.rank
        kept: dict[str, Tensor] = {}
        for module in self._model.modules():
            if hasattr(module, "lora_A") and "default" in module.lora_A:
                layer = self._names[module.base_layer]
                kept[layer + DOWN] = module.lora_A["default"].weight.detach().half()
                kept[layer + UP] = (scale * module.lora_B["default"].weight.detach()).half()
        save_file({name: kept[name].contiguous() for name in sorted(kept)}, path, {BASE: base})

    def _asked(self, work: Sequence[tuple[Lesson, Example]]) -> Sequence[Tensor]:
        return list(torch.from_numpy(self.embed([example.text for _, example in work])))

    def _encode(self, texts: Sequence[str]) -> Tensor:
        features = self._sentences.preprocess(list(texts))
        vectors = self._sentences(features)["sentence_embedding"]
        return torch.nn.functional.normalize(vectors, dim=1)

    def _loss(
        self, vector: Tensor, example: Example, known: tuple[Tensor, Tensor], before: Tensor
    ) -> Tensor:
        passages, segments = (part @ vector / self._course.temperature for part in known)
        sisters = sorted(set(example.sisters) - set(example.passages))
        if sisters:
            passages = passages.index_fill(0, torch.tensor(sisters), -torch.inf)
        return (
            _surprise(passages, example.passages)
            + self._course.segments * _surprise(segments, example.segments)
            + self._course.stay * (1 - vector @ before)
        )


def _surprise(scores: Tensor, right: Sequence[int]) -> Tensor:
    """Return −log of the softmax share that falls on the right rows."""
    return torch.logsumexp(scores, 0) - torch.logsumexp(scores[list(right)], 0)


def _tensors(lesson: Lesson) -> tuple[Tensor, Tensor]:
    return torch.from_numpy(lesson.passages), torch.from_numpy(lesson.segments)


def _batches(
    work: Sequence[tuple[Lesson, Example]], size: int, shuffle: random.Random
) -> list[list[tuple[Lesson, Example]]]:
    """Return the work in shuffled batches of questions of like length."""
    order = list(work)
    shuffle.shuffle(order)
    batches: list[list[tuple[Lesson, Example]]] = []
    for start in range(0, len(order), 8 * size):
        near = sorted(order[start : start + 8 * size], key=lambda each: len(each[1].text))
        batches += [near[at : at + size] for at in range(0, len(near), size)]
    shuffle.shuffle(batches)
    return batches
