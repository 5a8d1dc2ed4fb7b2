"""`signpost hooks …` and the gauges, over a real home and real receivers."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import Result
from standardwebhooks import Webhook
from typer.testing import CliRunner

from api.bootstrap import Home, now
from api.cli import app
from api.metrics import Metrics
from api.settings import FILE, Settings, setting_names
from assistant.escalations.outbox import announce
from assistant.escalations.states import MoveKind
from audit.events import Event, Kind
from tests.delivering import SECRET
from tests.receivers import Receiver, receiving, status

ROOT = Path(__file__).parents[2]
Run = Callable[..., Result]


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as opened:
        yield opened


@pytest.fixture
def settings(tmp_path: Path, receiver: Receiver) -> Settings:
    (tmp_path / "crm.key").write_text(SECRET)
    file = tmp_path / "hooks.toml"
    file.write_text(
        f'[retries]\ntries = 1\n[[webhook]]\nname = "crm"\nurl = "{receiver.url()}"\n'
        'secrets = ["file:crm.key"]\nallow_http = true\nallow_networks = ["127.0.0.0/8"]\n'
    )
    return Settings(home=tmp_path / "home", hooks=file, threads=1)


@pytest.fixture
def environment(settings: Settings) -> dict[str, str | None]:
    clean: dict[str, str | None] = dict.fromkeys([*setting_names(), FILE])
    return {
        **clean,
        "SIGNPOST_HOME": str(settings.home),
        "SIGNPOST_HOOKS": str(settings.hooks),
        "COLUMNS": "300",
        "TERM": "dumb",
    }


@pytest.fixture
def run(environment: dict[str, str | None]) -> Run:
    return lambda *words: CliRunner().invoke(app, ["hooks", *words], env=environment)


def happen(settings: Settings, *cases: str) -> list[int]:
    """Announce something of each case, as a server would."""
    home = Home(settings)
    made = []
    for case in cases:
        with home.database.write() as connection:
            (recorded,) = home.log.append(connection, [Event(Kind.PERSON_REQUESTED)])
            announce(connection, recorded, MoveKind.OPENED, case, "talk")
            made.append(recorded.index)
    home.close()
    return made


def metrics(settings: Settings) -> str:
    home = Home(settings)
    page = Metrics(hooks=home.hook_states, clock=now).page().decode()
    home.close()
    return page


def test_from_an_event_to_a_dead_letter_and_back(
    run: Run, settings: Settings, receiver: Receiver
) -> None:
    assert "0 attempts" in run("run", "--once").output
    happen(settings, "a", "b")
    receiver.behave = status(500)
    assert "2 attempts" in run("run", "--once").output
    assert run("dead").output.count("answered 500") == 2
    page = metrics(settings)
    assert 'signpost_hook_deliveries{hook="crm",status="dead"} 2.0' in page
    assert 'signpost_hook_disabled{hook="crm"} 0.0' in page
    receiver.behave = status(204)
    assert "2 deliveries are due again" in run("replay", "crm").output
    assert 'signpost_hook_oldest_pending_seconds{hook="crm"} 0.0' not in metrics(settings)
    assert "2 attempts" in run("run", "--once").output
    assert "No dead letters" in run("dead", "crm").output
    assert 'signpost_hook_deliveries{hook="crm",status="delivered"} 2.0' in metrics(settings)
    assert "crm" in run("list").output
    ids = {posted.headers["webhook-id"] for posted in receiver.posted}
    assert (len(receiver.posted), len(ids)) == (4, 2)
    for posted in receiver.posted:
        Webhook(SECRET).verify(posted.body, posted.headers)


def test_gone_is_shown_and_enabled(run: Run, settings: Settings, receiver: Receiver) -> None:
    run("run", "--once")
    happen(settings, "a")
    receiver.behave = status(410)
    run("run", "--once")
    assert "disabled: answered 410" in run("list").output
    assert 'signpost_hook_disabled{hook="crm"} 1.0' in metrics(settings)
    assert "crm is enabled" in run("enable", "crm").output
    assert "was not disabled" in run("enable", "crm").output


def test_a_test_goes_out_at_once_and_says_what_came(run: Run, receiver: Receiver) -> None:
    assert "crm: delivered" in run("test", "crm").output
    assert Webhook(SECRET).verify(receiver.posted[0].body, receiver.posted[0].headers)["id"] < 0
    receiver.behave = status(503)
    failed = run("test", "crm")
    assert failed.exit_code == 1
    assert "answered 503" in failed.output


def test_what_is_wrong_is_said(run: Run, settings: Settings) -> None:
    for words in (("test", "crn"), ("replay", "crn"), ("replay", "crm", "--event", "7")):
        refused = run(*words)
        assert refused.exit_code == 2, refused.output
    assert settings.hooks is not None
    settings.hooks.write_text("[[webhook]]\nname = 1\n")
    refused = run("list")
    assert refused.exit_code == 2
    assert "hooks.toml:" in refused.output


def test_a_new_secret_signs(run: Run) -> None:
    secret = run("secret").output.strip()
    assert secret != run("secret").output.strip()
    assert Webhook(secret).sign("m", now(), "{}").startswith("v1,")


def test_delivering_runs_on_its_own_until_stopped(
    settings: Settings, environment: dict[str, str | None], receiver: Receiver
) -> None:
    known = {name: value for name, value in environment.items() if value is not None}
    process = subprocess.Popen(
        [sys.executable, "-c", "from api.cli import main; main()", "hooks", "run"],
        cwd=ROOT,
        env={**os.environ, **known},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert "Delivering" in process.stdout.readline()
    number = happen(settings, "a")[0]
    deadline = time.monotonic() + 20
    while not receiver.posted and time.monotonic() < deadline:
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    process.wait(20)
    process.stdout.close()
    assert receiver.posted[0].headers["webhook-id"].endswith(f"-{number}")


def test_a_home_delivers_beside_serving_and_stops_cleanly(
    settings: Settings, receiver: Receiver
) -> None:
    home = Home(settings)
    with home.delivering():
        happen(settings, "a")
        deadline = time.monotonic() + 20
        while not receiver.posted and time.monotonic() < deadline:
            time.sleep(0.05)
    assert len(receiver.posted) == 1
    home.close()
    without = Home(settings.model_copy(update={"hooks": None}))
    with without.delivering():
        assert without.hook_states() == ()
    without.close()
