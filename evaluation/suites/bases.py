"""The questions that are put in other people's words, and what answers them.

The project's own ones ship; ConditionalQA's and those made from headings need pages of their own.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urldefrag

from evaluation.cases import address
from evaluation.datasets import GoldQuestion
from evaluation.own_set import Half, OwnQuestions
from evaluation.suites.variants import Base
from knowledge.documents import Document, Passage

_ABOUT = ("What does the guidance say about", "Where can I find out about", "I need to know about")


@dataclass(frozen=True, slots=True)
class Labelled:
    """A base and its labels.

    `pages` are the addresses of the pages that answer (empty where none does: then it should be
    declined); `evidence` are digests of the segments that answer (empty: not known). `difficulty`
    is a short word for how it is put, to take results apart by.
    """

    base: Base
    pages: frozenset[str] = frozenset()
    evidence: frozenset[str] = frozenset()
    answerable: bool = True
    difficulty: str = ""


def own_bases(
    questions: OwnQuestions, documents: Mapping[str, Document], corpus: str, half: Half = "report"
) -> tuple[Labelled, ...]:
    """Return the project's own questions of a half, in English, follow-ups made to stand alone.

    `documents` are the pages by slug or address. Nothing was fitted on the report half; on the fit
    half, wordings were learned, so that a change of wording would cost more than it does in life.
    """
    return tuple(
        Labelled(
            Base(
                id=question.id,
                text=question.standalone or question.text,
                corpus=corpus,
                page=question.page,
                topic=question.page.rpartition("/")[2],
            ),
            pages=frozenset(documents[name].url for name in (question.page, *question.also)),
            evidence=frozenset(question.evidence),
            answerable=question.answerable,
            difficulty=question.kind,
        )
        for question in questions.of(half)
        if question.language == "en" and not question.out_of_scope
    )


def conditional_bases(questions: Iterable[GoldQuestion], corpus: str) -> tuple[Labelled, ...]:
    """Return ConditionalQA's questions, with their story; only their page is known here."""
    return tuple(
        Labelled(
            Base(each.question.id, each.question.text, corpus, address(each.page)),
            pages=frozenset([address(each.page)]),
            answerable=each.answerable,
            difficulty="story",
        )
        for each in questions
    )


def heading_bases(passages: Sequence[Passage], corpus: str, most: int) -> tuple[Labelled, ...]:
    """Return questions made from the headings of a corpus that has no labelled questions.

    They are not what citizens ask, so no page is taken for right: what is compared is whether
    another wording gets the same. Spread evenly over the passages; `most` of them at most.
    """
    first: dict[tuple[str, str], Passage] = {}
    for passage in passages:
        if passage.language == "en":
            first.setdefault((passage.document_url, passage.heading), passage)
    held = list(first.values())
    step = max(len(held) / most, 1.0)
    chosen = [held[int(place * step)] for place in range(min(most, len(held)))]
    return tuple(
        Labelled(
            Base(
                id=f"heading-{number:05}",
                text=f"{_ABOUT[number % len(_ABOUT)]} {passage.heading}?",
                corpus=corpus,
                page=urldefrag(passage.document_url).url,
            ),
            difficulty="heading",
        )
        for number, passage in enumerate(chosen)
    )


def sampled(bases: Sequence[Labelled], most: int) -> tuple[Labelled, ...]:
    """Return at most so many bases, evenly spread, so that every page keeps its share."""
    if len(bases) <= most:
        return tuple(bases)
    step = len(bases) / most
    return tuple(bases[int(place * step)] for place in range(most))
