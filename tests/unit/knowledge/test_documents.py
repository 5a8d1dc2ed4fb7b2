"""A passage reads as it stands on the page, with each lead once where it is needed."""

import json
from dataclasses import replace

from knowledge.documents import (
    Passage,
    Segment,
    SegmentKind,
    as_json,
    canonical_date,
    passage_from_json,
    passage_from_line,
)
from knowledge.snapshot_format import canonical

SENTENCE, ITEM = SegmentKind.SENTENCE, SegmentKind.ITEM


def passage(*segments: Segment) -> Passage:
    return Passage("Kites", ("Who", "Age"), "https://x/kites#age", segments, "https://x/kites")


def test_a_lead_that_stands_just_before_is_not_said_again() -> None:
    assert (
        passage(
            Segment(SENTENCE, "You need:"),
            Segment(ITEM, "a kite", "You need:"),
            Segment(ITEM, "either:", "You need:"),
            Segment(ITEM, "string", "either:"),
            Segment(ITEM, "rope", "either:"),
            Segment(ITEM, "wind", "You need:"),
        ).text
        == "You need:\na kite\neither:\nstring\nrope\nYou need:\nwind"
    )


def test_a_lead_that_stands_elsewhere_comes_first_and_once() -> None:
    assert (
        passage(
            Segment(ITEM, "a kite", "You need:"),
            Segment(ITEM, "wind", "You need:"),
            Segment(SENTENCE, "Ask first."),
            Segment(ITEM, "rope", "You need:"),
        ).text
        == "You need:\na kite\nwind\nAsk first.\nYou need:\nrope"
    )


def test_a_lead_may_be_the_end_of_the_sentence_before() -> None:
    said = passage(
        Segment(SENTENCE, "It is easy. You need:"), Segment(ITEM, "a kite", "You need:")
    ).text
    assert said == "It is easy. You need:\na kite"


def test_a_passage_survives_json_and_any_change_changes_its_digest() -> None:
    whole = passage(Segment(ITEM, "a kite’s “string”", "You need:", 2, 0))
    again = passage_from_json(json.loads(json.dumps(as_json(whole))))
    assert again == whole
    assert again.digest == whole.digest
    assert replace(whole, updated="2025").digest != whole.digest
    read = passage_from_line(canonical(as_json(whole)))
    assert read == whole
    assert read.digest == whole.digest
    assert replace(read, updated="2025").digest == replace(whole, updated="2025").digest
    assert replace(whole, segments=()).digest != whole.digest


def test_the_heading_is_the_title_and_the_path() -> None:
    assert passage().heading == "Kites – Who – Age"


def test_dates_are_cut_to_the_day() -> None:
    assert canonical_date(" 2016-01-14 10:44:25+00:00") == "2016-01-14"
    assert canonical_date("2021") == "2021"
