"""Ranking: the best segment and the rest of a page speak for a passage, another nation against."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from assistant.steps.rerank import RerankWeights, rerank
from assistant.text import RawText, RedactedText
from assistant.turns import Turn
from knowledge.documents import Passage, Segment, SegmentKind
from knowledge.retrieval import Hit
from tests.assisting import NOON

WEIGHTS = RerankWeights()


def hit(page: str, section: str, score: float, best: float = 0.0, *nations: str) -> Hit:
    url = f"https://g.example/{page}"
    segments = (Segment(SegmentKind.SENTENCE, f"{page} {section}."),)
    passage = Passage(page, (section,), f"{url}#{section}", segments, url, nations=nations)
    return Hit(passage, score, score, 0.0, (best,))


def ranked(*hits: Hit, question: str = "who pays?", weights: RerankWeights = WEIGHTS) -> list[str]:
    turn = Turn("t", RawText(question), NOON, redacted=RedactedText(question), hits=hits)
    return [each.passage.url.partition("example/")[2] for each in rerank(weights)(turn).hits]


def test_a_passage_with_a_better_sentence_overtakes_one_just_before_it() -> None:
    near = (hit("a", "one", 0.60, 0.1), hit("b", "one", 0.58, 0.9))
    assert ranked(*near) == ["b#one", "a#one"]
    far = (hit("a", "one", 0.90, 0.5), hit("b", "one", 0.58, 0.6))
    assert ranked(*far) == ["a#one", "b#one"]


def test_a_page_found_again_and_again_speaks_for_its_passages() -> None:
    alone = hit("a", "one", 0.61)
    often = (hit("b", "one", 0.60), hit("b", "two", 0.59), hit("b", "three", 0.58))
    least = hit("c", "one", 0.1)
    assert ranked(alone, *often, least)[0] == "b#one"
    deaf = replace(WEIGHTS, page=0.0)
    assert ranked(alone, *often, least, weights=deaf)[0] == "a#one"


def test_guidance_for_another_nation_falls_back_only_where_a_nation_is_asked_about() -> None:
    english, everywhere = hit("a", "one", 0.60, 0.0, "England"), hit("b", "one", 0.55)
    assert ranked(english, everywhere, question="who pays in Scotland?")[0] == "b#one"
    assert ranked(english, everywhere, question="who pays in England?")[0] == "a#one"
    assert ranked(english, everywhere)[0] == "a#one"


@given(st.lists(st.tuples(st.sampled_from("abc"), st.floats(0, 1), st.floats(-1, 1)), max_size=12))
def test_nothing_is_lost_and_nothing_is_made_up(found: list[tuple[str, float, float]]) -> None:
    hits = tuple(hit(page, str(n), score, best) for n, (page, score, best) in enumerate(found))
    assert sorted(ranked(*hits)) == sorted(
        each.passage.url.partition("example/")[2] for each in hits
    )


@given(st.lists(st.floats(0, 1, width=16), min_size=1, max_size=12))
def test_without_weights_the_search_order_stands(scores: list[float]) -> None:
    order = sorted(scores, reverse=True)
    hits = [hit("a", str(n), score) for n, score in enumerate(order)]
    plain = ranked(*hits, weights=RerankWeights(0.0, 0.0, 0.0))
    assert plain == [each.passage.url.partition("example/")[2] for each in hits]
