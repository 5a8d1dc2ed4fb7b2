"""What stands beside an answer helps to read it, and changes nothing of it."""

from dataclasses import replace

import pytest

from assistant.answers import Answer, Statement
from assistant.glossary import glossaries
from assistant.policy.model import Reading
from assistant.steps.explain import explain
from assistant.turns import Turn
from knowledge.documents import Passage, PlainSummary, Segment, SegmentKind
from tests.assisting import bundled_policy
from tests.unit.assistant.asking import asked

POLICY = bundled_policy()
GLOSSARIES = glossaries(POLICY.glossary)
HARD = "Entitlement to probate is conditional upon documentary evidence of habitual residence."
EASY = "You can ask HMRC for help with a letter. Somebody answers on most days."
CHECKED = PlainSummary("You need some papers.", "J. Evans", "2026-02-01")
DRAFT = PlainSummary("You need some papers.")


def passage(text: str, plain: PlainSummary | None = None, **facts: object) -> Passage:
    usual = Passage(
        title="Kites",
        headings=("Rules",),
        url="https://a.example/kites#rules",
        document_url="https://a.example/kites",
        segments=(Segment(SegmentKind.SENTENCE, text),),
        plain=plain,
    )
    return replace(usual, **facts)  # type: ignore[arg-type]


def answer_of(*passages: Passage) -> Answer:
    return Answer(tuple(Statement(p.segments[0].text, p.segments[0].text, p) for p in passages))


def explained(answer: Answer, language: str = "en", **rules: object) -> Turn:
    reading = Reading(hard_above_age=11, draft_summaries=False, explained_words=6)
    step = explain(GLOSSARIES, reading.model_copy(update=rules))
    return step(replace(asked("How?", language), answer=answer))


def helped(answer: Answer, language: str = "en", **rules: object) -> Answer:
    done = explained(answer, language, **rules).answer
    assert done is not None
    return done


def test_the_quotation_is_left_as_it_is() -> None:
    answer = answer_of(passage(HARD, CHECKED), passage(EASY))
    after = helped(answer)
    assert after.statements == answer.statements
    assert after.text == answer.text
    assert after.passages == answer.passages


def test_a_hard_answer_comes_with_the_summary_of_its_section() -> None:
    after = helped(answer_of(passage(HARD, CHECKED)))
    assert [each.plain for each in after.summaries] == [CHECKED]
    assert after.reading_age is not None
    assert after.reading_age > 11
    assert [each.word for each in after.explained] == [
        "Entitlement",
        "probate",
        "habitual residence",
    ]


def test_an_easy_answer_comes_with_none() -> None:
    after = helped(answer_of(passage(EASY, CHECKED)))
    assert after.summaries == ()
    assert after.reading_age is not None
    assert after.reading_age <= 11
    assert [each.word for each in after.explained] == ["HMRC"]


def test_the_policy_says_what_is_hard() -> None:
    assert helped(answer_of(passage(HARD, CHECKED)), hard_above_age=25).summaries == ()
    assert helped(answer_of(passage(EASY, CHECKED)), hard_above_age=5).summaries != ()


def test_a_draft_is_kept_back_unless_the_policy_offers_drafts() -> None:
    answer = answer_of(passage(HARD, DRAFT))
    assert helped(answer).summaries == ()
    assert [each.plain for each in helped(answer, draft_summaries=True).summaries] == [DRAFT]


def test_two_passages_of_a_section_give_its_summary_once() -> None:
    more = passage(HARD.replace("probate", "a pension"), CHECKED)
    other = passage(HARD.replace("probate", "kites"), DRAFT, url="https://a.example/kites#other")
    after = helped(answer_of(passage(HARD, CHECKED), more, other), draft_summaries=True)
    assert [each.plain for each in after.summaries] == [CHECKED, DRAFT]


def test_welsh_guidance_has_no_reading_age_and_its_summary_is_offered() -> None:
    after = helped(answer_of(passage("Mae angen profiant.", CHECKED, language="cy")), "cy")
    assert after.reading_age is None
    assert [each.plain for each in after.summaries] == [CHECKED]
    assert [each.word for each in after.explained] == ["profiant"]


def test_the_trace_says_what_was_shown_and_no_word_of_the_question() -> None:
    verdict, evidence = explained(answer_of(passage(HARD, CHECKED))).noted
    assert verdict == "explained"
    assert evidence["words"] == ["entitlement", "probate", "residence"]
    assert len(evidence["summaries"]) == 1  # type: ignore[arg-type]
    assert evidence["reading_age"] == helped(answer_of(passage(HARD))).reading_age


@pytest.mark.parametrize("language", ["en", "cy"])
def test_without_an_answer_there_is_nothing_to_explain(language: str) -> None:
    step = explain(GLOSSARIES, POLICY.reading)
    assert step(asked("How?", language)).answer is None
