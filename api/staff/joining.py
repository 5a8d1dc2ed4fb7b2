"""The pages of joining: the code, the password, the app, the recovery codes."""

from typing import Annotated

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.responses import RedirectResponse, Response

from api.errors import RateLimited
from api.staff.access import StaffVisit, at_stage, let_in
from api.staff.entrance import Anybody, at_door_page, entered, headers_of, signer_of, status_of
from api.staff.errors import SignInRefused, SignInSlowed, StaffInvalid
from api.staff.rendering import console_page
from api.staff.second_factor import enrolment_address, in_groups, picture
from api.staff.sessions import Stage
from api.web import TheWeb, Web

router = APIRouter(prefix="/staff/join", include_in_schema=False)

Joining = Annotated[StaffVisit, at_stage(Stage.JOINING)]


@router.api_route("", methods=["GET", "HEAD"])
async def ask_code(web: TheWeb, caller: Anybody) -> Response:
    """Ask for the joining code."""
    return at_door_page(web, caller, "staff/join.html")


@router.post("")
async def take_code(web: TheWeb, caller: Anybody) -> Response:
    """Check the joining code."""
    try:
        web.rates.count_sign_in(caller.address)
        token = await run_in_threadpool(
            web.console.credentials.begin_joining, caller.field("code")[:100], caller.browser
        )
    except (SignInRefused, RateLimited) as fault:
        return at_door_page(web, caller, "staff/join.html", fault, at="code")
    answer = RedirectResponse("/staff/join/password", 303)
    let_in(answer, web, token)
    return answer


@router.api_route("/password", methods=["GET", "HEAD"])
async def ask_password(web: TheWeb, visit: Joining) -> Response:
    """Ask for a password."""
    return console_page(web, "staff/join_password.html", visit, person=visit.person)


@router.post("/password")
async def take_password(web: TheWeb, visit: Joining) -> Response:
    """Keep the password until the app is set up, too."""
    password, again = visit.field("password")[:1_000], visit.field("again")[:1_000]
    try:
        await run_in_threadpool(
            web.console.credentials.choose_password, visit.person, visit.token, password, again
        )
    except StaffInvalid as fault:
        errors = {fault.field: str(fault)}
        return console_page(
            web, "staff/join_password.html", visit, status=422, errors=errors, person=visit.person
        )
    return RedirectResponse("/staff/join/authenticator", 303)


@router.api_route("/authenticator", methods=["GET", "HEAD"])
async def show_key(web: TheWeb, visit: Joining) -> Response:
    """Show the picture and the key for the app."""
    chosen = await run_in_threadpool(web.console.credentials.has_draft_password, visit.token)
    if not chosen:
        return RedirectResponse("/staff/join/password", 303)
    return await enrol_page(web, visit, "staff/join_authenticator.html")


@router.post("/authenticator")
async def take_first_code(web: TheWeb, visit: Joining) -> Response:
    """Finish joining; show the recovery codes, this once."""
    try:
        entry, codes = await run_in_threadpool(
            web.console.credentials.join,
            visit.person,
            visit.token,
            visit.field("code")[:100],
            signer_of(visit.caller),
        )
    except (StaffInvalid, SignInSlowed) as fault:
        return await enrol_page(web, visit, "staff/join_authenticator.html", fault)
    return entered(web, entry, console_page(web, "staff/recovery_codes.html", codes=codes))


async def enrol_page(
    web: Web, visit: StaffVisit, template: str, fault: Exception | None = None
) -> Response:
    """Return a page with the picture and the key of the app that is being set up."""
    secret = await run_in_threadpool(web.console.credentials.prepare, visit.person, visit.token)
    address = enrolment_address(secret, visit.person.email, web.parts.site.service_name)
    at = getattr(fault, "field", "code")
    return console_page(
        web,
        template,
        visit,
        status=status_of(fault),
        headers=headers_of(fault) if fault else None,
        errors={at: str(fault)} if fault else None,
        picture=picture(address),
        key=in_groups(secret),
    )
