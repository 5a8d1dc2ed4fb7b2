"""Fusion: two scores of one passage become one, and nothing else changes it."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.building import build
from knowledge.faiss_store import FaissIndex
from knowledge.lexical import terms_of
from knowledge.retrieval import FusionWeights, Retriever
from knowledge.snapshots import SnapshotLibrary
from knowledge.vector_store import Filters, best
from tests.fakes import WordsEmbedder, pages, passage_a_block

EMBEDDER = WordsEmbedder()


@pytest.fixture
def index(tmp_path: Path) -> FaissIndex:
    library = SnapshotLibrary(tmp_path)
    build(library, "tried", pages(), passage_a_block, EMBEDDER)
    return FaissIndex(library.open("tried").contents)


def test_the_best_hit_comes_first_with_both_its_scores(index: FaissIndex) -> None:
    hits = Retriever(index, EMBEDDER).search("renew a passport with a paper form", 3)
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
    assert hits[0].passage.title == "Renew a passport"
    assert -1 <= hits[0].dense <= 1
    assert hits[0].lexical > 0
    assert len(hits[0].segments) == len(hits[0].passage.segments)


def test_the_score_is_the_sum_that_is_promised(index: FaissIndex) -> None:
    question = "free prescriptions in Wales"
    ceiling = index.candidates(
        EMBEDDER.embed_question(question),
        dict.fromkeys(terms_of(question), 1.0),
        dense=1,
        lexical=1,
        filters=Filters(),
    ).ceiling
    for share in (0.0, 0.3, 2.0):
        hits = Retriever(index, EMBEDDER, FusionWeights(lexical=share)).search(question, 9)
        for hit in hits:
            assert hit.score == pytest.approx(hit.dense + share * hit.lexical / ceiling, abs=1e-5)


def test_a_score_does_not_depend_on_what_else_is_found(index: FaissIndex) -> None:
    retriever = Retriever(index, EMBEDDER)
    every = {hit.passage.digest: hit for hit in retriever.search("passport form", 99)}
    gone = {hit.passage.document_url for hit in every.values() if "cost" in hit.passage.text}
    for hits in (
        retriever.search("passport form", 2),
        retriever.search("passport form", 99, exclude=gone),
        retriever.search("passport form", 99, nations=["Wales"]),
    ):
        assert hits
        assert all(hit.score == every[hit.passage.digest].score for hit in hits)


def test_filters_reach_the_index(index: FaissIndex) -> None:
    retriever = Retriever(index, EMBEDDER)
    welsh = retriever.search("adnewyddu pasbort", 9, language="cy")
    assert [hit.passage.language for hit in welsh] == ["cy"]
    scottish = retriever.search("prescriptions", 9, nations={"Scotland"})
    assert all("England" not in hit.passage.nations for hit in scottish)
    withdrawn = {hit.passage.document_url for hit in retriever.search("prescriptions", 9)}
    assert retriever.search("prescriptions", 9, exclude=withdrawn) == ()


def test_a_vector_at_hand_gives_what_the_question_gives(index: FaissIndex) -> None:
    retriever = Retriever(index, EMBEDDER)
    vector = EMBEDDER.embed_question("renew")
    assert retriever.search_vector(vector, "renew", 4) == retriever.search("renew", 4)


@pytest.mark.parametrize("k", [0, -1])
def test_asking_for_nothing_gives_nothing(index: FaissIndex, k: int) -> None:
    assert Retriever(index, EMBEDDER).search("passport", k) == ()


@pytest.mark.parametrize("share", [-0.1, float("nan"), float("inf")])
def test_weights_that_make_no_sense_are_refused(share: float) -> None:
    with pytest.raises(ValueError, match="lexical weight"):
        FusionWeights(lexical=share)
    with pytest.raises(ValueError, match="candidates"):
        FusionWeights(dense_candidates=-1)


@given(st.lists(st.integers(-3, 3)), st.integers(-2, 12))
def test_the_best_are_those_a_stable_sort_puts_first(scores: list[int], count: int) -> None:
    import numpy as np

    found = best(np.array(scores, dtype=np.float32), count, np.arange(len(scores)))
    ranked = sorted(range(len(scores)), key=lambda place: (-scores[place], place))
    assert sorted(found.tolist()) == sorted(ranked[: max(0, count)])
