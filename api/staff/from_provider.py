"""The way to the identity provider and back."""

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from api.staff.entrance import Anybody, entered, signer_of
from api.staff.errors import ProviderFailed, SignInRefused
from api.staff.provider import BACK, LASTS, Provider
from api.staff.rendering import HOME, console_page
from api.staff.sealing import new_token
from api.web import TheWeb, Web

router = APIRouter(prefix="/staff/provider", include_in_schema=False)

_LONGEST = 4_000


@router.get("")
async def leave(web: TheWeb, caller: Anybody) -> Response:
    """Send the browser to the identity provider."""
    provider = _provider(web)
    web.rates.count_sign_in(caller.address)
    browser = new_token()
    try:
        address = await run_in_threadpool(provider.begin, browser)
    except ProviderFailed as fault:
        return _failed(web, fault, 502)
    answer = RedirectResponse(address, 303)
    answer.set_cookie(
        _cookie(web),
        browser,
        max_age=int(LASTS.total_seconds()),
        httponly=True,
        # Lax, for the provider's page sends the browser back here: a Strict one would stay away.
        samesite="lax",
        secure=web.parts.site.secure,
        path="/",
    )
    return answer


@router.get(BACK.removeprefix("/staff/provider"))
async def come_back(request: Request, web: TheWeb, caller: Anybody) -> Response:
    """Take what the provider sent. Our own page goes on, so that the Strict cookie comes along."""
    provider = _provider(web)
    web.rates.count_sign_in(caller.address)
    browser = request.cookies.get(_cookie(web), "")
    given = {name: request.query_params.get(name, "")[:_LONGEST] for name in ("state", "code")}
    try:
        entry = await run_in_threadpool(
            provider.finish, given["state"], given["code"], browser, signer_of(caller)
        )
    except SignInRefused as fault:
        return _failed(web, fault, 403)
    except ProviderFailed as fault:
        return _failed(web, fault, 502)
    answer = entered(web, entry, console_page(web, "staff/continue.html", onward=HOME))
    answer.delete_cookie(_cookie(web), path="/", secure=web.parts.site.secure, httponly=True)
    return answer


def _provider(web: Web) -> Provider:
    if web.console.provider is None:
        raise HTTPException(404)
    return web.console.provider


def _cookie(web: Web) -> str:
    return "__Host-signpost-provider" if web.parts.site.secure else "signpost-provider"


def _failed(web: Web, fault: Exception, status: int) -> Response:
    return console_page(
        web,
        "staff/problem.html",
        status=status,
        title="Signing in did not work",
        detail=str(fault),
        reference="",
    )
