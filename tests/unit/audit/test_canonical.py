"""The canonical form is RFC 8785's, and the only one that is read back."""

import json

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from audit.canonical import LARGEST_INTEGER, canonical_json, parse_canonical
from audit.errors import NotCanonical

integers = st.integers(-LARGEST_INTEGER, LARGEST_INTEGER)
texts = st.text(st.characters(exclude_categories=["Cs"]))
values = st.recursive(
    st.none() | st.booleans() | integers | texts,
    lambda inner: st.lists(inner) | st.dictionaries(texts, inner),
    max_leaves=20,
)


@given(values)
def test_agrees_with_an_independent_implementation(value: object) -> None:
    assert canonical_json(value) == rfc8785.dumps(value)


@given(values)
def test_reads_back_what_it_wrote(value: object) -> None:
    assert parse_canonical(canonical_json(value)) == value


def test_keys_are_sorted_by_utf16_code_units() -> None:
    """RFC 8785 §3.2.3's own example: U+1F600 sorts before U+FB33, unlike by code point."""
    keys = ["\u20ac", "\r", "\ufb33", "1", "\U0001f600", "\u0080", "\u00f6"]
    ordered = list(json.loads(canonical_json(dict.fromkeys(keys, 0))))
    assert ordered == ["\r", "1", "\u0080", "\u00f6", "\u20ac", "\U0001f600", "\ufb33"]


@pytest.mark.parametrize(
    ("value", "place"),
    [
        ({"a": [0, 1.5]}, r"\$\.a\[1\] is the float 1\.5"),
        (float("nan"), "float nan"),
        (LARGEST_INTEGER + 1, "outside"),
        (-LARGEST_INTEGER - 1, "outside"),
        ({1: 2}, "the key 1"),
        ({"a": {"b": b"x"}}, r"\$\.a\.b is a bytes"),
        ({"a": [1, {"b": 0.5}]}, r"\$\.a\[1\]\.b is the float"),
        ({"a": [{1: 2}]}, r"\$\.a\[0\] has the key 1"),
        ({1, 2}, "is a set"),
        ("\ud800", "surrogate"),
        ({"\udfff": 1}, "surrogate"),
    ],
)
def test_refuses_what_has_no_canonical_form_and_says_where(value: object, place: str) -> None:
    with pytest.raises(NotCanonical, match=place):
        canonical_json(value)


def test_refuses_bottomless_nesting() -> None:
    value: object = 0
    for _ in range(5000):
        value = [value]
    with pytest.raises(NotCanonical, match="nested"):
        canonical_json(value)


def test_tuples_are_lists() -> None:
    assert canonical_json({"a": (1, 2)}) == b'{"a":[1,2]}'


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b" 1",
        b"1 ",
        b"1\n",
        b"01",
        b"-0",
        b"1.0",
        b"1e2",
        b"NaN",
        b"Infinity",
        b"9007199254740992",
        b"9" * 10_000,
        b'{"a":1,"a":1}',
        b'{"a":1,"a":2}',
        b'{"b":1,"a":2}',
        b'{"a": 1}',
        b'{"a":1,}',
        b'"\\u0041"',
        b'"\\/"',
        b'"\\u000A"',
        b'"\xff"',
        b'"\\ud800"',
        b'"\t"',
        b"\xef\xbb\xbf1",
        b"'a'",
        b"[" * 100_000,
        b"[" * 70 + b"]" * 70,
        b"truefalse",
        b"\x00",
    ],
    ids=repr,
)
def test_refuses_any_other_spelling(data: bytes) -> None:
    with pytest.raises(NotCanonical):
        parse_canonical(data)


@given(values, st.data())
def test_no_two_byte_strings_mean_the_same(value: object, data: st.DataObject) -> None:
    spelt = bytearray(canonical_json(value))
    place = data.draw(st.integers(0, len(spelt) - 1))
    spelt[place] ^= 1 << data.draw(st.integers(0, 7))
    try:
        other = parse_canonical(bytes(spelt))
    except NotCanonical:
        return
    assert canonical_json(other) == bytes(spelt) != canonical_json(value)
