import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.patterns import PatternError, check, fold, pattern, unmasked, whole


@given(st.text())
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@pytest.mark.parametrize(
    "written",
    ["I'm being hit", "IM BEING HIT", "I’m  being\thit!", "i`m being hit...", "Ím béing hit?"],
)
def test_variants_of_writing_fold_to_the_same(written: str) -> None:
    assert fold(written) == "im being hit"


def test_sentences_stay_apart() -> None:
    found = pattern(["call {gap}ambulance"])
    assert found is not None
    assert found.found(fold("please call me an ambulance"))
    assert not found.found(fold("I had a call. My ambulance job starts soon"))


def test_only_whole_words_count() -> None:
    found = pattern(["rape"])
    assert found is not None
    assert not found.found(fold("I have grapes and a drape"))


def test_accents_in_a_pattern_are_found_with_and_without() -> None:
    found = pattern(["siarad â rhywun"])
    assert found is not None
    assert found.found(fold("SIARAD A RHYWUN"))
    assert found.found(fold("siarad â rhywun"))


def test_word_lists_may_name_each_other_but_not_themselves() -> None:
    words = {"animal": ["cat", "{dog}"], "dog": ["collie", "hound"], "loop": ["{loop}"]}
    found = pattern(["my {animal}"], words)
    assert found is not None
    assert found.found("my hound")
    with pytest.raises(PatternError, match="contains itself"):
        check("{loop}", words)
    with pytest.raises(PatternError, match='no word list called "bird"'):
        check("{bird}", words)


@pytest.mark.parametrize("bad", ["(a", "a{2,1}", "[z-a]", "(?<=a)b", "*", " "])
def test_a_bad_pattern_is_refused_in_words(bad: str) -> None:
    with pytest.raises(PatternError):
        check(bad, {})


def test_whole_wants_nothing_else() -> None:
    alone = whole(["hello"], ["there"])
    assert alone.found(fold("Hello there!"))
    assert not alone.found(fold("Hello there my passport is late"))


def test_no_pattern_can_be_made_slow() -> None:
    found = pattern(["(a+)+b", "(a|aa)+c", "(.*)*d"])
    assert found is not None
    begun = time.perf_counter()
    assert not found.found("a" * 60_000)
    assert time.perf_counter() - begun < 1


@pytest.mark.parametrize(
    ("hidden", "plain"),
    [
        ("i want to k i l l myself", "i want to kill myself"),
        ("i want to k1ll mys3lf", "i want to kill myself"),
        ("i wanna dieee", "i wanna die"),
        ("i a m here", "i a m here"),
    ],
)
def test_hidden_words_are_brought_to_light(hidden: str, plain: str) -> None:
    assert unmasked(hidden) == plain
