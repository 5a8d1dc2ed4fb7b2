"""The first stage that did worse is named, and a pair that did not get worse has none."""

from typing import Any

import pytest

from evaluation.fairness.stages import Stage, got_worse, stage_lost, stages_by_group
from tests.unit.evaluation.fair_outcomes import DECLINED, pair

NOT_FIRST: dict[str, Any] = {"page_first": False, "right_page": False, "evidence": False}
NOT_FOUND: dict[str, Any] = {**NOT_FIRST, "page_found": False}
BARE: dict[str, Any] = {"right_page": None, "evidence": None}


@pytest.mark.parametrize(
    ("stage", "after"),
    [
        (Stage.GUARDRAIL, {**DECLINED, "declined": False, "refused": True}),
        (Stage.GUARDRAIL, {**DECLINED, **NOT_FOUND, "crisis": True, "masked": True}),
        (Stage.GUARDRAIL, {**DECLINED, **NOT_FOUND, "routed": True}),
        (Stage.GUARDRAIL, {**DECLINED, "escalated": True}),
        (Stage.RANKING, {**NOT_FIRST, "crisis": True}),
        (Stage.MASKING, {**NOT_FOUND, "masked": True}),
        (Stage.MASKING, {**NOT_FIRST, **DECLINED, "masked": True}),
        (Stage.THRESHOLD, {**DECLINED, "masked": True}),
        (Stage.RETRIEVAL, NOT_FOUND),
        (Stage.RETRIEVAL, {**NOT_FOUND, **DECLINED}),
        (Stage.RANKING, NOT_FIRST),
        (Stage.RANKING, {**NOT_FIRST, **DECLINED}),
        (Stage.THRESHOLD, DECLINED),
        (Stage.EXTRACTION, {"evidence": False}),
        (Stage.EXTRACTION, {"evidence": False, "right_page": False}),
    ],
)
def test_the_first_stage_that_did_worse_is_named(stage: Stage, after: dict[str, Any]) -> None:
    assert stage_lost(pair(**after)) is stage


@pytest.mark.parametrize(
    "both",
    [
        pair(),
        pair(page_first=False),
        pair({"evidence": False, "right_page": False}, **DECLINED),
        pair(may_move=True, **NOT_FOUND),
        pair({"evidence": False}, evidence=True),
        pair({**BARE, "answered": False, "cited": ""}, answered=True, cited="page-1"),
    ],
)
def test_what_did_not_get_worse_has_no_stage(both) -> None:
    assert not got_worse(both)
    assert stage_lost(both) is None


def test_a_flag_that_was_there_before_is_not_the_cause() -> None:
    assert stage_lost(pair({"crisis": True}, **DECLINED)) is Stage.THRESHOLD


def test_an_unlabelled_question_got_worse_where_another_page_is_quoted() -> None:
    unknown = {**BARE, "page_found": None, "page_first": None}
    assert stage_lost(pair(unknown, cited="page-2")) is Stage.UNCLEAR
    assert stage_lost(pair(BARE, cited="page-2", page_found=False)) is Stage.RETRIEVAL
    assert stage_lost(pair(unknown, answered=False, cited="")) is Stage.THRESHOLD


def test_stages_are_counted_by_group_and_every_loss_once() -> None:
    pairs = [pair(**NOT_FOUND), pair(**NOT_FOUND), pair(), pair(**DECLINED)]
    counted = stages_by_group([*pairs, pair(variant="names/welsh")])
    assert list(counted) == ["names/welsh", "writing/typos_05"]
    assert list(counted["names/welsh"]) == list(Stage)
    assert counted["writing/typos_05"][Stage.RETRIEVAL] == 2
    assert sum(counted["writing/typos_05"].values()) == sum(map(got_worse, pairs)) == 3
    assert not any(counted["names/welsh"].values())
