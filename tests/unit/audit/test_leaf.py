"""A leaf has one spelling, and only a leaf is read as one."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.canonical import canonical_json
from audit.errors import EventInvalid, NotCanonical
from audit.events import Event, Kind
from audit.leaf import Leaf, parse_leaf, read_time, write_time

AT = "2026-01-02T03:04:05.678Z"
FULL = Leaf("r1", "turn_answered", AT, {"a": 1}, "c1", "0" * 64, "1" * 64)
VALUE = FULL.value()


def test_a_leaf_is_spelt_as_documented() -> None:
    assert FULL.encode() == (
        b'{"at":"2026-01-02T03:04:05.678Z","ciphertext":"' + b"1" * 64 + b'","commitment":"'
        + b"0" * 64 + b'","conversation":"c1","facts":{"a":1},"id":"r1","kind":"turn_answered",'
        b'"v":1}'
    )  # fmt: skip


@pytest.mark.parametrize("leaf", [FULL, Leaf("r", "k", AT, {}), Leaf("r", "k", AT, {}, "c")])
def test_a_leaf_is_read_back(leaf: Leaf) -> None:
    assert parse_leaf(leaf.encode()) == leaf


@pytest.mark.parametrize(
    "change",
    [
        {"v": 2},
        {"v": True},
        {"v": "1"},
        {"id": ""},
        {"id": 1},
        {"kind": None},
        {"at": "2026-01-02T03:04:05Z"},
        {"at": "2026-01-02 03:04:05.678Z"},
        {"at": AT + "\n"},
        {"facts": []},
        {"facts": None},
        {"conversation": ""},
        {"conversation": None},
        {"commitment": "0" * 63},
        {"commitment": "A" * 64},
        {"ciphertext": "g" * 64},
        {"another": 1},
    ],
    ids=str,
)
def test_what_is_not_quite_a_leaf_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(NotCanonical):
        parse_leaf(canonical_json({**VALUE, **change}))


@pytest.mark.parametrize("name", ["v", "id", "kind", "at", "facts", "conversation", "ciphertext"])
def test_a_leaf_with_a_part_missing_is_refused(name: str) -> None:
    with pytest.raises(NotCanonical):
        parse_leaf(canonical_json({k: v for k, v in VALUE.items() if k != name}))


@pytest.mark.parametrize("data", [b"[]", b"1", b"null", b'"x"', b"{}", b"", b"{"])
def test_what_is_no_object_is_refused(data: bytes) -> None:
    with pytest.raises(NotCanonical):
        parse_leaf(data)


@given(st.datetimes(timezones=st.just(UTC)))
def test_times_are_whole_milliseconds_and_read_back(moment: datetime) -> None:
    text = write_time(moment)
    assert write_time(read_time(text)) == text
    assert timedelta() <= moment - read_time(text) < timedelta(milliseconds=1)


def test_times_are_written_in_utc() -> None:
    summer = timezone(timedelta(hours=1))
    assert write_time(datetime(2026, 6, 1, 0, 30, tzinfo=summer)) == "2026-05-31T23:30:00.000Z"
    with pytest.raises(ValueError, match="aware"):
        write_time(datetime(2026, 6, 1))


def test_an_event_with_something_personal_needs_a_conversation() -> None:
    with pytest.raises(EventInvalid, match="belongs to a conversation"):
        Event(Kind.TURN_ANSWERED, personal={"question": "?"})
    with pytest.raises(EventInvalid, match="not empty"):
        Event(Kind.TURN_ANSWERED, conversation="")


def test_an_event_does_not_show_what_is_personal() -> None:
    assert "Ada" not in repr(Event(Kind.TURN_ANSWERED, {}, "c1", {"question": "I am Ada"}))
