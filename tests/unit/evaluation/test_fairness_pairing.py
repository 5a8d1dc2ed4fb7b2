"""Variants are compared with the same question as it was, or refused; and each outcome reads only
the pairs that say something about it."""

from dataclasses import fields

import pytest

from evaluation.errors import PairsBroken
from evaluation.fairness.measures import MEASURES
from evaluation.fairness.outcomes import Outcome
from evaluation.fairness.pairing import pair_up
from tests.unit.evaluation.fair_outcomes import DECLINED, PLAIN, asked, pair


def test_pairs_stand_by_group_and_several_of_one_question_are_several_pairs() -> None:
    typed = asked(variant="writing/typos_05")
    named = asked(variant="names/welsh", primary=False)
    groups = pair_up([typed, typed, named, PLAIN])
    assert list(groups) == ["names/welsh", "writing/typos_05"]
    assert [len(pairs) for pairs in groups.values()] == [1, 2]
    assert all(each.before is PLAIN for pairs in groups.values() for each in pairs)


@pytest.mark.parametrize(
    ("outcomes", "says"),
    [
        ([asked(variant="writing/a")], "not asked as it was"),
        ([PLAIN, PLAIN, asked(variant="writing/a")], "more than once"),
        ([PLAIN, asked(variant="writing/a", cluster="page-2")], "page-2"),
        ([PLAIN, asked(variant="writing/a", right_page=None)], "right_page"),
        ([PLAIN, asked(variant="writing/a", evidence=None)], "evidence"),
        (
            [
                PLAIN,
                asked(base="q2"),
                asked(variant="writing/a"),
                asked(base="q2", variant="writing/a", primary=False),
            ],
            "some do not",
        ),
    ],
)
def test_what_cannot_be_compared_is_named(outcomes: list[Outcome], says: str) -> None:
    with pytest.raises(PairsBroken, match=says) as fault:
        pair_up(outcomes)
    assert len(fault.value.faults) == 1


def test_an_answer_that_may_lawfully_change_is_not_compared_but_its_treatment_is() -> None:
    moved = pair(may_move=True, right_page=False, evidence=False, refused=True, cited="other")
    read = {name for name, measured in MEASURES.items() if measured.read(moved) is not None}
    assert read == {"escalated", "refused", "attack", "crisis", "masked", "elapsed_ms"}
    assert MEASURES["refused"].read(moved) == (0.0, 1.0)


def test_labelled_questions_are_judged_by_label_and_others_by_agreement() -> None:
    labelled = pair(right_page=False)
    assert MEASURES["right_page"].read(labelled) == (1.0, 0.0)
    assert MEASURES["agrees"].read(labelled) is None
    bare = {"right_page": None, "evidence": None}
    assert MEASURES["right_page"].read(pair(bare)) is None
    assert MEASURES["agrees"].read(pair(bare)) == (1.0, 1.0)
    assert MEASURES["agrees"].read(pair(bare, cited="page-2")) == (1.0, 0.0)
    assert MEASURES["agrees"].read(pair(bare, answered=False, cited="")) == (1.0, 0.0)
    both = {**bare, "answered": False, "cited": ""}
    assert MEASURES["agrees"].read(pair(both)) == (1.0, 1.0)


def test_the_length_of_an_answer_that_is_not_there_is_not_compared() -> None:
    assert MEASURES["words"].read(pair(words=50)) == (70, 50)
    assert MEASURES["words"].read(pair(**DECLINED)) is None
    assert MEASURES["reading_ease"].read(pair(reading_ease=None)) is None
    assert MEASURES["answered"].read(pair(**DECLINED)) == (1.0, 0.0)


def test_being_signposted_is_compared_with_always() -> None:
    assert MEASURES["signposted"].read(pair()) is None
    assert MEASURES["signposted"].read(pair(signposted=False)) == (1.0, 0.0)


def test_every_yes_or_no_of_the_issue_is_an_outcome() -> None:
    facts = {each.name for each in fields(Outcome)}  # type: ignore[arg-type]
    wanted = (
        "answered right_page evidence grounded declined escalated refused attack crisis masked "
        "words reading_ease elapsed_ms"
    ).split()
    assert set(wanted) <= set(MEASURES)
    assert set(wanted) <= facts
