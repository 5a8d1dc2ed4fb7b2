"""`signpost evaluate bias` on the bundled guidance: asked, judged, reported, and gone on with."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from api.cli import app
from evaluation.fairness import planning
from evaluation.fairness.asking import OUTCOMES
from evaluation.fairness.planning import Profile

REPORTS = ("bias.html", "bias.json", "bias.csv", "bias-summary.json")


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the folder of a home in which a run asks one question in every way."""
    monkeypatch.setenv("SIGNPOST_HOME", str(tmp_path / "home"))
    monkeypatch.setitem(planning._SIZES, Profile.QUICK, planning._Size(1, primary_only=True))
    monkeypatch.setitem(planning._SIZES, Profile.FULL, planning._Size(1, primary_only=False))
    return tmp_path


def run(out: Path, *more: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["evaluate", "bias", "--out", str(out), *more])
    return result.exit_code, result.output


def test_a_run_reports_and_goes_on_where_it_was_stopped(home: Path) -> None:
    out = home / "bias"
    code, said = run(out)
    assert code == 0, said
    assert "too few data" in said  # one question shows nothing, and that is no pass
    assert all((out / name).is_file() for name in REPORTS)
    summary = json.loads((out / "bias-summary.json").read_text())
    assert summary["verdict"] == "too_few_data"
    figures = json.loads((out / "bias.json").read_text())

    whole = (out / OUTCOMES).read_text().splitlines()
    assert len(whole) > 80
    killed = "\n".join(whole[:40]) + "\n" + whole[40][:25]
    (out / OUTCOMES).write_text(killed)
    assert run(out)[0] == 0
    again = (out / OUTCOMES).read_text().splitlines()
    assert again[:40] == whole[:40]
    assert len(again) == len(whole)
    assert json.loads((out / "bias.json").read_text())["verdict"] == figures["verdict"]

    code, said = run(out, "--profile", "full")
    assert code == 2
    assert "another" in said
    assert (out / OUTCOMES).read_text().splitlines() == again
