"""Quotation: verbatim, within the budget, leads kept, steps in order, whatever the passages are."""

import random
from itertools import groupby

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.outcomes import Abstained, Reason
from assistant.steps.compose import QuotingRules, quote
from assistant.text import RawText
from assistant.turns import Turn
from knowledge.documents import Passage, Segment, SegmentKind
from knowledge.retrieval import Hit
from tests.assisting import NOON

WORDS = st.lists(
    st.sampled_from("you must not pay £10 unless it's 5% <b>due</b> today [1] ## • \u202e".split()),
    min_size=1,
    max_size=25,
).map(" ".join)
KINDS = st.sampled_from(SegmentKind)
RULES = QuotingRules(words=40)


@st.composite
def passages(draw: st.DrawFn) -> Hit:
    segments: list[Segment] = []
    for block in range(draw(st.integers(1, 4))):
        kind, lead = draw(KINDS), draw(st.just("") | WORDS)
        count = draw(st.integers(1, 4))
        for number in range(1, count + 1):
            said = draw(WORDS)
            sentence = kind is SegmentKind.SENTENCE
            segments.append(
                Segment(
                    kind,
                    said,
                    "" if sentence else lead,
                    block,
                    number if kind is SegmentKind.STEP else 0,
                )
            )
    url = f"https://a.example/{draw(st.integers(0, 5))}"
    passage = Passage("Title", (), url, tuple(segments), url)
    cosines = tuple(draw(st.floats(0, 1)) for _ in segments)
    return Hit(passage, draw(st.floats(0, 1.5)), 0.5, 1.0, cosines)


HITS = st.lists(passages(), max_size=5, unique_by=lambda hit: hit.passage.url).map(tuple)


def turn(hits: tuple[Hit, ...]) -> Turn:
    return Turn("t", RawText("x"), NOON, hits=hits)


@given(HITS)
def test_every_statement_is_a_segment_word_for_word_with_its_lead(hits: tuple[Hit, ...]) -> None:
    done = quote(RULES)(turn(hits))
    for statement in done.answer.statements if done.answer else ():
        assert Segment(
            statement.kind, statement.text, statement.lead, statement.block, statement.number
        ) in list(statement.passage.segments)
        assert statement.quote == statement.text
        assert statement.passage in [hit.passage for hit in hits[: RULES.passages]]


@given(HITS)
def test_nothing_is_quoted_twice_and_each_passage_reads_in_its_order(hits: tuple[Hit, ...]) -> None:
    done = quote(RULES)(turn(hits))
    statements = done.answer.statements if done.answer else ()
    direct = [each for each in statements if each.direct]
    assert statements[: len(direct)] == tuple(direct)
    assert len({(each.kind, each.block, each.lead) for each in direct}) <= 1
    statements = statements[len(direct) :]
    ranks = [[hit.passage for hit in hits].index(each.passage) for each in statements]
    assert len(list(groupby(ranks))) == len(set(ranks))
    for rank, hit in enumerate(hits):
        blocks = [each.block for each, own in zip(statements, ranks, strict=True) if own == rank]
        steps = [
            (each.block, each.number)
            for each, own in zip(statements, ranks, strict=True)
            if own == rank and each.number
        ]
        assert blocks == sorted(blocks)
        assert steps == sorted(set(steps))
        assert len(blocks) <= len(hit.passage.segments)


def answered(
    *said: tuple[SegmentKind, str, float], lead: str = "", block: int = 0
) -> list[tuple[str, bool]]:
    """Return what is quoted of one passage, and whether it moved to the front."""
    segments = tuple(
        Segment(kind, text, lead, block or number, number if kind is SegmentKind.STEP else 0)
        for number, (kind, text, _) in enumerate(said, start=1)
    )
    url = "https://a.example/one"
    hit = Hit(Passage("T", (), url, segments, url), 1.0, 0.5, 1.0, tuple(c for _, _, c in said))
    answer = quote(QuotingRules(margin=0.9))(turn((hit,))).answer
    assert answer is not None
    return [(each.text, each.direct) for each in answer.statements]


SENTENCE, ITEM, STEP, ROW = (
    SegmentKind.SENTENCE,
    SegmentKind.ITEM,
    SegmentKind.STEP,
    SegmentKind.ROW,
)


def test_the_direct_sentence_comes_first_and_the_rest_as_the_page_has_it() -> None:
    quoted = answered(
        (SENTENCE, "Anyone can apply.", 0.5),
        (SENTENCE, "If you are under 16, a parent must apply.", 0.4),
        (SENTENCE, "The fee is £30.", 0.9),
        (SENTENCE, "It takes three weeks.", 0.6),
    )
    assert quoted == [
        ("The fee is £30.", True),
        ("Anyone can apply.", False),
        ("If you are under 16, a parent must apply.", False),
        ("It takes three weeks.", False),
    ]


def test_what_follows_the_direct_sentence_in_its_paragraph_moves_with_it() -> None:
    quoted = answered(
        (SENTENCE, "Anyone can apply.", 0.5),
        (SENTENCE, "The fee is £30.", 0.9),
        (SENTENCE, "It is £20 for children.", 0.6),
        block=1,
    )
    assert quoted == [
        ("The fee is £30.", True),
        ("It is £20 for children.", True),
        ("Anyone can apply.", False),
    ]


def test_what_answers_hardly_better_does_not_move() -> None:
    quoted = answered((SENTENCE, "Anyone can apply.", 0.86), (SENTENCE, "The fee is £30.", 0.9))
    assert quoted == [("Anyone can apply.", False), ("The fee is £30.", False)]


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        (SENTENCE, "You can only do this if you pay."),
        (SENTENCE, "It costs £30."),
        (SENTENCE, "This does not apply in Wales."),
        (SENTENCE, "You can also pay by post."),
        (SENTENCE, "However, you may be asked for proof."),
        (SENTENCE, "See the list of fees."),
        (STEP, "Pay the fee."),
        (ROW, "Adult: £30"),
    ],
)
def test_what_leans_on_what_is_before_it_keeps_its_place(kind: SegmentKind, text: str) -> None:
    quoted = answered((SENTENCE, "You need a permit.", 0.5), (kind, text, 0.9))
    assert quoted == [("You need a permit.", False), (text, False)]


def test_the_passage_with_the_sentence_that_answers_best_comes_first() -> None:
    near, exact = (
        Passage(url, (), url, (Segment(SegmentKind.SENTENCE, said),), url)
        for url, said in (("/near", "About fees."), ("/exact", "The fee is £30."))
    )
    hits = (Hit(near, 0.60, 0.60, 0.0, (0.4,)), Hit(exact, 0.58, 0.58, 0.0, (0.8,)))
    done = quote(QuotingRules(margin=0.5))(turn(hits))
    assert done.answer is not None
    assert [each.text for each in done.answer.statements] == ["The fee is £30.", "About fees."]


def test_what_answers_much_less_well_is_left_out() -> None:
    said = ("It costs £88.", "The office is blue.")
    segments = tuple(Segment(SegmentKind.SENTENCE, text) for text in said)
    url = "https://a.example/one"
    passage = Passage("Title", (), url, segments, url)
    for margin, quoted in ((0.35, list(said)), (0.25, [said[0]])):
        hit = Hit(passage, 1.0, 0.5, 1.0, (0.7, 0.4))
        answer = quote(QuotingRules(margin=margin))(turn((hit,))).answer
        assert answer is not None
        assert [statement.text for statement in answer.statements] == quoted


def test_what_several_pages_say_in_the_same_words_is_quoted_once() -> None:
    shared = Segment(SegmentKind.SENTENCE, "The rate is £6.40 an hour.")
    row = Segment(SegmentKind.ROW, "£6.40", lead="Rate")
    other = Segment(SegmentKind.ROW, "£6.40", lead="Fee")
    hits = tuple(
        Hit(Passage(url, (), url, segments, url), 0.6, 0.6, 0.0, (0.8,) * len(segments))
        for url, segments in (
            ("/one", (shared, row)),
            ("/two", (shared, row)),
            ("/three", (other,)),
        )
    )
    answer = quote(QuotingRules())(turn(hits)).answer
    assert answer is not None
    quoted = [(each.passage.url, each.lead, each.text) for each in answer.statements]
    assert quoted == [
        ("/one", "", shared.text),
        ("/one", "Rate", row.text),
        ("/three", "Fee", other.text),
    ]


def test_where_to_read_on_comes_after_what_the_passage_says_itself() -> None:
    said = ("See how to track it.", "It takes 3 weeks.", "Gweler y dudalen.", "It costs £88.")
    segments = tuple(Segment(SegmentKind.SENTENCE, text) for text in said)
    url = "https://a.example/one"
    hit = Hit(Passage("Title", (), url, segments, url), 1.0, 0.5, 1.0, (0.9, 0.8, 0.7, 0.6))
    answer = quote(QuotingRules(margin=0.5))(turn((hit,))).answer
    assert answer is not None
    texts = [statement.text for statement in answer.statements]
    assert texts == [said[1], said[3], said[0], said[2]]


@given(HITS)
def test_an_answer_keeps_to_its_words_leads_included(hits: tuple[Hit, ...]) -> None:
    """Bullets and the numbers of steps are signs, not words."""
    done = quote(RULES)(turn(hits))
    if done.answer is None:
        return
    lines = done.answer.text.split("\n")
    signs = sum(
        each.kind in {SegmentKind.ITEM, SegmentKind.STEP} for each in done.answer.statements
    )
    assert sum(len(line.split()) for line in lines) - signs <= RULES.words


@given(HITS, st.randoms())
def test_the_same_hits_give_the_same_answer(hits: tuple[Hit, ...], chance: random.Random) -> None:
    chance.random()
    assert quote(RULES)(turn(hits)) == quote(RULES)(turn(hits))


def test_nothing_to_quote_is_said_so() -> None:
    assert quote(RULES)(turn(())).outcome == Abstained(Reason.NO_GUIDANCE)
    long = Segment(SegmentKind.SENTENCE, "word " * 41)
    passage = Passage("T", (), "https://a.example/", (long,), "https://a.example/")
    done = quote(RULES)(turn((Hit(passage, 1.0, 1.0, 1.0, (1.0,)),)))
    assert done.outcome == Abstained(Reason.NO_GUIDANCE)
