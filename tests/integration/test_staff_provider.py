"""Signing in through an identity provider: a real one on this machine, honest and lying."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.staff.accounts import COMMAND_LINE
from api.staff.permissions import Role
from api.staff.provider import ProviderSettings
from audit.events import Kind
from tests.identity_provider import (
    CLIENT,
    SECRET,
    IdentityProvider,
    another_key,
    honest,
    identity_provider,
    no_signature,
    public_key_as_secret,
    shared_secret,
)
from tests.staffing import COOKIE, Staffing, staffing

BACK = "/staff/provider/back"


class Set:
    """A console with a provider."""

    def __init__(self, made: Staffing, provider: IdentityProvider) -> None:
        self.made, self.provider = made, provider


@pytest.fixture
def both(tmp_path: Path) -> Iterator[Set]:
    times = [0.0]
    with identity_provider(lambda: times[0]) as provider:
        settings = ProviderSettings(provider.issuer, CLIENT, SECRET, name="Example council")
        urls = f"sqlite:///{tmp_path}/a.db", f"sqlite:///{tmp_path}/k.db"
        with staffing(*urls, provider=settings) as made:
            provider.now = lambda: made.clock().timestamp()
            yield Set(made, provider)


def add(both: Set, http: TestClient, email: str = "a@x.example") -> str:
    accounts = http.app.state.web.console.accounts  # type: ignore[attr-defined]
    added = accounts.add(email, "Amina B", "Amina", (Role.ADVISER,), by=COMMAND_LINE)
    return str(added.person.id)


def leave(both: Set, http: TestClient) -> dict[str, str]:
    answer = http.get("/staff/provider")
    assert answer.status_code == 303, answer.text
    return both.provider.authorize(answer.headers["location"])


def come_back(http: TestClient, brought: dict[str, str]) -> Any:
    return http.get(BACK, params=brought, headers={"Sec-Fetch-Site": "cross-site"})


def test_whoever_the_provider_vouches_for_is_in(both: Set) -> None:
    with both.made.client() as http:
        who = add(both, http)
        assert "Sign in with Example council" in http.get("/staff/sign-in").text
        answer = come_back(http, leave(both, http))
        assert answer.status_code == 200
        assert 'content="0; url=/staff"' in answer.text, "a redirect would not carry the cookie"
        assert "samesite=strict" in answer.headers["set-cookie"].casefold()
        assert "Hello, Amina" in http.get("/staff").text
        assert "through your organisation" in http.get("/staff/account").text
    (joined,) = both.made.records(Kind.STAFF_JOINED)
    assert joined.facts == {"who": who, "how": "provider"}


def test_the_cookie_of_the_way_back_is_lax_and_short(both: Set) -> None:
    with both.made.client() as http:
        sent = http.get("/staff/provider").headers["set-cookie"]
        for part in ("HttpOnly", "SameSite=lax", "Max-Age=600"):
            assert part in sent


LIES = {
    "another nonce": lambda c: {**c, "nonce": "planted"},
    "no nonce": lambda c: {k: v for k, v in c.items() if k != "nonce"},
    "another audience": lambda c: {**c, "aud": "another-client"},
    "several audiences, not for us": lambda c: {**c, "aud": [CLIENT, "x"], "azp": "x"},
    "another issuer": lambda c: {**c, "iss": "https://evil.example"},
    "expired": lambda c: {**c, "iat": c["iat"] - 900, "exp": c["iat"] - 600},
    "no expiry": lambda c: {k: v for k, v in c.items() if k != "exp"},
    "not yet": lambda c: {**c, "nbf": c["iat"] + 900},
    "nobody": lambda c: {k: v for k, v in c.items() if k != "sub"},
    "a list for a name": lambda c: {**c, "sub": ["u-1"]},
    "of a later access token": lambda c: {**c, "at_hash": "AAAAAAAAAAAAAAAAAAAAAA"},
}


@pytest.mark.parametrize("lie", LIES)
def test_a_lying_provider_lets_nobody_in(both: Set, lie: str) -> None:
    with both.made.client() as http:
        add(both, http)
        both.provider.lie = LIES[lie]
        answer = come_back(http, leave(both, http))
        assert answer.status_code == 502, answer.text
        assert COOKIE not in http.cookies


@pytest.mark.parametrize("sign", [another_key, no_signature, public_key_as_secret, shared_secret])
def test_only_the_providers_own_signature_counts(both: Set, sign: Any) -> None:
    with both.made.client() as http:
        add(both, http)
        both.provider.sign = sign
        assert come_back(http, leave(both, http)).status_code == 502
        assert COOKIE not in http.cookies
        both.provider.sign = honest
        assert come_back(http, leave(both, http)).status_code == 200


@pytest.mark.parametrize("token", ["", "a", "a.b.c", "..", "é.é.é", "a" * 600_000])
def test_what_is_no_token_is_refused(both: Set, token: str) -> None:
    with both.made.client() as http:
        add(both, http)
        both.provider.sign = lambda provider, claims: token
        assert come_back(http, leave(both, http)).status_code == 502


def test_a_way_back_is_used_once_in_one_browser_and_soon(both: Set) -> None:
    with both.made.client() as http, both.made.client() as other:
        add(both, http)
        brought = leave(both, http)
        leave(both, other)
        assert come_back(other, brought).status_code == 403, "another browser's state"
        brought = leave(both, http)
        assert come_back(http, brought).status_code == 200
        http.cookies.delete(COOKIE)
        assert come_back(http, brought).status_code == 403, "replayed"
        assert come_back(http, {"code": "x", "state": "forged"}).status_code == 403
        assert come_back(http, {}).status_code == 403
        brought = leave(both, http)
        both.made.clock.pass_(minutes=11)
        assert come_back(http, brought).status_code == 403, "too late"
        assert COOKIE not in http.cookies


@pytest.mark.parametrize(
    "person",
    [
        {"sub": "u-1", "email": "stranger@x.example"},
        {"sub": "u-1", "email": "a@x.example", "email_verified": False},
        {"sub": "u-1", "email": ["a@x.example"]},
        {"sub": "u-1", "email": ""},
        {"sub": "u-1"},
    ],
)
def test_no_account_is_ever_made(both: Set, person: dict[str, Any]) -> None:
    with both.made.client() as http:
        add(both, http)
        both.provider.person = person
        answer = come_back(http, leave(both, http))
        assert answer.status_code == 403
        assert "stranger" not in answer.text
        assert COOKIE not in http.cookies
    (refused,) = both.made.records(Kind.STAFF_SIGN_IN_REFUSED)
    assert refused.facts == {"who": "", "why": "provider"}


def test_an_address_that_was_given_to_somebody_else_opens_nothing(both: Set) -> None:
    with both.made.client() as http:
        who = add(both, http)
        assert come_back(http, leave(both, http)).status_code == 200
        both.provider.person = {"sub": "u-2", "email": "A@x.example"}
        assert come_back(http, leave(both, http)).status_code == 403
        accounts = http.app.state.web.console.accounts  # type: ignore[attr-defined]
        accounts.reset(who, by=COMMAND_LINE)
        assert come_back(http, leave(both, http)).status_code == 200
        accounts.disable(who, by=COMMAND_LINE)
        assert http.get("/staff").status_code == 303
        assert come_back(http, leave(both, http)).status_code == 403


def test_a_provider_that_is_another_or_down_is_said_so(both: Set) -> None:
    with both.made.client() as http:
        both.provider.described = lambda d: {**d, "issuer": "https://evil.example"}
        assert http.get("/staff/provider").status_code == 502
        both.provider.described = lambda d: {**d, "authorization_endpoint": "javascript:alert(1)"}
        assert http.get("/staff/provider").status_code == 502
        both.provider.described = lambda d: {}
        answer = http.get("/staff/provider")
        assert answer.status_code == 502
        assert "Signing in did not work" in answer.text


def test_without_a_provider_there_is_no_such_page(tmp_path: Path) -> None:
    with (
        staffing(f"sqlite:///{tmp_path}/a.db", f"sqlite:///{tmp_path}/k.db") as made,
        made.client() as http,
    ):
        assert http.get("/staff/provider").status_code == 404
        assert http.get(BACK).status_code == 404
        assert "Sign in with" not in http.get("/staff/sign-in").text
