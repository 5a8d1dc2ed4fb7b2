"""`signpost challenges` and `signpost knowledge`, as an operator runs them on a real home."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from api.bootstrap import Home, now
from api.cli import app
from api.settings import Settings
from api.staff.permissions import Role
from assistant.escalations.people import StaffMember
from assistant.reviewed_knowledge.page import Approval
from assistant.storage import as_text
from assistant.text import RawText
from audit.events import Kind
from tests.fakes import WordsEmbedder
from tests.reviewing import ASKED, SAID, SOURCE
from tests.staffing import put_account

Run = Callable[..., Result]
ANN, BOB, TOM = (StaffMember(f"staff-{name}", name.title()) for name in ("ann", "bob", "tom"))


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(Settings(home=tmp_path / "home", organisation="Test Council"), WordsEmbedder())


@pytest.fixture
def run(tmp_path: Path) -> Run:
    runner = CliRunner()
    env = {
        "SIGNPOST_HOME": str(tmp_path / "home"),
        "SIGNPOST_ORGANISATION": "Test Council",
        "COLUMNS": "200",
    }
    return lambda *arguments: runner.invoke(app, arguments, env=env)


def account(home: Home, role: Role, email: str) -> None:
    put_account(home.database, email, email, (role,), as_text(now()))


def test_a_challenge_is_listed_and_decided_by_a_supervisor_alone(home: Home, run: Run) -> None:
    account(home, Role.ADVISER, "ann@council.example")
    account(home, Role.SUPERVISOR, "sue@council.example")
    conversation = home.assistant.start()
    turn = home.assistant.ask(conversation.id, RawText("How do I renew my passport?"), "k")
    made = home.contact_centre.challenges.make(conversation.id, turn.id, RawText("It is wrong"))
    home.close()
    assert made.reference in run("challenges", "list").output
    assert "It is wrong" not in run("challenges", "list").output
    said = ("--ruling", "not_upheld", "--reasons", "It is right", "--by")
    refused = run("challenges", "decide", made.reference, *said, "ann@council.example")
    assert refused.exit_code == 2
    stale = ("challenges", "decide", made.reference, *said, "sue@council.example", "--version", "7")
    assert run(*stale).exit_code == 2
    decided = run("challenges", "decide", made.reference, *said, "sue@council.example")
    assert decided.exit_code == 0, decided.output
    assert "not_upheld" in run("challenges", "list", "--status", "decided").output
    assert run("challenges", "decide", "CH-0", *said, "sue@council.example").exit_code == 2


def test_a_page_is_exported_expires_and_is_withdrawn(home: Home, run: Run, tmp_path: Path) -> None:
    account(home, Role.ADVISER, "ann@council.example")
    names = []
    for key in ("a", "b"):
        conversation = home.assistant.start()
        home.assistant.ask_for_person(conversation.id)
        cases = home.contact_centre.cases
        (case,) = (c for c in cases.queue() if c.conversation_id == conversation.id)
        case = cases.claim(case.id, case.version, ANN)
        reply = cases.reply(case.id, case.version, ANN, SAID, key)
        reviewed = home.reviewed_knowledge
        candidate = reviewed.propose(case.id, reply.id, BOB, ASKED, SAID)
        approval = Approval(ASKED, SAID, SOURCE, "Renew", now().date() + timedelta(days=9))
        names.append(reviewed.approve(candidate.name, 1, TOM, approval).name)
    home.close()
    folder = tmp_path / "out"
    exported = run("knowledge", "export", str(folder))
    assert exported.exit_code == 0, exported.output
    page = (folder / "pages" / f"{names[0]}.md").read_text()
    assert 'publisher = "Test Council, answer reviewed by Tom"' in page
    gone = run("knowledge", "withdraw", names[0], "--by", "Sue", "--reason", "Wrong")
    assert "0 answers quoted it" in gone.output
    assert run("knowledge", "withdraw", names[0], "--by", "Sue", "--reason", "x").exit_code == 2
    assert run("knowledge", "export", str(folder)).exit_code == 0
    assert [p.stem for p in (folder / "pages").iterdir()] == [names[1]]
    listed = run("knowledge", "list").output
    assert "withdrawn" in listed
    assert "approved" in listed
    with Home(home.settings, WordsEmbedder()).database.read() as connection:
        assert len(home.log.of_kind(connection, Kind.KNOWLEDGE_WITHDRAWN)) == 1
