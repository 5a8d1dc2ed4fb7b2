"""Passages hold every word of a document once, in order, and fit the model where they can."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.chunking import estimate_tokens, passages_of, segments_of
from knowledge.documents import Block, BlockKind, Document, Passage, Section, SegmentKind

URL = "https://www.gov.uk/thing"


def words(text: str) -> int:
    return len(text.split())


def document(*blocks: Block, title: str = "Thing", headings: tuple[str, ...] = ()) -> Document:
    return Document(URL, title, (Section(headings, URL + "#a", blocks),))


def paragraph(text: str) -> Block:
    return Block(BlockKind.PARAGRAPH, (text,))


def texts(passages: tuple[Passage, ...]) -> list[list[str]]:
    return [[segment.text for segment in passage.segments] for passage in passages]


def test_a_passage_knows_where_it_comes_from() -> None:
    source = Document(
        url=URL,
        title="Thing",
        sections=(Section(("Who", "Age"), URL + "#age", (paragraph("You are 18."),)),),
        summary="About things",
        publisher="Office",
        updated="2025-01",
        nations=("Wales",),
        audience="parents",
        language="cy",
        licence="MIT",
        official_url="https://example.gov.uk",
        official_title="Things",
    )
    (passage,) = passages_of(source)
    assert passage.url == URL + "#age"
    assert passage.document_url == URL
    assert passage.headings == ("Who", "Age")
    shared = ("title", "summary", "publisher", "updated", "nations", "audience", "language")
    for name in (*shared, "licence", "official_url", "official_title"):
        assert getattr(passage, name) == getattr(source, name)


def test_each_section_has_passages_of_its_own() -> None:
    sections = tuple(
        Section((name,), f"{URL}#{name}", (paragraph(f"{name} is short."),)) for name in "ab"
    )
    passages = passages_of(Document(URL, "Thing", sections))
    assert [passage.url for passage in passages] == [URL + "#a", URL + "#b"]


def test_segments_are_sentences_items_steps_and_rows_with_what_introduces_them() -> None:
    (passage,) = passages_of(
        document(
            paragraph("One. Two:"),
            Block(BlockKind.LIST, ("a", "b"), "Two:"),
            Block(BlockKind.STEPS, ("go", "pay"), first=3),
            Block(BlockKind.TABLE, ("18 | £1",), "Rates:", ("Age", "Pay")),
            Block(BlockKind.TABLE, ("x | y",), "Rates:"),
        )
    )
    assert [(s.kind, s.text, s.lead, s.block, s.number) for s in passage.segments] == [
        (SegmentKind.SENTENCE, "One.", "", 0, 0),
        (SegmentKind.SENTENCE, "Two:", "", 0, 0),
        (SegmentKind.ITEM, "a", "Two:", 1, 0),
        (SegmentKind.ITEM, "b", "Two:", 1, 0),
        (SegmentKind.STEP, "go", "", 2, 3),
        (SegmentKind.STEP, "pay", "", 2, 4),
        (SegmentKind.ROW, "18 | £1", "Age | Pay", 3, 0),
        (SegmentKind.ROW, "x | y", "Rates:", 4, 0),
    ]


def test_a_list_moves_on_whole_with_the_paragraph_that_introduces_it() -> None:
    passages = passages_of(
        document(
            paragraph("One two three four."),
            paragraph("You need:"),
            Block(BlockKind.LIST, ("a b", "c d"), "You need:"),
            paragraph("End of it."),
        ),
        count_tokens=words,
        limit=8,
    )
    assert texts(passages) == [
        ["One two three four."],
        ["You need:", "a b", "c d"],
        ["End of it."],
    ]


def test_nested_lists_stay_together_where_they_fit() -> None:
    passages = passages_of(
        document(
            paragraph("One two three four five."),
            paragraph("Need:"),
            Block(BlockKind.LIST, ("a", "either:"), "Need:"),
            Block(BlockKind.LIST, ("b", "c"), "either:"),
            Block(BlockKind.LIST, ("d",), "Need:"),
        ),
        count_tokens=words,
        limit=8,
    )
    assert texts(passages) == [
        ["One two three four five."],
        ["Need:", "a", "either:", "b", "c", "d"],
    ]


def test_what_goes_on_after_a_nested_list_is_not_parted_from_it() -> None:
    passages = passages_of(
        document(
            paragraph("One two."),
            paragraph("Need:"),
            Block(BlockKind.LIST, ("a", "either:"), "Need:"),
            Block(BlockKind.LIST, ("b", "c"), "either:"),
            Block(BlockKind.LIST, ("d",), "Need:"),
        ),
        count_tokens=words,
        limit=7,
    )
    assert texts(passages) == [["One two."], ["Need:", "a", "either:", "b", "c", "d"]]


def test_a_long_list_is_divided_between_items_and_each_part_keeps_the_lead() -> None:
    items = tuple(f"item number {number}" for number in range(10))
    passages = passages_of(
        document(paragraph("You need:"), Block(BlockKind.LIST, items, "You need:")),
        count_tokens=words,
        limit=14,
    )
    assert len(passages) == 3
    for passage in passages:
        assert passage.text.startswith("You need:")
        assert passage.text.count("You need:") == 1
        assert words(passage.text) <= 14


def test_steps_of_a_later_part_keep_their_numbers() -> None:
    block = Block(BlockKind.STEPS, ("a b c", "d e f", "g h i"))
    passages = passages_of(document(block), count_tokens=words, limit=6)
    assert [[s.number for s in passage.segments] for passage in passages] == [[1, 2], [3]]


def test_a_table_that_is_divided_keeps_its_headings() -> None:
    block = Block(BlockKind.TABLE, ("1 | 2", "3 | 4"), "", ("A", "B"))
    passages = passages_of(document(block), count_tokens=words, limit=7)
    assert [passage.text for passage in passages] == ["A | B\n1 | 2", "A | B\n3 | 4"]


def test_a_sentence_longer_than_the_limit_is_alone_and_whole() -> None:
    long = "word " * 50 + "end."
    passages = passages_of(
        document(paragraph(f"Short one. {long} Short two.")), count_tokens=words, limit=10
    )
    assert texts(passages) == [["Short one."], [long], ["Short two."]]


def test_long_headings_leave_less_room_for_the_body() -> None:
    body = paragraph(" ".join(f"Sentence {number}." for number in range(40)))
    short = passages_of(document(body), count_tokens=words, limit=20, window=40)
    long = passages_of(document(body, title="word " * 24), count_tokens=words, limit=20, window=40)
    assert max(words(passage.text) for passage in short) == 20
    assert max(words(passage.text) for passage in long) == 14
    hopeless = passages_of(
        document(body, title="word " * 99), count_tokens=words, limit=20, window=40
    )
    assert max(words(passage.text) for passage in hopeless) == 10


def test_changing_one_paragraph_leaves_the_passages_elsewhere_alone() -> None:
    before = document(*(paragraph(f"Number {n} has five words.") for n in range(6)))
    (section,) = before.sections
    after = replace(
        before, sections=(replace(section, blocks=(*section.blocks[:-1], paragraph("New."))),)
    )
    old, new = (passages_of(d, count_tokens=words, limit=10) for d in (before, after))
    assert [p.digest for p in old[:-1]] == [p.digest for p in new[:-1]]
    assert old[-1].digest != new[-1].digest


@pytest.mark.parametrize(
    ("text", "language", "least", "most"),
    [
        ("You must tell the office about it within 30 days.", "en", 10, 13),
        ("Telephone: 0800 731 0297", "en", 5, 10),
        ("https://www.gov.uk/child-benefit", "en", 9, 14),
        ("Bydd unrhyw arian rydych yn ei gymryd o’ch cronfa bensiwn", "cy", 16, 30),
        ("", "en", 0, 0),
    ],
)
def test_tokens_are_estimated(text: str, language: str, least: int, most: int) -> None:
    assert least <= estimate_tokens(text, language) <= most


def test_welsh_passages_are_shorter_since_the_model_cuts_its_words_finer() -> None:
    english = document(paragraph("Bydd unrhyw arian yn cael ei gyfrif. " * 60))
    welsh = replace(english, language="cy")
    assert len(passages_of(welsh)) > len(passages_of(english))


ITEM = st.text(st.sampled_from("ab .:?!,|’£1\n("), min_size=1, max_size=60).filter(str.strip)
BLOCK = st.builds(
    Block,
    st.sampled_from([BlockKind.LIST, BlockKind.STEPS, BlockKind.TABLE]),
    st.lists(ITEM, min_size=1, max_size=6).map(tuple),
    st.sampled_from(["", "You need:", "a"]),
    st.sampled_from([(), ("Age", "Pay")]),
    st.integers(1, 9),
) | st.builds(Block, st.just(BlockKind.PARAGRAPH), ITEM.map(lambda item: (item,)))
SECTION = st.builds(
    Section,
    st.lists(st.sampled_from(["Who", "When you can get it"]), max_size=3).map(tuple),
    st.just(URL),
    st.lists(BLOCK, max_size=6).map(tuple),
)
DOCUMENT = st.builds(
    Document, st.just(URL), st.just("Thing"), st.lists(SECTION, max_size=3).map(tuple)
)


@given(DOCUMENT, st.integers(1, 40))
def test_no_text_is_lost_or_said_twice_and_only_a_lone_segment_may_be_too_long(
    source: Document, limit: int
) -> None:
    passages = passages_of(source, count_tokens=words, limit=limit)
    assert [segment.text for passage in passages for segment in passage.segments] == [
        segment.text
        for section in source.sections
        for block in section.blocks
        for segment in segments_of(block)
    ]
    for passage in passages:
        assert passage.segments
        assert words(passage.text) <= limit or len(passage.segments) == 1


@given(BLOCK)
def test_segments_say_a_block_word_for_word(block: Block) -> None:
    said = " ".join(segment.text for segment in segments_of(block)).split()
    assert "".join(said) == "".join(" ".join(block.items).split())


@given(DOCUMENT)
def test_segments_of_one_block_stand_together_and_are_numbered_from_nought(
    source: Document,
) -> None:
    for passage in passages_of(source, count_tokens=words, limit=12):
        blocks = [segment.block for segment in passage.segments]
        assert blocks == sorted(blocks)
        assert set(blocks) == set(range(len(set(blocks))))
