"""Train the adapter that ships.

python -m evaluation.training lessons FILE --data DIR
python -m evaluation.training adapter FILE --out ADAPTER [--leave-out N/FOLDS] [--device cuda]
python -m evaluation.training average ADAPTER… [--out ADAPTER]
python -m evaluation.training try FILE [--adapter ADAPTER] --fold N/FOLDS

The first gathers what is learned from into FILE; `--data` is the folder with the guidance pages
that the questions are about. The second needs only that file, torch, peft and
sentence-transformers: minutes on a graphics processor, most of a day on two cores. With
`--leave-out` the questions over one part of the pages are not learned from, so that they can be
tried. The third writes the mean of some adapters, which is what ships. The fourth says how well the
questions over that part are answered, by meaning alone; without an adapter, by the published model.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from evaluation.training.examples import fold_of, read_lessons, write_lessons
from knowledge.embedding import MINILM_SHA256, packaged_model
from knowledge.model_adapter import PACKAGED

TOLD_EVERY = 50


def main(arguments: Sequence[str]) -> int:
    """Gather or train; return 0."""
    parser = argparse.ArgumentParser(prog="python -m evaluation.training")
    parts = parser.add_subparsers(dest="part", required=True)
    gather = parts.add_parser("lessons", help="gather what is learned from")
    gather.add_argument("file", type=Path)
    gather.add_argument("--data", type=Path, required=True)
    train = parts.add_parser("adapter", help="train the adapter")
    train.add_argument("file", type=Path)
    train.add_argument("--out", type=Path, required=True)
    train.add_argument("--leave-out", default="")
    train.add_argument("--device", default="cpu")
    train.add_argument("--model", type=Path, default=None)
    mean = parts.add_parser("average", help="write the mean of some adapters")
    mean.add_argument("adapters", type=Path, nargs="+")
    mean.add_argument("--out", type=Path, default=PACKAGED)
    trial = parts.add_parser("try", help="try an adapter on the pages it was trained without")
    trial.add_argument("file", type=Path)
    trial.add_argument("--adapter", type=Path, default=None)
    trial.add_argument("--fold", required=True)
    given = parser.parse_args(arguments)
    match given.part:
        case "lessons":
            from evaluation.training.lessons import all_lessons

            write_lessons(all_lessons(given.data), given.file)
        case "adapter":
            _train(given)
        case "average":
            from evaluation.training.adapter import average

            average(given.adapters, given.out, MINILM_SHA256)
        case "try":
            _try(given)
    return 0


def _train(given: argparse.Namespace) -> None:
    from evaluation.training.adapter import Course, Tuner

    lessons = read_lessons(given.file)
    if given.leave_out:
        fold, folds = map(int, given.leave_out.split("/"))
        lessons = tuple(each.only(lambda page: fold_of(page, folds) != fold) for each in lessons)
    tuner = Tuner(given.model or packaged_model(), Course(), given.device)
    tuner.train(lessons, _told)
    given.out.parent.mkdir(parents=True, exist_ok=True)
    tuner.save(given.out, MINILM_SHA256)
    sys.stdout.write(f"Written: {given.out}\n")


def _try(given: argparse.Namespace) -> None:
    from evaluation.training.trial import tried
    from knowledge.embedding import SentenceTransformerEmbedder

    embedder = SentenceTransformerEmbedder(packaged_model(), MINILM_SHA256, adapter=given.adapter)
    fold, folds = map(int, given.fold.split("/"))
    for number, lesson in enumerate(read_lessons(given.file), start=1):
        held_out = lesson.only(lambda page: fold_of(page, folds) == fold)
        if held_out.examples:
            found = tried(held_out, embedder)
            sys.stdout.write(
                f"lesson {number}, {found.questions} questions: an answering passage nearest "
                f"{found.passage:.3f}, the right page {found.page:.3f}, an answering part "
                f"{found.part:.3f}; answering parts among the nearest five {found.parts:.3f}\n"
            )


def _told(step: int, steps: int, loss: float) -> None:
    if step % TOLD_EVERY == 0 or step == steps:
        sys.stdout.write(f"step {step} of {steps}: loss {loss:.3f}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
