"""What was read of others' questions: ids and a verdict, and a line that is wrong is named."""

from collections import Counter
from pathlib import Path

import pytest

from evaluation.abstention_scoring import uncovered_tried
from evaluation.cases import AnswerGiven, Question
from evaluation.datasets import uncovered_questions
from evaluation.errors import DataMissing, DataUnreadable
from evaluation.uncovered_reading import UNCOVERED, Covered, uncovered_read
from tests.unit.evaluation.test_abstention import THRESHOLDS


def test_a_hundred_were_read_and_the_card_says_what_was_found() -> None:
    found = Counter(uncovered_read().values())
    assert found.total() == 100
    card = (UNCOVERED.parent / "README.md").read_text(encoding="utf-8")
    words = {2: "Two are covered", 4: "four partly"}
    assert all(words[found[name]] in card for name in ("yes", "partly"))
    assert f"{found['no']} not" in card


@pytest.mark.parametrize(
    "line", ["{", "[]", '{"id": "a"}', '{"id": "a", "covered": "maybe"}', '{"covered": "no"}']
)
def test_a_wrong_line_is_named(tmp_path: Path, line: str) -> None:
    path = tmp_path / "read.jsonl"
    path.write_text(f'{{"id": "z", "covered": "no"}}\n{line}\n', encoding="utf-8")
    with pytest.raises(DataUnreadable, match=r"read\.jsonl:2"):
        uncovered_read(path)


def test_a_question_read_twice_and_a_missing_file_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "read.jsonl"
    with pytest.raises(DataMissing):
        uncovered_read(path)
    path.write_text('{"id": "z", "covered": "no"}\n' * 2, encoding="utf-8")
    with pytest.raises(DataUnreadable, match="twice"):
        uncovered_read(path)


@pytest.mark.parametrize("covered", ["yes", "partly", "no", None])
def test_only_what_no_page_answers_counts_against_an_answer(covered: Covered | None) -> None:
    given = AnswerGiven("q", "answered", "quoted", 0.9, "Yes.", (), 1.0)
    values = uncovered_tried(Question("q", "?"), "/p", covered, given, THRESHOLDS).case.values
    assert values["uncovered answered"] == (1.0, 1.0)
    assert ("uncovered answered, read" in values) is (covered == "no")


def test_what_was_read_is_in_the_data(data_dir: Path) -> None:
    assert set(uncovered_read()) <= {each.id for each, _ in uncovered_questions(data_dir)}
