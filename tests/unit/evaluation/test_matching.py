"""The word budget is exact, and matching folds what it says and nothing else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluation.matching import (
    aligned,
    first_words,
    is_heading,
    plain,
    read_within,
    stands_in,
    tokens,
)

WORD = st.text(alphabet="abcé£1|•", min_size=1, max_size=4)
TEXT = st.lists(WORD, max_size=30).map(" \n".join)
TEXTS = st.lists(TEXT, max_size=8)


@given(TEXTS, st.integers(0, 200))
def test_exactly_the_budget_is_read_and_in_order(texts: list[str], budget: int) -> None:
    every = [word for text in texts for word in text.split()]
    read = [word for text in read_within(texts, budget) for word in text.split()]
    assert read == every[:budget]


@given(TEXTS, st.integers(0, 200))
def test_what_is_read_stays_beside_the_text_it_comes_from(texts: list[str], budget: int) -> None:
    for text, read in zip(texts, read_within(texts, budget), strict=False):
        assert text.split()[: len(read.split())] == read.split()


def test_the_last_text_is_cut_at_the_budget() -> None:
    assert read_within(["one two three", "four five six", "seven"], 5) == (
        "one two three",
        "four five",
    )
    assert read_within(["one two"], 2) == ("one two",)
    assert first_words(" ".join(str(number) for number in range(200)), 120).split()[-1] == "119"


@pytest.mark.parametrize(
    ("element", "expected"),
    [
        ("<p>You’re <b>21</b> or over</p>", "You’re 21 or over"),
        ("<li>A &amp; B</li>", "A & B"),
        ("<tr>Rate | Help</tr>", "Rate | Help"),
        ("<p>less < 5 and > 3</p>", "less < 5 and > 3"),
    ],
)
def test_tags_go_and_text_stays(element: str, expected: str) -> None:
    assert plain(element) == expected


def test_only_headings_are_headings() -> None:
    assert is_heading("<h1>Fees</h1>")
    assert is_heading(" <H3 class='x'>Fees</H3>")
    assert not is_heading("<hr>")
    assert not is_heading("<p>h1</p>")


@pytest.mark.parametrize(
    ("one", "same"),
    [
        ("Lower rate - £60 | Frequent help", "lower RATE £60 Frequent\u00a0help"),
        ("• You must:", "you must"),
        ("ﬁle", "file"),
        ("co\u00adoperate", "cooperate"),
    ],
)
def test_folding_forgets_case_spacing_and_punctuation(one: str, same: str) -> None:
    assert tokens(one) == tokens(same)


def test_folding_keeps_words_numbers_and_their_order() -> None:
    assert tokens("£1,200 a year") == ("1", "200", "a", "year")
    assert tokens("a b") != tokens("b a")
    assert tokens("cafe") != tokens("café")


@pytest.mark.parametrize(
    ("part", "whole", "expected"),
    [
        ("the donor", "tell the donor now", True),
        ("age", "no agency here", False),
        ("a c", "a b c", False),
        ("b c d", "a b c", False),
        ("", "a", False),
        ("a", "", False),
    ],
)
def test_an_element_stands_whole_on_word_boundaries(part: str, whole: str, expected: bool) -> None:
    assert stands_in(tokens(part), tokens(whole)) is expected


def test_aligned_counts_long_runs_and_whole_elements_once() -> None:
    answer = tokens("You can apply if you are aged 21 or over and live here")
    assert aligned(answer, [tokens("if you are aged 21 or over")]) == 7
    assert aligned(answer, [tokens("if you are aged 21 or over")] * 3) == 7
    assert aligned(answer, [tokens("live here")]) == 2
    assert aligned(answer, [tokens("you can live where you are free to")]) == 0
    assert aligned((), [tokens("live here")]) == 0


@given(TEXT, st.lists(TEXT, max_size=4))
def test_aligned_is_at_most_the_answer_and_all_of_it_when_quoted(
    answer: str, elements: list[str]
) -> None:
    said = tokens(answer)
    assert 0 <= aligned(said, map(tokens, elements)) <= len(said)
    assert aligned(said, [*map(tokens, elements), said]) == len(said)
