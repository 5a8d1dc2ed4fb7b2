"""What a Welsh question finds, and whether it may be quoted. Unreviewed by a Welsh speaker.

The embedding model reads English: to it one Welsh text is much like another. So Welsh guidance is
ranked by the question's words alone. Words alone say little about whether it answers, so it is
quoted only on evidence: either it has nearly all of the question's words and no other page comes
close, or English guidance, found by the policy's terms, is the same page in the other language.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from knowledge.documents import Passage
from knowledge.lexical import TOKEN, fold
from knowledge.retrieval import Hit
from knowledge.welsh import root, telling

SEGMENT = 0.25
"""What a segment with all of the question's roots counts for. Chosen, as what follows, on the `fit`
half of the project's own Welsh questions, and of Welsh pages' titles and descriptions."""
SHARE = 0.6
"""The share of a question's roots that the best passage must have to be quoted on words alone."""
LEAD = 0.075
"""How far its score must then be above the best of any other page."""
FEWEST = 2
"""How many roots a question must have for that: a word or less can be on any page."""
NEAR = 0.05
"""English pages whose score is less than this below the best are taken for equally good."""


def roots_of(text: str) -> frozenset[str]:
    """Return the roots of a Welsh text's telling words."""
    words = (part for word in TOKEN.findall(fold(text)) for part in word.split("'"))
    return frozenset(root(word) for word in words if telling(word))


def by_words(hits: Sequence[Hit], question: str) -> tuple[Hit, ...]:
    """Return those of some Welsh hits that have words of the question, best first.

    Their score is what the words add to it, and a segment counts by its share of the question's
    roots, so that the steps after this read them as they read English hits.
    """
    asked = roots_of(question)
    found = [_by_words(hit, asked) for hit in hits if hit.lexical > 0]
    return tuple(sorted(found, key=lambda hit: -hit.score))


def well_worded(hits: Sequence[Hit], question: str) -> bool:
    """Say whether the words alone speak for the first of some Welsh hits, best first."""
    asked = roots_of(question)
    if not hits or len(asked) < FEWEST:
        return False
    best = hits[0]
    page = best.passage.document_url
    rival = max((hit.score for hit in hits if hit.passage.document_url != page), default=0.0)
    share = len(asked & _roots_in(best.passage)) / len(asked)
    return share >= SHARE and best.score - rival >= LEAD


def agreed(hits: Sequence[Hit], english: Sequence[Hit]) -> bool:
    """Say whether the first Welsh hit is of one of the best English pages, in Welsh."""
    if not hits or not english:
        return False
    best = max(hit.score for hit in english)
    near = {_page(hit) for hit in english if best - hit.score <= NEAR}
    return not near.isdisjoint(twins(_page(hits[0])))


def offered(hits: Sequence[Hit], english: Sequence[Hit]) -> Iterator[Passage]:
    """Yield a passage of each page to offer: the English ones, in Welsh where that was found."""
    welsh = {_page(hit): hit.passage for hit in reversed(hits)}
    shown: set[str] = set()
    for hit in english:
        passage = next((welsh[url] for url in twins(_page(hit)) if url in welsh), hit.passage)
        if passage.document_url not in shown:
            shown.add(passage.document_url)
            yield passage


def twins(url: str) -> tuple[str, ...]:
    """Return where a page may stand in the other language: "/cy/tax" and "/en/tax", and GOV.UK's
    "tax.cy" and "tax"."""
    if url.endswith(".cy"):
        return (url.removesuffix(".cy"),)
    if "/cy/" in url:
        return (url.replace("/cy/", "/en/", 1), url.replace("/cy/", "/", 1))
    return (url.replace("/en/", "/cy/", 1), f"{url}.cy")


def _by_words(hit: Hit, asked: frozenset[str]) -> Hit:
    shares = tuple(
        SEGMENT * len(asked & roots_of(segment.text)) / max(1, len(asked))
        for segment in hit.passage.segments
    )
    return replace(hit, score=hit.score - hit.dense, dense=0.0, segments=shares)


def _roots_in(passage: Passage) -> frozenset[str]:
    return roots_of(f"{passage.title} {' '.join(passage.headings)} {passage.text}")


def _page(hit: Hit) -> str:
    return hit.passage.document_url
