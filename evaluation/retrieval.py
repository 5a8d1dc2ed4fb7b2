"""How well a search finds the page, and the words on it that answer.

Evidence@N reads the passages' own words in ranked order and stops after exactly N of them;
headings are not read and do not count. A gold element counts when its whole text stands in what
was read. Gold elements that are headings (h1–h3) cannot stand in a passage's own words: they are
left out of the count, and how many is said in the report.
"""

from collections.abc import Mapping, Sequence
from math import log2

from evaluation.cases import Found, address
from evaluation.datasets import GoldQuestion, PassageQuery, SearchQuery, passage_id
from evaluation.figures import Average, Case, Measure, Reading, Unit
from evaluation.matching import (
    first_words,
    is_heading,
    plain,
    read_within,
    stands_in,
    tokens,
)

BUDGETS = (300, 800, 1500)
DEPTH = 60
"""How many passages are asked for, so that 1,500 words can be read."""

_READ_SHORT = 300


def _evidence(budget: int) -> tuple[Measure, ...]:
    read = f"in the first {budget:,} words read"
    return (
        Measure(
            name=f"evidence@{budget}",
            source=f"evidence@{budget}",
            label=f"Evidence {read}",
            explains="Share of all gold evidence elements whose whole text stands "
            f"{read}, whichever page says it. Every element weighs the same.",
            says=f"The first {budget:,} words that it finds hold {{value}} of the evidence."
            if budget == _READ_SHORT
            else "",
        ),
        Measure(
            name=f"evidence@{budget} by question",
            source=f"evidence@{budget}",
            label=f"Evidence {read}, mean of questions",
            explains="The same, averaged over questions: each question weighs the same.",
            average=Average.BY_QUESTION,
        ),
        Measure(
            name=f"evidence@{budget} on page",
            source=f"evidence@{budget} on page",
            label=f"Evidence {read} of the right page",
            explains="Stricter: only words of the question's own page can hold an element.",
        ),
    )


def _page(depth: int, what: str) -> Measure:
    place = "first" if depth == 1 else f"among the first {depth} passages"
    return Measure(
        name=f"page@{depth}",
        source=f"page@{depth}",
        label=f"Right page {place}",
        explains=f"Share of {what} whose page is {place}.",
        says=f"The right page came {place} for {{value}} of {what}." if depth == 1 else "",
    )


GUIDANCE = (
    _page(1, "questions"),
    _page(5, "questions"),
    *(measure for budget in BUDGETS for measure in _evidence(budget)),
)
QUERIES = (_page(1, "search queries"), _page(5, "search queries"))
WELSH = (_page(1, "Welsh questions"), _page(5, "Welsh questions"))
PASSAGES = (
    *(
        Measure(
            name=f"nDCG@{depth}",
            source=f"nDCG@{depth}",
            label=f"Ranking of the relevant passages, first {depth}",
            explains=f"nDCG@{depth} with the published judgements: 1 is a perfect order.",
            unit=Unit.SCORE,
            average=Average.BY_QUESTION,
            says="The ranking of the relevant passages scores {value} of 1 (nDCG@5)."
            if depth == 5
            else "",
        )
        for depth in (5, 10)
    ),
    *(
        Measure(
            name=f"recall@{depth}",
            source=f"recall@{depth}",
            label=f"Relevant passages among the first {depth}",
            explains="Share of a question's relevant passages that are found, mean of questions.",
            average=Average.BY_QUESTION,
        )
        for depth in (5, 10)
    ),
)


def score_guidance(gold: GoldQuestion, found: Sequence[Found]) -> Case:
    """Return the case of a guidance question: page@1, page@5 and evidence at each budget."""
    home = address(gold.page)
    elements = [plain(element) for element in gold.evidence if not is_heading(element)]
    folded = [tokens(element) for element in elements]
    values = _page_values({home}, found)
    for budget in BUDGETS:
        read = read_within((passage.text for passage in found), budget)
        on_page = [
            text for text, passage in zip(read, found, strict=False) if _page_of(passage) == home
        ]
        for name, texts in ((f"evidence@{budget}", read), (f"evidence@{budget} on page", on_page)):
            whole = tokens("\n".join(texts))
            standing = sum(stands_in(element, whole) for element in folded)
            values[name] = (float(standing), float(len(folded)))
    shortly = tokens("\n".join(read_within((passage.text for passage in found), _READ_SHORT)))
    return Case(
        id=gold.question.id,
        cluster=home,
        values=values,
        reading=Reading(
            question=gold.question.text,
            due=tuple(
                (element, stands_in(each, shortly))
                for element, each in zip(elements, folded, strict=True)
            ),
            came=_shown(found),
            verdict=gold.page,
        ),
        shortfall=_shortfall(values),
    )


def score_query(query: SearchQuery, found: Sequence[Found]) -> Case:
    """Return the case of a search query: page@1 and page@5. Any of its pages will do."""
    pages = {address(page) for page in query.pages}
    values = _page_values(pages, found)
    return Case(
        id=query.id,
        cluster=min(pages),
        values=values,
        reading=Reading(query.text, came=_shown(found), verdict=", ".join(query.pages)),
        shortfall=_shortfall(values),
    )


def score_passages(query: PassageQuery, found: Sequence[Found]) -> Case:
    """Return the case of a question with judged passages: nDCG and recall at 5 and 10.

    A judged passage may have been cut into several; it ranks where its first piece stands, and
    its other pieces take no rank. Judgements are relevant or not.
    """
    ranked = tuple(dict.fromkeys(passage_id(passage.url) for passage in found))
    relevant = frozenset(query.relevant)
    values: dict[str, tuple[float, float]] = {}
    for depth in (5, 10):
        values[f"nDCG@{depth}"] = (ndcg(ranked, relevant, depth), 1.0)
        hits = len(relevant.intersection(ranked[:depth]))
        values[f"recall@{depth}"] = (float(hits), float(len(relevant)))
    return Case(
        id=query.question.id,
        cluster=query.conversation,
        values=values,
        reading=Reading(query.question.text, came=_shown(found), verdict=", ".join(query.relevant)),
        shortfall=1 - values["nDCG@10"][0],
    )


def ndcg(ranked: Sequence[str], relevant: frozenset[str], depth: int) -> float:
    """Return the normalised discounted cumulative gain of binary judgements, in [0, 1].

    Gain 1, discount log2(rank + 1) (Järvelin & Kekäläinen 2002, as trec_eval's ndcg_cut).
    `ranked` has no repeats and `relevant` is not empty.
    """
    gained = sum(
        1 / log2(rank + 1)
        for rank, passage in enumerate(ranked[:depth], start=1)
        if passage in relevant
    )
    best = sum(1 / log2(rank + 1) for rank in range(1, min(depth, len(relevant)) + 1))
    return gained / best


def words_read(found: Sequence[Found]) -> int:
    """Return how many words the passages have together."""
    return sum(len(passage.text.split()) for passage in found)


def _page_values(pages: set[str], found: Sequence[Found]) -> dict[str, tuple[float, float]]:
    return {
        f"page@{depth}": (float(any(_page_of(each) in pages for each in found[:depth])), 1.0)
        for depth in (1, 5)
    }


def _page_of(passage: Found) -> str:
    return address(passage.page or passage.url)


def _shortfall(values: Mapping[str, tuple[float, float]]) -> float:
    above, below = values.get(f"evidence@{_READ_SHORT}", (0.0, 0.0))
    missed = 1 - above / below if below else 0.0
    return missed + (1 - values["page@1"][0]) + (1 - values["page@5"][0])


def _shown(found: Sequence[Found]) -> tuple[str, ...]:
    return tuple(
        f"{passage.title} – {passage.heading}: {first_words(passage.text, 60)}"
        for passage in found[:3]
    )
