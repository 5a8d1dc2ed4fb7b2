"""Console pages from templates, and what a member of staff reads when something is refused."""

import re
from collections.abc import Mapping
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from api.pages.refusals import wants_page
from api.problems import Problem, problem_of, respond
from api.staff.access import StaffVisit, session_cookie
from api.staff.errors import NotSignedIn
from api.staff.navigation import places_for
from api.staff.sessions import Stage
from api.web import Web
from audit.errors import DatabaseUnavailable

HOME = "/staff"
BUSY = Problem(
    503,
    "busy",
    "The console is busy",
    "Nothing of yours was done. Wait a moment, then open the page again, or send the form again: "
    "a form that is sent twice acts once.",
    headers={"Retry-After": "5"},
)
SIGN_IN = "/staff/sign-in"
_OURS = re.compile(r"/staff(/[\w~-][\w.~-]*)*(\?[\w=&%.~+-]*)?", re.ASCII)
_LONGEST_ADDRESS = 500


def console_page(
    web: Web,
    template: str,
    visit: StaffVisit | None = None,
    *,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
    errors: Mapping[str, str] | None = None,
    form_token: str = "",
    **values: object,
) -> Response:
    """Return a page of the console.

    `errors` is what is wrong by field name: the page shows it in a summary and at the fields.
    Templates extend `staff/base.html` and have `visit`, `form_token` and `errors`.
    """
    signed_in = visit is not None and visit.session.stage is Stage.SIGNED_IN
    return web.pages.page(
        template,
        "en",
        status=status,
        headers=headers,
        visit=visit if signed_in else None,
        places=places_for(visit.person) if visit and signed_in else (),
        form_token=form_token or (visit.form_token if visit else ""),
        errors=errors or {},
        **values,
    )


def own_address(address: str) -> str:
    """Return an address to go on to if it is a page of the console, else its first page."""
    fits = len(address) <= _LONGEST_ADDRESS and _OURS.fullmatch(address)
    return address if fits and not address.startswith(SIGN_IN) else HOME


def refuse_staff(request: Request, web: Web, error: Exception) -> Response:
    """Return the refusal as this client can read it; who is not signed in is sent to sign in."""
    problem = BUSY if isinstance(error, DatabaseUnavailable) else problem_of(error)
    web.metrics.refused(problem.status, problem.code)
    if not wants_page(request):
        return respond(request, problem, web.parts.site.base_url)
    if isinstance(error, NotSignedIn):
        return _to_sign_in(request, web)
    found = getattr(request.state, "staff", None)
    return console_page(
        web,
        "staff/problem.html",
        found,
        status=problem.status,
        headers=problem.headers,
        title=problem.title,
        detail=problem.detail,
        reference=request.scope.get("state", {}).get("request_id", ""),
    )


def _to_sign_in(request: Request, web: Web) -> Response:
    """Send somebody to the sign-in page, or from another site's link to our own page first.

    A Strict cookie does not come along from another site, so nobody can tell yet.
    """
    wanted = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    wanted = own_address(wanted) if request.method in {"GET", "HEAD"} else HOME
    came_from_elsewhere = request.headers.get("sec-fetch-site") == "cross-site"
    if came_from_elsewhere and session_cookie(web) not in request.cookies:
        return console_page(web, "staff/continue.html", onward=wanted)
    address = SIGN_IN if wanted == HOME else f"{SIGN_IN}?next={quote(wanted, safe='')}"
    return RedirectResponse(address, 303)
