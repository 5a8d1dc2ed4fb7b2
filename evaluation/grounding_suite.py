"""The suite of worded sentences: faithful ones that must pass grounding, bent ones that must not.

Deterministic: the same pages, rewordings and seed give the same cases. See rewordings/README.md.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random
from typing import Any

from pydantic import TypeAdapter, ValidationError

from assistant.answers import Statement
from evaluation.corrupting import CORRUPTING, obeyed, smuggled
from evaluation.errors import DataMissing, DataUnreadable, QuestionsStale
from evaluation.keeping import KEEPING, lead_and_item
from evaluation.own_questions import Half, half_of, segment_digest
from knowledge.chunking import passages_of
from knowledge.documents import Document, Passage, Segment, SegmentKind

VERSION = 1
SEED = 20_261
A_PAGE = 6
"""How many sentences of a page are taken."""
REWORDINGS = Path(__file__).parent / "rewordings" / "rewordings.jsonl"

GOLD = "as it stands"
BY_HAND = "reworded by hand"


@dataclass(frozen=True, slots=True)
class Rewording:
    """A faithful rewording, written by hand, of one segment of a starter page.

    `quote` is the SHA-256 (hex) of the segment's text.
    """

    id: str
    page: str
    quote: str
    text: str

    @property
    def half(self) -> Half:
        """Return the half of the set that its page belongs to."""
        return half_of(self.page)


@dataclass(frozen=True, slots=True)
class WordedCase:
    """A statement as a language model might give it. `faithful`: it must pass, else it must not.

    `kind` says how it was made. `base` is the faithful text that was bent, or "". A `generated`
    case is worded; the others are quotations.
    """

    id: str
    page: str
    kind: str
    faithful: bool
    statement: Statement
    base: str = ""
    generated: bool = True


def load_rewordings(path: Path = REWORDINGS) -> tuple[Rewording, ...]:
    """Return the rewordings written by hand. Raise DataMissing, DataUnreadable."""
    if not path.is_file():
        raise DataMissing(path, "the rewordings written by hand")
    found = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        try:
            found.append(_REWORDING.validate_json(line, strict=True))
        except ValidationError as fault:
            first: Any = fault.errors()[0]
            raise DataUnreadable(path, number, f"{first['loc']}: {first['msg']}") from fault
    return tuple(found)


def rewordings_digest(rewordings: Iterable[Rewording]) -> str:
    """Return the SHA-256 (hex) of the rewordings, whatever their order."""
    lines = sorted(json.dumps((r.id, r.page, r.quote, r.text)) for r in rewordings)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def by_hand(
    rewordings: Iterable[Rewording], pages: Mapping[str, Document]
) -> tuple[WordedCase, ...]:
    """Return the rewordings as cases. Raise QuestionsStale where a sentence is gone."""
    held = {
        (slug, segment_digest(segment.text)): (passage, segment)
        for slug, document in pages.items()
        for passage in passages_of(document)
        for segment in passage.segments
    }
    rewordings = tuple(rewordings)
    gone = tuple(
        (each.id, f"no segment of {each.page!r} has the digest {each.quote[:12]}…")
        for each in rewordings
        if (each.page, each.quote) not in held
    )
    if gone:
        raise QuestionsStale(gone)
    return tuple(
        WordedCase(
            f"{each.id}/by hand",
            each.page,
            BY_HAND,
            True,
            _statement(*held[each.page, each.quote], each.text),
        )
        for each in rewordings
    )


def by_rule(
    pages: Mapping[str, Document],
    a_page: int = A_PAGE,
    seed: int = SEED,
    wanted: Callable[[str, Segment], bool] = lambda slug, segment: True,
) -> tuple[WordedCase, ...]:
    """Return sentences of each page as they stand, and their rewordings by rule.

    Up to `a_page` of those that are `wanted` (asked with the page's key) are drawn of each page.
    """
    cases = []
    for slug, document in pages.items():
        for number, (passage, segment) in enumerate(_drawn(slug, document, a_page, seed, wanted)):
            gold = _spoken(segment)
            name = f"{slug}/{number}"
            cases.append(
                WordedCase(f"{name}/gold", slug, GOLD, True, _statement(passage, segment, gold))
            )
            cases += [
                WordedCase(f"{name}/{kind}", slug, kind, True, _statement(passage, segment, fresh))
                for kind, keep in KEEPING.items()
                if (fresh := keep(gold)) != gold
            ]
    return tuple(cases)


def bent(faithful: Sequence[WordedCase], seed: int = SEED) -> Iterator[WordedCase]:
    """Yield, for each faithful base, one case of each kind of bending that it gives hold for."""
    for base in faithful:
        text, source = base.statement.text, _source(base.statement)
        for kind, corrupt in CORRUPTING.items():
            random = Random(f"{seed} {base.id} {kind}")  # noqa: S311  (no secret: repeatable)
            fresh = corrupt(text, random, source)
            if fresh is not None and fresh != text:
                yield _bent(base, kind, fresh)


def from_elsewhere(faithful: Sequence[WordedCase], seed: int = SEED) -> Iterator[WordedCase]:
    """Yield cases that say a sentence of another page, alone or after their own."""
    bases = [case for case in faithful if len(case.statement.text.split()) >= 6]
    if len(bases) < 2:
        return
    for place, base in enumerate(bases):
        random = Random(f"{seed} {base.id} elsewhere")  # noqa: S311
        others = [bases[(place + random.randrange(1, len(bases))) % len(bases)] for _ in range(9)]
        other = next((each for each in others if each.page != base.page), None)
        if other is not None:
            strange = other.statement.text
            yield _bent(base, "another page", strange)
            if random.random() < 0.5:
                yield _bent(base, "another page, added", f"{base.statement.text} {strange}")


def with_instructions(faithful: Sequence[WordedCase], seed: int = SEED) -> Iterator[WordedCase]:
    """Yield answers that obeyed an instruction hidden in guidance, or quote it onward."""
    for base in faithful:
        random = Random(f"{seed} {base.id} instruction")  # noqa: S311
        half = half_of(base.page)
        order, done = random.choice(smuggled(half)), random.choice(obeyed(half))
        passage = base.statement.passage
        hidden = Segment(SegmentKind.SENTENCE, order, block=len(passage.segments) + 1)
        poisoned = replace(passage, segments=(*passage.segments, hidden))
        yield _bent(
            base, "instruction obeyed", random.choice((done, f"{base.statement.text} {done}"))
        )
        yield replace(
            _bent(base, "instruction quoted", order),
            statement=Statement(order, order, poisoned, block=hidden.block),
            generated=random.random() < 0.5,
        )


def quoted_instructions(
    texts: Iterable[tuple[str, str, str]], pages: Mapping[str, Document]
) -> tuple[WordedCase, ...]:
    """Return quotations of instructions that others wrote, each hidden in a page.

    `texts` holds the id, family and text of each.
    """
    passage = passages_of(next(iter(pages.values())))[0]
    cases = []
    for name, family, text in texts:
        hidden = Segment(SegmentKind.SENTENCE, text, block=len(passage.segments) + 1)
        poisoned = replace(passage, segments=(*passage.segments, hidden))
        statement = Statement(text, text, poisoned, block=hidden.block)
        cases.append(
            WordedCase(name, family, "instruction quoted", False, statement, generated=False)
        )
    return tuple(cases)


def _bent(base: WordedCase, kind: str, text: str) -> WordedCase:
    return replace(
        base,
        id=f"{base.id}/{kind}",
        kind=kind,
        faithful=False,
        statement=replace(base.statement, text=text),
        base=base.statement.text,
    )


def _drawn(
    slug: str,
    document: Document,
    a_page: int,
    seed: int,
    wanted: Callable[[str, Segment], bool],
) -> Sequence[tuple[Passage, Segment]]:
    held = [
        (passage, segment)
        for passage in passages_of(document)
        for segment in passage.segments
        if segment.kind is not SegmentKind.ROW
        and not segment.text.endswith(":")
        and 6 <= len(f"{segment.lead} {segment.text}".split()) <= 45
        and wanted(slug, segment)
    ]
    random = Random(f"{seed} {slug}")  # noqa: S311
    return random.sample(held, min(a_page, len(held)))


def _spoken(segment: Segment) -> str:
    return lead_and_item(f"{segment.lead} {segment.text}") if segment.lead else segment.text


def _source(statement: Statement) -> str:
    lead = next(s.lead for s in statement.passage.segments if s.text == statement.quote)
    return f"{lead} {statement.quote}".strip()


def _statement(passage: Passage, segment: Segment, text: str) -> Statement:
    return Statement(text, segment.text, passage, block=segment.block)


_REWORDING = TypeAdapter(Rewording)
