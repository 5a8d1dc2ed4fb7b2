"""The check by hand: a sample of variants, read one by one, each said to keep what is asked or not.

    python -m evaluation.suites.writing.checking SEED

draws a fresh sample for reading: lines like those of `checked.jsonl` without `keeps` and `why`.
The texts come from the rules as they are; where rules change, a sample is drawn and read again.
"""

import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from random import Random
from typing import Any

from pydantic import TypeAdapter, ValidationError

from evaluation.errors import DataMissing, DataUnreadable
from evaluation.own_questions import load_questions
from evaluation.suites.variants import Base, Perturbation, Variant, variants
from evaluation.suites.writing import perturbations
from evaluation.suites.writing.reading import FOLDER

EACH = 5
"""Variants of each perturbation in a sample."""


@dataclass(frozen=True, slots=True)
class Checked:
    """A variant that somebody read: made from `base` by `name` with the suite's `seed`. `why` says
    what it lost, where it does not keep what is asked."""

    base: str
    name: str
    seed: int
    text: str
    keeps: bool
    why: str = ""


def checked(path: Path = FOLDER / "checked.jsonl") -> tuple[Checked, ...]:
    """Return what was read by hand. Raise DataMissing, DataUnreadable with the line."""
    if not path.is_file():
        raise DataMissing(path, "the check by hand", "Install again.")
    form, known = TypeAdapter(Checked), {field.name for field in fields(Checked)}
    read = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        try:
            unknown = sorted(set(json.loads(line)) - known)
            if unknown:
                raise DataUnreadable(path, number, f"unknown key {unknown[0]!r}")
            each = form.validate_json(line, strict=True)
        except ValidationError as fault:
            first: Any = fault.errors()[0]
            where = ".".join(str(part) for part in first["loc"]) or "the line"
            raise DataUnreadable(path, number, f"{where}: {first['msg']}") from fault
        except (ValueError, TypeError) as fault:
            raise DataUnreadable(path, number, f"not a JSON object ({fault})") from fault
        if each.keeps == bool(each.why):
            raise DataUnreadable(path, number, "why is there exactly where keeps is false")
        read.append(each)
    return tuple(read)


def bases() -> dict[str, Base]:
    """Return the own English questions over the starter pages that stand alone, by id."""
    return {
        question.id: Base(question.id, question.text, "starter", question.page)
        for question in load_questions().questions
        if question.language == "en" and not question.follows and not question.out_of_scope
    }


def drawn(seed: int, ways: Sequence[Perturbation]) -> tuple[Variant, ...]:
    """Return `EACH` variants of each perturbation, each over a question of its own."""
    random = Random(seed)  # noqa: S311
    asked = sorted(bases().values(), key=lambda base: base.id)
    taken: list[Variant] = []
    for way in ways:
        random.shuffle(asked)
        used = {variant.base for variant in taken}
        left = [base for base in asked if base.id not in used]
        made = variants(left, (way,), seed)
        taken += [variant for variant, _ in zip(made, range(EACH), strict=False)]
    return tuple(taken)


def main(arguments: Sequence[str]) -> int:
    """Write a sample to standard output."""
    seed = int(arguments[0])
    for variant in drawn(seed, perturbations()):
        told = {"base": variant.base, "name": variant.name, "seed": seed, "text": variant.text}
        sys.stdout.write(json.dumps(told, ensure_ascii=False, sort_keys=True) + "\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
