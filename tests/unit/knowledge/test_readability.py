"""Reading ease and reading age, against the formulas worked out by hand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.readability import YOUNGEST, reading_age, reading_ease, syllables


@pytest.mark.parametrize(
    ("word", "count"),
    [
        ("a", 1),
        ("apply", 2),
        ("make", 1),
        ("benefit", 3),
        ("table", 2),
        ("wages", 2),
        ("rates", 1),
        ("claimed", 1),
        ("granted", 2),
        ("NHS", 1),
        ("university", 5),
    ],
)
def test_syllables(word: str, count: int) -> None:
    assert syllables(word) == count


def test_reading_ease_by_hand() -> None:
    assert reading_ease("The cat sat. The dog ran.") == pytest.approx(206.835 - 1.015 * 3 - 84.6)
    assert reading_ease("one\ntwo") == pytest.approx(206.835 - 1.015 - 84.6)
    assert reading_ease(" • ") is None


def test_long_words_and_sentences_read_harder() -> None:
    plain = reading_ease("You can ask for help. It is free.")
    hard = reading_ease("Individuals may solicit complimentary administrative assistance.")
    assert plain is not None
    assert hard is not None
    assert plain > hard


def test_reading_age_by_hand() -> None:
    # 10 words in 2 sentences, 20 syllables: grade 0.39 × 5 + 11.8 × 2 − 15.59
    text = "Apply for free money before Monday. Ask any local council."
    words = text.replace(".", "").split()
    spoken = sum(syllables(word) for word in words)
    grade = 0.39 * len(words) / 2 + 11.8 * spoken / len(words) - 15.59
    assert reading_age(text) == pytest.approx(grade + 5)
    assert reading_age("The cat sat.") == YOUNGEST
    assert reading_age(" • | ") is None


def test_official_prose_is_above_eleven_and_plain_words_are_below() -> None:
    official = (
        "Entitlement is conditional upon the claimant satisfying the contribution requirements "
        "and providing documentary evidence of habitual residence."
    )
    plain = "You can get it if you have paid in enough. You must also show that you live here."
    assert (reading_age(official) or 0) > 15
    assert (reading_age(plain) or 99) < 11


@given(st.text(max_size=300))
def test_any_text_has_an_age_or_no_words(text: str) -> None:
    age, ease = reading_age(text), reading_ease(text)
    assert (age is None) == (ease is None)
    assert age is None or age >= YOUNGEST


@given(st.integers(1, 40))
def test_a_line_is_a_sentence_however_many_there_are(lines: int) -> None:
    assert reading_age("\n".join(["two words"] * lines)) == reading_age("Two words.")
