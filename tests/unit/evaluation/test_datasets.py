"""The readers keep to the documented layout, and name what is missing or wrong."""

from pathlib import Path

import pytest

from evaluation import corpora
from evaluation.datasets import (
    QUERY_FORMS,
    conversation_turns,
    digests,
    guidance_questions,
    held_out,
    passage_id,
    passage_queries,
    search_queries,
    uncovered_questions,
)
from evaluation.errors import DataMissing, DataUnreadable
from knowledge.chunking import passages_of
from tests.unit.evaluation.data_folder import GOVUK, write_data


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return write_data(tmp_path)


def test_a_question_is_its_situation_and_what_is_asked(data: Path) -> None:
    first, fee, unanswerable = guidance_questions(data)
    assert first.question.text == "My neighbour asks. What about rent-allotment?"
    assert first.spans == ()
    assert fee.spans == ("£20",)
    assert not unanswerable.answerable


def test_the_first_named_source_of_an_address_wins(data: Path) -> None:
    corpus = corpora.guidance(data)
    urls = [document.url for document in corpus.documents]
    assert urls[:2] == [f"{GOVUK}/rent-allotment", f"{GOVUK}/keep-bees"]
    assert len(urls) == len(set(urls)) == 4
    assert "newer text" not in str(corpus.documents)
    assert any("rent-allotment stands in an earlier source" in told for told in corpus.left_out)


def test_every_gold_element_stands_in_some_passage_but_headings(data: Path) -> None:
    text = "\n".join(
        passage.text
        for document in corpora.guidance(data).documents
        for passage in passages_of(document)
    )
    assert "live in the parish" in text
    assert "Small | £20" in text


def test_queries_whose_page_is_elsewhere_are_left_out_and_titles_told_apart(data: Path) -> None:
    queries = search_queries(data, corpora.guidance(data).documents)
    assert [(query.text, query.is_title) for query in queries] == [
        ("pothole", False),
        ("Report a pothole", True),
    ]


def test_conversation_questions_come_in_their_forms(data: Path) -> None:
    read = {form: passage_queries(data, form) for form in QUERY_FORMS}
    asked = {
        form: next(each for each in queries if each.question.id == f"{form}/c<::>2")
        for form, queries in read.items()
    }
    assert asked["lastturn"].question.text == "And barbecues?"
    assert asked["lastturn"].question.history == ()
    assert asked["history"].question.text == "And barbecues?"
    (earlier,) = asked["history"].question.history
    assert (earlier.question, earlier.answer) == ("May dogs run free?", "No.")
    assert asked["history"].relevant == asked["lastturn"].relevant
    assert asked["questions"].question.text == "May dogs run free?\nAnd barbecues?"
    assert asked["rewrite"].relevant == ("p-2",)
    assert asked["rewrite"].conversation == "c"


def test_unjudged_questions_are_left_out(data: Path) -> None:
    assert len(passage_queries(data, "rewrite")) == 2
    assert len(passage_queries(data, "history")) == 2


def test_a_turn_knows_the_turns_before_it_and_none_after(data: Path) -> None:
    turns = {turn.question.id: turn for turn in conversation_turns(data)}
    assert turns["c<::>1"].question.history == ()
    assert [told.answer for told in turns["c<::>3"].question.history] == [
        "No.",
        "Yes, on the terrace.",
    ]
    assert turns["c<::>3"].relevant == ()


def test_a_judged_passage_keeps_its_id_through_chunking(data: Path) -> None:
    corpus = corpora.government(data)
    ids = {passage_id(each.url) for document in corpus.documents for each in passages_of(document)}
    assert ids == {"p-1", "p-2"}


def test_questions_about_other_pages_come_with_that_page(data: Path) -> None:
    ((question, page),) = uncovered_questions(data)
    assert question.id == "test-1"
    assert page == f"{GOVUK}/keep-goats"


def test_a_missing_file_is_named_with_what_to_pass(tmp_path: Path) -> None:
    with pytest.raises(DataMissing, match=r"questions_dev_visible\.json is missing.*--data DIR"):
        guidance_questions(tmp_path)
    with pytest.raises(DataMissing, match=r"documents_dev\.json"):
        corpora.guidance(tmp_path)
    with pytest.raises(DataMissing, match=r"passages\.jsonl"):
        corpora.government(tmp_path)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("govuk/conditionalqa/questions_dev_visible.json", '[{"id": "x"}]'),
        ("govuk/conditionalqa/questions_dev_visible.json", "{}"),
        ("govuk/conditionalqa/questions_dev_visible.json", "[1]"),
        ("govuk/conditionalqa/questions_dev_visible.json", "not json"),
    ],
)
def test_a_file_of_another_form_is_named(data: Path, name: str, text: str) -> None:
    (data / name).write_text(text)
    with pytest.raises(DataUnreadable, match="questions_dev_visible"):
        guidance_questions(data)


def test_faulty_judgements_and_queries_are_named_with_their_line(data: Path) -> None:
    with (data / "conversational/mtrag_govt/qrels_dev.tsv").open("a") as file:
        file.write("only one field\n")
    with pytest.raises(DataUnreadable, match=r"qrels_dev\.tsv:5"):
        passage_queries(data, "rewrite")
    (data / "govuk/search_queries/self_assessment.csv").write_text("word,page\na,/b\n")
    with pytest.raises(DataUnreadable, match=r"self_assessment\.csv:2"):
        search_queries(data, ())


def test_the_split_is_the_published_hash() -> None:
    assert held_out("a", 50) is False
    assert {held_out(str(number), 0) for number in range(50)} == {False}
    assert {held_out(str(number), 100) for number in range(50)} == {True}
    share = sum(held_out(str(number), 30) for number in range(2000)) / 2000
    assert 0.26 < share < 0.34


def test_digests_name_every_file_that_is_read(data: Path) -> None:
    both = ("guidance", "government")
    before = digests(data, "retrieval", both)
    assert len(before) == 14
    assert len(digests(data, "answers", ("guidance",))) == 5
    path = data / "govuk/content_pages/pages.jsonl"
    path.write_text(path.read_text() + "\n")
    after = digests(data, "retrieval", both)
    assert {name for name in before if before[name] != after[name]} == {
        "govuk/content_pages/pages.jsonl"
    }
