"""What an evaluation consists of: which questions go to which corpus, and how each is scored."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from evaluation import answers, datasets, retrieval
from evaluation.cases import Ask, Found, Question
from evaluation.corpora import Corpus
from evaluation.figures import Case, Measure
from evaluation.matching import is_heading
from evaluation.runs import Part

Find = Callable[[Question, int], Sequence[Found]]
Watch = Callable[[str, int, int], None]
"""Told what is going on, how many are done, and of how many."""

_Asked = TypeVar("_Asked")

_FORMS: dict[datasets.QueryForm, str] = {
    "lastturn": "the last question alone, as typed",
    "rewrite": "the question rewritten to stand by itself",
    "questions": "all of the conversation's questions, one after the other",
}


def retrieval_parts(
    system: str, corpus: Corpus, find: Find, data: Path, watch: Watch
) -> tuple[Part, ...]:
    """Return the parts of a retrieval evaluation that belong to `corpus`."""

    def part(
        name: str, title: str, about: str, measures: tuple[Measure, ...], cases: Sequence[Case]
    ) -> Part:
        return Part(system, name, title, about, measures, tuple(cases))

    def found(question: Question) -> Sequence[Found]:
        return find(question, retrieval.DEPTH)

    def told(what: str, asked: Sequence[_Asked]) -> Iterable[_Asked]:
        return _watched(f"{system}: {what}", asked, watch)

    if corpus.name == "government":
        return tuple(
            part(
                f"conversations-{form}",
                f"US government conversations: {words}",
                "Questions from conversations about US government services, with the passages "
                "that people judged relevant (MTRAG). The corpus holds only judged passages, so "
                "figures do not compare with published ones. Resampled by conversation.",
                retrieval.PASSAGES,
                [
                    retrieval.score_passages(query, found(Question(query.id, query.text)))
                    for query in told(f"conversations ({form})", queries)
                ],
            )
            for form, words in _FORMS.items()
            for queries in [datasets.passage_queries(data, form)]
        )
    gold = datasets.guidance_questions(data)
    read: dict[str, Sequence[Found]] = {}
    for each in told("guidance questions", gold):
        read[each.question.id] = found(each.question)
    queries = datasets.search_queries(data, corpus.documents)
    scored = {
        query.id: retrieval.score_query(query, found(Question(query.id, query.text)))
        for query in told("search queries", queries)
    }
    guidance = part(
        "guidance",
        "Guidance questions",
        "People's situations with a question about a GOV.UK page, and the elements of the page "
        "that answer (ConditionalQA, development set). Resampled by page.",
        retrieval.GUIDANCE,
        [retrieval.score_guidance(each, read[each.question.id]) for each in gold],
    )
    return (
        replace(
            guidance,
            notes=(*_corpus_notes(corpus), *_evidence_notes(gold), *_short_notes(read)),
        ),
        part(
            "queries",
            "Search queries",
            "What people typed into GOV.UK search and the page they chose, where this corpus has "
            "that page. Queries that are a page's exact title stand apart. Resampled by page.",
            retrieval.QUERIES,
            [scored[query.id] for query in queries if not query.is_title],
        ),
        part(
            "titles",
            "Page titles as queries",
            "Queries that are the exact title of the page they lead to. Resampled by page.",
            retrieval.QUERIES,
            [scored[query.id] for query in queries if query.is_title],
        ),
    )


def answer_parts(
    system: str, corpus: Corpus, ask: Ask, data: Path, watch: Watch
) -> tuple[Part, ...]:
    """Return the parts of an evaluation of answers that belong to `corpus`."""

    def told(what: str, asked: Sequence[_Asked]) -> Iterable[_Asked]:
        return _watched(f"{system}: {what}", asked, watch)

    if corpus.name == "government":
        turns = datasets.conversation_turns(data)
        conversations = Part(
            system,
            "conversations",
            "US government conversations",
            "Turns of conversations about US government services, each asked with the published "
            "turns before it (MTRAG). Resampled by conversation.",
            answers.CONVERSATIONS,
            tuple(
                answers.score_conversation(turn, ask(turn.question))
                for turn in told("conversations", turns)
            ),
        )
        return (conversations,)
    gold = datasets.guidance_questions(data)
    uncovered = datasets.uncovered_questions(data)
    guidance = Part(
        system,
        "guidance",
        "Guidance questions",
        "People's situations with a question about a GOV.UK page (ConditionalQA, development "
        f"set). Answers are read up to exactly {answers.WORDS} words. Resampled by page.",
        answers.GUIDANCE,
        tuple(
            answers.score_guidance(each, ask(each.question))
            for each in told("guidance questions", gold)
        ),
        (*_corpus_notes(corpus), *_evidence_notes(gold)),
    )
    outside = Part(
        system,
        "uncovered",
        "Questions about pages that are not there",
        "Questions of the same kind about pages that the corpus lacks: declining is right. "
        "Resampled by page.",
        answers.UNCOVERED,
        tuple(
            answers.score_uncovered(question, page, ask(question))
            for question, page in told("questions about other pages", uncovered)
        ),
    )
    return guidance, outside


def _watched(what: str, asked: Sequence[_Asked], watch: Watch) -> Iterable[_Asked]:
    for done, each in enumerate(asked):
        watch(what, done, len(asked))
        yield each
    watch(what, len(asked), len(asked))


def _corpus_notes(corpus: Corpus) -> tuple[str, ...]:
    held = f"The corpus has {len(corpus.documents):,} pages."
    left = f" {len(corpus.left_out):,} were left out, mostly because an earlier source has them."
    return (held + left if corpus.left_out else held,)


def _evidence_notes(gold: Sequence[datasets.GoldQuestion]) -> tuple[str, ...]:
    elements = [element for each in gold for element in each.evidence]
    headings = sum(is_heading(element) for element in elements)
    without = sum(not each.evidence for each in gold)
    return (
        f"Of {len(elements):,} gold elements, {headings} are headings and left out of the count: "
        "headings are not read.",
        f"{without} of the {len(gold)} questions have no evidence, because their page does not "
        "answer them.",
    )


def _short_notes(read: dict[str, Sequence[Found]]) -> tuple[str, ...]:
    most = max(retrieval.BUDGETS)
    short = sum(retrieval.words_read(found) < most for found in read.values())
    if not short:
        return ()
    return (
        f"For {short} of {len(read)} questions the search gave fewer than {most:,} words; what "
        "is missing counts as not found.",
    )
