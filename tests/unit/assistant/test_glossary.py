"""Official words are found where they mean what the glossary says, and nothing else is."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.glossary import Glossary, glossaries
from assistant.policy.glossary_words import GlossaryWords, OfficialWord
from knowledge.readability import reading_age
from tests.assisting import bundled_policy

POLICY = bundled_policy()
OURS = glossaries(POLICY.glossary)


def glossary(**words: OfficialWord) -> Glossary:
    return Glossary(GlossaryWords(language="en", reviewed_by="", word=words))


def word(*forms: str, unless: tuple[str, ...] = ()) -> OfficialWord:
    return OfficialWord(forms=forms, unless=unless, meaning="It means this.")


LITTLE = glossary(
    probate=word("probate"),
    grant=word("grant of probate"),
    means=word("means-tested"),
    pip=word("PIP"),
    estate=word("the estate", unless=("the estate agent",)),
    arrears=word("arrears"),
)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("You need probate.", ["probate"]),
        ("PROBATE and Probate", ["PROBATE", "Probate"]),
        ("Apply for a grant of probate first.", ["grant of probate"]),
        ("Apply for a grant, of probate", ["probate"]),
        ("a grant of\nprobate", ["probate"]),
        ("It is means-tested.", ["means-tested"]),
        ("It is means tested, or Means‑tested", ["means tested", "Means‑tested"]),
        ("It means you are tested", []),
        ("PIP is money. A pip is a seed.", ["PIP"]),
        ("Ask the estate agent about it.", []),
        ("Ask the Estate Agent, then the estate.", ["the estate"]),
        ("reprobate, probates, probate's", []),
        ("rent arrears", ["arrears"]),
        ("• arrears | probate", ["arrears", "probate"]),
        ("", []),
    ],
)
def test_words_are_found_as_they_stand(text: str, found: list[str]) -> None:
    assert [said for said, _ in LITTLE.found(text)] == found


@given(st.text(max_size=200))
def test_whatever_is_found_stands_in_the_text(text: str) -> None:
    for said, key in LITTLE.found(text):
        assert said in text
        assert key


@given(
    st.lists(
        st.sampled_from(
            ["You need", "probate", "PIP", "the estate", "agent", "grant of", ".", "\n"]
        ),
        max_size=12,
    )
)
def test_nothing_is_found_twice_at_one_place(parts: list[str]) -> None:
    text = " ".join(parts)
    rest = text
    for said, _ in LITTLE.found(text):
        assert said in rest
        rest = rest.partition(said)[2]


def test_a_long_text_takes_time_in_proportion() -> None:
    text = "grant of " * 20_000 + "the estate " * 20_000
    begun = time.perf_counter()
    assert len(list(LITTLE.found(text))) == 20_000
    assert time.perf_counter() - begun < 2


def test_each_word_is_explained_once_at_its_first_use_and_no_more_than_asked() -> None:
    text = "HMRC and the Home Office.\nProbate, HMRC, probate, a tribunal."
    explained = OURS.explained(text, "en", "en", 9)
    assert [each.word for _, each in explained] == ["HMRC", "Home Office", "Probate", "tribunal"]
    assert OURS.explained(text, "en", "en", 2) == explained[:2]
    assert OURS.explained(text, "en", "en", 0) == ()
    assert OURS.explained(text, "fr", "en", 9) == ()


def test_english_guidance_is_explained_in_welsh_to_a_welsh_reader() -> None:
    ((key, english),) = OURS.explained("You need probate.", "en", "en", 9)
    ((_, welsh),) = OURS.explained("You need probate.", "en", "cy", 9)
    ((also, of_welsh),) = OURS.explained("Mae angen profiant.", "cy", "cy", 9)
    assert (english.word, welsh.word, of_welsh.word) == ("probate", "probate", "profiant")
    assert key == also
    assert welsh.meaning == of_welsh.meaning != english.meaning


def test_there_are_enough_words_each_found_by_each_of_its_forms() -> None:
    assert len(POLICY.glossary["en"].word) >= 80
    for language, words in POLICY.glossary.items():
        for key, official in words.word.items():
            for form in official.forms:
                found = OURS.explained(f"Say {form} here.", language, language, 9)
                assert [k for k, _ in found] == [key], (language, form)
            for form in official.unless:
                found = OURS.explained(f"Say {form} here.", language, language, 9)
                assert key not in [k for k, _ in found], (language, form)


def test_the_english_explanations_are_in_plain_words() -> None:
    """Not one of them is above what counts as hard, but for names; on average far below."""
    ages = {
        key: reading_age(official.meaning) or 0.0
        for key, official in POLICY.glossary["en"].word.items()
    }
    assert sum(ages.values()) / len(ages) < 9.5
    assert {key for key, age in ages.items() if age > 12} <= {"appointee"}
