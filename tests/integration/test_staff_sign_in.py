"""Joining, signing in, and everything that tries to get round it."""

import html
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pyotp
import pytest
from fastapi.testclient import TestClient

from api.parts import SiteSettings
from api.staff.accounts import COMMAND_LINE, Invitation
from api.staff.permissions import Role
from api.web import Web
from audit.events import Kind
from tests.staffing import COOKIE, Staffing, staffing

EMAIL, PASSWORD = "amina.begum@council.example", "otter lantern gravel"
WRONG = "Your e-mail address or your password is not right."


@pytest.fixture
def made(tmp_path: Path) -> Iterator[Staffing]:
    with staffing(f"sqlite:///{tmp_path}/a.db", f"sqlite:///{tmp_path}/k.db") as made:
        yield made


def console(http: TestClient):  # type: ignore[no-untyped-def]
    web: Web = http.app.state.web  # type: ignore[attr-defined]
    return web.console


def hidden(text: str) -> str:
    found = re.findall(r'name="form_token" value="([^"]+)"', text)
    assert found, text
    return html.unescape(found[-1])


def send(http: TestClient, path: str, page: str = "", **fields: str):  # type: ignore[no-untyped-def]
    """Open a page and send its form, as a browser does."""
    shown = http.get(page or path)
    assert shown.status_code == 200, (shown.status_code, shown.headers.get("location"))
    return http.post(path, data={"form_token": hidden(shown.text), **fields})


def invite(http: TestClient, *held: Role, email: str = EMAIL) -> Invitation:
    invitation: Invitation = console(http).accounts.add(
        email, "Amina Begum", "Amina", held or (Role.ADVISER,), by=COMMAND_LINE
    )
    return invitation


def join(made: Staffing, http: TestClient, invitation: Invitation) -> tuple[str, list[str]]:
    """Join; return the app's key and the recovery codes."""
    assert send(http, "/staff/join", code=invitation.code.lower()).status_code == 303
    answer = send(http, "/staff/join/password", password=PASSWORD, again=PASSWORD)
    assert answer.headers["location"] == "/staff/join/authenticator", answer.text
    shown = http.get("/staff/join/authenticator").text
    assert "<svg" in shown
    key = re.findall(r'app-secret">([A-Z2-7 ]+)<', shown)[0].replace(" ", "")
    answer = send(http, "/staff/join/authenticator", code=code(made, key))
    assert answer.status_code == 200, answer.text
    codes = re.findall(r"<li>([A-Z2-7-]{24})</li>", answer.text)
    assert len(codes) == 10
    return key, codes


def code(made: Staffing, key: str, steps: int = 0) -> str:
    return pyotp.TOTP(key).at(made.clock() + timedelta(seconds=30 * steps))


def first_step(http: TestClient, email: str = EMAIL, password: str = PASSWORD):  # type: ignore[no-untyped-def]
    return send(http, "/staff/sign-in", email=email, password=password)


def test_joining_and_signing_in(made: Staffing) -> None:
    with made.client() as http:
        key, _ = join(made, http, invite(http))
        home = http.get("/staff")
        assert "Hello, Amina" in home.text
        assert console(http).accounts.in_use()
        assert http.post("/staff/sign-out", data={"form_token": hidden(home.text)}).is_redirect
        assert http.get("/staff").headers["location"] == "/staff/sign-in"
        made.clock.pass_(seconds=60)
        answer = first_step(http)
        assert answer.headers["location"].startswith("/staff/second-factor")
        assert http.get("/staff").status_code == 303, "half-way is not in"
        answer = send(http, "/staff/second-factor", code=code(made, key), next="/staff/account")
        assert answer.headers["location"] == "/staff/account"
        assert http.get("/staff/account").status_code == 200
    kinds = [
        Kind.STAFF_ADDED,
        Kind.STAFF_JOINED,
        Kind.STAFF_SIGNED_IN,
        Kind.STAFF_SIGNED_OUT,
        Kind.STAFF_SIGNED_IN,
    ]
    records = made.records(*set(kinds))
    assert [record.leaf.kind for record in records] == kinds
    text = repr(records)
    assert "amina" not in text.casefold()
    assert "begum" not in text.casefold()


def test_nothing_that_opens_anything_is_stored_readable(made: Staffing) -> None:
    with made.client() as http:
        invitation = invite(http)
        before = made.stored()
        key, codes = join(made, http, invitation)
        kept = before + made.stored()
        cookies = list(http.cookies.values())
        for secret in (invitation.code, key, PASSWORD, *codes, *cookies):
            assert secret not in kept
        assert "$argon2id$" in kept


def test_a_code_of_the_app_opens_once_and_only_about_now(made: Staffing) -> None:
    with made.client() as http:
        key, _ = join(made, http, invite(http))
        used = code(made, key)
        for steps, opens in [(-3, False), (-2, False), (2, False), (3, False), (0, False)]:
            http.cookies.clear()
            made.clock.pass_(minutes=16)
            if steps == 0:
                made.clock.pass_(minutes=-16 * 5)
            assert first_step(http).is_redirect
            sent = used if steps == 0 else code(made, key, steps)
            answer = send(http, "/staff/second-factor", code=sent)
            assert answer.is_redirect == opens, steps
        made.clock.pass_(hours=25)
        for steps in (-1, 0, 1):
            http.cookies.clear()
            made.clock.pass_(minutes=16)
            assert first_step(http).is_redirect
            assert send(http, "/staff/second-factor", code=code(made, key, steps)).is_redirect
            last = code(made, key, steps)
        http.cookies.clear()
        assert first_step(http).is_redirect
        for again in (last, code(made, key), code(made, key, -1)):
            assert send(http, "/staff/second-factor", code=again).status_code == 422


@pytest.mark.parametrize("typed", ["", "12345", "1234567", "١٢٣٤٥٦", "abcdef", "0" * 5_000, "\x00"])
def test_hostile_codes_open_nothing(made: Staffing, typed: str) -> None:
    with made.client() as http:
        _, codes = join(made, http, invite(http))
        http.cookies.clear()
        assert first_step(http).is_redirect
        assert send(http, "/staff/second-factor", code=typed).status_code == 422
        assert send(http, "/staff/second-factor", lost="yes", code=typed).status_code == 422
        assert send(http, "/staff/second-factor", lost="yes", code=codes[0][:-1]).status_code == 422


def test_a_recovery_code_opens_once(made: Staffing) -> None:
    with made.client() as http:
        _, codes = join(made, http, invite(http))
        http.cookies.clear()
        assert first_step(http).is_redirect
        typed = codes[3].lower().replace("-", " ")
        assert send(http, "/staff/second-factor", lost="yes", code=typed).is_redirect
        assert "9 not used" in http.get("/staff/account").text
        http.cookies.clear()
        assert first_step(http).is_redirect
        assert send(http, "/staff/second-factor", lost="yes", code=codes[3]).status_code == 422


def test_who_has_an_account_cannot_be_told(made: Staffing) -> None:
    with made.client() as http:
        join(made, http, invite(http))
        invite(http, email="waiting@council.example")
        left = invite(http, email="left@council.example")
        console(http).accounts.disable(left.person.id, by=COMMAND_LINE)
        http.cookies.clear()
        said = set()
        for email in (EMAIL, "waiting@council.example", "left@council.example", "x@y.example"):
            answer = first_step(http, email, "not the password")
            assert answer.status_code == 422
            text = re.sub(r'value="[^"]*"', "", answer.text)
            assert WRONG in text
            said.add(text)
        assert len(said) == 1
    refused = made.records(Kind.STAFF_SIGN_IN_REFUSED)
    assert [record.facts["who"] == "" for record in refused] == [False, False, False, True]
    assert "y.example" not in repr(refused)


def test_a_stranger_slows_only_themselves(made: Staffing) -> None:
    with made.client() as known, made.client() as stranger:
        key, _ = join(made, known, invite(known))
        known.cookies.delete(COOKIE)
        for _ in range(6):
            assert first_step(stranger, password="a guess of many").status_code == 422
        slowed = first_step(stranger, password="a guess of many")
        assert slowed.status_code == 429
        assert int(slowed.headers["retry-after"]) >= 1
        assert first_step(stranger).status_code == 429, "the right password is not tried either"
        assert first_step(known).is_redirect, "the known browser is not slowed"
        made.clock.pass_(seconds=30)
        assert send(known, "/staff/second-factor", code=code(made, key)).is_redirect
        made.clock.pass_(minutes=15)
        assert first_step(stranger).is_redirect, "slowed is not locked"


def test_unknown_accounts_are_slowed_alike(made: Staffing) -> None:
    with made.client() as http:
        answers = [first_step(http, "nobody@x.example").status_code for _ in range(8)]
        assert answers == [422] * 6 + [429] * 2


def test_a_planted_session_is_worth_nothing(made: Staffing) -> None:
    with made.client() as http, made.client() as thief:
        key, _ = join(made, http, invite(http))
        planted = http.cookies[COOKIE]
        http.cookies.delete(COOKIE)
        assert first_step(http).is_redirect
        half = http.cookies[COOKIE]
        made.clock.pass_(seconds=60)
        assert send(http, "/staff/second-factor", code=code(made, key)).is_redirect
        assert len({planted, half, http.cookies[COOKIE]}) == 3
        thief.cookies.set(COOKIE, half)
        assert thief.get("/staff").status_code == 303
        assert thief.get("/staff/second-factor").status_code == 303


def test_sessions_end_unused_and_at_the_longest(made: Staffing) -> None:
    with made.client() as http:
        made.signed_in(http, Role.ADVISER)
        for _ in range(25):
            made.clock.pass_(minutes=28)
            assert http.get("/staff").status_code == 200
        made.clock.pass_(minutes=30)
        assert http.get("/staff").status_code == 303
        made.signed_in(http, Role.ADVISER)
        for _ in range(25):
            made.clock.pass_(minutes=28)
            assert http.get("/staff").status_code == 200
        made.clock.pass_(minutes=20)
        assert http.get("/staff").status_code == 303, "12 hours are over"


def test_closing_an_account_ends_its_sessions_at_once(made: Staffing) -> None:
    with made.client() as http, made.client() as admin:
        who = made.account(Role.ADVISER)
        made.sign_in(http, who)
        assert http.get("/staff").status_code == 200
        token = made.signed_in(admin, Role.ADMIN)
        answer = admin.post(f"/staff/people/{who}/disable", data={"form_token": token})
        assert answer.status_code == 303, answer.text
        assert http.get("/staff").status_code == 303
        assert not console(http).sessions.lives(http.cookies[COOKIE])
        (closed,) = made.records(Kind.STAFF_DISABLED)
        assert closed.facts["sessions"] == 1


def test_changing_a_password_ends_other_sessions_and_renews_this(made: Staffing) -> None:
    with made.client() as http, made.client() as other:
        join(made, http, invite(http))
        person = console(http).accounts.named(EMAIL)
        made.sign_in(other, person.id)
        before = http.cookies[COOKIE]
        path = "/staff/account/password"
        new = "violet tractor museum"
        wrong = send(http, path, old="not it at all", password=new, again=new)
        assert wrong.status_code == 422
        assert "This is not your password" in wrong.text
        answer = send(http, path, old=PASSWORD, password=new, again=new)
        assert answer.is_redirect, answer.text
        assert http.cookies[COOKIE] != before
        assert http.get("/staff/account?done=password").status_code == 200
        assert other.get("/staff").status_code == 303
        http.cookies.clear()
        assert first_step(http).status_code == 422
        assert first_step(http, password=new).is_redirect


@pytest.mark.parametrize(
    ("password", "said"),
    [
        ("short", "at least 12"),
        ("elevenchars", "at least 12"),
        ("x" * 201, "at most 200"),
        ("Password1234!", "tried first"),
        ("qwertyuiopasdfghjkl", "tried first"),
        ("passwordpassword", "tried first"),
        ("aaaaaaaaaaaaaaaa", "tried first"),
        ("123456789012", "tried first"),
        ("amina.begum123", "your name"),
        ("AMINABEGUM2026", "your name"),
    ],
)
def test_weak_passwords_are_refused_with_the_reason(
    made: Staffing, password: str, said: str
) -> None:
    with made.client() as http:
        assert send(http, "/staff/join", code=invite(http).code).is_redirect
        answer = send(http, "/staff/join/password", password=password, again=password)
        assert answer.status_code == 422
        assert said in answer.text
        assert "There is a problem" in answer.text
        assert f'value="{password}"' not in answer.text
        assert http.get("/staff/join/authenticator").headers["location"].endswith("/password")


def test_a_joining_code_works_once_and_for_three_days(made: Staffing) -> None:
    with made.client() as http, made.client() as late:
        invitation = invite(http)
        assert send(late, "/staff/join", code=invitation.code).is_redirect
        join(made, http, invitation)
        assert late.get("/staff/join/password").status_code == 303, "the other's session has ended"
        assert send(late, "/staff/join", code=invitation.code).status_code == 422
        other = invite(http, email="b@council.example")
        made.clock.pass_(hours=73)
        assert send(late, "/staff/join", code=other.code).status_code == 422
        renewed = console(http).accounts.reset(other.person.id, by=COMMAND_LINE)
        assert send(late, "/staff/join", code=other.code).status_code == 422
        assert send(late, "/staff/join", code=renewed.code).is_redirect


def test_cookies_are_strict_and_bound_to_the_host(made: Staffing) -> None:
    site = SiteSettings(base_url="https://ask.example")
    with made.client(site=site) as http:
        join(made, http, invite(http))
        answer = http.get("/staff/sign-in")
        assert answer.is_redirect
        http.cookies.clear()
        sent = http.get("/staff/sign-in").headers.get_list("set-cookie")
        sent += first_step(http).headers.get_list("set-cookie")
        assert {each.partition("=")[0] for each in sent} == {
            "__Host-signpost-staff",
            "__Host-signpost-device",
        }
        for each in sent:
            for part in ("HttpOnly", "Secure", "SameSite=strict", "Path=/"):
                assert part in each
            assert "Domain" not in each


@pytest.mark.parametrize(
    "onward",
    [
        "https://evil.example",
        "//evil.example",
        "/staff/../..//evil",
        "/staff/./evil",
        "/staff\\evil",
        "/",
        "/staffx",
        "javascript:alert(1)",
        "/staff/sign-in?next=/staff",
        '/staff"><script>',
        "/staff\r\nX: y",
        "/staff/" + "x" * 600,
    ],
)
def test_signing_in_goes_on_only_to_our_own_pages(made: Staffing, onward: str) -> None:
    with made.client() as http:
        made.signed_in(http, Role.ADVISER)
        answer = http.get("/staff/sign-in", params={"next": onward})
        assert answer.headers["location"] == "/staff"
        good = http.get("/staff/sign-in", params={"next": "/staff/cases/ab-1?page=2"})
        assert good.headers["location"] == "/staff/cases/ab-1?page=2"


def test_a_link_from_elsewhere_goes_on_from_our_own_page(made: Staffing) -> None:
    with made.client() as http:
        answer = http.get("/staff/account", headers={"Sec-Fetch-Site": "cross-site"})
        assert answer.status_code == 200
        assert 'content="0; url=/staff/account"' in answer.text
