import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.patterns import fold
from assistant.policy import load_policy
from assistant.policy.model import Spelling
from assistant.policy.rules import known_words
from assistant.spelling import Speller, speller

POLICY = load_policy()
BUNDLED = speller(POLICY.safeguarding.spelling, known_words(POLICY.safeguarding, POLICY.languages))
LITTLE = speller(
    Spelling(words=("hitting", "tonight"), right=("hatting",), short={"tonight": ("2nite",)}),
    known={"knitting"},
)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("hiting", "hitting"),
        ("hittting", "hitting"),
        ("hittign", "hitting"),
        ("hiyting", "hitting"),
        ("2nite", "tonight"),
        ("tonihgt", "tonight"),
        ("hatting", "hatting"),
        ("knitting", "knitting"),
        ("sitting", "sitting"),
        ("hit", "hit"),
        ("a hiting b\n2nite", "a hitting b\ntonight"),
        ("", ""),
    ],
)
def test_one_slip_is_read_over_and_other_words_are_left(written: str, read: str) -> None:
    assert LITTLE.read(written) == read


@pytest.mark.parametrize("known", [LITTLE, BUNDLED])
@given(text=st.text())
def test_reading_keeps_lines_and_words_and_reading_twice_changes_little(
    known: Speller, text: str
) -> None:
    folded = fold(text)
    once = known.read(folded)
    assert once.count("\n") == folded.count("\n")
    assert known.read(once).count("\n") == folded.count("\n")


def test_no_everyday_word_is_taken_for_a_dangerous_one() -> None:
    everyday = (
        "shared hearing faster sells fairly houses hunting stealing formed cooking control "
        "starting swapped slipped bearing heating seating filling billing "
        "putting sitting table policy shell"
    )
    assert BUNDLED.read(everyday) == everyday


def test_a_long_text_of_strange_words_is_read_in_time() -> None:
    begun = time.thread_time()
    BUNDLED.read(" ".join(["zxqvbnmkjh" * 3] * 500))
    assert time.thread_time() - begun < 0.5
