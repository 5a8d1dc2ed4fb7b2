"""Somebody who tells of a death gets the answer, and one kind line before it."""

from pathlib import Path

import pytest

from tests.assisting import bundled_policy, open_world

KIND = bundled_policy().english.notices.bereaved


@pytest.mark.parametrize(
    ("question", "outcome", "kind"),
    [
        ("My husband died last week. How can I renew my passport?", "answered", True),
        ("How can I renew my passport?", "answered", False),
        ("My mother passed away and I want to kill myself", "signposted", False),
        ("My dad died. I want to make a complaint", "signposted", True),
    ],
)
def test_a_loss_is_met_with_kindness_and_the_answer(
    tmp_path: Path, question: str, outcome: str, kind: bool
) -> None:
    with open_world(f"sqlite:///{tmp_path}/a.db", f"sqlite:///{tmp_path}/k.db") as world:
        shown = world.ask(world.assistant.start(), question)
        plain = world.ask(world.assistant.start(), "How can I renew my passport?")
    assert shown.outcome == outcome
    assert shown.message.startswith(KIND) is kind
    if outcome == "answered":
        assert plain.answer.split("\n")[0] in shown.answer
