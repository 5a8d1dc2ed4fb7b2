"""Grounding keeps what it reached on the half of the pages that nothing was fitted on.

The floors lie a little under the figures in docs/evaluation.md.
"""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from assistant.answers import Statement
from assistant.grounding import Ungrounded, problems, vocabulary
from assistant.policy import load_policy
from evaluation.grounding import evaluate_grounding
from evaluation.runs import Run

NOW = datetime(2026, 11, 25, tzinfo=UTC)


def judge(statement: Statement, generated: bool) -> tuple[Ungrounded, ...]:
    return problems(statement, WORDS, generated=generated, enough=POLICY.thresholds.grounding)


POLICY = load_policy()
WORDS = vocabulary(POLICY.grounding)


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("grounding")


@pytest.fixture(scope="module")
def run(out: Path) -> Run:
    return evaluate_grounding(judge, out, identity={"policy": "x"}, command="test", now=NOW)


def test_figures_do_not_fall_below_their_floors(run: Run) -> None:
    report = run.parts[0]
    assert report.name == "starter-report"
    figures = {each.measure.name: each for each in report.figures}
    assert figures["detected"].value >= 0.99
    assert figures["detected: a word or two"].value >= 0.975
    assert figures["rejected"].value <= 0.02
    assert figures["rejected: by hand"].value <= 0.08
    for name, figure in figures.items():
        if name.startswith("detected: "):
            assert figure.value >= 0.95, name


def test_the_report_is_written_and_lists_what_went_wrong(run: Run, out: Path) -> None:
    page = (out / "grounding.html").read_text(encoding="utf-8")
    assert "Worth reading" in page
    assert "sentences" in page
    assert (out / "grounding.json").is_file()
    again = evaluate_grounding(judge, out, identity={}, command="test", now=NOW)
    assert [each.beside for each in again.comparisons] == [f"the run of {NOW.isoformat()}"] * 2
    assert all(one.value == 0 for each in again.comparisons for one in each.differences)
