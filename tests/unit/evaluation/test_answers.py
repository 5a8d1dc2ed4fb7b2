"""Answer metrics on cases small enough to work out by hand."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluation.answers import (
    CONVERSATIONS,
    GUIDANCE,
    UNCOVERED,
    score_conversation,
    score_guidance,
    score_uncovered,
)
from evaluation.cases import AnswerGiven, CitedSection, Question
from evaluation.datasets import ConversationTurn, GoldQuestion
from evaluation.figures import Unit, figures

HOME = "https://www.gov.uk/adoption"
QUESTION = Question("q", "How old must I be?")
GOLD = GoldQuestion(
    QUESTION,
    HOME,
    ("<p>You must be aged 21 or over.</p>", "<li>live in the UK</li>", "<h2>Age</h2>"),
    ("aged 21 or over",),
    True,
)
GIVEN = AnswerGiven(
    "q", "answered", "quoted", 0.9, "", (CitedSection(HOME + "#age", "Adoption", "Age"),), 12.0
)


def answered(text: str) -> AnswerGiven:
    return replace(GIVEN, answer=text)


def test_evidence_by_hand() -> None:
    case = score_guidance(GOLD, answered("You must be aged 21 or over. It is free."))
    assert case.values["any evidence"] == (1, 1)
    assert case.values["evidence recall"] == (1, 2)
    assert case.values["gold words"] == (7, 10)
    assert case.values["span contained"] == (1, 1)
    assert case.values["cites page"] == (1, 1)
    assert case.values["words"] == (10, 1)


def test_an_answer_in_official_words_counts_as_hard_to_read() -> None:
    plain = score_guidance(GOLD, answered("You must be 21. You must live here."))
    official = "Eligibility necessitates demonstrable habitual residence notwithstanding absence."
    assert plain.values["hard to read"] == (0, 1)
    assert score_guidance(GOLD, answered(official)).values["hard to read"] == (1, 1)


def test_the_answer_is_cut_at_exactly_120_words() -> None:
    inside = score_guidance(GOLD, answered("other " * 116 + "live in the UK"))
    outside = score_guidance(GOLD, answered("other " * 117 + "live in the UK"))
    assert inside.values["any evidence"] == (1, 1)
    assert outside.values["any evidence"] == (0, 1)
    assert outside.values["gold words"][1] == 120
    assert outside.values["words"] == (121, 1)


@pytest.mark.parametrize(
    "outcome", ["clarifying", "signposted", "abstained", "escalated", "refused"]
)
def test_only_an_answer_holds_evidence(outcome: str) -> None:
    given_text = replace(answered("You must be aged 21 or over."), outcome=outcome)
    case = score_guidance(GOLD, given_text)
    assert case.values["any evidence"] == (0, 1)
    assert case.values["evidence recall"] == (0, 2)
    assert case.values["gold words"] == (0, 0)
    assert case.values["declined"] == (1, 1)
    assert "cites page" not in case.values
    assert case.values[f"outcome {outcome}"] == (1, 1)


def test_a_question_its_page_does_not_answer_has_no_evidence_to_find() -> None:
    unanswerable = replace(GOLD, evidence=(), spans=(), answerable=False)
    case = score_guidance(unanswerable, answered("Something"))
    for name in ("any evidence", "evidence recall", "span contained", "declined"):
        assert name not in case.values


def test_outcomes_add_up_to_everything() -> None:
    cases = [
        score_guidance(GOLD, replace(GIVEN, outcome=outcome))
        for outcome in ("answered", "abstained", "abstained", "refused")
    ]
    shares = [
        each.value for each in figures(GUIDANCE, cases) if each.measure.name.startswith("outcome")
    ]
    assert sum(shares) == pytest.approx(1)


@given(st.text(alphabet="you must be aged 21 or over.live\n•|", max_size=400))
def test_every_share_lies_between_nothing_and_all(text: str) -> None:
    case = score_guidance(GOLD, answered(text))
    for each in figures(GUIDANCE, [case]):
        if each.measure.unit is Unit.SHARE:
            assert 0 <= each.value <= 1


def test_a_conversation_counts_a_relevant_citation() -> None:
    turn = ConversationTurn(QUESTION, "c", ("p1",), "ANSWERABLE")
    right = replace(GIVEN, citations=(CitedSection("https://e.gov/a#p1"),))
    assert score_conversation(turn, right).values["cites relevant"] == (1, 1)
    assert score_conversation(turn, GIVEN).values["cites relevant"] == (0, 1)
    silent = replace(right, outcome="abstained")
    assert score_conversation(turn, silent).values["cites relevant"] == (0, 1)
    assert score_conversation(turn, silent).values["declined answerable"] == (1, 1)
    nobody_knows = replace(turn, relevant=(), answerability="UNANSWERABLE")
    assert score_conversation(nobody_knows, right).values["answered unanswerable"] == (1, 1)


def test_answering_what_the_corpus_lacks_is_counted() -> None:
    assert score_uncovered(QUESTION, HOME, GIVEN).values["answered uncovered"] == (1, 1)
    declined = replace(GIVEN, outcome="abstained")
    assert score_uncovered(QUESTION, HOME, declined).values["answered uncovered"] == (0, 1)


def test_measures_have_names_of_their_own() -> None:
    for measures in (GUIDANCE, CONVERSATIONS, UNCOVERED):
        names = [measure.name for measure in measures]
        assert len(set(names)) == len(names)
