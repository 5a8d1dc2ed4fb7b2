"""Search metrics on cases small enough to work out by hand."""

from math import log2

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluation.cases import Found, Question
from evaluation.datasets import GoldQuestion, PassageQuery, SearchQuery
from evaluation.retrieval import ndcg, score_guidance, score_passages, score_query

HOME = "https://www.gov.uk/adoption"


def found(text: str, page: str = HOME, fragment: str = "") -> Found:
    return Found(url=page + fragment, title="Adoption", heading="Who", text=text, score=1.0)


def gold(*evidence: str) -> GoldQuestion:
    return GoldQuestion(Question("q", "How old?"), HOME, evidence, (), True)


def filler(words: int) -> str:
    return " ".join(["other"] * words)


def test_evidence_counts_exactly_to_the_last_word_of_the_budget() -> None:
    question = gold("<p>You must be aged 21.</p>")
    inside = score_guidance(question, [found(filler(295)), found("You must be aged 21.")])
    outside = score_guidance(question, [found(filler(296)), found("You must be aged 21.")])
    assert inside.values["evidence@300"] == (1, 1)
    assert outside.values["evidence@300"] == (0, 1)
    assert outside.values["evidence@800"] == (1, 1)


@pytest.mark.parametrize("budget", [300, 800, 1500])
def test_each_budget_is_cut_exactly(budget: int) -> None:
    question = gold("<p>last word</p>")
    name = f"evidence@{budget}"
    assert score_guidance(question, [found(filler(budget - 2) + " last word")]).values[name][0] == 1
    assert score_guidance(question, [found(filler(budget - 1) + " last word")]).values[name][0] == 0


def test_headings_are_neither_read_nor_counted() -> None:
    case = score_guidance(gold("<h2>Who</h2>", "<li>aged 21</li>"), [found("aged 21")])
    assert case.values["evidence@300"] == (1, 1)
    only = score_guidance(gold("<h2>Who</h2>"), [found("aged 21")])
    assert only.values["evidence@300"] == (0, 0)


def test_the_page_counts_by_address_without_its_fragment() -> None:
    case = score_guidance(gold(), [found("x", HOME + "/", "#who")])
    assert case.values["page@1"] == (1, 1)


def test_page_at_five_looks_at_five_passages() -> None:
    others = [found("x", "https://www.gov.uk/other")]
    fifth = score_guidance(gold(), [*others * 4, found("x")])
    sixth = score_guidance(gold(), [*others * 5, found("x")])
    assert (fifth.values["page@1"][0], fifth.values["page@5"][0]) == (0, 1)
    assert sixth.values["page@5"][0] == 0


def test_the_strict_measure_wants_the_words_on_the_right_page() -> None:
    case = score_guidance(gold("<li>aged 21</li>"), [found("aged 21", "https://www.gov.uk/jury")])
    assert case.values["evidence@300"] == (1, 1)
    assert case.values["evidence@300 on page"] == (0, 1)


def test_a_table_row_is_found_with_its_bars() -> None:
    case = score_guidance(gold("<tr>Fee | £10</tr>"), [found("Kind | Price\nFee | £10")])
    assert case.values["evidence@300"] == (1, 1)


def test_nothing_found_is_nothing_right() -> None:
    case = score_guidance(gold("<li>aged 21</li>"), [])
    assert case.values["page@5"] == (0, 1)
    assert case.values["evidence@1500"] == (0, 1)


@given(st.lists(st.sampled_from(["aged 21", "you must be aged", filler(200)]), max_size=8))
def test_more_words_never_lose_evidence_and_strict_is_never_more(texts: list[str]) -> None:
    passages = [found(text, HOME if place % 2 else HOME + "-2") for place, text in enumerate(texts)]
    case = score_guidance(gold("<li>aged 21</li>", "<p>must be aged</p>"), passages)
    shares = [case.values[f"evidence@{budget}"][0] for budget in (300, 800, 1500)]
    assert shares == sorted(shares)
    for budget in (300, 800, 1500):
        above, below = case.values[f"evidence@{budget} on page"]
        assert 0 <= above <= case.values[f"evidence@{budget}"][0] <= below


def test_any_page_of_a_query_will_do() -> None:
    query = SearchQuery("q", "adopt", (HOME, "https://www.gov.uk/fostering"), False)
    case = score_query(query, [found("x", "https://www.gov.uk/fostering", "#a")])
    assert case.values["page@1"] == (1, 1)


def test_ndcg_by_hand() -> None:
    gained = 1 / log2(2) + 1 / log2(4)
    best = 1 / log2(2) + 1 / log2(3) + 1 / log2(4)
    assert ndcg(("a", "x", "b"), frozenset("abc"), 5) == pytest.approx(gained / best)
    assert ndcg(("a", "b"), frozenset("abc"), 2) == 1
    assert ndcg(("x", "y", "a"), frozenset("a"), 2) == 0


@given(st.permutations("abcdefgh"), st.sets(st.sampled_from("abcxyz"), min_size=1))
def test_ndcg_is_a_share_and_best_when_sorted(ranked: list[str], relevant: set[str]) -> None:
    value = ndcg(ranked, frozenset(relevant), 5)
    best = ndcg(sorted(ranked, key=lambda each: each not in relevant), frozenset(relevant), 5)
    assert 0 <= value <= best <= 1


def test_pieces_of_one_judged_passage_take_one_rank() -> None:
    query = PassageQuery(Question("c<::>1", "Is it safe?"), "c", ("p1", "p2"))
    pieces = [found("x", "https://e.gov/a", "#p9"), found("y", "https://e.gov/a", "#p9")]
    case = score_passages(query, [*pieces, found("z", "https://e.gov/a", "#p2")])
    best = 1 + 1 / log2(3)
    assert case.values["nDCG@5"][0] == pytest.approx((1 / log2(3)) / best)
    assert case.values["recall@5"] == (1, 2)
    assert case.cluster == "c"
