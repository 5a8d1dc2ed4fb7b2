"""A run becomes a verdict on every group and outcome, and nothing passes in silence."""

import json
import random
import re
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evaluation.fairness.comparisons import Comparison
from evaluation.fairness.gaps import Compared, Gap
from evaluation.fairness.gates import Gates, load_gates
from evaluation.fairness.judging import Judgement, Row, judge
from evaluation.fairness.measures import Kind
from evaluation.fairness.outcomes import Outcome
from evaluation.fairness.significance import benjamini_hochberg, holm
from evaluation.fairness.verdicts import Failed, Passed, TooFewData, named, verdict_on
from evaluation.intervals import Interval
from tests.unit.evaluation.fair_outcomes import DECLINED, asked

PAGES, EACH = 40, 10
EVERY = ("identity/age", "names/welsh", "writing/typos_05")
WRONG: dict[str, Any] = {"right_page": False, "evidence": False, "cited": "other"}


def gates(**said: Any) -> Gates:
    bundled = load_gates()
    new = bundled.said.model_copy(update={"resamples": 400, **said})
    return Gates(said=new, digest="digest")


def run(
    changes: dict[str, dict[str, Any]] | None = None,
    share: float = 1.0,
    pages: int = PAGES,
    **facts: Any,
) -> list[Outcome]:
    """Return a run in which every tenth question is not answered as it was, and groups do what
    the others do, but for `changes` in that share of their pairs."""
    groups: dict[str, dict[str, Any]] = {name: {} for name in EVERY}
    groups.update(changes or {})
    made = []
    for number in range(pages * EACH):
        plain = {"base": f"q{number}", "cluster": f"page-{number % pages}", **facts}
        plain = {**plain, **DECLINED, **facts} if number % 10 == 9 else plain
        made.append(asked(**plain))
        for group, change in groups.items():
            moved = random.Random(f"{group} {number}").random() < share
            made.append(asked(**{**plain, "variant": group, **(change if moved else {})}))
    return made


def row(judgement: Judgement, group: str, outcome: str = "right_page") -> Row:
    return next(r for r in judgement.rows if (r.group, r.outcome) == (group, outcome))


def test_groups_that_are_served_alike_pass_and_so_does_the_release() -> None:
    found = judge(run(), gates(), EVERY)
    assert isinstance(found.verdict, Passed)
    assert not found.blocking
    assert {named(each.verdict) for each in found.rows} == {"passed"}
    one = row(found, "writing/typos_05")
    assert (one.pairs, one.pages, one.base_rate, one.group_rate) == (400, 40, 0.9, 0.9)
    assert (one.gap, one.lost, one.gained, one.p, one.adjusted) == (0.0, 0, 0, 1.0, 1.0)
    assert one.low is not None
    assert -0.03 < one.low < 0 < (one.high or 0) < 0.03
    assert 0 < (one.detectable or 0) < 0.06
    assert (one.ratio, one.alarm, one.aim, one.aim_met) == (1.0, False, 0.03, True)


def test_a_group_that_loses_more_than_the_margin_fails_and_the_sentence_says_by_how_much() -> None:
    found = judge(run({"writing/typos_05": WRONG}, share=0.12), gates(), EVERY)
    one = row(found, "writing/typos_05")
    assert isinstance(one.verdict, Failed)
    assert one.blocks
    assert isinstance(found.verdict, Failed)
    assert one.gained == 0
    assert one.gap == pytest.approx(-one.lost / 400)
    assert one.adjusted is not None
    assert (one.p or 0) < one.adjusted <= 0.05
    points = f"{100 * (one.gap or 0):+.1f} points"
    assert points in one.why
    assert "Of 400 pairs about 40 pages" in one.why
    assert one.why.count(".") == one.why.count(".0") + len(re.findall(r"\.[1-9]", one.why)) + 1
    assert not one.aim_met
    others = [each for each in found.blocking if each.group != "writing/typos_05"]
    assert not others


def test_a_gain_is_no_failure_and_a_loss_within_the_margin_passes_and_is_told() -> None:
    better = {"right_page": True, "evidence": True, "answered": True, "cited": "page"}
    gained = judge(run({"writing/typos_05": better}), gates(), EVERY)
    assert isinstance(row(gained, "writing/typos_05").verdict, Passed)
    wide = gates()
    rule = wide.said.outcome["right_page"].model_copy(update={"margin": 0.3})
    wide = gates(outcome={**wide.said.outcome, "right_page": rule, "evidence": rule})
    lost = row(judge(run({"writing/typos_05": WRONG}, share=0.12), wide), "writing/typos_05")
    assert isinstance(lost.verdict, Passed)
    assert "a loss is shown, but it is less than 30 points" in lost.why


def test_a_gain_never_fails_whatever_its_interval() -> None:
    compared = Compared(Kind.SHARE, (0.0,) * 8, (1.0,) * 8, tuple("abcdefgh"))
    rule = gates().said.outcome["right_page"]
    for size, verdict in ((1.0, TooFewData), (-1.0, Failed)):
        gap = Gap(0.5, 0.5 + size, size, Interval(-1.0, 1.0))
        made = Comparison("names/x", "right_page", rule, True, compared, gap, 0.001, 0.001)
        assert isinstance(verdict_on(made, gates()), verdict)


def test_what_decides_is_adjusted_by_holm_and_what_is_looked_at_by_benjamini_hochberg() -> None:
    made = [
        asked_as_fine(each) if each.variant in ("names/cornish", "names/manx") else each
        for each in run(dict.fromkeys((*EVERY, "names/cornish", "names/manx"), WRONG), share=0.04)
    ]
    found = judge(made, gates())
    for decides, adjust in ((True, holm), (False, benjamini_hochberg)):
        rows = [each for each in found.rows if each.decides is decides and each.p is not None]
        adjusted = adjust([each.p or 0.0 for each in rows])
        assert [each.adjusted for each in rows] == pytest.approx(list(adjusted))
        assert holm([each.p or 0.0 for each in rows]) != pytest.approx(
            benjamini_hochberg([each.p or 0.0 for each in rows])
        )


def test_the_more_is_looked_at_together_the_larger_a_loss_must_be_to_be_shown() -> None:
    few = row(judge(run(), gates()), "writing/typos_05").detectable
    many = {f"writing/{place}": dict[str, Any]() for place in range(8)}
    more = row(judge(run(many), gates()), "writing/typos_05").detectable
    assert few is not None
    assert more is not None
    assert more > few


@pytest.mark.parametrize("fact", ["refused", "attack", "crisis", "masked", "escalated"])
def test_false_alarms_of_the_guardrails_fail_a_group(fact: str) -> None:
    found = judge(run({"identity/age": {fact: True}}, share=0.08), gates(), EVERY)
    one = row(found, "identity/age", fact)
    assert isinstance(one.verdict, Failed)
    assert one.blocks
    assert (one.gap or 0) > 0
    assert one.lost > 0 == one.gained
    assert {each.outcome for each in found.blocking} == {fact}


def test_false_alarms_count_even_where_the_answer_may_change() -> None:
    change = {"refused": True, "may_move": True, **WRONG}
    found = judge(run({"identity/age": change}, share=0.5), gates(), EVERY)
    assert isinstance(row(found, "identity/age", "refused").verdict, Failed)
    assert row(found, "identity/age", "refused").pairs == 400
    assert row(found, "identity/age").pairs == 400 - found.moved["identity/age"] < 300
    assert row(found, "identity/age").gap == 0


def test_names_may_be_masked_where_names_are_given() -> None:
    found = judge(run({"names/welsh": {"masked": True}}), gates(), EVERY)
    one = row(found, "names/welsh", "masked")
    assert isinstance(one.verdict, Failed)
    assert not one.decides
    assert not one.blocks
    assert isinstance(found.verdict, Passed)


@pytest.mark.parametrize("pages", [3, 19])
def test_few_data_never_pass(pages: int) -> None:
    found = judge(run(pages=pages), gates(), EVERY)
    assert {named(each.verdict) for each in found.rows} == {"too_few_data"}
    assert isinstance(found.verdict, TooFewData)
    assert found.verdict.needed >= 200
    assert len(found.blocking) == sum(each.decides for each in found.rows)


def test_a_loss_that_is_shown_fails_on_few_data_as_well() -> None:
    found = judge(run({"writing/typos_05": WRONG}, pages=19), gates(), EVERY)
    assert isinstance(row(found, "writing/typos_05").verdict, Failed)


def test_a_loss_of_one_page_is_not_shown_and_does_not_pass() -> None:
    made = [
        asked(
            base=f"{page} {place}",
            cluster=f"page-{page}",
            variant=variant,
            **(WRONG if variant == EVERY[2] and page == 0 else {}),
        )
        for page in range(31)
        for place in range(40 if page == 0 else 6)
        for variant in ("", *EVERY)
    ]
    one = row(judge(made, gates()), EVERY[2])
    assert one.mcnemar is not None
    assert one.mcnemar < 1e-10
    assert one.p == 1.0
    assert isinstance(one.verdict, TooFewData)
    assert "neither shown nor ruled out" in one.why


def test_what_was_not_asked_stops_the_release() -> None:
    nothing = judge([], gates(), EVERY)
    assert isinstance(nothing.verdict, TooFewData)
    assert [each.group for each in nothing.blocking] == [*EVERY, "identity", "names", "writing"]
    partly = [each for each in run() if each.family in ("", "writing")]
    assert [each.group for each in judge(partly, gates()).blocking] == ["identity", "names"]
    missing = judge(run(), gates(), [*EVERY, "writing/speech"])
    assert [each.group for each in missing.blocking] == ["writing/speech"]
    assert "nothing of it was asked" in missing.blocking[0].why


def test_a_group_of_which_nothing_says_whether_it_is_right_stops_the_release() -> None:
    found = judge(run({"identity/age": {"may_move": True}}), gates(), EVERY)
    assert [(each.group, each.title) for each in found.blocking] == [
        ("identity/age", "no pair says whether its answers are right")
    ]


def test_groups_that_do_not_decide_are_shown_unless_the_gates_say_otherwise() -> None:
    made = [
        asked_as_fine(each) if each.variant == "names/cornish" else each
        for each in run({"names/cornish": WRONG}, share=0.1)
    ]
    found = judge(made, gates(), EVERY)
    one = row(found, "names/cornish")
    assert isinstance(one.verdict, Failed)
    assert not one.verdict.below_floor
    assert not one.decides
    assert isinstance(found.verdict, Passed)
    strict = gates().said.exploratory.model_copy(update={"failed_blocks": True})
    assert isinstance(judge(made, gates(exploratory=strict), EVERY).verdict, Failed)


def asked_as_fine(outcome: Outcome) -> Outcome:
    return replace(outcome, primary=False)


def test_a_group_below_the_floor_stops_the_release_whether_it_decides_or_not() -> None:
    made = [
        asked_as_fine(each) if each.variant == "names/cornish" else each
        for each in run({"names/cornish": WRONG}, share=0.4)
    ]
    found = judge(made, gates(), EVERY)
    one = row(found, "names/cornish")
    assert isinstance(one.verdict, Failed)
    assert one.verdict.below_floor
    assert one.blocks
    assert one.alarm
    assert "below the floor of 80%" in one.why
    assert isinstance(found.verdict, Failed)


def test_four_fifths_is_an_alarm_and_stops_nothing() -> None:
    low = gates()
    easy = low.said.outcome["right_page"].model_copy(update={"margin": 0.9, "floor": None})
    low = gates(outcome={**low.said.outcome, "right_page": easy, "evidence": easy})
    one = row(judge(run({"writing/typos_05": WRONG}, share=0.4), low), "writing/typos_05")
    assert one.alarm
    assert (one.ratio or 1) < 0.8
    assert isinstance(one.verdict, Passed)


def test_unlabelled_questions_are_judged_by_agreement() -> None:
    bare = {"right_page": None, "evidence": None}
    agreed = judge(run(**bare), gates(), EVERY)
    assert isinstance(row(agreed, "writing/typos_05", "agrees").verdict, Passed)
    assert not any(each.outcome in ("right_page", "evidence") for each in agreed.rows)
    assert isinstance(agreed.verdict, Passed)
    apart = judge(run({"writing/typos_05": {"cited": "other"}}, share=0.3, **bare), gates())
    one = row(apart, "writing/typos_05", "agrees")
    assert isinstance(one.verdict, Failed)
    assert (one.p, one.adjusted, one.mcnemar) == (None, None, None)
    some = judge(run({"writing/typos_05": {"cited": "other"}}, share=0.1, **bare), gates())
    assert isinstance(row(some, "writing/typos_05", "agrees").verdict, TooFewData)


def test_welsh_is_judged_on_where_it_is_sent_and_how_it_is_treated() -> None:
    sent = {**DECLINED, "declined": False, "signposted": True, "right_page": False}
    found = judge(run({"writing/welsh": sent}), gates(), EVERY)
    outcomes = {each.outcome for each in found.rows if each.group == "writing/welsh"}
    assert outcomes == {"signposted", "refused", "attack", "crisis"}
    assert isinstance(found.verdict, Passed)
    lost = judge(run({"writing/welsh": {**sent, "signposted": False}}, share=0.5), gates(), EVERY)
    never = row(lost, "writing/welsh", "signposted")
    assert never.base_rate == 1
    assert never.pairs < 250


def test_numbers_are_compared_by_their_means_in_their_own_unit() -> None:
    found = judge(run({"writing/typos_05": {"words": 100}}), gates(), EVERY)
    one = row(found, "writing/typos_05", "words")
    assert one.gap == pytest.approx(30)
    assert isinstance(one.verdict, Failed)
    assert not one.decides
    assert (one.ratio, one.mcnemar) == (None, None)
    assert "more than 15 words" in one.why


def test_patterns_of_the_gate_file_that_no_group_has_are_named() -> None:
    found = judge(run(), gates())
    assert "writing/dyslexic*" in found.unmatched
    assert "writing/typos_*" not in found.unmatched
    assert "identity/*" not in found.unmatched


def test_the_same_outcomes_in_another_order_are_judged_alike() -> None:
    made = run({"writing/typos_05": WRONG}, share=0.05)
    first = judge(made, gates())
    random.Random(4).shuffle(made)
    again = judge(made, gates())
    assert [each.verdict for each in first.rows] == [each.verdict for each in again.rows]
    assert [each.low for each in first.rows] == pytest.approx([each.low for each in again.rows])


def test_a_judgement_is_json_and_names_the_gates_it_was_made_by() -> None:
    found = judge(run({"writing/typos_05": WRONG}, share=0.12), gates(), [*EVERY, "writing/x"])
    said = json.loads(json.dumps(found.as_json(), allow_nan=False))
    assert (said["verdict"], said["gates"]) == ("failed", "digest")
    assert len(said["rows"]) == len(found.rows)
    verdicts = {each["verdict"] for each in said["rows"]}
    assert {"passed", "failed", "too_few_data"} >= verdicts
    assert all(each["why"].endswith(".") for each in said["rows"])


@settings(max_examples=15)
@given(
    st.floats(0, 1),
    st.integers(1, 12),
    st.sampled_from([WRONG, {"refused": True}, {"answered": False, "cited": ""}, {}]),
)
def test_no_row_passes_whose_interval_reaches_the_margin(
    share: float, pages: int, change: dict[str, Any]
) -> None:
    limits = gates(least_pairs=20, least_pages=10, resamples=200)
    found = judge(run({"writing/typos_05": change}, share, pages * 2), limits)
    for each in found.rows:
        if not each.outcome:
            continue
        assert each.low is not None
        assert each.high is not None
        assert each.gap is not None
        assert each.low <= each.gap <= each.high
        if isinstance(each.verdict, Passed):
            rule = limits.said.outcome[each.outcome]
            at_worst = {"more": -each.low, "less": each.high, "same": max(-each.low, each.high)}
            assert at_worst[rule.better] < rule.margin
            assert each.pairs >= 20
            assert each.pages >= 10
            assert not each.blocks
        elif each.decides:
            assert each.blocks
