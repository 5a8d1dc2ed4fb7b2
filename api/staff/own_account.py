"""My account: sessions, password, app and recovery codes of the person who is signed in."""

from typing import Annotated

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from api.staff.access import StaffVisit, let_in, needs, show_out
from api.staff.entrance import headers_of, status_of
from api.staff.errors import SignInSlowed, StaffInvalid
from api.staff.joining import enrol_page
from api.staff.permissions import Permission
from api.staff.rendering import SIGN_IN, console_page
from api.web import TheWeb, Web

router = APIRouter(prefix="/staff/account", include_in_schema=False)

Own = Annotated[StaffVisit, needs(Permission.KEEP_OWN_ACCOUNT)]
_ACCOUNT = "/staff/account"
_DONE = {
    "password": "Your password was changed. You are signed out everywhere else.",
    "authenticator": "Your new app works. You are signed out everywhere else.",
    "ended": "The session was ended.",
}


@router.api_route("", methods=["GET", "HEAD"])
async def show(request: Request, web: TheWeb, visit: Own) -> Response:
    """Show the person's own account."""
    console = web.console
    return console_page(
        web,
        "staff/account.html",
        visit,
        sessions=await run_in_threadpool(console.sessions.of, visit.person.id),
        has_password=await run_in_threadpool(console.credentials.has_password, visit.person.id),
        codes_left=await run_in_threadpool(console.credentials.codes_left, visit.person.id),
        done=_DONE.get(request.query_params.get("done", ""), ""),
    )


@router.post("/sessions/{reference}/end")
async def end_session(reference: str, web: TheWeb, visit: Own) -> Response:
    """End one of one's own sessions."""
    own = visit.person.id
    await run_in_threadpool(
        lambda: web.console.accounts.end_sessions(own, by=own, reference=reference or "-")
    )
    if reference == visit.session.reference:
        return _out(web)
    return RedirectResponse(f"{_ACCOUNT}?done=ended", 303)


@router.post("/sessions/end-all")
async def end_all(web: TheWeb, visit: Own) -> Response:
    """Sign out everywhere, here included."""
    own = visit.person.id
    await run_in_threadpool(lambda: web.console.accounts.end_sessions(own, by=own))
    return _out(web)


@router.api_route("/password", methods=["GET", "HEAD"])
async def ask_password(web: TheWeb, visit: Own) -> Response:
    """Ask for the old and a new password."""
    return console_page(web, "staff/account_password.html", visit)


@router.post("/password")
async def change_password(web: TheWeb, visit: Own) -> Response:
    """Change the password."""
    old, new, again = (visit.field(name)[:1_000] for name in ("old", "password", "again"))
    try:
        token = await run_in_threadpool(
            web.console.credentials.change_password,
            visit.person,
            visit.session,
            visit.token,
            old,
            new,
            again,
        )
    except (StaffInvalid, SignInSlowed) as fault:
        return _again(web, visit, "staff/account_password.html", fault)
    return _renewed(web, token, "password")


@router.api_route("/authenticator", methods=["GET", "HEAD"])
async def show_key(web: TheWeb, visit: Own) -> Response:
    """Show the picture and the key for another app."""
    return await enrol_page(web, visit, "staff/account_authenticator.html")


@router.post("/authenticator")
async def change_authenticator(web: TheWeb, visit: Own) -> Response:
    """Put the other app in the place of the first."""
    try:
        token = await run_in_threadpool(
            web.console.credentials.change_authenticator,
            visit.person,
            visit.session,
            visit.token,
            visit.field("old")[:1_000],
            visit.field("code")[:100],
        )
    except (StaffInvalid, SignInSlowed) as fault:
        return await enrol_page(web, visit, "staff/account_authenticator.html", fault)
    return _renewed(web, token, "authenticator")


@router.api_route("/recovery-codes", methods=["GET", "HEAD"])
async def ask_codes(web: TheWeb, visit: Own) -> Response:
    """Ask for the password before new recovery codes are made."""
    return console_page(web, "staff/account_codes.html", visit)


@router.post("/recovery-codes")
async def new_codes(web: TheWeb, visit: Own) -> Response:
    """Show new recovery codes, this once."""
    try:
        codes = await run_in_threadpool(
            web.console.credentials.new_codes,
            visit.person,
            visit.session,
            visit.field("old")[:1_000],
        )
    except (StaffInvalid, SignInSlowed) as fault:
        return _again(web, visit, "staff/account_codes.html", fault)
    return console_page(web, "staff/recovery_codes.html", visit, codes=codes)


def _again(web: Web, visit: StaffVisit, template: str, fault: Exception) -> Response:
    return console_page(
        web,
        template,
        visit,
        status=status_of(fault),
        headers=headers_of(fault),
        errors={getattr(fault, "field", "old"): str(fault)},
    )


def _renewed(web: Web, token: str, done: str) -> Response:
    answer = RedirectResponse(f"{_ACCOUNT}?done={done}", 303)
    let_in(answer, web, token)
    return answer


def _out(web: Web) -> Response:
    answer = RedirectResponse(SIGN_IN, 303)
    show_out(answer, web)
    return answer
