"""People: who works here. Add, change, let join again, close, open; joiners and leavers."""

from typing import Annotated

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from api.staff.access import StaffVisit, needs
from api.staff.accounts import Invitation
from api.staff.errors import StaffInvalid, StaffMoveRefused
from api.staff.people import Person
from api.staff.permissions import Permission, Role
from api.staff.rendering import console_page
from api.web import TheWeb, Web

router = APIRouter(prefix="/staff/people", include_in_schema=False)

Managing = Annotated[StaffVisit, needs(Permission.MANAGE_PEOPLE)]
_LONGEST = 2_000
_DONE = {
    "changed": "The changes are saved.",
    "disabled": "The account is closed. All its sessions have ended.",
    "enabled": "The account is open again.",
    "ended": "The person is signed out everywhere.",
}


@router.api_route("", methods=["GET", "HEAD"])
async def everybody(web: TheWeb, visit: Managing) -> Response:
    """List everybody."""
    people = await run_in_threadpool(web.console.accounts.all)
    return console_page(web, "staff/people.html", visit, people=people)


@router.api_route("/joiners-and-leavers", methods=["GET", "HEAD"])
async def joiners_and_leavers(web: TheWeb, visit: Managing) -> Response:
    """Show who has still to join, who joined, and who left, the newest first."""
    people = await run_in_threadpool(web.console.accounts.all)
    here = [each for each in people if not each.disabled_at]
    return console_page(
        web,
        "staff/joiners_and_leavers.html",
        visit,
        waiting=_newest([each for each in here if not each.joined_at], "added_at"),
        joined=_newest([each for each in here if each.joined_at], "joined_at"),
        left=_newest([each for each in people if each.disabled_at], "disabled_at"),
    )


@router.api_route("/new", methods=["GET", "HEAD"])
async def ask(web: TheWeb, visit: Managing) -> Response:
    """Ask who is to be added."""
    return _new(web, visit)


@router.post("/new")
async def add(web: TheWeb, visit: Managing) -> Response:
    """Add somebody; show the joining code, this once."""
    try:
        invitation = await run_in_threadpool(
            lambda: web.console.accounts.add(
                _field(visit, "email"),
                _field(visit, "name"),
                _field(visit, "first_name"),
                _roles(visit),
                _list(visit, "teams"),
                _list(visit, "languages"),
                by=visit.person.id,
            )
        )
    except StaffInvalid as fault:
        return _new(web, visit, fault)
    return _invited(web, visit, invitation)


@router.api_route("/{account_id}", methods=["GET", "HEAD"])
async def one(account_id: str, request: Request, web: TheWeb, visit: Managing) -> Response:
    """Show one person."""
    person = await run_in_threadpool(web.console.accounts.find, account_id)
    done = _DONE.get(request.query_params.get("done", ""), "")
    return await _person(web, visit, person, done=done)


@router.post("/{account_id}/roles")
async def change(account_id: str, web: TheWeb, visit: Managing) -> Response:
    """Change what somebody does here."""
    return await _moved(
        web,
        visit,
        account_id,
        "changed",
        lambda: web.console.accounts.change(
            account_id,
            _field(visit, "first_name"),
            _roles(visit),
            _list(visit, "teams"),
            _list(visit, "languages"),
            by=visit.person.id,
        ),
    )


@router.post("/{account_id}/disable")
async def disable(account_id: str, web: TheWeb, visit: Managing) -> Response:
    """Close an account."""
    by = visit.person.id
    return await _moved(
        web, visit, account_id, "disabled", lambda: web.console.accounts.disable(account_id, by=by)
    )


@router.post("/{account_id}/enable")
async def enable(account_id: str, web: TheWeb, visit: Managing) -> Response:
    """Open a closed account again."""
    by = visit.person.id
    return await _moved(
        web, visit, account_id, "enabled", lambda: web.console.accounts.enable(account_id, by=by)
    )


@router.post("/{account_id}/sign-out")
async def end_sessions(account_id: str, web: TheWeb, visit: Managing) -> Response:
    """End all sessions of somebody."""
    by = visit.person.id
    return await _moved(
        web,
        visit,
        account_id,
        "ended",
        lambda: web.console.accounts.end_sessions(account_id, by=by),
    )


@router.post("/{account_id}/reset")
async def reset(account_id: str, web: TheWeb, visit: Managing) -> Response:
    """Let somebody join again; show the code, this once."""
    by = visit.person.id
    try:
        invitation = await run_in_threadpool(lambda: web.console.accounts.reset(account_id, by=by))
    except StaffMoveRefused as fault:
        person = await run_in_threadpool(web.console.accounts.find, account_id)
        return await _person(web, visit, person, fault)
    return _invited(web, visit, invitation)


async def _moved(web: Web, visit: StaffVisit, account_id: str, done: str, move: object) -> Response:
    try:
        await run_in_threadpool(move)  # type: ignore[arg-type]
    except (StaffInvalid, StaffMoveRefused) as fault:
        person = await run_in_threadpool(web.console.accounts.find, account_id)
        return await _person(web, visit, person, fault)
    return RedirectResponse(f"/staff/people/{account_id}?done={done}", 303)


async def _person(
    web: Web,
    visit: StaffVisit,
    person: Person,
    fault: StaffInvalid | StaffMoveRefused | None = None,
    *,
    done: str = "",
) -> Response:
    sessions = await run_in_threadpool(web.console.sessions.of, person.id)
    at = fault.field if isinstance(fault, StaffInvalid) else "moves"
    status = 422 if isinstance(fault, StaffInvalid) else 409
    return console_page(
        web,
        "staff/person.html",
        visit,
        status=status if fault else 200,
        errors={at: str(fault)} if fault else None,
        person=person,
        sessions=sessions,
        roles=tuple(Role),
        filled=_filled(visit) if isinstance(fault, StaffInvalid) else _as_filled(person),
        done=done,
    )


def _new(web: Web, visit: StaffVisit, fault: StaffInvalid | None = None) -> Response:
    return console_page(
        web,
        "staff/person_new.html",
        visit,
        status=422 if fault else 200,
        errors={fault.field: str(fault)} if fault else None,
        roles=tuple(Role),
        filled=_filled(visit) if fault else {"languages": "en"},
    )


def _invited(web: Web, visit: StaffVisit, invitation: Invitation) -> Response:
    address = f"{web.parts.site.base_url}/staff/join"
    return console_page(web, "staff/invitation.html", visit, invitation=invitation, join_at=address)


def _field(visit: StaffVisit, name: str) -> str:
    return visit.field(name)[:_LONGEST]


def _roles(visit: StaffVisit) -> tuple[Role, ...]:
    chosen = set(visit.fields("role"))
    if chosen - {role.value for role in Role}:
        raise StaffInvalid("role", "Choose from the roles that are shown.")
    return tuple(role for role in Role if role.value in chosen)


def _list(visit: StaffVisit, name: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in _field(visit, name).split(",") if part.strip())


def _filled(visit: StaffVisit) -> dict[str, object]:
    names = ("email", "name", "first_name", "teams", "languages")
    return {name: _field(visit, name) for name in names} | {"role": visit.fields("role")}


def _as_filled(person: Person) -> dict[str, object]:
    return {
        "first_name": person.first_name,
        "teams": ", ".join(person.teams),
        "languages": ", ".join(person.languages),
        "role": [role.value for role in person.roles],
    }


def _newest(people: list[Person], by: str) -> list[Person]:
    return sorted(people, key=lambda person: str(getattr(person, by)), reverse=True)
