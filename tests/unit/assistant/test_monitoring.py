"""Measured style: bands alone, and the same outcomes as before a release."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.monitoring import came_of, style_of
from assistant.outcomes import Abstained, Clarifying, Escalated, Outcome, Reason, Refused
from assistant.policy.watching import MEASURED, STYLES
from assistant.steps.spell import spell
from assistant.text import RawText, RedactedText
from assistant.turns import Mark, TraceEntry, Turn
from evaluation.monitoring import STYLE_GROUPS
from knowledge.retrieval import Retriever
from tests.assisting import bundled_policy, little_guidance, opened
from tests.fakes import WordsEmbedder

RULES = bundled_policy().monitoring
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
ENDS: list[Outcome] = [
    Abstained(Reason.NO_GUIDANCE),
    Clarifying(Reason.WHICH_ONE),
    Escalated(Reason.ASKED_FOR_PERSON),
    Refused(Reason.ATTACK),
]


class Split(WordsEmbedder):
    """Knows words whole but for one slip, as the real model does."""

    def count_tokens(self, text: str) -> int:
        return super().count_tokens(text) + ("pasport" in text)


def turn(question: str, **changes: object) -> Turn:
    made = Turn("t", RawText(question), NOON, asked=RedactedText(question), detected="en")
    return replace(made, **changes)  # type: ignore[arg-type]


def spelt(question: str) -> Turn:
    """Return the turn as the real step leaves it, over the little guidance."""
    retriever = opened(little_guidance()).retriever
    split = Retriever(retriever._index, Split())
    after = spell(split)(turn(question))
    verdict, evidence = after.noted
    return replace(after, trace=(TraceEntry("spell", verdict, evidence, 1),))


@pytest.mark.parametrize(
    ("question", "slips"),
    [
        ("renew passport", "none"),
        ("renew pasport", "many"),
        ("renew passport " * 6 + "pasport", "few"),
        ("renew pasport " * 6, "many"),
        ("", None),
    ],
)
def test_slips_are_those_that_were_put_right(question: str, slips: str | None) -> None:
    assert style_of(spelt(question), RULES).get("slips") == slips


def test_slips_are_unknown_where_nothing_was_read() -> None:
    unread = turn("siop", trace=(TraceEntry("spell", "not read", {}, 1),))
    assert "slips" not in style_of(unread, RULES)
    assert "slips" not in style_of(turn("renew"), RULES)


@pytest.mark.parametrize(
    ("words", "band"), [(1, "short"), (7, "short"), (8, "medium"), (39, "medium"), (40, "long")]
)
def test_length_is_in_words(words: int, band: str) -> None:
    assert style_of(turn("word " * words), RULES)["length"] == band


@pytest.mark.parametrize(
    ("marks", "detected", "band"),
    [
        ({Mark.WELSH}, "cy", "cy"),
        ({Mark.WELSH}, "", "cy"),
        ({Mark.OTHER_LANGUAGE}, "pl", "other"),
        (set(), "en", "en"),
        (set(), "", "unclear"),
    ],
)
def test_language(marks: set[Mark], detected: str, band: str) -> None:
    found = style_of(turn("words", marks=frozenset(marks), detected=detected), RULES)
    assert found["language"] == band


@given(st.text(max_size=300), st.sets(st.sampled_from(Mark)), st.sampled_from(["", "en", "pl"]))
def test_whatever_is_typed_only_known_bands_come_of_it(
    question: str, marks: set[Mark], detected: str
) -> None:
    found = style_of(turn(question, marks=frozenset(marks), detected=detected), RULES)
    assert set(found) <= set(STYLES) == set(STYLE_GROUPS)
    assert all(band in STYLE_GROUPS[dimension] for dimension, band in found.items())


@given(
    st.sampled_from(ENDS), st.sets(st.sampled_from(Mark)), st.sampled_from([(), ("phone", "name")])
)
def test_a_question_ends_in_one_way(
    outcome: Outcome, marks: set[Mark], masked: tuple[str, ...]
) -> None:
    came = came_of(turn("q", marks=frozenset(marks), masked=masked), outcome)
    assert came <= set(MEASURED)
    assert len(came & set(MEASURED[:5])) == 1
    assert ("masked" in came) == bool(masked)
    assert ("attack" in came) == (outcome.reason is Reason.ATTACK or Mark.INJECTION in marks)
