"""A search by shared words and an assistant that quotes it: real, small, and easy to follow."""

from collections.abc import Sequence

from evaluation.cases import AnswerGiven, Ask, CitedSection, Found, Question, Search, found_in
from evaluation.corpora import Corpus
from evaluation.matching import tokens
from evaluation.retrieval import DEPTH
from evaluation.runner import System
from knowledge.chunking import passages_of
from knowledge.documents import Passage
from knowledge.retrieval import Hit


def word_search(corpus: Corpus) -> Search:
    """Return a search that ranks passages by how many of the question's words they have."""
    passages = [each for document in corpus.documents for each in passages_of(document)]

    def shared(passage: Passage, asked: set[str]) -> int:
        return len(asked.intersection(tokens(f"{passage.heading} {passage.text}")))

    def search(question: str, k: int) -> Sequence[Hit]:
        asked = set(tokens(question))
        ranked = sorted(passages, key=lambda each: -shared(each, asked))
        return [Hit(each, float(shared(each, asked)), 0.0, 0.0) for each in ranked[:k]]

    return search


def searching(search: Search, snapshot: str) -> System[Sequence[Found]]:
    """Return a search, ready to be measured."""
    return System(lambda question: found_in(search(question.text, DEPTH)), {"snapshot": snapshot})


def word_index(corpus: Corpus) -> System[Sequence[Found]]:
    """Index a corpus for `word_search`."""
    return searching(word_search(corpus), f"words of {corpus.name}")


def last_first_index(corpus: Corpus) -> System[Sequence[Found]]:
    """Index a corpus for a poor search: the passages in reverse, whatever is asked."""
    passages = [each for document in corpus.documents for each in passages_of(document)]
    hits = [Hit(each, 0.0, 0.0, 0.0) for each in reversed(passages)]
    return searching(lambda question, k: hits[:k], "reversed")


def quoting(search: Search) -> Ask:
    """Return an assistant that answers with the first passage found, whole."""

    def ask(question: Question) -> AnswerGiven:
        passage = search(question.text, 1)[0].passage
        cited = CitedSection(passage.url, passage.title, passage.heading, passage.text)
        return AnswerGiven(
            question.id, "answered", "quoted", 0.5, passage.text, (cited,), 3.0, "s", "p"
        )

    return ask


def quoting_assistant(corpus: Corpus) -> System[AnswerGiven]:
    """Prepare `quoting` over a corpus."""
    return System(quoting(word_search(corpus)), {"snapshot": f"words of {corpus.name}"})
