"""What is published is what was measured: nothing typed, nothing left out in silence."""

import json
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

from assistant.policy import load_policy
from evaluation import (
    abstention_measures,
    answers,
    conversation,
    grounding,
    own_evaluation,
    privacy,
    retrieval,
    safety_measures,
)
from evaluation.errors import DataUnreadable, FiguresMissing
from evaluation.published import (
    PROJECT,
    README,
    README_MARKS,
    THRESHOLDS,
    THRESHOLDS_MARKS,
    figures_text,
    layout,
    main,
    publish,
    put_between,
    runs_of,
)
from evaluation.threshold_evidence import evidence

GROUPS = layout()
ROWS = [row for group in GROUPS for row in group.row]
KINDS = {row.kind for row in ROWS}


def figure(name: str, value: float) -> dict[str, Any]:
    return {
        "name": name,
        "label": f"about {name}",
        "value": value,
        "low": value / 2,
        "high": (1 + value) / 2,
        "n": 1234,
        "unit": "share",
    }


def in_force(over: str, name: str) -> dict[str, Any]:
    return {
        "over": over,
        "name": name,
        "threshold": 0.25,
        "given": 321,
        "share": 0.2,
        "at_most": 0.23,
        "pages": 40,
        "worth": 100.4,
        "at_most_by_page": 0.28,
    }


def write_runs(out: Path, value: float = 0.5) -> dict[str, Any]:
    """Write made-up runs that have every figure that is to be shown, and nothing else."""
    runs: dict[str, Any] = {}
    for row in ROWS:
        run = runs.setdefault(
            row.kind,
            {
                "format": 1,
                "created": "2026-01-02T03:04:00+00:00",
                "systems": {
                    "signpost": {
                        "threshold, plain answer": "0.50",
                        "threshold, answer with a caution": "0.25",
                        "own questions over guidance pages": "d1" * 32,
                    }
                },
                "parts": [],
            },
        )
        part = next((each for each in run["parts"] if each["name"] == row.part), None)
        if part is None:
            part = {"system": "signpost", "name": row.part, "cases": [], "figures": []}
            run["parts"].append(part)
        if not row.table:
            part["figures"] += [figure(name, value) for name in row.figure]
    for part in runs["abstention"]["parts"]:
        if part["name"] == "own-report":
            rows = [in_force("all", name) for name in ("with or without a caution", "plainly")]
            part["tables"] = [{"name": "in force", "rows": [*rows, in_force("some", "plainly")]}]
            runs["abstention"]["parts"].append({**part, "name": "own-fit"})
            break
    out.mkdir(exist_ok=True)
    for kind, run in runs.items():
        (out / f"{kind}.json").write_text(json.dumps(run), encoding="utf-8")
    return runs


def files(folder: Path) -> tuple[Path, Path]:
    readme, thresholds = folder / "README.md", folder / "thresholds.toml"
    readme.write_text("above\n{}\nold\n{}\nbelow\n".format(*README_MARKS), encoding="utf-8")
    thresholds.write_text("{}\n{}\nanswer = 0.5\n".format(*THRESHOLDS_MARKS), encoding="utf-8")
    return readme, thresholds


def test_every_row_is_shown_with_its_figure_interval_and_number(tmp_path: Path) -> None:
    write_runs(tmp_path / "out")
    readme, thresholds = files(tmp_path)
    publish(tmp_path / "out", readme, thresholds)
    text = readme.read_text(encoding="utf-8")
    assert text.startswith(f"above\n{README_MARKS[0]}\n")
    assert text.endswith(f"{README_MARKS[1]}\nbelow\n")
    assert "old" not in text
    lines = [line for line in text.split("\n") if line.startswith("| ")]
    assert len(lines) == len(ROWS) + len(GROUPS)
    assert all(line.count("|") == 7 for line in lines)
    for row in ROWS:
        (line,) = (each for each in lines if each.startswith(f"| {row.label}"))
        assert ("50.0% | 25.0% to 75.0% | 1,234" in line) is not bool(row.table)
    assert "28.0% |  | 321" in text
    assert "2 January 2026" in text
    toml = thresholds.read_text(encoding="utf-8")
    assert tomllib.loads(toml) == {"answer": 0.5}
    assert "23.0% with 95% confidence" in toml
    assert "28.0% by page: 40 pages, worth 100 questions" in toml


def test_publishing_twice_changes_nothing_more(tmp_path: Path) -> None:
    write_runs(tmp_path / "out")
    readme, thresholds = files(tmp_path)
    publish(tmp_path / "out", readme, thresholds)
    once = readme.read_text(encoding="utf-8"), thresholds.read_text(encoding="utf-8")
    publish(tmp_path / "out", readme, thresholds)
    assert once == (readme.read_text(encoding="utf-8"), thresholds.read_text(encoding="utf-8"))


@pytest.mark.parametrize(("value", "reached"), [(0.01, "at most"), (0.99, "at least")])
def test_an_aim_is_reached_from_the_right_side(tmp_path: Path, value: float, reached: str) -> None:
    write_runs(tmp_path, value)
    text = figures_text(GROUPS, runs_of(KINDS, tmp_path), tmp_path)
    aimed = [line for line in text.split("\n") if re.search(r"\| at (most|least) ", line)]
    assert aimed
    for line in aimed:
        exact = "at most 0.0%" in line or "at least 100.0%" in line
        assert line.endswith("| yes |" if reached in line and not exact else "| no |")


def test_of_several_figures_the_worst_is_shown_and_named(tmp_path: Path) -> None:
    runs = write_runs(tmp_path)
    for part in runs["safety"]["parts"]:
        for each in part["figures"]:
            each["value"] = {"utr": 0.25, "refused": 0.75}.get(each["name"], 0.5)
    text = figures_text(GROUPS, runs, tmp_path)
    assert re.search(r"worst: about utr\) \| 25.0%", text)
    assert re.search(r"XSTest.* \(worst: about refused\) \| 75.0%", text)


def test_missing_files_and_figures_are_named_and_nothing_is_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    runs = write_runs(out)
    readme, thresholds = files(tmp_path)
    before = readme.read_text(encoding="utf-8")
    runs["safety"]["parts"][0]["figures"] = []
    (out / "safety.json").write_text(json.dumps(runs["safety"]), encoding="utf-8")
    with pytest.raises(FiguresMissing, match=r"safety.json: personal-report / email"):
        publish(out, readme, thresholds)
    for kind in ("own", "safety"):
        (out / f"{kind}.json").unlink()
    with pytest.raises(FiguresMissing, match=r"safety.json") as fault:
        publish(out, readme, thresholds)
    assert set(fault.value.missing) == {"own.json", "safety.json"}
    assert readme.read_text(encoding="utf-8") == before
    assert main([str(out)]) == 2
    assert "own.json; safety.json" in capsys.readouterr().err.replace(
        "safety.json; own.json", "own.json; safety.json"
    )


@pytest.mark.parametrize("text", ["", "b\na", "a\na\nb", "a", "a\nb\nb"])
def test_a_file_without_its_marks_is_refused(text: str) -> None:
    with pytest.raises(DataUnreadable, match="page"):
        put_between(text, ("a", "b"), "new", Path("page"))


def test_what_is_written_is_what_stands_there_whatever_it_is() -> None:
    assert (
        put_between("1\na\nx\nb\n2", ("a", "b"), r"\1 {0} $", Path("p")) == "1\na\n\\1 {0} $\nb\n2"
    )


def test_the_project_has_the_places_to_write_to() -> None:
    for path, marks in ((README, README_MARKS), (THRESHOLDS, THRESHOLDS_MARKS)):
        text = path.read_text(encoding="utf-8")
        assert put_between(text, marks, "x", path) != text


def test_make_evaluate_measures_every_kind_into_one_folder() -> None:
    recipe = (PROJECT / "Makefile").read_text(encoding="utf-8").split("\nevaluate:")[1]
    lines = recipe.split("\n\n")[0].split("\n")
    for kind in KINDS:
        (line,) = (each for each in lines if f"evaluate {kind} " in each)
        assert line.endswith("--out out/evaluation")


def test_the_evidence_is_of_the_thresholds_in_force() -> None:
    """When they change: signpost evaluate abstention, then python -m evaluation.published OUT."""
    held = THRESHOLDS.read_text(encoding="utf-8").split(THRESHOLDS_MARKS[0])[1]
    told = held.split(THRESHOLDS_MARKS[1])[0]
    thresholds = load_policy().thresholds
    assert f"answer = {thresholds.answer:.2f}, caution = {thresholds.caution:.2f}." in told


def test_evidence_says_how_many_and_of_which_half(tmp_path: Path) -> None:
    told = evidence(write_runs(tmp_path)["abstention"])
    assert told.index("fit half") < told.index("report half")
    assert all(line.startswith("#") and len(line) <= 100 for line in told.split("\n"))
    assert "some" not in told
    assert "digest d1d1d1d1d1d1d1d1." in told
    assert "near misses answered: 50.0%, n = 1,234" in told


def test_one_of_the_files_can_be_written_alone(tmp_path: Path) -> None:
    write_runs(tmp_path / "out")
    readme, thresholds = files(tmp_path)
    before = readme.read_text(encoding="utf-8")
    for kind in KINDS - {"abstention"}:
        (tmp_path / "out" / f"{kind}.json").unlink()
    publish(tmp_path / "out", readme, thresholds, only=["thresholds"])
    assert readme.read_text(encoding="utf-8") == before
    assert "report half" in thresholds.read_text(encoding="utf-8")


MEASURES = {
    "retrieval": (
        *retrieval.GUIDANCE,
        *retrieval.QUERIES,
        *retrieval.PASSAGES,
        *retrieval.WELSH,
    ),
    "answers": answers.GUIDANCE,
    "own": own_evaluation.MEASURES,
    "conversation": conversation.FOLLOW_UPS,
    "grounding": grounding.MEASURES,
    "abstention": (
        *abstention_measures.OWN,
        *abstention_measures.GUIDANCE,
        *abstention_measures.MESSAGES,
        *abstention_measures.CONVERSATIONS,
    ),
    "safety": (
        *safety_measures.TROUBLE,
        *safety_measures.GENUINE_QUESTIONS,
        *safety_measures.ATTACKS,
        *safety_measures.routing_measures(()),
        *privacy.HIDDEN,
        *privacy.TOUCHED,
    ),
}


def test_rows_are_of_measures_that_exist() -> None:
    assert set(MEASURES) == KINDS
    for row in ROWS:
        if not row.table:
            assert set(row.figure) <= {each.name for each in MEASURES[row.kind]}, row.label
