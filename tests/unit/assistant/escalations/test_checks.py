"""Why the assistant stopped, in plain English, from traces as real turns leave them."""

import pytest

from assistant.escalations.checks import checks_of
from assistant.grounding.reasons import Ungrounded


def entry(step: str, verdict: str, **evidence: object) -> dict[str, object]:
    return {"step": step, "verdict": verdict, "evidence": evidence, "micros": 1}


def test_figures_stand_beside_what_was_needed() -> None:
    trace = [
        entry("screen", "ok"),
        entry("retrieve", "found", passages=20),
        entry("decide", "low_confidence", confidence=4_100, needed=5_500),
    ]
    (line,) = checks_of(trace, "abstained", "low_confidence", 4_321)
    assert line == "Not sure enough to answer: confidence 0.41, needs 0.55 (best passage 0.43)."
    (answered,) = checks_of(trace, "answered", "quoted", None)
    assert answered == "Answered: confidence 0.41, needs 0.55."


@pytest.mark.parametrize("fault", Ungrounded)
def test_a_rejected_draft_says_what_its_passages_do_not(fault: Ungrounded) -> None:
    trace = [entry("ground", "not grounded", faults=[fault.name.lower()])]
    (line,) = checks_of(trace, "abstained", "not_grounded", 9_000)
    assert fault.value in line
    assert "rejected" in line
    fell_back = [entry("ground", "fell back to quotation", faults=[fault.name.lower(), "empty"])]
    (line,) = checks_of(fell_back, "answered", "quoted", 9_000)
    assert fault.value in line
    assert "quotes the guidance instead" in line


@pytest.mark.parametrize(
    ("step", "verdict", "word"),
    [
        ("retrieve", "nothing found", "No passage"),
        ("retrieve", "off", "switched off"),
        ("contextualise", "cannot be told", "what it is about"),
        ("compose", "nothing to quote", "nothing to quote"),
        ("welsh", "not in Welsh", "Welsh"),
        ("listen", "maybe in trouble", "danger"),
    ],
)
def test_each_stop_has_its_sentence(step: str, verdict: str, word: str) -> None:
    (line,) = checks_of([entry(step, verdict)], "abstained", "no_guidance", None)
    assert word in line


def test_a_rule_that_stopped_the_turn_is_named_and_one_that_did_not_is_not() -> None:
    assert checks_of([entry("route", "asked")], "signposted", "own_case", None) == (
        "A rule sorts this message as: own case.",
    )
    trace = [entry("route", "ok"), entry("decide", "quoted", confidence=1, needed=1)]
    assert len(checks_of(trace, "answered", "quoted", None)) == 1
    danger = checks_of([entry("safeguard", "crisis")], "signposted", "crisis", None)
    assert danger == ("A rule heard danger in the message: crisis.",)


def test_a_fault_of_ours_is_called_so() -> None:
    (line,) = checks_of(
        [entry("compose", "fault", error="KeyError")], "abstained", "system_fault", None
    )
    assert "KeyError" in line
    assert "ours" in line
