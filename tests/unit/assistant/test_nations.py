"""Which nation a question names: contrast cases, each with a near twin that means another thing."""

import pytest

from assistant.nations import ALL, limited_to, nation_of, silent_on


@pytest.mark.parametrize(
    ("question", "nation"),
    [
        ("and in Scotland?", "Scotland"),
        ("Do Scottish students pay tuition fees?", "Scotland"),
        ("Is it different under Scots law?", "Scotland"),
        ("I live in north Wales, who do I ask?", "Wales"),
        ("What does the Welsh Government say?", "Wales"),
        ("Beth am yng Nghymru?", "Wales"),
        ("what about England", "England"),
        ("Does an English court decide?", "England"),
        ("How about NORTHERN  IRELAND?", "Northern Ireland"),
        ("I live in NI, can I claim?", "Northern Ireland"),
        ("and in NI?", "Northern Ireland"),
        ("I have moved from New South Wales to Scotland", "Scotland"),
    ],
)
def test_a_nation_where_somebody_lives_is_named(question: str, nation: str) -> None:
    assert nation_of(question) == nation


@pytest.mark.parametrize(
    "question",
    [
        "I am moving here from New South Wales",
        "How do you make a Welsh rarebit?",
        "Can I have the letter in Welsh?",
        "Do I need an English test for my visa?",
        "I speak English at home",
        "Is the Bank of England open?",
        "My pension is with Scottish Widows",
        "a bottle of scotch",
        "Where is my NI number?",
        "Are there gaps in NI credits?",
        "I moved to NI contributions class 2",
        "Am I a British citizen?",
        "Does it count anywhere in the UK or Great Britain?",
        "I was born in Ireland",
        "the Prince of Wales's charity",
        "I live outside Wales",
        "What if I am not in England?",
        "Which rules hold in England and Wales?",
        "I moved from Scotland to England",
        "walesby and englands",
        "",
    ],
)
def test_other_names_and_more_than_one_nation_name_none(question: str) -> None:
    assert nation_of(question) == ""


def test_an_answer_is_limited_to_what_all_of_it_is_for() -> None:
    assert limited_to([]) == ()
    assert limited_to([(), ALL, tuple(reversed(ALL))]) == ()
    assert limited_to([(), ("Wales", "England")]) == ("England", "Wales")
    assert limited_to([("England", "Wales"), ("England",)]) == ("England",)
    assert limited_to([("Scotland",), ("Wales",)]) == ("Wales", "Scotland")
    assert limited_to([("Jersey", "Wales")]) == ("Wales", "Jersey")


def test_guidance_that_names_the_nation_is_not_silent_on_it() -> None:
    assert silent_on("Scotland", ("England",), "Ask your council.")
    assert not silent_on("Scotland", ("England",), "In Scotland, ask the sheriff.")
    assert not silent_on("Scotland", ("England", "Scotland"), "Ask your council.")
    assert not silent_on("", ("England",), "Ask your council.")
    assert not silent_on("Scotland", (), "Ask your council.")
