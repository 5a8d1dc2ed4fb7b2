"""Train the adapter: questions and what answers them move towards one another.

A step reads some questions, the passages that answer them, and a few others of the same pages. Each
passage and each part of one that stands in the step is a wrong answer to the questions that it does
not answer: softmax over passages, and over their parts in context.
"""

import math
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from peft import LoraConfig, get_peft_model
from safetensors.torch import load_file, save_file
from sentence_transformers import SentenceTransformer
from sentence_transformers.util import batch_to_device
from torch import Tensor
from torch.nn.functional import normalize

from evaluation.training.examples import Example, Lesson
from knowledge.embedding import PassageText, mean_by_owner, owners_of
from knowledge.model_adapter import BASE, DOWN, UP

LAYERS = ("query", "key", "value", "dense")
FAR = -1e4

Work = tuple[int, Example]
"""A lesson's number, and one of its examples."""
Row = tuple[int, int]
"""A lesson's number, and a row of its passages."""
Watch = Callable[[int, int, float], None]


@dataclass(frozen=True, slots=True)
class Course:
    """How it is trained.

    `rank` of the matrices, of which `dropout` is left out at random; `temperature` of the softmax;
    how much `parts` count beside passages; `others`, how many passages of a question's page stand
    by as wrong answers; `stay`, what a passage pays for each unit of cosine by which it leaves the
    vector it had. `batch` questions a step, AdamW with a learning `rate` that rises over the first
    tenth of the steps and falls to nothing.
    """

    rank: int = 32
    epochs: float = 5
    batch: int = 64
    rate: float = 3e-4
    temperature: float = 0.03
    parts: float = 0.5
    others: int = 3
    stay: float = 0.5
    dropout: float = 0.1
    seed: int = 0


class Tuner:
    """The packaged model with trainable low-rank matrices. `device` is torch's name of one."""

    def __init__(self, folder: Path, course: Course, device: str = "cpu") -> None:
        torch.manual_seed(course.seed)
        self._course, self._device = course, device
        self._sentences = SentenceTransformer(str(folder), device=device, local_files_only=True)
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

    def train(
        self, lessons: Sequence[Lesson], watch: Watch = lambda step, steps, loss: None
    ) -> None:
        """Train on all lessons together; `watch` is told step, number of steps and the loss."""
        course, chance = self._course, random.Random(self._course.seed)  # noqa: S311  (order, no secret)
        work = [(n, example) for n, lesson in enumerate(lessons) for example in lesson.examples]
        weights = [weight for weight in self._model.parameters() if weight.requires_grad]
        optimiser = torch.optim.AdamW(weights, lr=course.rate, weight_decay=0.01)
        steps = math.ceil(course.epochs * len(work) / course.batch)
        schedule = torch.optim.lr_scheduler.LambdaLR(
            optimiser, lambda step: min(1.0, (step + 1) / (0.1 * steps)) * (1 - step / steps)
        )
        reading = _Reading(lessons, chance, course.others)
        self._model.train()
        for step, batch in enumerate(_batches(work, course.batch, steps, chance)):
            loss = self._loss(batch, *reading.of(batch))
            optimiser.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            torch.nn.utils.clip_grad_norm_(weights, 1.0)
            optimiser.step()
            schedule.step()
            watch(step + 1, steps, float(loss.detach()))
        self._model.eval()

    def save(self, path: Path, base: str) -> None:
        """Write the matrices in half precision; `base` is the SHA-256 of the model's weights."""
        scale = self._model.peft_config["default"].lora_alpha / self._course.rank
        kept: dict[str, Tensor] = {}
        for module in self._model.modules():
            if hasattr(module, "lora_A") and "default" in module.lora_A:
                layer = self._names[module.base_layer]
                kept[layer + DOWN] = module.lora_A["default"].weight.detach().half()
                kept[layer + UP] = (scale * module.lora_B["default"].weight.detach()).half()
        save_file(
            {name: kept[name].cpu().contiguous() for name in sorted(kept)}, path, {BASE: base}
        )

    def _loss(
        self,
        batch: Sequence[Work],
        rows: Mapping[Row, int],
        texts: Sequence[PassageText],
    ) -> Tensor:
        course = self._course
        asked, _ = self._encode([example.text for _, example in batch])
        passages, states = self._encode([text.text for text in texts])
        owners, starts = self._owners(texts)
        parts = mean_by_owner(states.flatten(0, 1), owners, starts[-1])
        right = torch.zeros(len(batch), len(texts), dtype=torch.bool)
        sisters = torch.zeros_like(right)
        right_parts = torch.zeros(len(batch), starts[-1], dtype=torch.bool)
        for place, (lesson, example) in enumerate(batch):
            for row, part in example.answers:
                right[place, rows[lesson, row]] = True
                right_parts[place, starts[rows[lesson, row]] + part] = True
            for row in example.sisters:
                if (lesson, row) in rows:
                    sisters[place, rows[lesson, row]] = True
        sizes = torch.tensor([len(text.spans) for text in texts])
        unread = torch.ones(starts[-1], dtype=torch.bool)
        unread[sorted(set(owners) - {-1})] = False
        loss = _surprise(asked @ passages.T / course.temperature, right, sisters & ~right)
        loss = loss + course.parts * _surprise(
            asked @ parts.T / course.temperature,
            right_parts & ~unread,
            sisters.repeat_interleave(sizes, 1) & ~right_parts | unread,
        )
        if course.stay:
            loss = loss + course.stay * (1 - (passages * self._published(texts)).sum(1)).mean()
        return loss

    def _published(self, texts: Sequence[PassageText]) -> Tensor:
        with torch.no_grad(), self._model.disable_adapter():
            return self._encode([text.text for text in texts])[0]

    def _encode(self, texts: Sequence[str]) -> tuple[Tensor, Tensor]:
        """Return unit vectors float32[texts, dimensions], and every token's state, padded."""
        features = batch_to_device(
            self._sentences.preprocess(list(texts)), torch.device(self._device)
        )
        with torch.autocast(self._device, torch.bfloat16, enabled=self._device != "cpu"):
            read = self._sentences(features)
        vectors: Tensor = read["sentence_embedding"].float()
        states: Tensor = read["token_embeddings"].float()
        return normalize(vectors, dim=1), states

    def _owners(self, texts: Sequence[PassageText]) -> tuple[list[int], list[int]]:
        """Return for each token of the padded batch the part it is of, counted through the batch
        (−1: of none), and where each passage's parts start."""
        tokenizer = self._sentences.tokenizer
        read = tokenizer(
            [text.text for text in texts],
            truncation=True,
            padding=True,
            max_length=self._sentences.max_seq_length,
            return_offsets_mapping=True,
        )
        owners: list[int] = []
        starts = [0]
        for text, offsets in zip(texts, read["offset_mapping"], strict=True):
            owners += [
                owner if owner < 0 else starts[-1] + owner
                for owner in owners_of(offsets, text.spans)
            ]
            starts.append(starts[-1] + len(text.spans))
        return owners, starts


class _Reading:
    """Chooses the passages that are read beside a batch of questions."""

    def __init__(self, lessons: Sequence[Lesson], chance: random.Random, others: int) -> None:
        self._lessons, self._chance, self._others = lessons, chance, others
        self._pages: dict[tuple[int, str], list[int]] = {}
        for number, lesson in enumerate(lessons):
            for row, page in enumerate(lesson.pages):
                self._pages.setdefault((number, page), []).append(row)

    def of(self, batch: Sequence[Work]) -> tuple[dict[Row, int], list[PassageText]]:
        """Return where each passage stands, and the passages: all right ones, some others."""
        rows: dict[Row, int] = {}
        for lesson, example in batch:
            right = set(example.passages)
            rest = [row for row in self._pages[lesson, example.page] if row not in right]
            chosen = self._chance.sample(rest, min(self._others, len(rest)))
            for row in (*example.passages, *chosen):
                rows.setdefault((lesson, row), len(rows))
        return rows, [self._lessons[lesson].passages[row] for lesson, row in rows]


def _batches(
    work: Sequence[Work], size: int, steps: int, chance: random.Random
) -> Iterator[list[Work]]:
    """Yield so many batches of the work, shuffled anew each time it has all been done."""
    left: list[Work] = []
    for _ in range(steps):
        if len(left) < size:
            left = chance.sample(work, len(work)) + left
        yield left[-size:]
        left = left[:-size]


def _surprise(scores: Tensor, right: Tensor, ignored: Tensor) -> Tensor:
    """Return the mean of −log of each right one's share, beside all that is wrong.

    All are [questions, candidates]; a question without a right one does not count.
    """
    right, ignored = right.to(scores.device), ignored.to(scores.device)
    scores = scores.masked_fill(ignored, FAR)
    wrong = scores.masked_fill(right, FAR).logsumexp(1, keepdim=True)
    lost = (torch.logaddexp(wrong, scores) - scores) * right
    return (lost.sum(1) / right.sum(1).clamp(min=1))[right.any(1)].mean()


def average(adapters: Sequence[Path], path: Path, base: str) -> None:
    """Write the adapter whose change to the weights is the mean of these adapters' changes."""
    read = [load_file(adapter) for adapter in adapters]
    kept: dict[str, Tensor] = {}
    for down in sorted(name for name in read[0] if name.endswith(DOWN)):
        up = down.removesuffix(DOWN) + UP
        kept[down] = torch.cat([each[down] for each in read])
        kept[up] = torch.cat([each[up] / len(read) for each in read], dim=1).contiguous()
    save_file(kept, path, {BASE: base})
