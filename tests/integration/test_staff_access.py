"""Every console route declares what it needs, and nobody without it gets in."""

import re
from collections.abc import Iterator

import pytest
from fastapi.routing import APIRoute

from api.staff.access import AtStage, AtTheDoor, Needs
from api.staff.casework import live
from api.staff.permissions import GRANTS, Permission, Role
from api.staff.routing import STAFF_ROUTERS
from tests.staffing import Staffing, staffing

ROUTES = [
    route for router in STAFF_ROUTERS for route in router.routes if isinstance(route, APIRoute)
]
OPEN = {
    "/staff/sign-in",
    "/staff/sign-in/lost",
    "/staff/join",
    "/staff/provider",
    "/staff/provider/back",
}
"""What anybody may open, each known here by name."""
ON_THE_WAY = {"/staff/second-factor", "/staff/join/password", "/staff/join/authenticator"}


def declared(route: APIRoute) -> list[Needs | AtStage | AtTheDoor]:
    return [
        each.call
        for each in route.dependant.dependencies
        if isinstance(each.call, Needs | AtStage | AtTheDoor)
    ]


def address(route: APIRoute) -> str:
    return re.sub(r"{\w+}", "0123456789abcdef0123456789abcdef", route.path)


CASES = [
    pytest.param(route, method, id=f"{method} {route.path}")
    for route in ROUTES
    for method in sorted(route.methods or ())
]


@pytest.fixture(autouse=True)
def streams_end_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """A live page's stream would go on for minutes, and here is about who gets one."""
    monkeypatch.setattr(live, "LONGEST", 0.0)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Staffing]:
    tmp_path = tmp_path_factory.mktemp("staff")
    with staffing(f"sqlite:///{tmp_path}/a.db", f"sqlite:///{tmp_path}/k.db") as made:
        yield made


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.path)
def test_every_route_declares_exactly_one(route: APIRoute) -> None:
    (found,) = declared(route)
    assert route.path.startswith("/staff")
    assert isinstance(found, AtTheDoor) == (route.path in OPEN)
    assert isinstance(found, AtStage) == (route.path in ON_THE_WAY)


def test_the_app_has_no_other_route_there(made: Staffing) -> None:
    with made.client() as http:
        app = http.app
        paths = {r.path for r in app.routes if getattr(r, "path", "").startswith("/staff")}  # type: ignore[attr-defined]
        assert paths <= {route.path for route in ROUTES}


@pytest.mark.parametrize(("route", "method"), CASES)
def test_nobody_signed_out_gets_in(made: Staffing, route: APIRoute, method: str) -> None:
    if route.path in OPEN:
        return
    with made.client() as http:
        for cookie in ("", "a-guess", "\x00", "x" * 5_000):
            http.cookies.clear()
            answer = http.request(
                method, address(route), headers={"Cookie": f"signpost-staff={cookie}"}
            )
            assert answer.status_code == 303, answer.text
            assert answer.headers["location"].startswith("/staff/sign-in")
        script = http.request(method, address(route), headers={"Accept": "application/json"})
        assert script.status_code == 401


@pytest.mark.parametrize(("route", "method"), CASES)
def test_each_role_without_the_permission_is_refused(
    made: Staffing, route: APIRoute, method: str
) -> None:
    (found,) = declared(route)
    if not isinstance(found, Needs):
        return
    with made.client() as http:
        for role in Role:
            token = made.signed_in(http, role)
            data = {"form_token": token} if method == "POST" else None
            answer = http.request(method, address(route), data=data)
            if found.permission in GRANTS[role]:
                assert answer.status_code != 403, answer.text
            else:
                assert answer.status_code == 403
                if method != "HEAD":
                    assert "Your roles do not include this" in answer.text
            http.cookies.clear()


@pytest.mark.parametrize(("route", "method"), CASES)
def test_no_form_acts_without_its_own_token_or_from_elsewhere(
    made: Staffing, route: APIRoute, method: str
) -> None:
    if method in {"GET", "HEAD"}:
        return
    with made.client() as http:
        other = made.signed_in(http, *Role)
        token = made.signed_in(http, *Role)
        (found,) = declared(route)
        if not isinstance(found, Needs):
            return
        for sent in ("", other, token[:-1], token + "A", "é", "\ud800".encode("utf-8", "ignore")):
            answer = http.request(method, address(route), data={"form_token": sent})
            assert answer.status_code == 403
            assert "out of date" in answer.text
        for site in ("cross-site", "same-site"):
            answer = http.request(
                method,
                address(route),
                data={"form_token": token},
                headers={"Sec-Fetch-Site": site},
            )
            assert answer.status_code == 403
            assert "another site" in answer.text


def test_every_permission_is_granted_to_somebody_and_every_role_may_see_the_first_page() -> None:
    assert set().union(*GRANTS.values()) == set(Permission)
    for role in Role:
        assert {Permission.SEE_HOME, Permission.KEEP_OWN_ACCOUNT} <= GRANTS[role]


def test_an_admin_reads_no_citizens_words() -> None:
    reading = {Permission.VIEW_CASES, Permission.REVEAL_TEXT, Permission.WORK_CASES}
    assert not reading & GRANTS[Role.ADMIN]
    assert not reading & GRANTS[Role.BOARD]
