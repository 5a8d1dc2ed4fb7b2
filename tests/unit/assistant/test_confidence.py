"""Confidence: a probability that rises with what speaks for an answer."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.confidence import QUOTED_FROM, Calibration, facts
from assistant.steps.compose import QuotingRules
from knowledge.documents import Passage, Segment, SegmentKind
from knowledge.retrieval import Hit

SEGMENTS = (Segment(SegmentKind.SENTENCE, "Ask your council."),)
SHARE = st.floats(0, 1)


def hit(page: str, dense: float, words: float = 0.0, sentence: float = 0.0) -> Hit:
    passage = Passage(page, (), f"/{page}", SEGMENTS, f"/{page}")
    return Hit(passage, dense + words, dense, words, (sentence,))


@given(st.lists(st.tuples(st.sampled_from("ab"), SHARE, SHARE, SHARE), max_size=6))
def test_it_is_a_probability_whatever_was_found(
    found: list[tuple[str, float, float, float]],
) -> None:
    hits = tuple(hit(*each) for each in found)
    confidence = Calibration().confidence(hits)
    assert 0 < confidence < 1 if hits else confidence == 0


@pytest.mark.parametrize("better", [{"dense": 0.6}, {"words": 0.3}, {"sentence": 0.8}])
def test_more_of_anything_that_speaks_for_it_gives_more(better: dict[str, float]) -> None:
    plain = {"dense": 0.5, "words": 0.2, "sentence": 0.4}
    calibration = Calibration()
    assert calibration.confidence((hit("a", **{**plain, **better}),)) > calibration.confidence(
        (hit("a", **plain),)
    )


def test_a_rival_page_takes_confidence_and_a_second_passage_of_the_page_does_not() -> None:
    best = hit("a", 0.7)
    alone = Calibration().confidence((best,))
    assert Calibration().confidence((best, hit("a", 0.69))) == alone
    assert Calibration().confidence((best, hit("b", 0.69))) < alone


def test_only_sentences_that_may_be_quoted_count() -> None:
    assert QuotingRules().passages == QUOTED_FROM
    weak = tuple(hit("a", 0.5) for _ in range(QUOTED_FROM))
    assert facts((*weak, hit("a", 0.4, sentence=0.9))).sentence == 0.0
    assert facts((*weak[1:], hit("a", 0.4, sentence=0.9))).sentence == 0.9


def test_with_no_weights_the_intercept_alone_speaks() -> None:
    silent = replace(Calibration(), intercept=0.0, dense=0.0, words=0.0, lead=0.0, sentence=0.0)
    assert silent.confidence((hit("a", 0.9),)) == 0.5
