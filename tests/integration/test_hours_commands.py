"""`signpost hours`: what an operator sees and changes."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from api.bootstrap import Home
from api.cli import app
from api.settings import Settings
from audit.events import Kind

Run = Callable[..., Result]
DAY = next(
    day
    for day in (date.today() + timedelta(days=n) for n in range(2, 9))
    if day.weekday() == 6  # a Sunday: closed, and no working day's bank holiday
)


@pytest.fixture
def run(tmp_path: Path) -> Run:
    runner = CliRunner()
    return lambda *arguments: runner.invoke(
        app, ["hours", *arguments], env={"SIGNPOST_HOME": str(tmp_path / "home")}
    )


def shown(run: Run) -> str:
    found = run("show", "--days", "10")
    assert found.exit_code == 0
    (line,) = [row for row in found.output.splitlines() if f"{DAY:%a %d %b %Y}" in row]
    return re.split(r"\s*[│|]\s*", line)[2]


def test_a_sunday_is_opened_closed_in_part_and_put_back(run: Run, tmp_path: Path) -> None:
    assert shown(run) == "closed"
    said = ("--by", "Ann", "--reason", "Flood line")
    opened = run("open", "office", DAY.isoformat(), "--from", "10:00", "--until", "16:00", *said)
    assert opened.exit_code == 0
    assert f"1: office open on Sunday {DAY} 10:00-16:00: Flood line (by Ann)" in opened.output
    assert shown(run) == "10:00-16:00"
    assert run("close", "office", DAY.isoformat(), "--from", "12:00", *said).exit_code == 0
    assert shown(run) == "10:00-12:00"
    assert "taken back" in run("undo", "2", *said).output
    assert shown(run) == "10:00-16:00"
    home = Home(Settings(home=tmp_path / "home"))
    with home.database.read() as connection:
        kept = [r.facts["what"] for r in home.log.of_kind(connection, Kind.HOURS_CHANGED)]
    home.close()
    assert kept == ["open", "closed", "undone"]


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (("close", "office", "Christmas"), "2026-12-24"),
        (("close", "always", DAY.isoformat()), "people in danger"),
        (("close", "offce", DAY.isoformat()), "There are no hours"),
        (("close", "office", "2020-01-01"), "has gone by"),
        (("close", "office", DAY.isoformat(), "--from", "25:00"), "no time of day"),
        (("close", "office", DAY.isoformat(), "--from", "9:00", "--until", "8:00"), "after"),
        (("undo", "7"), "No change 7"),
    ],
)
def test_what_cannot_be_is_refused_in_plain_words(
    run: Run, arguments: tuple[str, ...], why: str
) -> None:
    refused = run(*arguments, "--by", "Ann", "--reason", "x")
    assert refused.exit_code == 2
    assert why in " ".join(refused.output.split())
    assert "Traceback" not in refused.output
