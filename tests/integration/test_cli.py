"""`signpost` from the command line: a little home, the real model, every command."""

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import typer
from click.testing import Result
from typer.testing import CliRunner

from api.bootstrap import Home
from api.cli import app
from api.settings import FILE, Settings, setting_names
from assistant.text import RawText
from audit.verify import verify_database
from tests.unit.evaluation.data_folder import write_data

Run = Callable[..., Result]
DOCS = Path(__file__).parents[2] / "docs"
QUESTION = "How do I renew a parking badge?"
GUIDANCE = {
    "badges.md": "# Parking badges\n\n## Renew a parking badge\n\n"
    "Send the form to your council to renew a parking badge.\n\n"
    "Renew the badge before it runs out.\n",
    "bins.md": "# Bin collections\n\n## When bins are emptied\n\n"
    "Your council empties household bins every two weeks.\n\n"
    "## Large items\n\nThe council collects a sofa or a fridge if you ask.\n",
}


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cli")


@pytest.fixture(scope="module")
def run(place: Path) -> Run:
    """Run a command in the module's home."""
    runner = CliRunner()
    clean: dict[str, str | None] = dict.fromkeys([*setting_names(), FILE])
    environment = {
        **clean,
        "SIGNPOST_HOME": str(place / "home"),
        "SIGNPOST_THREADS": "1",
        "COLUMNS": "400",
        "TERM": "dumb",
    }

    def invoke(*arguments: str | Path, **more: str) -> Result:
        return runner.invoke(app, [str(each) for each in arguments], env={**environment, **more})

    folder = place / "guidance"
    folder.mkdir()
    for name, text in GUIDANCE.items():
        (folder / name).write_text(text, encoding="utf-8")
    made = invoke("ingest", folder, "--name", "little", "--activate")
    assert made.exit_code == 0, made.output
    assert "2 added, 0 changed, 0 unchanged, 0 removed" in made.output
    assert "Serving citizens now: little" in made.output
    return invoke


def ok(result: Result) -> str:
    assert result.exit_code == 0, (result.output, result.exception)
    return result.stdout


def refused(result: Result) -> str:
    assert result.exit_code == 2, (result.output, result.exception)
    assert "Traceback" not in result.output
    return result.output


def batch(place: Path, *questions: dict[str, object]) -> Path:
    path = place / "in.jsonl"
    path.write_text("".join(json.dumps(each) + "\n" for each in questions), encoding="utf-8")
    return path


def lines(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_ask_answers_is_recorded_and_shows_its_source(run: Run, place: Path) -> None:
    said = ok(run("ask", QUESTION))
    assert "to renew a parking badge" in said
    assert "Source: Parking badges" in said
    given = json.loads(ok(run("ask", QUESTION, "--json")))
    assert given["outcome"] == "answered"
    assert given["citations"][0]["title"] == "Parking badges"
    assert given["record"]
    report = verify_database(f"sqlite:///{place}/home/signpost.db")
    assert report.ok
    assert report.leaves >= 5


def test_somebody_in_trouble_reads_who_helps_and_then_the_answer(run: Run) -> None:
    message = "he keeps pinning me against the wall when he drinks"
    said = ok(run("ask", message))
    assert said.index("you do not have to face it alone") < said.index("Samaritans: 116 123")
    given = json.loads(ok(run("ask", message, "--json")))
    assert "Samaritans" in [each["name"] for each in given["help_note"]["contacts"]]
    assert given["outcome"] != "signposted"
    assert json.loads(ok(run("ask", QUESTION, "--json")))["help_note"] is None


def test_search_shows_passages_best_first(run: Run) -> None:
    found = json.loads(ok(run("search", QUESTION, "--json", "-k", "2")))
    assert set(found[0]) == {"url", "title", "heading", "text", "score"}
    assert found[0]["title"] == "Parking badges"
    assert len(found) == 2
    assert found[0]["score"] >= found[1]["score"] - 1e-6
    assert "Renew a parking badge" in ok(run("search", QUESTION))


def test_ask_in_a_batch_gives_every_field(run: Run, place: Path) -> None:
    questions = batch(
        place,
        {"id": "1", "question": QUESTION},
        {
            "id": "2",
            "question": "How often?",
            "history": [{"question": "When are bins emptied?", "answer": "Every two weeks."}],
        },
        {"id": "3", "question": "I want to talk to a person"},
        {"id": "4", "question": ""},
        {"id": "5", "question": "x" * 9000},
    )
    ok(run("ask", "--batch", questions, "--out", place / "out.jsonl"))
    given = lines(place / "out.jsonl")
    assert [each["id"] for each in given] == ["1", "2", "3", "4", "5"]
    for each in given:
        assert list(each) == [
            "id",
            "outcome",
            "reason",
            "confidence",
            "answer",
            "citations",
            "snapshot",
            "policy",
            "elapsed_ms",
        ]
        assert each["outcome"] in {
            "answered",
            "clarifying",
            "signposted",
            "abstained",
            "escalated",
            "refused",
        }
        assert each["answer"]
    assert given[0]["outcome"] == "answered"
    assert set(given[0]["citations"][0]) == {"url", "title", "heading", "quote", "updated"}  # type: ignore[index]
    assert given[2]["outcome"] == "escalated"
    assert len({each["snapshot"] for each in given} | {each["policy"] for each in given}) == 2


def test_search_in_a_batch_gives_every_field(run: Run, place: Path) -> None:
    questions = batch(place, {"id": "a", "question": QUESTION}, {"id": "b", "question": "fridge"})
    ok(run("search", "--batch", questions, "--out", place / "found.jsonl", "-k", "1"))
    found = lines(place / "found.jsonl")
    assert [each["id"] for each in found] == ["a", "b"]
    for each in found:
        (passage,) = each["passages"]  # type: ignore[misc]
        assert set(passage) == {"url", "title", "heading", "text", "score"}


def test_a_batch_is_not_recorded_and_may_use_a_snapshot_that_is_not_live(
    run: Run, place: Path
) -> None:
    other = place / "other.md"
    other.write_text("# Swimming\n\nThe pool opens at seven every morning.\n", encoding="utf-8")
    ok(run("ingest", other, "--name", "other"))
    before = verify_database(f"sqlite:///{place}/home/signpost.db").leaves
    questions = batch(place, {"id": "1", "question": "When does the pool open?"})
    for command in ("ask", "search"):
        out = place / f"{command}-other.jsonl"
        ok(run(command, "--batch", questions, "--out", out, "--snapshot", "other"))
        assert "pool opens at seven" in out.read_text(encoding="utf-8")
    assert "pool opens at seven" in ok(
        run("ask", "When does the pool open?", "--snapshot", "other")
    )
    assert verify_database(f"sqlite:///{place}/home/signpost.db").leaves == before
    assert "'nowhere'" in refused(run("ask", "Hello?", "--snapshot", "nowhere"))


@pytest.mark.parametrize("command", ["ask", "search"])
@pytest.mark.parametrize(
    "text",
    [
        b'{"id": "1", "question": "A"}\nnot json\n',
        b'{"id": "1"}\n',
        b'{"question": "A"}\n',
        b'{"id": "1", "question": "A"}\n{"id": "1", "question": "B"}\n',
        b'{"id": "1", "question": "A", "history": [{"question": 1}]}\n',
        b"\xff\xfe\x00",
    ],
    ids=["no json", "no question", "no id", "one id twice", "wrong history", "no UTF-8"],
)
def test_a_batch_that_cannot_be_read_leaves_nothing(
    run: Run, place: Path, command: str, text: bytes
) -> None:
    bad, out = place / "bad.jsonl", place / "never.jsonl"
    bad.write_bytes(text)
    before = set(place.iterdir())
    assert "bad.jsonl" in refused(run(command, "--batch", bad, "--out", out))
    assert set(place.iterdir()) == before


def test_a_batch_without_a_file_or_a_place_is_refused(run: Run, place: Path) -> None:
    questions = batch(place, {"id": "1", "question": "A"})
    refused(run("ask", "--batch", place / "missing.jsonl", "--out", place / "x"))
    assert "--out" in refused(run("ask", "--batch", questions))
    refused(run("ask", "--batch", questions, "--out", place / "no" / "folder" / "x.jsonl"))
    refused(run("ask", "--batch", questions, "--out", place / "guidance"))
    refused(run("ask", ""))
    refused(run("search", "  "))


def test_a_bad_file_is_named_and_passed_over_or_stops_a_strict_run(run: Run, place: Path) -> None:
    folder = place / "mixed"
    folder.mkdir(exist_ok=True)
    (folder / "good.md").write_text("# Trees\n\nAsk before you cut down a tree.\n")
    (folder / "bad.pdf").write_bytes(b"%PDF-1.7 broken")
    passed = ok(run("ingest", folder, "--name", "mixed"))
    assert "bad.pdf" in passed
    assert "1 failed" in passed
    assert "bad.pdf" in refused(run("ingest", folder, "--name", "strict", "--strict"))
    assert "strict" not in ok(run("snapshots", "list"))


def test_ingesting_again_touches_only_what_changed(run: Run, place: Path) -> None:
    folder = place / "again"
    folder.mkdir(exist_ok=True)
    for name, text in GUIDANCE.items():
        (folder / name).write_text(text, encoding="utf-8")
    ok(run("ingest", folder, "--name", "again"))
    assert "the same content as before" in ok(run("ingest", folder, "--name", "again"))
    (folder / "bins.md").write_text(GUIDANCE["bins.md"].replace("two", "three"), encoding="utf-8")
    (folder / "badges.md").unlink()
    (folder / "new.md").write_text("# Trees\n\nAsk before you cut down a tree.\n")
    said = ok(run("ingest", folder, "--name", "again"))
    assert "1 added, 1 changed, 0 unchanged, 1 removed" in said


def test_nothing_to_read_is_refused(run: Run, place: Path) -> None:
    refused(run("ingest", place / "nowhere", "--name", "none"))
    refused(run("ingest", place / "guidance", "--name", "../../etc"))


def test_snapshots_are_listed_activated_rolled_back_and_verified(run: Run, place: Path) -> None:
    one = place / "one.md"
    one.write_text("# Fishing\n\nYou need a rod licence to fish in a river.\n")
    ok(run("ingest", one, "--name", "fishing"))
    try:
        assert "Serving citizens now: fishing" in ok(run("snapshots", "activate", "fishing"))
        assert re.search(r"live.*fishing", ok(run("snapshots", "list")))
        ok(run("snapshots", "activate", "fishing"))
    finally:
        assert "little" in ok(run("snapshots", "rollback", "--reason", "trial over"))
    assert re.search(r"live.*little", ok(run("snapshots", "list")))
    assert "sound" in ok(run("snapshots", "verify", "fishing"))
    damaged = next((place / "home" / "snapshots" / "fishing").rglob("passages*"))
    damaged.write_bytes(damaged.read_bytes().replace(b"rod", b"rob"))
    found = run("snapshots", "verify", "fishing")
    assert found.exit_code == 1
    assert damaged.name in found.output
    refused(run("snapshots", "activate", "fishing"))
    refused(run("snapshots", "activate", "nothing"))


@pytest.fixture
def serving(run: Run, place: Path) -> Iterator[Home]:
    """A process that serves from the same home while the operator works beside it."""
    home = Home(Settings(home=place / "home", threads=1))
    home.warm_up()
    yield home
    home.close()


def outcome(home: Home) -> tuple[str, str]:
    conversation = home.assistant.start()
    shown = home.assistant.ask(conversation.id, RawText(QUESTION), "k")
    return shown.outcome, shown.answer


def test_what_serves_has_the_name_it_was_built_under_though_another_holds_the_same(
    run: Run, place: Path
) -> None:
    page = place / "stall.md"
    page.write_text("# Stalls\n\nYou need a licence to sell from a stall.\n")
    ok(run("ingest", page, "--name", "an-evaluation"))
    try:
        made = ok(run("ingest", page, "--name", "stalls", "--activate"))
        assert "Serving citizens now: stalls" in made
        listed = ok(run("snapshots", "list"))
        assert re.search(r"live.*stalls", listed)
        assert not re.search(r"live.*an-evaluation", listed)
    finally:
        assert "little" in ok(run("snapshots", "rollback", "--reason", "trial over"))


def test_off_and_on_and_withdraw_take_effect_at_once_in_a_running_process(
    run: Run, serving: Home, place: Path
) -> None:
    assert outcome(serving)[0] == "answered"
    refused(run("off"))
    ok(run("off", "--reason", "something is wrong"))
    assert outcome(serving) == ("abstained", "")
    assert serving.assistant.ask_for_person(serving.assistant.start().id).person_requested_at
    refused(run("off", "--reason", "again"))
    ok(run("on", "--reason", "mended"))
    assert outcome(serving)[0] == "answered"
    page = serving.assistant.ask(serving.assistant.start().id, RawText(QUESTION), "k")
    address = page.citations[0].url
    assert "1 pages" in ok(run("withdraw", address, "--reason", "out of date"))
    assert "to renew a parking badge" not in outcome(serving)[1]
    refused(run("withdraw", address, "--reason", "again"))
    ok(run("withdraw", address, "--undo", "--reason", "mended"))
    assert "to renew a parking badge" in outcome(serving)[1]
    ok(run("withdraw", "PARKING  badges", "--topic", "--reason", "review"))
    assert "to renew a parking badge" not in outcome(serving)[1]
    ok(run("withdraw", "Parking badges", "--topic", "--undo", "--reason", "reviewed"))
    assert outcome(serving)[0] == "answered"
    assert verify_database(f"sqlite:///{place}/home/signpost.db").ok


@pytest.mark.parametrize("nothing", ["", " ", "/", "#top", "https://"])
def test_withdrawing_nothing_is_refused(run: Run, nothing: str) -> None:
    refused(run("withdraw", nothing, "--reason", "slip"))
    refused(run("withdraw", "  ", "--topic", "--reason", "slip"))


def test_a_wrong_setting_ends_every_command_with_its_name(run: Run) -> None:
    for command in (["ask", "Hello"], ["snapshots", "list"], ["off", "--reason", "x"], ["serve"]):
        assert "SIGNPOST_PORT" in refused(run(*command, SIGNPOST_PORT="many"))
    assert "SIGNPOST_PROT" in refused(run("ask", "Hello", SIGNPOST_PROT="1"))


def test_a_second_server_from_one_home_is_refused(run: Run, serving: Home) -> None:
    with serving.serving():
        assert "already runs" in refused(run("serve", "--port", "0"))


@pytest.mark.parametrize("corpus", ["guidance", "government"])
def test_answers_are_measured_from_outside(run: Run, tmp_path: Path, corpus: str) -> None:
    """The questions of one corpus are written, asked, and measured without saying which it is."""
    data, out = write_data(tmp_path / "data"), tmp_path / "out"
    ok(run("evaluate", "questions", "answers", "--data", data, "--out", tmp_path))
    answers = tmp_path / "answers.jsonl"
    questions = tmp_path / f"answers-{corpus}.jsonl"
    ok(run("ask", "--batch", questions, "--out", answers, "--snapshot", "little"))
    ok(run("evaluate", "answers", "--data", data, "--out", out, "--batch", answers))
    report = json.loads((out / "answers.json").read_text())
    asked = [case["id"] for part in report["parts"] for case in part["cases"]]
    assert asked == [json.loads(line)["id"] for line in questions.read_text().splitlines()]
    assert report["systems"]["batch"][f"{corpus}: output"] == "answers.jsonl"


def test_a_search_is_measured_from_outside(run: Run, tmp_path: Path) -> None:
    data, out = write_data(tmp_path / "data"), tmp_path / "out"
    ok(run("evaluate", "questions", "retrieval", "--data", data, "--out", tmp_path))
    found = []
    for corpus in ("guidance", "government"):
        found.append(tmp_path / f"{corpus}.out.jsonl")
        questions = tmp_path / f"retrieval-{corpus}.jsonl"
        ok(run("search", "--batch", questions, "--out", found[-1], "--snapshot", "little"))
    batches = [word for path in found for word in ("--batch", path)]
    ok(run("evaluate", "retrieval", "--data", data, "--out", out, *batches))
    parts = {part["name"] for part in json.loads((out / "retrieval.json").read_text())["parts"]}
    assert {"guidance", "conversations-history"} <= parts


def test_an_evaluation_nobody_knows_is_refused(run: Run, tmp_path: Path) -> None:
    told = refused(run("evaluate", "questions", "tea", "--data", tmp_path, "--out", tmp_path))
    assert "Choose from: retrieval, answers" in told
    told = refused(run("evaluate", "questions", "answers", "--data", tmp_path, "--out", tmp_path))
    assert "--data DIR" in told


def test_a_batch_that_is_not_there_is_named(run: Run, tmp_path: Path) -> None:
    none = tmp_path / "none.jsonl"
    told = refused(run("evaluate", "answers", "--data", none, "--out", none, "--batch", none))
    assert f"{none} is missing" in told
    assert "--data" not in told


def commands(group: typer.main.TyperGroup, path: str = "signpost") -> Iterator[tuple[str, object]]:  # type: ignore[name-defined]
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from commands(command, f"{path} {name}")
        else:
            yield f"{path} {name}", command


def test_every_command_and_option_is_documented() -> None:
    text = (DOCS / "commands.md").read_text(encoding="utf-8")
    sections = dict(re.findall(r"^## `([^`]+)`\n(.*?)(?=^## |\Z)", text, re.M | re.S))
    known = dict(commands(typer.main.get_command(app)))
    assert set(known) <= set(sections)
    assert {name for name in sections if not name.startswith("signpost-audit")} == set(known)
    for name, command in known.items():
        for parameter in command.params:  # type: ignore[attr-defined]
            if parameter.name == "help":
                continue
            shown = parameter.opts[0] if parameter.opts[0].startswith("-") else parameter.name
            assert f"`{shown}" in sections[name] or shown.upper() in sections[name], (name, shown)


# ---- summaries in plain words ----------------------------------------------------------------

HARD = (
    "# Kites\n\n## Registration\n\nEntitlement to operate a kite recreationally is conditional "
    "upon satisfactory completion of registration with the competent authority within 14 days.\n"
)
PLAIN = "You must sign up your kite within 14 days. Then you may fly it for fun."


def filled_in(run: Run, place: Path, checked_by: str = "") -> Path:
    """Ask for blanks, as somebody who writes summaries does, and fill in the one there is."""
    forms = ok(run("summaries", "blanks", "kites"))
    assert forms.count("[[summary]]") == 1
    assert "# Entitlement to operate a kite" in forms
    filled = forms.replace('text = ""', f'text = "{PLAIN}"')
    if checked_by:
        filled = filled.replace('checked_by = ""', f'checked_by = "{checked_by}"')
        filled = filled.replace('checked_on = ""', 'checked_on = "2026-03-01"')
    path = place / "summaries.toml"
    path.write_text(filled, encoding="utf-8")
    return path


def test_a_signed_summary_is_offered_until_the_guidance_changes(run: Run, place: Path) -> None:
    page = place / "kites.md"
    page.write_text(HARD, encoding="utf-8")
    ok(run("ingest", page, "--name", "kites"))
    path = filled_in(run, place, "Ann Evans")
    given = ("ingest", page, "--name", "kites", "--summaries", path)
    assert "1 kept (0 not checked), 0 left out" in ok(run(*given))
    assert "Ann Evans" in ok(run("summaries", "list", "kites"))
    assert "[[summary]]" not in ok(run("summaries", "blanks", "kites"))
    question = ("ask", "How do I register a kite?", "--snapshot", "kites")
    told = ok(run(*question))
    assert PLAIN in told
    assert "checked by Ann Evans on 2026-03-01" in told
    shown = json.loads(ok(run(*question, "--json")))
    assert [each["text"] for each in shown["summaries"]] == [PLAIN]
    assert PLAIN not in shown["answer"]
    assert shown["reading_age"] > 11
    assert shown["next_page"]["title"] == "Kites"

    page.write_text(HARD.replace("within 14 days", "before flying"), encoding="utf-8")
    told = ok(run(*given))
    assert "0 kept (0 not checked), 1 left out" in told
    assert "left out, changed" in told
    assert f"{path}:" in told
    assert json.loads(ok(run(*question, "--json")))["summaries"] == []


def test_a_draft_is_kept_and_not_shown(run: Run, place: Path) -> None:
    page = place / "kites.md"
    page.write_text(HARD, encoding="utf-8")
    ok(run("ingest", page, "--name", "kites"))
    path = filled_in(run, place)
    assert "1 kept (1 not checked)" in ok(
        run("ingest", page, "--name", "kites", "--summaries", path)
    )
    assert "nobody yet" in ok(run("summaries", "list", "kites"))
    assert PLAIN not in ok(run("ask", "How do I register a kite?", "--snapshot", "kites"))


def test_a_file_of_summaries_that_is_wrong_changes_nothing(run: Run, place: Path) -> None:
    bad = place / "bad.toml"
    bad.write_text('[[summary]]\nurl = "x"\n', encoding="utf-8")
    told = refused(run("ingest", place / "guidance", "--name", "never", "--summaries", bad))
    assert "bad.toml:1" in told
    assert "never" not in ok(run("snapshots", "list"))


def test_blanks_overwrite_nobodys_work(run: Run, place: Path) -> None:
    out = place / "blanks.toml"
    ok(run("summaries", "blanks", "little", "--above", "5", "--out", out))
    assert "there already" in refused(run("summaries", "blanks", "little", "--out", out))
