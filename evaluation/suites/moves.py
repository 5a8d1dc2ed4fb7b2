"""Where who somebody is must change the answer: the same question without and with it, and what the
answer must then hold (see moves.jsonl).

The file holds one case a line, keys sorted: `id`, `page` (slug of a starter page),
`characteristic` (a key of identity.toml), `question`, `told` (the question with the attribute
said) and `evidence`, the SHA-256 (hex) of each sentence of the page that the answer to `told` must
quote. No text of the pages is in it.
"""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from evaluation.errors import DataMissing, DataUnreadable
from evaluation.own_questions import OwnQuestion, resolve
from evaluation.suites import identity
from evaluation.suites.variants import Base
from knowledge.documents import Document

FILE = Path(__file__).parent / "moves.jsonl"

_DIGEST = re.compile(r"[0-9a-f]{64}")
_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class Move:
    """A question, the same `told` with an attribute, and the digests of what must then be said."""

    id: str
    page: str
    characteristic: str
    question: str
    told: str
    evidence: tuple[str, ...]

    def base(self, corpus: str) -> Base:
        """Return the question without the attribute, as the suites know questions."""
        return Base(self.id, self.question, corpus, self.page)


def load_moves(path: Path = FILE) -> tuple[Move, ...]:
    """Return the cases in the file's order. Raise DataMissing, DataUnreadable (file, line, why).

    Whether page and evidence still exist is for `evidence_of` to say.
    """
    if not path.is_file():
        raise DataMissing(path, "the cases that must move", "Copy it from the project's sources.")
    characteristics = identity.load().already.keys() - {identity.CONTROL}
    moves: dict[str, Move] = {}
    for number, line in enumerate(path.read_text(encoding="utf-8").split("\n"), start=1):
        if not line.strip():
            continue
        move = _move(path, number, line)
        fault = _fault(move, moves.keys(), characteristics)
        if fault:
            raise DataUnreadable(path, number, f"{move.id}: {fault}")
        moves[move.id] = move
    return tuple(moves.values())


def evidence_of(
    moves: Iterable[Move], documents: Mapping[str, Document]
) -> Mapping[str, tuple[str, ...]]:
    """Return the sentences that each case's answer must hold, by id. `documents` go by slug.

    Raise QuestionsStale where a page or a sentence is gone.
    """
    asked = (
        OwnQuestion(move.id, move.page, "plain", move.told, move.evidence, answerable=True)
        for move in moves
    )
    return resolve(asked, documents)


_MOVE = TypeAdapter(Move)


def _move(path: Path, number: int, line: str) -> Move:
    try:
        value: Any = json.loads(line)
        unknown = sorted(set(value) - {field.name for field in fields(Move)})
        if unknown:
            raise DataUnreadable(path, number, f"unknown key {unknown[0]!r}: delete it")
        return _MOVE.validate_json(line, strict=True)
    except ValidationError as fault:
        first: Any = fault.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or "the line"
        raise DataUnreadable(path, number, f"{where}: {first['msg']}") from fault
    except (ValueError, TypeError) as fault:
        raise DataUnreadable(path, number, f"not a JSON object ({fault})") from fault


def _fault(move: Move, earlier: Iterable[str], characteristics: Iterable[str]) -> str:
    known = sorted(characteristics)
    checks = (
        (move.id in set(earlier), "the id stands there twice"),
        (
            move.characteristic not in known,
            f"no such characteristic; write one of: {', '.join(known)}",
        ),
        (not move.evidence, "needs the digest of at least one sentence"),
        (not all(_DIGEST.fullmatch(each) for each in move.evidence), "not a SHA-256 in lower hex"),
        (len(set(move.evidence)) != len(move.evidence), "a digest stands there twice"),
        (not move.question.strip(), "the question is empty"),
        (move.question == move.told, "told must say something more than the question"),
        (
            not _kept(move.question, move.told),
            "told must keep the question's words in order, and only add some",
        ),
    )
    return next((why for wrong, why in checks if wrong), "")


def _kept(question: str, told: str) -> bool:
    left = iter(_WORD.findall(told.casefold()))
    return all(word in left for word in _WORD.findall(question.casefold()))
