"""People by page and by command: what an admin does, and what is refused."""

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from api.cli import app
from api.settings import FILE, setting_names
from api.staff.permissions import Role
from audit.events import Kind
from tests.staffing import Staffing, staffing


@pytest.fixture
def made(tmp_path: Path) -> Iterator[Staffing]:
    with staffing(f"sqlite:///{tmp_path}/a.db", f"sqlite:///{tmp_path}/k.db") as made:
        yield made


GOOD = {
    "name": "Cai Llŷr",
    "email": "Cai@Council.example",
    "first_name": "Cai",
    "role": ["adviser", "supervisor"],
    "teams": "Housing, council-tax,housing",
    "languages": "CY, en",
}


def test_adding_changing_closing_by_page(made: Staffing) -> None:
    with made.client() as http:
        token = made.signed_in(http, Role.ADMIN)
        answer = http.post("/staff/people/new", data={"form_token": token, **GOOD})
        assert answer.status_code == 200, answer.text
        assert re.search(r"[A-Z2-7]{4}(-[A-Z2-7]{4}){4}", answer.text)
        (person,) = [p for p in http.app.state.web.console.accounts.all() if p.name == "Cai Llŷr"]  # type: ignore[attr-defined]
        assert person.email == "cai@council.example"
        assert person.teams == ("council-tax", "housing")
        assert person.languages == ("cy", "en")
        assert "has not joined" in http.get("/staff/people").text
        assert "Cai Llŷr" in http.get("/staff/people/joiners-and-leavers").text
        path = f"/staff/people/{person.id}"
        changes = {**GOOD, "role": ["board"], "teams": ""}
        answer = http.post(f"{path}/roles", data={"form_token": token, **changes})
        assert answer.headers["location"] == f"{path}?done=changed"
        for move in ("reset", "disable", "enable"):
            answer = http.post(f"{path}/{move}", data={"form_token": token})
            assert answer.status_code in {200, 303}, answer.text
        again = http.post(f"{path}/enable", data={"form_token": token})
        assert again.status_code == 409
        assert "open already" in again.text
    kinds = [
        Kind.STAFF_ADDED,
        Kind.STAFF_ROLES_CHANGED,
        Kind.STAFF_SECOND_FACTOR_RESET,
        Kind.STAFF_DISABLED,
        Kind.STAFF_ENABLED,
    ]
    records = made.records(*kinds)
    assert [record.leaf.kind for record in records] == kinds
    assert {record.facts["who"] for record in records} == {person.id}
    assert len({record.facts["by"] for record in records} - {person.id}) == 1


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", "x" * 101),
        ("name", "Cai\u202eevil"),
        ("name", "Cai\x00"),
        ("email", "cai"),
        ("email", "cai@council"),
        ("email", "a b@council.example"),
        ("email", "x" * 400 + "@council.example"),
        ("first_name", " "),
        ("role", []),
        ("role", ["emperor"]),
        ("teams", "Housing & tax"),
        ("teams", "x" * 50),
        ("languages", ""),
        ("languages", "<b>"),
        ("languages", "welsh language"),
    ],
)
def test_what_cannot_be_used_is_said_at_its_field(
    made: Staffing, field: str, value: object
) -> None:
    with made.client() as http:
        token = made.signed_in(http, Role.ADMIN)
        sent = {"form_token": token, **GOOD, field: value}
        answer = http.post("/staff/people/new", data=sent)
        assert answer.status_code == 422
        assert f'href="#{field}"' in answer.text
        assert f'id="{field}"' in answer.text
        assert len(http.app.state.web.console.accounts.all()) == 1  # type: ignore[attr-defined]
    assert made.records(Kind.STAFF_ADDED) == []


@pytest.mark.parametrize("wanted", ["nobody", "%00", "x" * 500, "..%2f..", "🐟"])
def test_an_account_that_is_not_there(made: Staffing, wanted: str) -> None:
    with made.client() as http:
        token = made.signed_in(http, Role.ADMIN)
        assert http.get(f"/staff/people/{wanted}").status_code == 404
        for move in ("roles", "disable", "enable", "reset", "sign-out"):
            data = {"form_token": token, **GOOD}
            answer = http.post(f"/staff/people/{wanted}/{move}", data=data)
            assert answer.status_code == 404, move


def test_an_admin_cannot_close_the_last_admin(made: Staffing) -> None:
    with made.client() as http:
        who = made.account(Role.ADMIN)
        token = made.sign_in(http, who)
        for move in ("disable", "reset", "roles"):
            data = {"form_token": token, **GOOD}
            answer = http.post(f"/staff/people/{who}/{move}", data=data)
            assert answer.status_code == 409, move
            assert "last admin" in answer.text
        assert http.get("/staff").status_code == 200


def test_the_commands(tmp_path: Path) -> None:
    clean: dict[str, str | None] = dict.fromkeys([*setting_names(), FILE])
    environment = {**clean, "SIGNPOST_HOME": str(tmp_path / "home"), "COLUMNS": "300"}

    def run(*arguments: str) -> tuple[int, str]:
        done = CliRunner().invoke(app, ["staff", *arguments], env=environment)
        assert "Traceback" not in done.output
        return done.exit_code, done.output

    assert "Begin with" in run("list")[1]
    status, said = run("add", "Ann@x.example", "--name", "Ann Lee", "--role", "admin")
    assert status == 0, said
    assert re.search(r"Joining code: [A-Z2-7]{4}(-[A-Z2-7]{4}){4}\n", said)
    assert "/staff/join" in said
    status, said = run("add", "ann@x.example", "--name", "Ann", "--role", "admin")
    assert status == 2
    assert "There is an account" in said
    assert run("add", "b@x.example", "--name", "B", "--role", "emperor")[0] == 2
    assert run("roles", "ann@x.example", "--role", "adviser", "--role", "board")[0] == 0
    listed = run("list")[1]
    assert "adviser, board" in listed
    assert "has not joined" in listed
    assert run("disable", "ann@x.example")[0] == 0
    assert run("disable", "ann@x.example")[0] == 2
    assert run("reset-second-factor", "ann@x.example")[0] == 2
    assert run("recover-admin", "ann@x.example")[0] == 2, "without a reason"
    status, said = run("recover-admin", "ann@x.example", "--reason", "phone lost")
    assert status == 0
    assert "admin, adviser, board" in said
    assert run("enable", "ann@x.example")[0] == 2
    assert run("disable", "nobody@x.example")[0] == 2
    assert not os.path.exists(tmp_path / "home" / "snapshots")
