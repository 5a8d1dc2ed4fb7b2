"""The way into every console route: it declares exactly one of these, or a test fails.

    @router.get("/people")
    async def people(request: Request, web: TheWeb, visit: Managing) -> Response: ...

    Managing = Annotated[StaffVisit, needs(Permission.MANAGE_PEOPLE)]

`needs` finds out who it is and whether they may; for forms it also checks where the form came from
and that it was made for this session. The route gets a `StaffVisit` and asks no more. What is open
to people who are not signed in declares `at_the_door` or `at_stage`; the tests name each of those.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from fastapi import Depends
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response

from api.csrf import check_same_site
from api.errors import FormRefused
from api.staff.errors import NotPermitted, NotSignedIn
from api.staff.people import Person
from api.staff.permissions import Permission
from api.staff.sealing import new_token
from api.staff.sessions import Session, Stage, form_token, is_form_token
from api.web import Web, web_of

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
FORM_TOKEN = "form_token"  # noqa: S105
"""The hidden field of every form; scripts may send the header X-Form-Token instead."""
_MOST_FIELDS = 200
_DEVICE_SECONDS = 365 * 24 * 60 * 60


@dataclass(frozen=True, slots=True)
class Caller:
    """Who sends a request, whether signed in or not. `device` is this browser's cookie."""

    device: str = field(repr=False)
    address: str
    browser: str
    form: FormData = field(repr=False)

    @property
    def form_token(self) -> str:
        """The hidden value of forms for somebody who is not signed in."""
        return form_token(self.device)

    def field(self, name: str) -> str:
        """Return a form's field as text, "" where it is missing."""
        value = self.form.get(name, "")
        return value if isinstance(value, str) else ""

    def fields(self, name: str) -> Sequence[str]:
        """Return every value of a form's field: check boxes."""
        return [value for value in self.form.getlist(name) if isinstance(value, str)]


@dataclass(frozen=True, slots=True)
class StaffVisit:
    """Somebody at a console page, who may open it. `token` is their session's cookie."""

    person: Person
    session: Session
    token: str = field(repr=False)
    caller: Caller

    @property
    def form_token(self) -> str:
        """The hidden value of every form on this page."""
        return form_token(self.token)

    def field(self, name: str) -> str:
        """Return a form's field as text, "" where it is missing."""
        return self.caller.field(name)

    def fields(self, name: str) -> Sequence[str]:
        """Return every value of a form's field."""
        return self.caller.fields(name)


@dataclass(frozen=True, slots=True)
class Needs:
    """A dependency: somebody who is signed in and has this permission."""

    permission: Permission

    async def __call__(self, request: Request) -> StaffVisit:
        """Return the visit; raise NotSignedIn, NotPermitted or FormRefused."""
        visit = await _visit(request, Stage.SIGNED_IN)
        if not visit.person.may(self.permission):
            raise NotPermitted
        _check_form(request, visit.token, visit.caller)
        return visit


@dataclass(frozen=True, slots=True)
class AtStage:
    """A dependency: somebody on the way in, who has come this far and no farther."""

    stage: Stage

    async def __call__(self, request: Request) -> StaffVisit:
        """Return the visit; raise NotSignedIn or FormRefused."""
        visit = await _visit(request, self.stage)
        _check_form(request, visit.token, visit.caller)
        return visit


@dataclass(frozen=True, slots=True)
class AtTheDoor:
    """A dependency: anybody."""

    async def __call__(self, request: Request) -> Caller:
        """Return the caller; raise FormRefused."""
        caller = await _caller(request)
        _check_form(request, caller.device, caller)
        return caller


def needs(permission: Permission) -> Any:
    """Declare the permission of a route."""
    return Depends(Needs(permission))


def at_stage(stage: Stage) -> Any:
    """Declare that a route is a step on the way in."""
    return Depends(AtStage(stage))


def at_the_door() -> Any:
    """Declare that a route is for anybody."""
    return Depends(AtTheDoor())


def session_cookie(web: Web) -> str:
    """Return the name of the session's cookie; `__Host-` binds it to this host and to https."""
    return "__Host-signpost-staff" if web.parts.site.secure else "signpost-staff"


def device_cookie(web: Web) -> str:
    """Return the name of the cookie that knows a browser again."""
    return "__Host-signpost-device" if web.parts.site.secure else "signpost-device"


def let_in(response: Response, web: Web, token: str) -> None:
    """Put a session into its cookie, until the browser closes.

    Strict: it is never sent along from another site. What comes from there (a link in an e-mail,
    the identity provider) meets `staff/continue.html`, which goes on from our own page.
    """
    response.set_cookie(
        session_cookie(web),
        token,
        httponly=True,
        samesite="strict",
        secure=web.parts.site.secure,
        path="/",
    )


def show_out(response: Response, web: Web) -> None:
    """Take the session's cookie away."""
    response.delete_cookie(
        session_cookie(web),
        httponly=True,
        samesite="strict",
        secure=web.parts.site.secure,
        path="/",
    )


def remember_device(response: Response, web: Web, device: str) -> None:
    """Put this browser's cookie, so that it is known again."""
    response.set_cookie(
        device_cookie(web),
        device,
        max_age=_DEVICE_SECONDS,
        httponly=True,
        samesite="strict",
        secure=web.parts.site.secure,
        path="/",
    )


async def _visit(request: Request, stage: Stage) -> StaffVisit:
    web = web_of(request)
    token = request.cookies.get(session_cookie(web), "")
    found = await run_in_threadpool(web.console.sessions.find, token) if token else None
    if found is None:
        raise NotSignedIn
    session, person = found
    if session.stage is not stage:
        raise NotSignedIn
    visit = StaffVisit(person, session, token, await _caller(request))
    request.state.staff = visit
    return visit


async def _caller(request: Request) -> Caller:
    web = web_of(request)
    form = FormData()
    if request.method not in SAFE:
        form = await request.form(max_files=0, max_fields=_MOST_FIELDS)
    return Caller(
        device=request.cookies.get(device_cookie(web), ""),
        address=web.address(request),
        browser=request.headers.get("user-agent", ""),
        form=form,
    )


def with_device(caller: Caller) -> Caller:
    """Return the caller with a device: a new one where this browser has none."""
    if caller.device:
        return caller
    return Caller(new_token(), caller.address, caller.browser, caller.form)


def _check_form(request: Request, token: str, caller: Caller) -> None:
    """Raise FormRefused for a form of another site, or one that was made for another cookie."""
    if request.method in SAFE:
        return
    check_same_site(request, web_of(request).parts.site.base_url)
    sent = request.headers.get("x-form-token") or caller.field(FORM_TOKEN)
    if not is_form_token(sent, token):
        raise FormRefused("This page is out of date. Open it again and send the form from there.")
