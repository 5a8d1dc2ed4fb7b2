"""The form of private codes: what is found wrong in one, and what is forgiven."""

from math import log2

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.errors import CodeRefused
from assistant.private_codes import ALPHABET, LENGTH, RANDOM, new_code, read_code

codes = st.builds(new_code)
places = st.integers(0, LENGTH - 1)


def plain(code: str) -> str:
    return code.replace("-", "")


def test_it_holds_enough_and_nothing_that_looks_alike() -> None:
    assert RANDOM * log2(len(ALPHABET)) >= 60
    assert len(set(ALPHABET)) == len(ALPHABET) == 23
    assert not set(ALPHABET) & set("01OILUAEVBSZG")
    assert len({new_code() for _ in range(1_000)}) == 1_000


def test_every_character_comes_up() -> None:
    assert set("".join(plain(new_code()) for _ in range(200))) == set(ALPHABET)


@given(codes)
def test_case_spaces_and_dashes_do_not_matter(code: str) -> None:
    assert len(code) == LENGTH + 2
    whole = read_code(code)
    for typed in (whole, whole.lower(), f"  {code}\n", " ".join(whole), code.replace("-", "–")):
        assert read_code(typed) == whole


@given(codes)
def test_look_alikes_are_read_as_what_was_meant(code: str) -> None:
    typed = code.replace("2", "Z").replace("5", "s").replace("8", "B").replace("6", "g")
    assert read_code(typed) == plain(code)


@given(codes, places, st.sampled_from(ALPHABET))
def test_any_wrong_character_is_found(code: str, place: int, other: str) -> None:
    whole = plain(code)
    wrong = whole[:place] + other + whole[place + 1 :]
    if wrong == whole:
        return
    with pytest.raises(CodeRefused) as refused:
        read_code(wrong)
    assert refused.value.mistyped


@given(codes, places, places)
def test_any_two_that_were_swapped_are_found(code: str, one: int, two: int) -> None:
    letters = list(plain(code))
    letters[one], letters[two] = letters[two], letters[one]
    if letters == list(plain(code)):
        return
    with pytest.raises(CodeRefused):
        read_code("".join(letters))


@given(st.text(max_size=4))
def test_other_texts_are_refused_with_words_and_no_fault(text: str) -> None:
    """Too short for a code, even where capitals make three characters of one."""
    with pytest.raises(CodeRefused) as refused:
        read_code(text)
    assert refused.value.mistyped
