"""`signpost monitor` over a home's own counts."""

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from api.bootstrap import Home, now
from api.cli import app
from api.settings import Settings
from assistant.monitoring import add_up

Run = Callable[..., Result]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def run(home: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setenv("SIGNPOST_HOME", str(home))
    return lambda *words: CliRunner().invoke(app, ["monitor", *words], env={"COLUMNS": "200"})


def count(home: Path, dimension: str, days_ago: int, **groups: tuple[int, int]) -> None:
    """Count the outcome "answered": (came, did not) by group."""
    opened = Home(Settings(home=home))
    day = (now().date() - timedelta(days=days_ago)).isoformat()
    with opened.database.write() as connection:
        for group, (came, missed) in groups.items():
            cell = (day, dimension, group, "answered")
            add_up(connection, [(cell, n < came) for n in range(came + missed)])
    opened.close()


def test_nothing_counted_is_said_in_words(run: Run) -> None:
    result = run()
    assert result.exit_code == 0, result.output
    assert "Length: too few to say anything." in result.output
    assert "No alert. That is no proof that all are served alike." in result.output


def test_an_alert_is_said_in_words_and_by_exit_status(run: Run, home: Path) -> None:
    count(home, "length", 1, short=(103, 301), medium=(304, 102), long=(3, 40))
    result = run("--days", "2")
    assert result.exit_code == 1, result.output
    assert "ALERT: Length, short: answered in about 2" in result.output
    assert "too few" in result.output
    for exact in ("103", "404", "304", "406", "43"):
        assert exact not in result.output
    found = json.loads(run("--json").output)
    assert found["alerts"] == 1
    assert {"long"} == {
        each["group"]
        for each in found["seen"]
        if each["dimension"] == "length" and each["outcome"] == "answered"
        and each["group_rate"] is None
    }  # fmt: skip
    assert run("--days", "1").exit_code == 0, "today there was nothing"


def test_self_descriptions_are_of_weeks_that_are_over(run: Run, home: Path) -> None:
    this_week = now().date().weekday()
    count(home, "age", this_week, under_25=(30, 300), **{"25_to_44": (300, 30)})
    assert run().exit_code == 0
    count(home, "age", this_week + 7, under_25=(30, 300), **{"25_to_44": (300, 30)})
    result = run()
    assert result.exit_code == 1
    assert "How old are you?, Under 25: answered" in result.output
