"""Views: what the vault keeps reads back as it was shown."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.answers import Answer, ExplainedWord, Link, SectionSummary, Statement
from assistant.generation import parse_reply
from assistant.outcomes import Abstained, Answered, Contact, HelpNote, Reason
from assistant.presentation import (
    Versions,
    blocks_of,
    citations_of,
    pages_of,
    summaries_of,
    view_as_json,
    view_from_json,
    view_of,
)
from assistant.text import RawText
from assistant.turns import Turn
from assistant.views import (
    AnswerBlock,
    Citation,
    SourcePage,
    SummaryShown,
    TurnStatus,
    TurnView,
)
from audit.canonical import canonical_json, parse_canonical
from knowledge.documents import Passage, PlainSummary, Segment, SegmentKind
from tests.assisting import NOON

TEXT = st.text(st.characters(exclude_categories=("Cs",)), max_size=12)
TEXTS = st.lists(TEXT, max_size=3).map(tuple)
COUNT = st.integers(0, 10_000)
MOMENT = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)).map(
    lambda moment: moment.replace(microsecond=moment.microsecond // 1000 * 1000)
)
CITATION = st.builds(
    Citation, TEXT, TEXT, TEXT, TEXT, nations=TEXTS, starter=st.booleans(), official_url=TEXT
)
CONTACTS = st.lists(st.builds(Contact, TEXT, TEXT, TEXT, TEXT), max_size=2).map(tuple)
BLOCK = st.builds(
    AnswerBlock, TEXT, TEXT, TEXTS, COUNT, TEXT, st.lists(COUNT, max_size=3).map(tuple)
)
VIEW = st.builds(
    TurnView,
    id=TEXT,
    conversation_id=TEXT,
    position=COUNT,
    status=st.sampled_from(TurnStatus),
    question=TEXT,
    asked_at=MOMENT,
    language=st.sampled_from(["en", "cy"]),
    outcome=TEXT,
    reason=TEXT,
    message=TEXT,
    answer=TEXT,
    blocks=st.lists(BLOCK, max_size=2).map(tuple),
    citations=st.lists(CITATION, max_size=2).map(tuple),
    pages=st.lists(
        st.builds(SourcePage, TEXT, TEXT, st.lists(COUNT, max_size=3).map(tuple)), max_size=2
    ).map(tuple),
    reading_age=st.none() | COUNT,
    explained=st.lists(st.builds(ExplainedWord, TEXT, TEXT), max_size=2).map(tuple),
    summaries=st.lists(st.builds(SummaryShown, TEXT, COUNT, TEXT, TEXT), max_size=2).map(tuple),
    confidence=st.none() | COUNT.map(lambda points: points / 10_000),
    masked=TEXTS,
    choices=TEXTS,
    contacts=CONTACTS,
    help_note=st.none() | st.builds(HelpNote, TEXT, CONTACTS),
    nearest=st.lists(st.builds(Link, TEXT, TEXT, TEXT), max_size=2).map(tuple),
    urgent=st.booleans(),
    generated=st.booleans(),
    answered_at=st.none() | MOMENT,
    elapsed_ms=COUNT,
)


@given(VIEW)
def test_a_view_reads_back_from_the_vault_as_it_was(view: TurnView) -> None:
    kept = canonical_json(view_as_json(view))
    assert view_from_json(parse_canonical(kept)) == view  # type: ignore[arg-type]


def test_a_view_kept_before_pages_were_grouped_reads_back() -> None:
    view = shown(Turn("t", RawText("x"), NOON, outcome=Answered(Reason.QUOTED, answer_of(1), 0.5)))
    kept = view_as_json(view)
    for later in ("pages", "reading_age", "explained", "summaries", "help_note"):
        del kept[later]
    read = view_from_json(kept)
    assert [(page.title, page.citations) for page in read.pages] == [("Title", (0,))]
    assert replace(read, pages=view.pages) == view


PASSAGE = Passage(
    title="Title",
    headings=("One", "Two"),
    url="https://a.example/p#two",
    document_url="https://a.example/p",
    updated="2025-01",
    segments=(
        Segment(SegmentKind.SENTENCE, "You must bring:", block=0),
        Segment(SegmentKind.ITEM, "a form", lead="You must bring:", block=1),
        Segment(SegmentKind.ITEM, "a photo", lead="You must bring:", block=1),
        Segment(SegmentKind.STEP, "Sign it.", block=2, number=3),
        Segment(SegmentKind.STEP, "Post it.", block=2, number=4),
        Segment(SegmentKind.ROW, "Adult | £10", lead="Who | Fee", block=3),
    ),
)


def answer_of(*places: int) -> Answer:
    chosen = [PASSAGE.segments[place] for place in places]
    return Answer(
        tuple(Statement(s.text, s.text, PASSAGE, s.kind, s.lead, s.block, s.number) for s in chosen)
    )


def test_an_answer_is_laid_out_in_runs_with_its_leads_once() -> None:
    blocks = blocks_of(answer_of(1, 2, 3, 4, 5))
    assert [(each.kind, each.lead, each.items, each.numbers) for each in blocks] == [
        ("list", "You must bring:", ("a form", "a photo"), ()),
        ("steps", "", ("Sign it.", "Post it."), (3, 4)),
        ("table", "Who | Fee", ("Adult | £10",), ()),
    ]
    assert answer_of(1, 2, 3, 4, 5).text == (
        "You must bring:\n• a form\n• a photo\n3. Sign it.\n4. Post it.\nWho | Fee\nAdult | £10"
    )


def test_a_lead_that_stands_just_before_is_not_said_twice() -> None:
    assert answer_of(0, 1).text == "You must bring:\n• a form"
    assert [each.lead for each in blocks_of(answer_of(0, 1))] == ["", ""]


@pytest.mark.parametrize("places", [(0, 1, 2), (5, 3), (1, 5, 4, 2)])
def test_the_layout_says_exactly_what_the_text_says(places: tuple[int, ...]) -> None:
    answer = answer_of(*places)
    laid_out = [part for each in blocks_of(answer) for part in (each.lead, *each.items) if part]
    plain = [line.removeprefix("• ").lstrip("0123456789. ") for line in answer.text.split("\n")]
    assert laid_out == plain


@pytest.mark.parametrize(
    "cited",
    [("1", "4", "2"), ("6", "4", "4"), ("1", "7", "3"), ("7", "5", "7", "6")],
)
def test_what_a_model_worded_is_prose_whatever_it_words(cited: tuple[str, ...]) -> None:
    lines = [(PASSAGE, s) for s in PASSAGE.segments] + [(ELSEWHERE, ELSEWHERE.segments[0])]
    said = [f"Sentence {place}." for place in range(len(cited))]
    reply = "\n".join(f"{text} [{line}]" for text, line in zip(said, cited, strict=True))
    answer = parse_reply(reply, lines)
    assert answer is not None
    assert answer.text.split("\n") == said
    blocks = blocks_of(answer)
    assert [text for block in blocks for text in block.items] == said
    assert {(block.kind, block.lead, block.numbers) for block in blocks} == {("paragraph", "", ())}
    sources = citations_of(answer)
    assert [s.quote for s in answer.statements] == [lines[int(line) - 1][1].text for line in cited]
    pointed = [sources[block.citation].quote for block in blocks for _ in block.items]
    for statement, quoted in zip(answer.statements, pointed, strict=True):
        assert statement.quote in quoted.split("\n")


def test_a_citation_is_verbatim_and_named() -> None:
    (citation,) = citations_of(answer_of(1, 3))
    assert citation.quote == "a form\nSign it."
    assert (citation.heading, citation.updated, citation.url) == (
        "One – Two",
        "2025-01",
        "https://a.example/p#two",
    )


SECTION = replace(
    PASSAGE,
    segments=(
        Segment(SegmentKind.SENTENCE, "It takes a week.", block=0),
        Segment(SegmentKind.ITEM, "a form", lead="Later, send:", block=1),
    ),
)
"""Another passage of the same section, as when it was too long for one."""
ELSEWHERE = replace(PASSAGE, headings=("One", "Three"), url="https://a.example/p#three")
OTHER_PAGE = replace(PASSAGE, url="https://b.example/p#two", document_url="https://b.example/p")


def said(passage: Passage, place: int) -> Statement:
    s = passage.segments[place]
    return Statement(s.text, s.text, passage, s.kind, s.lead, s.block, s.number)


def test_two_passages_of_one_section_are_one_source_with_both_quotations() -> None:
    answer = Answer((said(PASSAGE, 3), said(SECTION, 0), said(PASSAGE, 4)))
    (citation,) = citations_of(answer)
    assert citation.quote == "Sign it.\nIt takes a week.\nPost it."
    assert [block.citation for block in blocks_of(answer)] == [0, 0, 0]


def test_sections_and_pages_of_like_names_stay_apart() -> None:
    answer = Answer((said(PASSAGE, 3), said(ELSEWHERE, 3), said(OTHER_PAGE, 3), said(SECTION, 0)))
    cited = citations_of(answer)
    assert [(each.url, each.quote) for each in cited] == [
        (PASSAGE.url, "Sign it.\nIt takes a week."),
        (ELSEWHERE.url, "Sign it."),
        (OTHER_PAGE.url, "Sign it."),
    ]
    assert [block.citation for block in blocks_of(answer)] == [0, 1, 2, 0]


def test_one_wording_is_quoted_once_in_a_source() -> None:
    (citation,) = citations_of(Answer((said(PASSAGE, 1), said(SECTION, 1), said(SECTION, 0))))
    assert citation.quote == "a form\nIt takes a week."


@given(
    st.lists(
        st.sampled_from([PASSAGE, SECTION, ELSEWHERE, OTHER_PAGE]).flatmap(
            lambda passage: st.integers(0, len(passage.segments) - 1).map(
                lambda place: said(passage, place)
            )
        ),
        max_size=8,
    ).map(tuple)
)
def test_every_block_points_at_the_source_that_quotes_it(statements: tuple[Statement, ...]) -> None:
    answer = Answer(statements)
    cited = citations_of(answer)
    assert len({(each.url, each.title, each.heading) for each in cited}) == len(cited)
    for block in blocks_of(answer):
        assert set(block.items) <= set(cited[block.citation].quote.split("\n"))
    quoted = [line for each in cited for line in each.quote.split("\n")]
    assert {statement.quote for statement in statements} == set(quoted)


PART = replace(ELSEWHERE, url="https://a.example/p/second-part", headings=("Part",))
"""A section at another address of the same document, as parts of a guide are."""


def test_pages_hold_their_sections_once_in_order_of_use() -> None:
    statements = (said(PASSAGE, 3), said(OTHER_PAGE, 3), said(ELSEWHERE, 3), said(SECTION, 0))
    answer = Answer((*statements, said(PART, 0)))
    assert pages_of(answer) == (
        SourcePage("https://a.example/p", "Title", (0, 2, 3)),
        SourcePage("https://b.example/p", "Title", (1,)),
    )
    places = [place for page in pages_of(answer) for place in page.citations]
    assert sorted(places) == list(range(len(citations_of(answer))))


def test_a_summary_points_at_the_section_it_summarises() -> None:
    plain = PlainSummary("In short.", "J. Evans", "2026-02-01")
    summaries = (SectionSummary(plain, ELSEWHERE),)
    answer = Answer((said(PASSAGE, 3), said(ELSEWHERE, 3)), summaries=summaries)
    assert summaries_of(answer) == (SummaryShown("In short.", 1, "J. Evans", "2026-02-01"),)


def test_what_to_do_next_is_the_page_that_answers_best_or_its_official_one() -> None:
    def next_of(*statements: Statement) -> Link | None:
        outcome = Answered(Reason.QUOTED, Answer(statements), 0.5)
        return shown(Turn("t", RawText("x"), NOON, outcome=outcome)).next_page

    starter = replace(PASSAGE, official_url="https://o.example", official_title="Official")
    assert next_of(said(PASSAGE, 3)) == Link("Title", "https://a.example/p", "2025-01")
    assert next_of(said(OTHER_PAGE, 3), said(PASSAGE, 3)) == Link(
        "Title", "https://b.example/p", "2025-01"
    )
    assert next_of(said(starter, 3)) == Link("Official", "https://o.example")
    nothing = Turn("t", RawText("x"), NOON, outcome=Abstained(Reason.NO_GUIDANCE))
    assert shown(nothing).next_page is None


VERSIONS = Versions("s", "snap", "p", "e", "c", 1)


def shown(turn: Turn, answered_at: datetime = NOON) -> TurnView:
    return view_of(
        turn,
        conversation_id="c",
        position=0,
        message="m",
        notice="",
        versions=VERSIONS,
        answered_at=answered_at,
    )


def test_a_view_needs_an_outcome() -> None:
    with pytest.raises(ValueError, match="outcome"):
        shown(Turn("t", RawText("x"), NOON), NOON)


def test_what_is_shown_at_first_is_what_is_read_later() -> None:
    elsewhere = timezone(timedelta(hours=5, minutes=30))
    turn = Turn(
        "t",
        RawText("x"),
        NOON.astimezone(elsewhere),
        outcome=Answered(Reason.QUOTED, answer_of(1), 1 / 3),
    )
    view = shown(turn, NOON + timedelta(microseconds=999_999))
    assert view_from_json(view_as_json(view)) == view
    assert view.confidence == 0.3333


def test_time_that_runs_backwards_counts_as_none() -> None:
    turn = Turn("t", RawText("x"), NOON, outcome=Abstained(Reason.NO_GUIDANCE))
    assert shown(turn, NOON - timedelta(hours=1)).elapsed_ms == 0
