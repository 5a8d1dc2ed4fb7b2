"""Choose how meaning, words, the best sentence and the rest of the page weigh in finding passages.

python -m evaluation.training.ranking --data DIR --adapters FIRST SECOND

tries the weights of `knowledge.retrieval.FusionWeights` and `assistant.steps.rerank.RerankWeights`
on the own and the practice questions of the fit half, each read by an adapter that had not learned
its page, and prints for each how often the first passage is of the right page, how often it
answers, and what share of what answers stands in the first 300 words. Some ten minutes on two
cores.
"""

import argparse
import itertools
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from assistant.steps.rerank import RerankWeights, rerank
from assistant.steps.retrieve import DEPTH
from assistant.text import RawText
from assistant.turns import Turn
from evaluation.own_questions import (
    guidance_documents,
    load_guidance_questions,
    load_questions,
    starter_documents,
)
from evaluation.own_set import OwnQuestions, segment_digest
from evaluation.training.examples import fold_of
from evaluation.training.held_out import FOLDS, adapted, alone, held_out, index_of
from evaluation.training.practice import GUIDANCE, STARTER, practice_questions
from knowledge.documents import Document, Passage
from knowledge.embedding import Embedder
from knowledge.retrieval import FusionWeights, Hit, Retriever

READ = 300
"""Words."""
LEXICAL = (0.4, 0.5, 0.7)
BEST_SEGMENT = (0.25, 0.6, 1.0, 1.5)
PAGE = (0.25, 0.5)
_AT = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, its set, the addresses of the pages that answer, and the digests that do."""

    group: str
    text: str
    urls: frozenset[str]
    evidence: frozenset[str]


class Found(NamedTuple):
    """Shares: right page first, answering passage first, evidence in the first 300 words."""

    page: float
    passage: float
    evidence: float


def main(arguments: Sequence[str]) -> int:
    """Try and print, best mean first; return 0."""
    parser = argparse.ArgumentParser(prog="python -m evaluation.training.ranking")
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--adapters", type=Path, nargs=FOLDS, required=True)
    given = parser.parse_args(arguments)
    sets = (
        ("starter", load_questions(), STARTER, starter_documents()),
        ("guidance", load_guidance_questions(), GUIDANCE, guidance_documents(given.data)),
    )
    found: dict[tuple[float, RerankWeights], dict[str, list[Found]]] = {}
    for fold, adapter in enumerate(given.adapters):
        embedder = adapted(adapter)
        for name, own, practice, pages in sets:
            asked = _asked(name, own, practice, pages, fold)
            for weights, group, each in _tried(tuple(asked), pages, embedder):
                found.setdefault(weights, defaultdict(list))[group].append(each)
    _report(found)
    return 0


def _asked(
    name: str, own: OwnQuestions, practice: str, pages: Mapping[str, Document], fold: int
) -> Iterator[Asked]:
    for question in own.of("fit"):
        if question.answerable and held_out(question, fold):
            urls = frozenset(pages[page].url for page in (question.page, *question.also))
            evidence = frozenset(question.evidence)
            yield Asked(f"{name}, own", alone(question), urls, evidence)
    for each in practice_questions(practice):
        if fold_of(each.page, FOLDS) == fold:
            urls = frozenset([pages[each.page].url])
            yield Asked(f"{name}, practice", each.text, urls, frozenset(each.evidence))


def _tried(
    asked: Sequence[Asked], pages: Mapping[str, Document], embedder: Embedder
) -> Iterator[tuple[tuple[float, RerankWeights], str, Found]]:
    index = index_of(pages, embedder)
    orders = [
        RerankWeights(best_segment=best, page=page)
        for best, page in itertools.product(BEST_SEGMENT, PAGE)
    ]
    for question in asked:
        vector = embedder.embed_question(question.text)
        for lexical in LEXICAL:
            retriever = Retriever(index, embedder, FusionWeights(lexical))
            hits = retriever.search_vector(vector, question.text, DEPTH)
            turn = Turn("", RawText(question.text), _AT, hits=hits)
            for order in orders:
                ranked = rerank(order)(turn).hits
                yield (lexical, order), question.group, _found(question, ranked)


def _found(question: Asked, hits: Sequence[Hit]) -> Found:
    first = hits[0].passage
    return Found(
        page=first.document_url in question.urls,
        passage=not question.evidence.isdisjoint(_digests(first)),
        evidence=_read(question, hits),
    )


def _read(question: Asked, hits: Sequence[Hit]) -> float:
    """Return the share of the evidence that stands whole in the first words."""
    left = READ
    seen: set[str] = set()
    for hit in hits:
        for segment, digest in zip(hit.passage.segments, _digests(hit.passage), strict=True):
            left -= len(segment.text.split())
            if left < 0:
                return len(seen & question.evidence) / len(question.evidence)
            seen.add(digest)
    return len(seen & question.evidence) / len(question.evidence)


def _digests(passage: Passage) -> list[str]:
    return [segment_digest(segment.text) for segment in passage.segments]


def _report(found: Mapping[tuple[float, RerankWeights], Mapping[str, Sequence[Found]]]) -> None:
    rows = []
    for (lexical, order), groups in found.items():
        means = {name: _mean(each) for name, each in groups.items()}
        rows.append((_mean(list(means.values())), lexical, order, means))
    for mean, lexical, order, means in sorted(rows, key=lambda row: -sum(row[0])):
        sys.stdout.write(
            f"words {lexical:.2f}, best segment {order.best_segment:.2f}, page {order.page:.2f}: "
            f"{_shown(mean)}"
            + "".join(f"; {name} {_shown(each)}" for name, each in means.items())
            + "\n"
        )


def _mean(found: Sequence[Found]) -> Found:
    return Found(*(sum(column) / len(found) for column in zip(*found, strict=True)))


def _shown(found: Found) -> str:
    return " ".join(f"{share:.3f}" for share in found)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
