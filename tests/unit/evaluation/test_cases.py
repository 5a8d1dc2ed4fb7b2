"""Batch files are read as documented, and what is wrong with one is said with its line."""

import json
from pathlib import Path

import pytest

from evaluation.cases import (
    EarlierTurn,
    Question,
    address,
    found_in,
    read_answers,
    read_found,
    read_questions,
    write_questions,
)
from evaluation.errors import DataMissing, DataUnreadable
from knowledge.documents import Passage, Segment, SegmentKind
from knowledge.retrieval import Hit

ANSWER = {
    "id": "1",
    "outcome": "answered",
    "reason": "quoted",
    "confidence": 0.8,
    "answer": "You must be 21.",
    "citations": [
        {"url": "https://www.gov.uk/a#b", "title": "A", "heading": "B", "quote": "You must be 21."}
    ],
    "snapshot": "s",
    "policy": "p",
    "elapsed_ms": 12,
}


def lines(path: Path, *values: object) -> Path:
    path.write_text("\n".join(json.dumps(value, ensure_ascii=False) for value in values))
    return path


def test_questions_come_back_as_they_were_written(tmp_path: Path) -> None:
    questions = (
        Question("1", "Beth yw’r gost?\u2028Who pays?"),
        Question("2", "And then?", (EarlierTurn("First?", "Yes.\nReally."),)),
    )
    write_questions(tmp_path / "in.jsonl", questions)
    assert read_questions(tmp_path / "in.jsonl") == questions


def test_an_answer_line_is_read_whole(tmp_path: Path) -> None:
    given = read_answers(lines(tmp_path / "out.jsonl", ANSWER, {**ANSWER, "id": "2"}))["1"]
    assert given.outcome == "answered"
    assert given.citations[0].url == "https://www.gov.uk/a#b"
    assert given.elapsed_ms == 12


def test_separators_inside_a_text_do_not_end_its_line(tmp_path: Path) -> None:
    path = lines(tmp_path / "out.jsonl", {**ANSWER, "answer": "one\u2028two\x85three"})
    assert read_answers(path)["1"].answer == "one\u2028two\x85three"


@pytest.mark.parametrize(
    ("fault", "where"),
    [
        ({"outcome": "maybe"}, "outcome"),
        ({"citations": [{"title": "no address"}]}, "citations.0.url"),
        ({"answer": None}, "answer"),
        ({"elapsed_ms": "soon"}, "elapsed_ms"),
    ],
)
def test_a_faulty_line_is_named(tmp_path: Path, fault: dict[str, object], where: str) -> None:
    path = lines(tmp_path / "out.jsonl", ANSWER, {**ANSWER, "id": "2", **fault})
    with pytest.raises(DataUnreadable, match=r"out\.jsonl:2: ") as told:
        read_answers(path)
    assert where in str(told.value)


def test_what_is_not_json_and_what_stands_twice_is_refused(tmp_path: Path) -> None:
    broken = tmp_path / "broken.jsonl"
    broken.write_text(json.dumps(ANSWER)[:-3])
    with pytest.raises(DataUnreadable, match=r"broken\.jsonl:1"):
        read_answers(broken)
    with pytest.raises(DataUnreadable, match="twice"):
        read_answers(lines(tmp_path / "twice.jsonl", ANSWER, ANSWER))


def test_a_missing_file_is_named_with_what_makes_it(tmp_path: Path) -> None:
    with pytest.raises(DataMissing, match=r"nowhere\.jsonl.*signpost ask --batch"):
        read_answers(tmp_path / "nowhere.jsonl")


def test_found_passages_are_read_with_or_without_more_fields(tmp_path: Path) -> None:
    passage = {"url": "u", "title": "t", "heading": "h", "text": "x", "score": 1}
    path = lines(tmp_path / "out.jsonl", {"id": "1", "passages": [{**passage, "later": True}]})
    assert read_found(path)["1"][0].text == "x"


@pytest.mark.parametrize(
    "url",
    [
        "https://www.gov.uk/a#b",
        "https://www.gov.uk/a/",
        "HTTPS://WWW.GOV.UK/a?x=1",
        " https://www.gov.uk/a ",
    ],
)
def test_addresses_of_one_page_compare_equal(url: str) -> None:
    assert address(url) == "https://www.gov.uk/a"


def test_paths_keep_their_case_and_pages_stay_apart() -> None:
    assert address("https://www.gov.uk/A") != address("https://www.gov.uk/a")
    assert address("https://www.gov.uk/a/b") != address("https://www.gov.uk/a")


def test_a_hit_shows_its_own_words_and_its_document() -> None:
    passage = Passage(
        title="Adoption",
        headings=("Who", "Age"),
        url="https://www.gov.uk/adoption/who#age",
        segments=(Segment(SegmentKind.ITEM, "aged 21", lead="You must be:"),),
        document_url="https://www.gov.uk/adoption",
    )
    (found,) = found_in([Hit(passage, 0.5, 0.4, 3.0)])
    assert found.text == "You must be:\naged 21"
    assert found.heading == "Who – Age"
    assert found.page == "https://www.gov.uk/adoption"
