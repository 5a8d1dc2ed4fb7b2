"""What a search is asked, corpus by corpus: `signpost evaluate retrieval`."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from evaluation import datasets, retrieval
from evaluation.cases import Found, Question
from evaluation.corpora import GOVERNMENT, GUIDANCE, WELSH, Corpus, corpus_notes
from evaluation.measuring import Evaluation, Item, Suite
from evaluation.welsh import own_questions, page_titles

Passages = Sequence[Found]

_FORMS: dict[datasets.QueryForm, str] = {
    "lastturn": "the last question alone, as typed",
    "history": "the last question as typed, with the turns before it as history",
    "rewrite": "the question rewritten to stand by itself",
    "questions": "all of the conversation's questions, one after the other",
}


def _suites(corpus: Corpus, data: Path) -> tuple[Suite[Passages], ...]:
    if corpus.name == GOVERNMENT:
        return tuple(conversation_suite(data, form) for form in _FORMS)
    if corpus.name == WELSH:
        return _welsh(corpus)
    queries = datasets.search_queries(data, corpus.documents)
    return (
        _guidance(corpus, data),
        Suite(
            "queries",
            "Search queries",
            "What people typed into GOV.UK search and the page they chose, where this corpus has "
            "that page. Queries that are a page's exact title stand apart. Resampled by page.",
            retrieval.QUERIES,
            tuple(_query(each) for each in queries if not each.is_title),
        ),
        Suite(
            "titles",
            "Page titles as queries",
            "Queries that are the exact title of the page they lead to. Resampled by page.",
            retrieval.QUERIES,
            tuple(_query(each) for each in queries if each.is_title),
        ),
    )


RETRIEVAL: Evaluation[Passages] = Evaluation(
    "retrieval", "How well Signpost finds guidance", (GUIDANCE, GOVERNMENT, WELSH), _suites
)


def _guidance(corpus: Corpus, data: Path) -> Suite[Passages]:
    gold = datasets.guidance_questions(data)
    return Suite(
        "guidance",
        "Guidance questions",
        "People's situations with a question about a GOV.UK page, and the elements of the page "
        "that answer (ConditionalQA, development set). Resampled by page.",
        retrieval.GUIDANCE,
        tuple(Item(each.question, partial(retrieval.score_guidance, each)) for each in gold),
        (*corpus_notes(corpus), *datasets.evidence_notes(gold)),
        _short_notes,
    )


def _welsh(corpus: Corpus) -> tuple[Suite[Passages], ...]:
    titles = page_titles(corpus.documents)
    return (
        Suite(
            "welsh-titles",
            "Titles of Welsh pages as questions",
            "The titles of Pension Wise's Welsh pages, asked where each page stands in English and "
            "in Welsh: only the Welsh one is right. Resampled by page.",
            retrieval.WELSH,
            tuple(_query(each) for each in titles),
            corpus_notes(corpus),
        ),
        Suite(
            "welsh-questions",
            "The project's own Welsh questions",
            "What people may ask in Welsh of those pages, follow-ups as they stand alone; only the "
            "Welsh page is right. Both halves of the set. Resampled by page.",
            retrieval.WELSH,
            tuple(_query(each) for each in own_questions(corpus.documents)),
        ),
    )


def _query(query: datasets.SearchQuery) -> Item[Passages]:
    return Item(Question(query.id, query.text), partial(retrieval.score_query, query))


def conversation_suite(data: Path, form: datasets.QueryForm) -> Suite[Passages]:
    """Return the government conversations in one form. Raise DataMissing, DataUnreadable."""
    queries = datasets.passage_queries(data, form)
    return Suite(
        f"conversations-{form}",
        f"US government conversations: {_FORMS[form]}",
        "Questions from conversations about US government services, with the passages that "
        "people judged relevant (MTRAG). The corpus holds only judged passages, so figures do "
        "not compare with published ones. Resampled by conversation.",
        retrieval.PASSAGES,
        tuple(Item(each.question, partial(retrieval.score_passages, each)) for each in queries),
    )


def _short_notes(came: Sequence[Passages]) -> tuple[str, ...]:
    most = max(retrieval.BUDGETS)
    short = sum(retrieval.words_read(found) < most for found in came)
    if not short:
        return ()
    return (
        f"For {short} of {len(came)} questions the search gave fewer than {most:,} words; what "
        "is missing counts as not found.",
    )
