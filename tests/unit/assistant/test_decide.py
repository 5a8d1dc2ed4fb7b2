"""Deciding: for which nation an answer is, and which questions are offered to choose from."""

import math
from dataclasses import replace

import pytest

from assistant.answers import Answer, Statement
from assistant.confidence import Calibration
from assistant.outcomes import Answered, Clarifying, Outcome, Reason
from assistant.steps.decide import SHORT_QUESTION, decide
from assistant.text import RawText, RedactedText
from assistant.turns import Turn
from knowledge.documents import Passage, Segment, SegmentKind
from knowledge.retrieval import Hit
from tests.assisting import NOON, bundled_policy

POLICY = bundled_policy()
UNDECIDED = (POLICY.thresholds.abstain + POLICY.thresholds.caution) / 2
SURE, UNSURE = Calibration(9.0), Calibration(math.log(UNDECIDED / (1 - UNDECIDED)), 0, 0, 0, 0)


def passage(title: str, text: str = "Ask your council.", *nations: str) -> Passage:
    url = f"https://g.example/{title}"
    segments = (Segment(SegmentKind.SENTENCE, text),)
    return Passage(title, ("Who", "How"), url, segments, document_url=url, nations=nations)


def outcome(question: str, *passages: Passage, nation: str = "", sure: bool = True) -> Outcome:
    first = passages[0]
    text = first.segments[0].text
    turn = Turn(
        "t",
        RawText(question),
        NOON,
        nation=nation,
        redacted=RedactedText(question),
        hits=tuple(Hit(each, 0.5, 0.5, 0.0) for each in passages),
        answer=Answer((Statement(text, text, first),)),
    )
    step = decide(POLICY.thresholds, POLICY.limits, SURE if sure else UNSURE)
    done = step(turn).outcome
    assert done is not None
    return done


@pytest.mark.parametrize(
    ("nation", "text", "nations", "reason"),
    [
        ("Scotland", "Ask your council.", ("England", "Wales"), Reason.QUOTED_WITH_CAUTION),
        ("Scotland", "In Scotland, ask the sheriff.", ("England",), Reason.QUOTED),
        ("Wales", "Ask your council.", ("England", "Wales"), Reason.QUOTED),
        ("Scotland", "Ask your council.", (), Reason.QUOTED),
        ("", "Ask your council.", ("England",), Reason.QUOTED),
    ],
)
def test_an_answer_for_another_nation_comes_with_a_caution(
    nation: str, text: str, nations: tuple[str, ...], reason: Reason
) -> None:
    done = outcome("who do I ask?", passage("Meals", text, *nations), nation=nation)
    assert isinstance(done, Answered)
    assert done.reason is reason


@pytest.mark.parametrize(
    ("nation", "text", "english", "welsh"),
    [
        ("", "Ask your council.", "This is for England and Wales.", "Lloegr a Cymru"),
        ("Scotland", "Ask your council.", "You asked about Scotland, but this is", "yr Alban"),
        ("Wales", "Ask your council.", "This is for England and Wales.", "Lloegr a Cymru"),
    ],
)
def test_the_message_says_which_nations_the_answer_is_for(
    nation: str, text: str, english: str, welsh: str
) -> None:
    done = outcome("who?", passage("Meals", text, "England", "Wales"), nation=nation)
    said = POLICY.message(done, "en", "en", "", nation)
    assert english in said
    assert said.startswith(POLICY.english.message(replace(done, answer=Answer(()))))
    assert welsh in POLICY.message(done, "cy", "cy", "", nation)


def test_an_answer_that_speaks_of_the_nation_asked_about_is_not_said_to_be_for_others() -> None:
    done = outcome("who?", passage("Meals", "In Scotland, ask.", "England"), nation="Scotland")
    for language in ("en", "cy"):
        assert "Lloegr" not in POLICY.message(done, language, language, "", "Scotland")
        assert "England" not in POLICY.message(done, language, language, "", "Scotland")


def test_an_answer_for_everybody_says_nothing_of_nations() -> None:
    everywhere = ("England", "Wales", "Scotland", "Northern Ireland")
    for nations in ((), everywhere):
        done = outcome("who?", passage("Meals", "Ask.", *nations), nation="Wales")
        assert "This is for" not in POLICY.message(done, "en", "en", "", "Wales")


def test_choices_are_whole_questions_about_different_pages() -> None:
    pages = (passage("Blue Badge"), passage("Blue Badge"), passage("Bus pass"))
    done = outcome("how much? [phone number]", *pages, sure=False)
    assert done == Clarifying(Reason.WHICH_ONE, ("Blue Badge: how much?", "Bus pass: how much?"))


def test_a_long_question_is_not_repeated_in_every_choice() -> None:
    question = "word " * (SHORT_QUESTION + 1)
    done = outcome(question, passage("Blue Badge"), passage("Bus pass"), sure=False)
    assert done == Clarifying(Reason.WHICH_ONE, ("Blue Badge", "Bus pass"))
