"""`signpost release`, `signpost board-key` and the gate before `serve`, in a little home."""

import json
import os
import re
import signal
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from click.testing import Result
from typer.testing import CliRunner

from api.bootstrap import Home
from api.cli import app
from api.commands.evaluating import judge_release
from api.commands.serving import readiness, require_release
from api.settings import FILE, Settings, setting_names
from assistant.errors import ReleaseUnexamined
from assistant.live import SnapshotRef
from assistant.releases import EvaluationKind, EvaluationRecord, Status, Verdict
from assistant.text import RawText
from audit.events import Kind
from audit.verify import verify_database
from evaluation.shipped import write_shipped
from evaluation.verdicts import write_verdict
from knowledge.building import build
from tests.fakes import WordsEmbedder, pages
from tests.unit.evaluation.test_floors import run as measured

ROOT = Path(__file__).parents[2]
ORGANISED = {"SIGNPOST_ORGANISATION": "Example Council"}
WHO = ("--by", "Ann", "--reason", "seen and weighed")
PAGE = "# Parking badges\n\nSend the form to your council to renew a parking badge.\n"
QUALITY, SAFETY, BIAS = EvaluationKind
Run = Callable[..., Result]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def environment(home: Path) -> dict[str, str | None]:
    clean: dict[str, str | None] = dict.fromkeys([*setting_names(), FILE])
    return {
        **clean,
        **ORGANISED,
        "SIGNPOST_HOME": str(home),
        "SIGNPOST_THREADS": "1",
        "COLUMNS": "400",
        "TERM": "dumb",
    }


@pytest.fixture
def run(tmp_path: Path, environment: dict[str, str | None]) -> Run:
    """Run a command in a home that an organisation has, with one page ingested and not live."""
    runner = CliRunner()

    def invoke(*arguments: str | Path, **more: str) -> Result:
        return runner.invoke(app, [str(each) for each in arguments], env={**environment, **more})

    folder = tmp_path / "guidance"
    folder.mkdir()
    (folder / "badges.md").write_text(PAGE, encoding="utf-8")
    ok(invoke("ingest", folder, "--name", "little"))
    return invoke


def ok(result: Result) -> str:
    assert result.exit_code == 0, (result.output, result.exception)
    return result.output


def refused(result: Result) -> str:
    assert result.exit_code == 2, (result.output, result.exception)
    assert "Traceback" not in result.output
    return result.output


def digest_of(run: Run) -> str:
    said = ok(run("release", "status", "--snapshot", "little"))
    found = re.search(r"makes here release ([0-9a-f]{64})", said)
    assert found
    return found[1]


def reports(folder: Path, release: str, verdict: Verdict = Verdict.PASSED) -> Path:
    """Write a report and a verdict of each kind."""
    folder.mkdir(exist_ok=True)
    for kind in EvaluationKind:
        report = folder / f"{kind}-report.json"
        report.write_text(f'{{"kind": "{kind}"}}', encoding="utf-8")
        write_verdict(report, kind, release, verdict, f"{kind} was so.", datetime.now(UTC))
    return folder


def proposed(run: Run, folder: Path, verdict: Verdict = Verdict.PASSED) -> str:
    release = digest_of(run)
    made = reports(folder, release, verdict)
    ok(run("release", "propose", "--snapshot", "little", "--reports", made, *WHO))
    return release


def board(run: Run, folder: Path) -> Path:
    key = folder / "board.key"
    ok(run("board-key", "new", "--out", key, "--name", "board-ann"))
    ok(run("board-key", "register", f"{key}.pub", *WHO))
    return key


def log_of(home: Path) -> list[str]:
    opened = Home(Settings(home=home), WordsEmbedder())
    with opened.database.read() as connection:
        kinds = [r.leaf.kind for k in Kind for r in opened.log.of_kind(connection, k)]
    opened.close()
    assert verify_database(f"sqlite:///{home}/signpost.db").ok
    return kinds


def test_a_release_goes_from_proposal_to_citizens(run: Run, home: Path, tmp_path: Path) -> None:
    said = refused(run("snapshots", "activate", "little"))
    assert "bias: not evaluated. Run: signpost evaluate bias" in said
    assert "bias: not evaluated" in refused(run("ingest", tmp_path / "guidance", "--activate"))
    release = proposed(run, tmp_path / "reports")
    assert "waits for a decision" in refused(run("snapshots", "activate", "little"))
    refused(run("release", "activate", release, *WHO))
    ok(run("release", "approve", release[:12], *WHO))
    assert "Serving citizens now" in ok(run("release", "activate", release, *WHO))
    assert "already active" in refused(run("release", "activate", release, *WHO))
    shown = ok(run("release", "status", release))
    assert f"{release}: active" in shown
    assert "activated by Ann" in shown
    assert "It may serve citizens." in ok(run("release", "status"))
    assert "renew a parking badge" in ok(run("ask", "How do I renew a parking badge?"))
    assert {
        Kind.RELEASE_PROPOSED,
        Kind.EVALUATION_RECORDED,
        Kind.RELEASE_APPROVED,
        Kind.RELEASE_ACTIVATED,
        Kind.SNAPSHOT_ACTIVATED,
    } <= set(log_of(home))


def test_what_failed_serves_only_by_the_boards_word(run: Run, home: Path, tmp_path: Path) -> None:
    release = proposed(run, tmp_path / "reports", Verdict.FAILED)
    assert "bias: failed: bias was so." in refused(run("release", "approve", release, *WHO))
    assert "board-key new" in refused(run("release", "override", release, *WHO))
    key = board(run, tmp_path)
    stranger = tmp_path / "stranger.key"
    ok(run("board-key", "new", "--out", stranger))
    assert "no board key" in refused(run("release", "override", release, "--key", stranger, *WHO))
    assert "--key FILE" in refused(run("board-key", "register", f"{stranger}.pub", *WHO))
    assert "Serving" not in refused(run("release", "activate", release, *WHO))
    assert "allowed by override" in ok(run("release", "override", release, "--key", key, *WHO))
    ok(run("release", "activate", release, *WHO))
    assert "Overrides so far: 1." in ok(run("release", "status"))
    log_of(home)
    for path in home.rglob("*"):
        if path.is_file():
            assert key.read_bytes().strip() not in path.read_bytes(), path


def test_a_word_is_signed_on_another_machine(run: Run, tmp_path: Path) -> None:
    release = proposed(run, tmp_path / "reports", Verdict.FAILED)
    key = board(run, tmp_path)
    word, note = tmp_path / "word.txt", tmp_path / "note.txt"
    word.write_text(ok(run("release", "word", "override", release, *WHO)), encoding="utf-8")
    assert release in word.read_text()
    elsewhere = {"SIGNPOST_HOME": str(tmp_path / "nowhere")}
    ok(run("board-key", "sign", word, "--key", key, "--out", note, **elsewhere))
    assert not (tmp_path / "nowhere").exists()
    other = ("--by", "Ann", "--reason", "other reasons")
    assert "something else" in refused(run("release", "override", release, "--note", note, *other))
    both = ("--note", note, "--key", key)
    assert "not both" in refused(run("release", "override", release, *both, *WHO))
    ok(run("release", "override", release, "--note", note, *WHO))
    word.write_text("anything else\n", encoding="utf-8")
    refused(run("board-key", "sign", word, "--key", key, "--out", note))


def test_keys_are_made_once_for_their_holder_alone(run: Run, tmp_path: Path) -> None:
    key = board(run, tmp_path)
    before = key.read_bytes()
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert "there already" in refused(run("board-key", "new", "--out", key))
    (tmp_path / "board.key.pub").unlink()
    assert "there already" in refused(run("board-key", "new", "--out", key))
    assert key.read_bytes() == before
    refused(run("board-key", "new", "--out", tmp_path / "none" / "k"))
    refused(run("board-key", "new", "--out", tmp_path / "k", "--name", "two words"))
    assert not (tmp_path / "k").exists()
    refused(run("board-key", "register", key, *WHO))
    second = tmp_path / "second.key"
    ok(run("board-key", "new", "--out", second, "--name", "board-bob"))
    ok(run("board-key", "register", f"{second}.pub", "--key", key, *WHO))
    assert ok(run("board-key", "list")).count("board-") == 2
    ok(run("board-key", "retire", f"{second}.pub", "--key", second, *WHO))
    assert ok(run("board-key", "list")).count("board-") == 1
    key.chmod(0o644)
    release = proposed(run, tmp_path / "reports")
    assert "chmod 600" in refused(run("release", "approve", release, "--key", key, *WHO))


def test_reports_that_do_not_belong_are_refused(run: Run, home: Path, tmp_path: Path) -> None:
    release = digest_of(run)
    ok(run("off", "--reason", "so that the log has a record"))
    propose = ("release", "propose", "--snapshot", "little", *WHO, "--reports")
    assert "there is no verdict" in refused(run(*propose, tmp_path / "none"))
    other = reports(tmp_path / "other", "0" * 64)
    assert "not of" in refused(run(*propose, other))
    changed = reports(tmp_path / "changed", release)
    (changed / "bias-report.json").write_text('{"kind": "bias", "gap": 0}', encoding="utf-8")
    assert "changed since" in refused(run(*propose, changed))
    verdict = reports(tmp_path / "forged", release) / "bias.verdict.json"
    value = json.loads(verdict.read_text()) | {"report_sha256": "0" * 64}
    verdict.write_text(json.dumps(value), encoding="utf-8")
    assert "changed since" in refused(run(*propose, verdict.parent))
    assert Kind.RELEASE_PROPOSED not in log_of(home)


def test_a_release_of_another_policy_is_not_activated_here(run: Run, tmp_path: Path) -> None:
    release = proposed(run, tmp_path / "reports")
    ok(run("release", "approve", release, *WHO))
    folder = another_policy(tmp_path)
    said = refused(run("release", "activate", release, *WHO, SIGNPOST_POLICY=str(folder)))
    assert "SIGNPOST_POLICY" in said
    assert "not evaluated" in refused(
        run("snapshots", "activate", "little", SIGNPOST_POLICY=str(folder))
    )


def another_policy(tmp_path: Path) -> Path:
    folder = tmp_path / "policy"
    folder.mkdir()
    for path in (ROOT / "assistant" / "policy").glob("*.toml"):
        (folder / path.name).write_bytes(path.read_bytes())
    limits = folder / "limits.toml"
    limits.write_text(limits.read_text().replace("answer_words = 120", "answer_words = 121"))
    return folder


def test_withdrawing_and_switching_off_never_wait(run: Run, home: Path) -> None:
    ok(run("snapshots", "activate", "little", SIGNPOST_ORGANISATION=""))
    assert "not evaluated" in refused(run("serve", "--port", "0"))
    ok(run("withdraw", "Parking", "--topic", "--reason", "wrong"))
    ok(run("off", "--reason", "wrong"))


def test_in_a_trial_releases_are_practised_and_not_asked_for(run: Run, tmp_path: Path) -> None:
    trial = {"SIGNPOST_ORGANISATION": ""}
    ok(run("snapshots", "activate", "little", **trial))
    release = proposed(run, tmp_path / "reports")
    ok(run("release", "approve", release, *WHO, **trial))
    assert "This is a trial" in refused(run("release", "activate", release, *WHO, **trial))
    assert "This is a trial" in ok(run("release", "status", **trial))


def test_refusing_and_not_finding(run: Run, tmp_path: Path) -> None:
    release = proposed(run, tmp_path / "reports")
    assert "refused by Ann" in ok(run("release", "refuse", release, *WHO))
    assert "It was refused by Ann: seen" in refused(run("snapshots", "activate", "little"))
    assert release[:16] in refused(run("release", "approve", "0" * 16, *WHO))
    assert "--snapshot NAME" in refused(run("release", "propose", "--reports", tmp_path, *WHO))
    assert run("release", "approve", release).exit_code == 2
    refused(run("release", "word", "refuse", release, *WHO))


# ---- a server ----------------------------------------------------------------------------------


@pytest.fixture
def served(environment: dict[str, str | None]) -> Iterator[Callable[[], str]]:
    """Start `signpost serve` as an operator does; return its address once it is ready."""
    given = {k: v for k, v in os.environ.items() if not k.startswith("SIGNPOST_")}
    given |= {k: v for k, v in environment.items() if v is not None}
    running: list[subprocess.Popen[str]] = []

    def start() -> str:
        code = "from api.cli import main; main()"
        process = subprocess.Popen(
            [sys.executable, "-u", "-c", code, "serve", "--port", "0"],
            cwd=ROOT,
            env=given,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        running.append(process)
        assert process.stdout is not None
        said = ""
        for line in process.stdout:
            said += line
            if found := re.search(r"open (http://\S+?)/\s", line):
                return found[1]
        raise AssertionError(said)

    yield start
    for process in running:
        process.send_signal(signal.SIGTERM)
        process.wait(30)
        if process.stdout:
            process.stdout.close()


def test_a_server_starts_with_what_was_approved_and_counts_overrides_in_public(
    run: Run, home: Path, tmp_path: Path, served: Callable[[], str]
) -> None:
    release = proposed(run, tmp_path / "reports", Verdict.TOO_FEW_DATA)
    ok(run("snapshots", "activate", "little", SIGNPOST_ORGANISATION=""))
    said = refused(run("serve", "--port", "0"))
    assert "bias: too few data: bias was so." in said
    key = board(run, tmp_path)
    ok(run("release", "override", release, "--key", key, *WHO))
    address = served()
    assert httpx.get(f"{address}/ready").json()["ready"] is True
    figures = httpx.get(f"{address}/metrics").text.splitlines()
    assert "signpost_release_gate 1.0" in figures
    assert "signpost_release_overrides 1.0" in figures
    assert "signpost_release_by_override 1.0" in figures
    assert "activated by signpost serve" in ok(run("release", "status", release))
    opened = Home(Settings(home=home), WordsEmbedder())
    with opened.database.read() as connection:
        started = opened.log.newest(connection, Kind.SERVICE_STARTED)
    assert started is not None
    assert started.facts["release"] == release
    opened.close()


# ---- within one process ------------------------------------------------------------------------


def settings(home: Path, organisation: str = "Example Council", **more: Path) -> Settings:
    return Settings(home=home, organisation=organisation, **more)  # type: ignore[arg-type]


def little(home: Home) -> SnapshotRef:
    """Build a little guidance with the words' embedder and return it."""
    report = build(home.library, "little", pages(), home.cut(), home.embedder)
    return SnapshotRef("little", report.digest)


def all_passed(release: str) -> tuple[EvaluationRecord, ...]:
    at = "2026-03-02T12:00:00.000Z"
    return tuple(
        EvaluationRecord(kind, release, Verdict.PASSED, "Well.", "e" * 64, at)
        for kind in EvaluationKind
    )


def test_a_running_server_does_not_take_up_what_was_not_approved_with_its_policy(
    home: Path, tmp_path: Path
) -> None:
    """Another process, under another policy, makes guidance live: this one answers nothing."""
    server = Home(settings(home), WordsEmbedder())
    other = Home(settings(home, policy=another_policy(tmp_path)), WordsEmbedder())
    wanted = little(other)
    release = other.release_of(wanted.version)
    seen = other.releases.propose(
        release, wanted.name, all_passed(release.digest), "Olu", "a new policy"
    )
    other.releases.approve(seen, "Ann", "all has passed")
    other.operations.activate(wanted, {})

    def outcome(home: Home) -> str:
        shown = home.assistant.ask(
            home.assistant.start().id, RawText("How can I renew my passport?"), "k"
        )
        return shown.outcome

    assert outcome(other) != "abstained"
    assert outcome(server) == "abstained"
    assert server.assistant.ask_for_person(server.assistant.start().id).person_requested_at
    assert [part.ready for part in readiness(server) if part.name == "release"] == [False]
    assert [part.ready for part in readiness(other) if part.name == "release"] == [True]
    with pytest.raises(ReleaseUnexamined):
        require_release(server)
    for each in (server, other):
        each.close()


def test_what_a_server_has_open_is_asked_for_again_when_it_comes_back(home: Path) -> None:
    """Somebody without an organisation set moves what is live to and fro past the gate."""
    server, trial = (Home(settings(home, name), WordsEmbedder()) for name in ("Council", ""))
    wanted = little(server)
    release = server.release_of(wanted.version)
    found = all_passed(release.digest)
    seen = server.releases.propose(release, wanted.name, found, "Olu", "new guidance")
    server.releases.approve(seen, "Ann", "all has passed")
    server.operations.activate(wanted, {})

    def outcome() -> str:
        conversation = server.assistant.start()
        question = RawText("How can I renew my passport?")
        return server.assistant.ask(conversation.id, question, "k").outcome

    assert outcome() != "abstained"
    trial.operations.activate(SnapshotRef("other", "0" * 64), {})
    assert outcome() == "abstained"
    server.releases.refuse(server.releases.find(release.digest), "Bea", "not any more")
    trial.operations.activate(wanted, {})
    assert outcome() == "abstained"
    for each in (server, trial):
        each.close()


def test_what_ships_evaluated_needs_no_decision_until_anything_is_changed(
    home: Path, tmp_path: Path
) -> None:
    shipped = tmp_path / "evaluation.json"
    first = Home(settings(home), WordsEmbedder(), shipped)
    wanted = little(first)
    release = first.release_of(wanted.version)
    with pytest.raises(ReleaseUnexamined):
        first.operations.activate(wanted, {})
    write_shipped(shipped, release, all_passed(release.digest))
    trial = Home(settings(tmp_path / "trial", organisation=""), WordsEmbedder(), shipped)
    trial.operations.activate(little(trial), {})
    require_release(trial)
    assert trial.releases.all() == ()
    first.adopt_shipped(wanted)
    first.operations.activate(wanted, {})
    require_release(first)
    (state,) = first.releases.all()
    assert state.status is Status.ACTIVE
    assert state.moves[0].by.startswith("Signpost ")
    changed = Home(settings(home, policy=another_policy(tmp_path)), WordsEmbedder(), shipped)
    with pytest.raises(ReleaseUnexamined):
        require_release(changed)
    for each in (first, trial, changed):
        each.close()
    log_of(home)


def test_a_home_that_was_a_trial_is_asked_once_it_has_an_organisation(home: Path) -> None:
    trial = Home(settings(home, organisation=""), WordsEmbedder())
    trial.operations.activate(little(trial), {})
    require_release(trial)
    trial.close()
    opened = Home(settings(home), WordsEmbedder())
    with pytest.raises(ReleaseUnexamined):
        require_release(opened)
    opened.close()


def test_a_finished_run_is_judged_for_the_release_it_is_about(home: Path, tmp_path: Path) -> None:
    opened = Home(settings(home), WordsEmbedder())
    run, out = measured(90, 10), tmp_path / "out"
    out.mkdir()
    (out / "own.json").write_text("{}", encoding="utf-8")
    judge_release(opened, QUALITY, run, out)
    assert list(out.glob("*verdict.json")) == []
    wanted = little(opened)
    judge_release(opened, QUALITY, run, out, "little")
    value = json.loads((out / "quality.verdict.json").read_text(encoding="utf-8"))
    assert value["release"] == opened.release_of(wanted.version).digest
    assert value["verdict"] == Verdict.TOO_FEW_DATA
    assert "not measured" in value["says"]
    opened.close()
