"""Every file of real guidance is read, and no word of it is lost on the way to passages."""

import json
import re
from collections import Counter
from pathlib import Path

import pytest

from knowledge.chunking import passages_of, segments_of
from knowledge.documents import Document, as_json, passage_from_json
from knowledge.fetching import Fetcher
from knowledge.loaders.outline import fold
from knowledge.results import Failed, Read
from knowledge.sources import read_source

FOLDERS = {
    "content_api_examples": {
        "read": 71,
        "not_guidance": 39,
        "no_text": 5,
        "withdrawn": 3,
        "gone": 2,
        "redirect": 1,
    },
    "content_pages": {"read": 157},
    "get_into_teaching": {"read": 47},
    "pension_wise_en_cy": {"read": 116, "no_text": 12},
}


def read_all(folder: Path) -> list[Read]:
    with Fetcher(version="0", contact="nobody") as fetcher:
        return [
            one
            for path in sorted(folder.rglob("*.json*"))
            for one in read_source(str(path), fetcher)
        ]


def counted(read: list[Read]) -> Counter[str]:
    return Counter(
        "read" if isinstance(one, Document) else getattr(one, "reason", "failed") for one in read
    )


@pytest.mark.parametrize(("name", "counts"), FOLDERS.items())
def test_every_file_is_read_or_left_out_with_a_reason(
    data_dir: Path, name: str, counts: dict[str, int]
) -> None:
    read = read_all(data_dir / "govuk" / name)
    assert [one for one in read if isinstance(one, Failed)] == []
    assert counted(read) == counts
    for one in read:
        if isinstance(one, Document):
            _assert_whole(one)


def test_elements_of_conditionalqa_stay_word_for_word(data_dir: Path) -> None:
    path = data_dir / "govuk" / "conditionalqa" / "documents_dev.json"
    values = json.loads(path.read_text())
    read = read_all(path.parent)
    documents = [one for one in read if isinstance(one, Document)]
    assert len(documents) == len(values)
    for value, document in zip(values, documents, strict=True):
        said = {
            text
            for section in document.sections
            for block in section.blocks
            for text in (*block.items, " | ".join(block.header))
        }
        quotable = {fold(text) for text in said}
        for element in value["contents"]:
            text = fold(re.sub(r"<[^>]*>", "", element))
            if not element.startswith("<h") and text.strip(" |"):
                assert text in quotable
        _assert_whole(document)


def _assert_whole(document: Document) -> None:
    assert document.url.startswith("https://")
    assert document.title
    passages = passages_of(document)
    assert [segment.text for passage in passages for segment in passage.segments] == [
        segment.text
        for section in document.sections
        for block in section.blocks
        for segment in segments_of(block)
    ]
    for passage in passages:
        assert passage_from_json(json.loads(json.dumps(as_json(passage)))) == passage
