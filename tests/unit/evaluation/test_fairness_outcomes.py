"""Outcomes survive a file as they were, and a broken line is named."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from evaluation.errors import DataMissing, DataUnreadable
from evaluation.fairness.outcomes import (
    Outcome,
    outcome_line,
    read_outcome,
    read_outcomes,
    write_outcomes,
)
from tests.unit.evaluation.fair_outcomes import PLAIN, asked

SHARES = st.floats(0, 1)
LABEL = st.none() | st.booleans()
OUTCOMES = st.builds(
    asked,
    base=st.text(min_size=1),
    variant=st.sampled_from(["", "writing/typos_05"]) | st.text(),
    cluster=st.text(min_size=1),
    right_page=LABEL,
    evidence=LABEL,
    page_found=LABEL,
    page_first=LABEL,
    signposted=LABEL,
    words=st.integers(0, 10**6),
    reading_ease=st.none() | st.floats(-1e6, 1e6),
    elapsed_ms=st.floats(0, 1e9),
    confidence=SHARES,
    distance=SHARES,
    topic=st.text(),
    masked=st.booleans(),
    may_move=st.booleans(),
)


@given(st.lists(OUTCOMES, max_size=4))
def test_a_file_gives_back_what_was_written(tmp_path_factory, outcomes: list[Outcome]) -> None:
    path = tmp_path_factory.mktemp("outcomes") / "outcomes.jsonl"
    write_outcomes(path, outcomes)
    assert read_outcomes(path) == tuple(outcomes)
    assert path.read_bytes().count(b"\n") == len(outcomes)


@pytest.mark.parametrize(
    ("key", "value", "says"),
    [
        ("answered", "yes", "answered"),
        ("answered", 1, "answered"),
        ("words", -1, "words"),
        ("words", 1.5, "words"),
        ("confidence", 1.01, "confidence"),
        ("distance", -0.1, "distance"),
        ("base", "", "base"),
        ("refused", None, "refused"),
        ("mood", "cross", "mood"),
    ],
)
def test_a_wrong_value_is_named_with_file_and_line(
    tmp_path: Path, key: str, value: object, says: str
) -> None:
    path = tmp_path / "outcomes.jsonl"
    broken = {**json.loads(outcome_line(PLAIN)), key: value}
    path.write_text(f"{outcome_line(PLAIN)}\n\n{json.dumps(broken)}\n")
    with pytest.raises(DataUnreadable, match=rf"outcomes\.jsonl:3: {says}") as fault:
        read_outcomes(path)
    assert fault.value.line == 3


@pytest.mark.parametrize("line", ["{", "[]", "null", '{"base": "q1"}', "\x00", "NaN"])
def test_a_line_that_is_no_outcome_is_refused(line: str) -> None:
    with pytest.raises(DataUnreadable):
        read_outcome(line, Path("outcomes.jsonl"), 7)


@pytest.mark.parametrize("number", [float("nan"), float("inf")])
def test_a_number_that_is_none_is_refused(number: float) -> None:
    with pytest.raises(ValidationError):
        asked(elapsed_ms=number)
    line = outcome_line(PLAIN).replace("62.5", str(number))
    with pytest.raises(DataUnreadable, match=r"outcomes\.jsonl:1"):
        read_outcome(line, Path("outcomes.jsonl"), 1)


def test_a_missing_file_and_one_in_another_encoding_are_named(tmp_path: Path) -> None:
    with pytest.raises(DataMissing, match=r"none\.jsonl"):
        read_outcomes(tmp_path / "none.jsonl")
    (tmp_path / "old.jsonl").write_bytes("é".encode("latin-1"))
    with pytest.raises(DataUnreadable, match="UTF-8"):
        read_outcomes(tmp_path / "old.jsonl")


def test_the_family_is_what_stands_before_the_group() -> None:
    assert PLAIN.family == ""
    assert asked(variant="names/welsh").family == "names"
