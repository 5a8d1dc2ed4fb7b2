"""Grounding: a faithful sentence passes, and each way of bending it is caught."""

import pytest

from assistant.answers import Answer, Statement
from assistant.grounding import Ungrounded, problems
from assistant.outcomes import Abstained, Reason
from assistant.steps.compose import QuotingRules, quote
from assistant.steps.ground import ground
from assistant.text import RawText
from assistant.turns import Turn
from knowledge.documents import Passage, Segment, SegmentKind
from knowledge.retrieval import Hit
from tests.assisting import NOON, bundled_policy

ENOUGH = bundled_policy().thresholds.grounding
FEE = "You must pay a fee of £1,250 by 5 April 2025 if you are over 18."
NOT = "You cannot apply online unless you have a Government Gateway account."
MAY = "The council may ask for proof, and can refuse a claim within 14 days."
ITEM = "your birth certificate"


def passage(*segments: Segment) -> Passage:
    return Passage(
        title="Paying a fee",
        headings=("What it costs",),
        url="https://guidance.example/fee#cost",
        segments=segments,
        document_url="https://guidance.example/fee",
    )


PASSAGE = passage(
    Segment(SegmentKind.SENTENCE, FEE),
    Segment(SegmentKind.SENTENCE, NOT),
    Segment(SegmentKind.SENTENCE, MAY),
    Segment(SegmentKind.ITEM, ITEM, lead="You do not need:", block=3),
)


def said(text: str, quote_: str) -> tuple[Ungrounded, ...]:
    return problems(Statement(text, quote_, PASSAGE), generated=True, enough=ENOUGH)


@pytest.mark.parametrize(
    ("text", "quoted"),
    [
        (FEE, FEE),
        (NOT, NOT),
        (MAY, MAY),
        ("You must pay £1250 by 5 April 2025 if you are over 18.", FEE),
        ("If you are over 18, you must pay a fee of £1,250 by 5 April 2025.", FEE),
        ("Unless you have a Government Gateway account, you cannot apply online.", NOT),
        ("You do not need your birth certificate.", ITEM),
    ],
)
def test_a_faithful_sentence_passes(text: str, quoted: str) -> None:
    assert said(text, quoted) == ()


@pytest.mark.parametrize(
    ("text", "quoted", "reason"),
    [
        (FEE.replace("1,250", "1,520"), FEE, Ungrounded.NUMBER),
        (FEE.replace("18", "eight"), FEE, Ungrounded.NUMBER),
        (FEE.replace("5 April", "6 April"), FEE, Ungrounded.NUMBER),
        (FEE.replace("April", "May"), FEE, Ungrounded.NUMBER),
        (FEE.replace("2025", "2026"), FEE, Ungrounded.NUMBER),
        (FEE.replace("must pay", "must not pay"), FEE, Ungrounded.NEGATION),
        (NOT.replace("cannot", "can"), NOT, Ungrounded.NEGATION),
        (FEE.replace(" if you are over 18", ""), FEE, Ungrounded.CONDITION),
        (FEE.replace("must", "may"), FEE, Ungrounded.MODALITY),
        (MAY.replace("may", "must"), MAY, Ungrounded.MODALITY),
        (NOT.replace("Government Gateway", "Acme Login"), NOT, Ungrounded.NAME),
        (FEE.replace("pay", "pay at https://evil.example/pay"), FEE, Ungrounded.LINK),
        (FEE.replace("pay", "pay at evil.co.uk"), FEE, Ungrounded.LINK),
        (FEE.replace("pay", "pay at www.evil.example"), FEE, Ungrounded.LINK),
        (FEE.replace("pay", "pay 07700900123 by phone"), FEE, Ungrounded.NUMBER),
        ("You need your birth certificate.", ITEM, Ungrounded.NEGATION),
        ("Everything else is arranged quietly by somebody friendly.", MAY, Ungrounded.WORDS),
        ("A fee of £1,250.", "A fee of £1,250.", Ungrounded.NOT_IN_PASSAGE),
    ],
)
def test_a_bent_sentence_is_caught(text: str, quoted: str, reason: Ungrounded) -> None:
    assert reason in said(text, quoted)


@pytest.mark.xfail(reason="grounding does not see this yet", strict=True)
@pytest.mark.parametrize(
    ("text", "quoted"),
    [
        pytest.param(MAY.replace("14 days", "14 weeks"), MAY, id="another unit"),
        pytest.param(FEE.replace("over 18", "under 18"), FEE, id="the other side of a limit"),
        pytest.param(FEE.replace("by 5 April", "after 5 April"), FEE, id="before and after"),
        pytest.param(FEE.replace("£1,250", "$1,250"), FEE, id="another currency"),
        pytest.param(FEE.replace("must pay", "are paid"), FEE, id="an obligation left out"),
        pytest.param(MAY.replace("refuse", "accept"), MAY, id="the opposite verb"),
        pytest.param("Acme runs this. " + FEE, FEE, id="a name at the start"),
        pytest.param(FEE.replace("fee", "fee to evil.example"), FEE, id="an unusual domain"),
    ],
)
def test_subtler_bending_is_caught(text: str, quoted: str) -> None:
    assert said(text, quoted) != ()


def test_a_quotation_passes_only_word_for_word() -> None:
    def found(text: str, quoted: str, lead: str = "") -> tuple[Ungrounded, ...]:
        return problems(Statement(text, quoted, PASSAGE, lead=lead), generated=False)

    assert found(FEE, FEE) == ()
    assert found(ITEM, ITEM, "You do not need:") == ()
    assert found(FEE[:-1], FEE) == (Ungrounded.NOT_IN_PASSAGE,)
    assert found(FEE, FEE[:-1]) == (Ungrounded.NOT_IN_PASSAGE,)
    assert found(ITEM, ITEM, "You need:") == (Ungrounded.LEAD_NOT_IN_PASSAGE,)


def test_a_quotation_that_lost_its_lead_is_caught() -> None:
    statement = Statement(ITEM, ITEM, PASSAGE)
    if problems(statement, generated=False) == ():
        pytest.xfail("a dropped lead ('You do not need:') turns the meaning round and passes")


def test_the_same_words_under_two_leads_may_be_quoted_under_either() -> None:
    two = passage(
        Segment(SegmentKind.ITEM, ITEM, lead="You must send:", block=1),
        Segment(SegmentKind.ITEM, ITEM, lead="You may send:", block=2),
    )
    for segment in two.segments:
        statement = Statement(ITEM, ITEM, two, segment.kind, segment.lead, segment.block)
        if problems(statement, generated=False):
            pytest.xfail("segments are looked up by text alone, so the later lead wins")


RULES = QuotingRules()


def grounded(answer: Answer | None, *, found: bool = True) -> Turn:
    hits = (Hit(PASSAGE, 0.9, 0.8, 3.0, (0.9, 0.1, 0.1, 0.1)),) if found else ()
    turn = Turn("t", RawText("fee?"), NOON, hits=hits, answer=answer)
    return ground(ENOUGH, quote(RULES))(turn)


def test_the_step_lets_quotations_through() -> None:
    answer = Answer((Statement(FEE, FEE, PASSAGE),))
    assert grounded(answer).answer == answer
    assert grounded(answer).outcome is None


@pytest.mark.parametrize(
    ("answer", "found"),
    [
        (None, True),
        (Answer(()), True),
        (Answer((Statement("Pay nothing.", FEE, PASSAGE),)), True),
        (Answer((Statement(FEE, FEE, PASSAGE),)), False),
        (Answer((Statement(FEE, FEE, PASSAGE), Statement("Pay.", FEE, PASSAGE))), True),
    ],
    ids=["none", "empty", "not verbatim", "of a passage that was not found", "one of two"],
)
def test_the_step_stops_everything_else(answer: Answer | None, found: bool) -> None:
    stopped = grounded(answer, found=found)
    assert stopped.outcome == Abstained(Reason.NOT_GROUNDED)
    assert stopped.answer is None


def test_a_generated_answer_that_fails_becomes_a_quotation() -> None:
    lie = Answer((Statement(FEE.replace("18", "81"), FEE, PASSAGE),), generated=True)
    fallen = grounded(lie)
    assert fallen.answer is not None
    assert not fallen.answer.generated
    assert fallen.answer.statements[0].text == FEE
    assert fallen.noted[0] == "fell back to quotation"
