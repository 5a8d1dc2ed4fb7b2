"""A run is made, compared and written the same way for every kind of evaluation."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from evaluation.errors import DataUnreadable
from evaluation.figures import Case, Measure, Reading
from evaluation.reported import reported, run_of
from evaluation.runs import Part, Run

NOW = datetime(2026, 1, 2, 3, 4, 5, 678, tzinfo=UTC)
HIT = Measure("hit", "hit", "Hit", "Share.")


def part(hit: float, system: str = "ours") -> Part:
    cases = tuple(
        Case(f"{n}", f"page-{n}", {"hit": (hit, 1.0)}, Reading("?"), 0.0) for n in range(3)
    )
    return Part(system, "some", "Some questions", "About.", (HIT,), cases)


def run(*parts: Part) -> Run:
    data, systems = {"file": "digest"}, {"ours": {"snapshot": "s"}}
    return run_of("some", "How well", parts, command="c", now=NOW, data=data, systems=systems)


def changes(made: Run) -> list[tuple[str, float]]:
    return [(each.beside, one.value) for each in made.comparisons for one in each.differences]


def test_a_run_tells_its_circumstances_to_the_second_and_sets_systems_beside_the_first() -> None:
    made = run(part(1.0), part(0.25, "theirs"))
    assert made.circumstances.created == "2026-01-02T03:04:05+00:00"
    assert made.circumstances.data == {"file": "digest"}
    assert made.circumstances.systems == {"ours": {"snapshot": "s"}}
    assert "python" in made.circumstances.versions
    assert changes(made) == [("theirs", 0.75)]
    assert changes(run(part(1.0))) == []


def test_an_earlier_run_is_read_before_and_beside_what_is_measured(tmp_path: Path) -> None:
    reported("some", tmp_path, lambda: run(part(0.5)))
    again = reported("some", tmp_path, lambda: run(part(1.0), part(0.25, "theirs")))
    assert changes(again) == [("theirs", 0.75), ("the run of 2026-01-02T03:04:05+00:00", 0.5)]
    assert {path.name for path in tmp_path.iterdir()} == {
        f"some{middle}.{ending}" for middle in ("", ".previous") for ending in ("json", "html")
    }


def test_a_file_that_cannot_be_read_is_told_before_anything_is_measured(tmp_path: Path) -> None:
    (tmp_path / "some.json").write_text("{}", encoding="utf-8")
    with pytest.raises(DataUnreadable, match="another folder"):
        reported("some", tmp_path, lambda: pytest.fail("measured"))
    assert (tmp_path / "some.json").read_text(encoding="utf-8") == "{}"


def test_without_a_folder_nothing_is_written_or_compared(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    reported("some", Path(), lambda: run(part(0.5)))
    before = sorted(tmp_path.iterdir())
    made = run(part(1.0))
    assert reported("some", None, lambda: made) is made
    assert sorted(tmp_path.iterdir()) == before
