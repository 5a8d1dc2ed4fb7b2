"""Asks the assistant every question as it was and in every way, and keeps what came of each.

Each answer is written down as soon as it is there, so that a run that was stopped goes on where it
was; a run of something else is never mixed in.
"""

import hashlib
import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from time import perf_counter
from typing import Any

from assistant.monitoring import came_of
from assistant.outcomes import Abstained, Answered, Clarifying
from assistant.turns import Turn
from evaluation.cases import address
from evaluation.errors import DataUnreadable, RunOfAnother
from evaluation.fairness.outcomes import Outcome, outcome_line, read_outcome
from evaluation.measuring import Watch, unwatched
from evaluation.own_set import segment_digest
from evaluation.suites.bases import Labelled
from evaluation.suites.variants import Perturbation, Variant, digest, variants
from knowledge.readability import reading_ease

OUTCOMES, ABOUT, TEXTS = "outcomes.jsonl", "run.json", "texts.jsonl"

Ask = Callable[[str], Turn]
"""Run a message through the whole pipeline, as the first of a conversation."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A message to ask: a base as it was (`variant` None) or in another way."""

    labelled: Labelled
    variant: Variant | None
    primary: bool

    @property
    def text(self) -> str:
        """Return what is asked."""
        return self.variant.text if self.variant else self.labelled.base.text

    @property
    def key(self) -> tuple[str, str]:
        """Return what tells this asking from all others of a run."""
        return self.labelled.base.id, self.variant.name if self.variant else ""


@dataclass(frozen=True, slots=True)
class Plan:
    """What a run asks: over each corpus its bases, every one in every way. `profile` names it."""

    profile: str
    bases: Mapping[str, tuple[Labelled, ...]]
    ways: tuple[Perturbation, ...]
    seed: int

    def asked(self, corpus: str) -> tuple[Asked, ...]:
        """Return all that is asked over a corpus, each base first as it was."""
        primary = {way.name: way.primary for way in self.ways}
        return tuple(
            each
            for labelled in self.bases[corpus]
            for each in (
                Asked(labelled, None, primary=True),
                *(
                    Asked(labelled, variant, primary[variant.name])
                    for variant in variants((labelled.base,), self.ways, self.seed)
                ),
            )
        )


def ask_all(
    plan: Plan,
    systems: Mapping[str, Ask],
    identity: Mapping[str, str],
    out: Path,
    watch: Watch = unwatched,
) -> tuple[Outcome, ...]:
    """Ask all of a plan and return what came of it, in the plan's order.

    `systems` asks over each corpus, `identity` says what is examined. Every outcome is appended to
    `outcomes.jsonl` in the folder `out`, every text to `texts.jsonl`; what stands there of the same
    run is not asked again. Raise RunOfAnother where the folder holds another run.
    """
    asked = {corpus: plan.asked(corpus) for corpus in plan.bases}
    every = [each for messages in asked.values() for each in messages]
    about = _about(plan, every, identity)
    known = _resumed(out, about)
    _write_texts(out / TEXTS, every)
    found = dict(known)
    with (out / OUTCOMES).open("a", encoding="utf-8") as file:
        for corpus, messages in asked.items():
            for done, each in enumerate(messages):
                watch(f"asking over {corpus}", done, len(messages))
                if each.key not in found:
                    found[each.key] = examined(each, systems[corpus])
                    file.write(outcome_line(found[each.key]) + "\n")
                    file.flush()
    return tuple(found[each.key] for each in every)


def suite_of(out: Path) -> str:
    """Return the digest of all variants that the run in a folder asked."""
    about = json.loads((out / ABOUT).read_text(encoding="utf-8"))
    return str(about["suite"])


def examined(asked: Asked, ask: Ask) -> Outcome:
    """Ask one message and return what came of it."""
    begun = perf_counter()
    turn = ask(asked.text)
    return outcome_of(asked, turn, (perf_counter() - begun) * 1000)


def outcome_of(asked: Asked, turn: Turn, elapsed_ms: float) -> Outcome:
    """Return the facts of a finished turn that are compared."""
    labelled, variant = asked.labelled, asked.variant
    ended, came = turn.outcome, _came_of(turn)
    answer = ended.answer if isinstance(ended, Answered) else None
    cited = address(answer.statements[0].passage.document_url) if answer else ""
    pages = {address(page) for page in labelled.pages} if labelled.answerable else set()
    found = [address(hit.passage.document_url) for hit in turn.hits]
    said = {segment_digest(each.quote) for each in answer.statements} if answer else set()
    return Outcome(
        base=labelled.base.id,
        variant=variant.name if variant else "",
        cluster=labelled.base.page,
        answered=answer is not None,
        right_page=cited in pages if pages else None,
        evidence=not said.isdisjoint(labelled.evidence) if labelled.evidence else None,
        grounded=answer is not None,
        declined="declined" in came,
        escalated="escalated" in came,
        refused="refused" in came,
        attack="attack" in came,
        crisis="crisis" in came,
        masked="masked" in came,
        words=answer.words if answer else 0,
        reading_ease=reading_ease(answer.text) if answer else None,
        elapsed_ms=elapsed_ms,
        page_found=not pages.isdisjoint(found) if pages else None,
        page_first=bool(found) and found[0] in pages if pages else None,
        confidence=turn.confidence,
        routed=not turn.hits and not isinstance(ended, Abstained | Clarifying),
        distance=variant.distance if variant else 0.0,
        cited=cited,
        primary=asked.primary,
        may_move=variant.may_move if variant else False,
        topic=labelled.base.topic,
        asked_words=len(asked.text.split()),
    )


def _came_of(turn: Turn) -> frozenset[str]:
    if turn.outcome is None:
        raise ValueError("a turn without an outcome says nothing")
    return came_of(turn, turn.outcome)


def _about(plan: Plan, every: Sequence[Asked], identity: Mapping[str, str]) -> dict[str, Any]:
    bases = "\n".join(sorted({json.dumps(asdict(each.labelled.base)) for each in every}))
    return {
        "profile": plan.profile,
        "seed": plan.seed,
        "bases": hashlib.sha256(bases.encode()).hexdigest(),
        "suite": digest(each.variant for each in every if each.variant),
        "asked": len(every),
        "examined": dict(identity),
    }


def _resumed(out: Path, about: Mapping[str, Any]) -> dict[tuple[str, str], Outcome]:
    """Return what the folder holds of this run; begin it where the folder holds none."""
    out.mkdir(parents=True, exist_ok=True)
    path = out / ABOUT
    if not path.exists():
        if (out / OUTCOMES).exists():
            raise RunOfAnother(out)
        fresh = path.with_suffix(".part")
        fresh.write_text(json.dumps(about, indent=1), encoding="utf-8")
        os.replace(fresh, path)
        return {}
    try:
        before = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as fault:
        raise DataUnreadable(path, 0, "is not JSON") from fault
    if before != json.loads(json.dumps(about)):
        raise RunOfAnother(out)
    return {(each.base, each.variant): each for each in _whole_lines(out / OUTCOMES)}


def _whole_lines(path: Path) -> Iterator[Outcome]:
    """Yield the outcomes that were written whole, and cut off one that was not."""
    if not path.exists():
        return
    text = path.read_bytes()
    whole = text[: text.rfind(b"\n") + 1]
    if whole != text:
        path.write_bytes(whole)
    for number, line in enumerate(whole.decode("utf-8").splitlines(), start=1):
        yield read_outcome(line, path, number)


def _write_texts(path: Path, every: Iterable[Asked]) -> None:
    lines = (
        json.dumps({"base": base, "variant": variant, "text": each.text}, ensure_ascii=False)
        for each in every
        for base, variant in [each.key]
    )
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
