"""The pages of signing in: password, second factor, lost second factor, signing out."""

from collections.abc import Mapping
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from api.errors import RateLimited
from api.staff.access import (
    Caller,
    StaffVisit,
    at_stage,
    at_the_door,
    let_in,
    needs,
    remember_device,
    session_cookie,
    show_out,
    with_device,
)
from api.staff.errors import SignInRefused, SignInSlowed
from api.staff.permissions import Permission
from api.staff.rendering import HOME, SIGN_IN, console_page, own_address
from api.staff.sessions import Stage
from api.staff.sign_in import Entry, Signer
from api.web import TheWeb, Web

router = APIRouter(prefix="/staff", include_in_schema=False)

Anybody = Annotated[Caller, at_the_door()]
HalfWay = Annotated[StaffVisit, at_stage(Stage.SECOND_FACTOR)]
_AT_THE_FORM = (SignInRefused, SignInSlowed, RateLimited)
NOTHING: Mapping[str, str] = {}
SECOND = "/staff/second-factor"


@router.api_route("/sign-in", methods=["GET", "HEAD"])
async def ask_password(request: Request, web: TheWeb, caller: Anybody) -> Response:
    """Show the first step; who is signed in goes on."""
    onward = own_address(request.query_params.get("next", HOME))
    token = request.cookies.get(session_cookie(web), "")
    found = await run_in_threadpool(web.console.sessions.find, token) if token else None
    if found and found[0].stage is Stage.SIGNED_IN:
        return RedirectResponse(onward, 303)
    return _door(web, caller, onward)


@router.post("/sign-in")
async def take_password(request: Request, web: TheWeb, caller: Anybody) -> Response:
    """Check e-mail address and password."""
    onward = own_address(caller.field("next"))
    try:
        token = await run_in_threadpool(
            web.console.sign_in.with_password,
            caller.field("email")[:400],
            caller.field("password")[:1_000],
            signer_of(caller),
            web.rates.count_sign_in,
        )
    except _AT_THE_FORM as fault:
        return _door(web, caller, onward, fault, caller.field("email")[:400])
    answer = RedirectResponse(f"{SECOND}?next={quote(onward, safe='')}", 303)
    let_in(answer, web, token)
    return answer


@router.api_route("/second-factor", methods=["GET", "HEAD"])
async def ask_code(request: Request, web: TheWeb, visit: HalfWay) -> Response:
    """Show the second step; `?lost` asks for a recovery code instead."""
    onward = own_address(request.query_params.get("next", HOME))
    return _second(web, visit, onward, lost="lost" in request.query_params)


@router.post("/second-factor")
async def take_code(web: TheWeb, visit: HalfWay) -> Response:
    """Check a code of the app, or a recovery code."""
    onward, lost = own_address(visit.field("next")), bool(visit.field("lost"))
    sign_in = web.console.sign_in
    step = sign_in.with_recovery_code if lost else sign_in.with_authenticator
    try:
        entry = await run_in_threadpool(
            step, visit.session, visit.token, visit.field("code")[:100], signer_of(visit.caller)
        )
    except _AT_THE_FORM as fault:
        return _second(web, visit, onward, lost=lost, fault=fault)
    return entered(web, entry, RedirectResponse("/staff/account" if lost else onward, 303))


@router.api_route("/sign-in/lost", methods=["GET", "HEAD"])
async def lost(web: TheWeb, caller: Anybody) -> Response:
    """Say what to do without phone or password."""
    return console_page(web, "staff/lost.html")


@router.post("/sign-out")
async def sign_out(
    web: TheWeb, visit: Annotated[StaffVisit, needs(Permission.SEE_HOME)]
) -> Response:
    """End this session."""
    await run_in_threadpool(web.console.sign_in.sign_out, visit.session)
    answer = RedirectResponse(SIGN_IN, 303)
    show_out(answer, web)
    return answer


def signer_of(caller: Caller) -> Signer:
    """Return where somebody signs in from."""
    return Signer(caller.device, caller.address, caller.browser)


def entered(web: Web, entry: Entry, answer: Response) -> Response:
    """Give somebody who signed in their cookies."""
    let_in(answer, web, entry.token)
    remember_device(answer, web, entry.device)
    return answer


def headers_of(fault: Exception) -> dict[str, str]:
    """Return when to try again, where that is the fault."""
    after = getattr(fault, "retry_after", 0)
    return {"Retry-After": str(after)} if after else {}


def status_of(fault: Exception | None) -> int:
    """Return the status of a form that is shown again."""
    if fault is None:
        return 200
    return 429 if getattr(fault, "retry_after", 0) else 422


def at_door_page(
    web: Web,
    caller: Caller,
    template: str,
    fault: Exception | None = None,
    *,
    at: str = "",
    values: Mapping[str, str] = NOTHING,
) -> Response:
    """Return a page with a form for somebody who is not signed in; this browser gets a cookie."""
    known = with_device(caller)
    page = console_page(
        web,
        template,
        None,
        status=status_of(fault),
        headers=headers_of(fault) if fault else None,
        errors={at: str(fault)} if fault else None,
        form_token=known.form_token,
        **dict[str, Any](values),
    )
    if not caller.device:
        remember_device(page, web, known.device)
    return page


def _door(
    web: Web, caller: Caller, onward: str, fault: Exception | None = None, email: str = ""
) -> Response:
    provider = web.console.provider
    return at_door_page(
        web,
        caller,
        "staff/sign_in.html",
        fault,
        at="email",
        values={
            "onward": onward,
            "email": email,
            "provider": provider.settings.name if provider else "",
        },
    )


def _second(
    web: Web, visit: StaffVisit, onward: str, *, lost: bool, fault: Exception | None = None
) -> Response:
    return console_page(
        web,
        "staff/second_factor.html",
        visit,
        status=status_of(fault),
        headers=headers_of(fault) if fault else None,
        errors={"code": str(fault)} if fault else None,
        onward=onward,
        lost=lost,
    )
