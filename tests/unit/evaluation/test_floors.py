"""Floors: a run passes only where the data show that every one is held."""

from pathlib import Path

import pytest

from assistant.releases import EvaluationKind, Verdict
from evaluation.errors import DataUnreadable
from evaluation.figures import Case, Measure, Reading
from evaluation.floors import Floor, judge, read_floors
from evaluation.own_evaluation import MEASURES as OWN
from evaluation.reported import run_of
from evaluation.runs import Part, Run
from tests.unit.evaluation.test_verdicts import NOON

QUALITY, SAFETY, _ = EvaluationKind
RIGHT = Measure("right", "right", "Right", "Share that is right.")
FLOOR = Floor(QUALITY, "right answers", "test", "right", 0.6, at_least=True)


def run(right: int, wrong: int, part: str = "test", system: str = "signpost") -> Run:
    """Return a run of that many cases, each about a page of its own."""
    cases = tuple(
        Case(str(n), str(n), {"right": (float(n < right), 1.0)}, Reading(""))
        for n in range(right + wrong)
    )
    parts = (Part(system, part, "Test", "A test.", (RIGHT,), cases),)
    return run_of("own", "A run", parts, command="", now=NOON, data={}, systems={system: {}})


@pytest.mark.parametrize(
    ("right", "wrong", "verdict"),
    [
        (90, 10, Verdict.PASSED),
        (300, 100, Verdict.PASSED),
        (65, 35, Verdict.TOO_FEW_DATA),
        (7, 3, Verdict.TOO_FEW_DATA),
        (2, 0, Verdict.TOO_FEW_DATA),
        (59, 41, Verdict.FAILED),
        (0, 4, Verdict.FAILED),
    ],
)
def test_a_floor_is_held_only_with_certainty(right: int, wrong: int, verdict: Verdict) -> None:
    judged = judge(QUALITY, run(right, wrong), [FLOOR])
    assert judged.verdict is verdict
    assert judged.says.endswith(".")
    if verdict is not Verdict.PASSED:
        assert "right answers" in judged.says
        assert "at least 60% is due" in judged.says


def test_a_ceiling_is_a_floor_upside_down() -> None:
    ceiling = Floor(QUALITY, "wrong", "test", "right", 0.2, at_least=False)
    assert judge(QUALITY, run(2, 98), [ceiling]).verdict is Verdict.PASSED
    assert judge(QUALITY, run(18, 82), [ceiling]).verdict is Verdict.TOO_FEW_DATA
    assert judge(QUALITY, run(30, 70), [ceiling]).verdict is Verdict.FAILED


def test_what_was_not_measured_does_not_pass() -> None:
    judged = judge(QUALITY, run(90, 10, part="another"), [FLOOR])
    assert judged.verdict is Verdict.TOO_FEW_DATA
    assert "not measured" in judged.says


def test_one_failed_floor_fails_the_run_whatever_else_holds() -> None:
    high = Floor(QUALITY, "nearly all", "test", "right", 0.99, at_least=True)
    absent = Floor(QUALITY, "something else", "test", "other", 0.1, at_least=True)
    assert judge(QUALITY, run(90, 10), [FLOOR, absent, high]).verdict is Verdict.FAILED
    assert judge(QUALITY, run(90, 10), [FLOOR, absent]).verdict is Verdict.TOO_FEW_DATA


def test_no_floor_passes_nothing() -> None:
    with pytest.raises(ValueError, match="safety"):
        judge(SAFETY, run(90, 10), [FLOOR])


def test_the_floors_that_ship_are_of_both_kinds_and_name_what_is_measured() -> None:
    floors = read_floors()
    assert {floor.kind for floor in floors} == {QUALITY, SAFETY}
    own = {measure.name for measure in OWN}
    assert {floor.figure for floor in floors if floor.kind is QUALITY} <= own


@pytest.mark.parametrize(
    "text",
    [
        "",
        "floor = 1",
        "[[floor]]\nkind = 'quality'\n",
        "[[floor]]\nkind='tea'\nsays='a'\npart='b'\nfigure='c'\nat_least=0.5\n",
        "[[floor]]\nkind='quality'\nsays='a'\npart='b'\nfigure='c'\nat_least=50\n",
        "[[floor]]\nkind='quality'\nsays='a'\npart='b'\nfigure='c'\nat_least=true\n",
        "[[floor]]\nkind='quality'\nsays='a'\npart='b'\nfigure='c'\nat_least=0.5\nat_most=0.6\n",
        "not toml",
    ],
)
def test_floors_that_are_wrong_are_named(tmp_path: Path, text: str) -> None:
    path = tmp_path / "floors.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(DataUnreadable, match=r"floors\.toml"):
        read_floors(path)
