"""Train the question adapter that ships.

python -m evaluation.training --data DIR [--out FILE] [--folds N]

`--data` is the folder with the guidance pages that the questions are about. Takes some minutes on
two cores. With `--folds N` nothing is written: each part of the fit half's pages is left out in
turn, and the questions about it are tried with and without what was learned from the others.
"""

import argparse
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from evaluation.own_questions import (
    guidance_documents,
    load_guidance_questions,
    load_questions,
    starter_documents,
)
from evaluation.training.examples import Lesson, fold_of, lesson
from evaluation.training.question_adapter import Course, Tuner
from knowledge.embedding import MINILM_SHA256, SentenceTransformerEmbedder, packaged_model
from knowledge.question_adapter import PACKAGED


def main(arguments: Sequence[str]) -> int:
    """Train and write the adapter, or try it fold by fold; return 0."""
    parser = argparse.ArgumentParser(prog="python -m evaluation.training")
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, default=PACKAGED)
    parser.add_argument("--folds", type=int, default=0)
    given = parser.parse_args(arguments)
    lessons = _lessons(given.data)
    if given.folds:
        for fold in range(given.folds):
            _try_fold(lessons, fold, given.folds)
        return 0
    tuner = Tuner(packaged_model(), Course())
    tuner.train(tuple(lessons.values()), _told)
    given.out.parent.mkdir(parents=True, exist_ok=True)
    tuner.save(given.out, MINILM_SHA256)
    sys.stdout.write(f"Written: {given.out}\n")
    return 0


def _lessons(data: Path) -> Mapping[str, Lesson]:
    embedder = SentenceTransformerEmbedder(packaged_model(), MINILM_SHA256)
    return {
        "starter": lesson(load_questions().of("fit"), starter_documents(), embedder),
        "guidance": lesson(load_guidance_questions().of("fit"), guidance_documents(data), embedder),
    }


def _try_fold(lessons: Mapping[str, Lesson], fold: int, folds: int) -> None:
    def part(each: Lesson, held_out: bool) -> Lesson:
        return each.only(e for e in each.examples if (fold_of(e.page, folds) == fold) is held_out)

    tuner = Tuner(packaged_model(), Course())
    held_out = {name: part(each, True) for name, each in lessons.items()}
    texts = {name: [e.text for e in each.examples] for name, each in held_out.items()}
    plain = {name: tuner.embed(asked) for name, asked in texts.items()}
    tuner.train([part(each, False) for each in lessons.values()], _told)
    for name, each in held_out.items():
        before, after = (_found(each, v) for v in (plain[name], tuner.embed(texts[name])))
        sys.stdout.write(
            f"fold {fold + 1}, {name}, {len(each.examples)} questions: an answering passage among "
            f"the first 3 {before[0]:.3f} → {after[0]:.3f}, a marked sentence among the first 5 "
            f"{before[1]:.3f} → {after[1]:.3f}\n"
        )


def _found(
    asked: Lesson, vectors: np.ndarray[tuple[int, int], np.dtype[np.float32]]
) -> tuple[float, float]:
    """Return the shares with a right passage in the first 3, a right segment in the first 5."""
    passages = np.argsort(-vectors @ asked.passages.T, axis=1)[:, :3]
    segments = np.argsort(-vectors @ asked.segments.T, axis=1)[:, :5]
    each = list(zip(asked.examples, passages.tolist(), segments.tolist(), strict=True))
    return (
        sum(bool(set(found).intersection(e.passages)) for e, found, _ in each) / len(each),
        sum(bool(set(found).intersection(e.segments)) for e, _, found in each) / len(each),
    )


def _told(epoch: int, loss: float) -> None:
    sys.stdout.write(f"epoch {epoch + 1}: mean loss {loss:.3f}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
