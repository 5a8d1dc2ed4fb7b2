"""The web application, from its parts."""

from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager, nullcontext
from typing import Any

from fastapi import APIRouter, FastAPI
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from api.answering import Answering
from api.assets import Assets
from api.chat import people as chat_people
from api.chat import routes as chat
from api.errors import ApiError
from api.metrics import Metrics
from api.openapi import describe
from api.ops import routes as ops
from api.pages import challenging, conversation, describing, keeping, people, reviewed
from api.pages import routes as pages
from api.pages.refusals import refuse
from api.pages.rendering import Pages
from api.parts import Parts
from api.rate_limits import RateLimits
from api.security import BodyLimit, Guard
from api.staff.console import open_console
from api.staff.rendering import refuse_staff
from api.staff.routing import STAFF_ROUTERS
from api.tokens import Tokens
from api.web import Web
from api.widget import routes as widget
from assistant.errors import AssistantError

_EXPECTED = (ApiError, AssistantError, HTTPException, RequestValidationError)

_ROUTERS = (
    chat.router,
    chat_people.router,
    ops.router,
    widget.router,
    describing.router,
    keeping.router,
    people.router,
    challenging.router,
    reviewed.router,
    conversation.router,
    pages.router,
)


def create_app(parts: Parts) -> FastAPI:
    """Return the whole web side. It owns its answering threads and closes them at shutdown."""
    web = _build(parts)

    @asynccontextmanager
    async def life(app: FastAPI) -> AsyncIterator[None]:
        with web.staff.feed if web.staff else nullcontext():
            yield
        web.answering.close()

    app = FastAPI(
        title="Signpost",
        lifespan=life,
        # Their pages load scripts from another company's servers.
        docs_url=None,
        redoc_url=None,
        openapi_url="/v1/openapi.json",
        redirect_slashes=False,
        separate_input_output_schemas=False,
    )
    app.state.web = web
    for router in _routers(parts):
        app.include_router(router)
    describe(app)
    for expected in _EXPECTED:
        app.add_exception_handler(expected, _refusing(web))

    def refuse_here(request: Request, error: Exception) -> Response:
        return _refuse(request, web, error)

    app.add_middleware(BodyLimit, limit=parts.limits.body_bytes, refuse=refuse_here)
    app.add_middleware(Guard, site=parts.site, refuse=refuse_here)
    return app


def _build(parts: Parts) -> Web:
    limits, assets = parts.limits, Assets()
    metrics = Metrics(parts.releases, parts.monitored, parts.hooks, parts.clock)
    return Web(
        parts=parts,
        tokens=Tokens(parts.token_secret, limits.token_seconds, parts.clock),
        rates=RateLimits(limits),
        metrics=metrics,
        answering=Answering(
            parts.conversations, limits.answering_threads, limits.waiting_turns, metrics.turn
        ),
        assets=assets,
        pages=Pages(
            parts.site,
            limits,
            assets,
            parts.describing,
            parts.reaching,
            said=parts.said,
            challenging=parts.challenges is not None and bool(parts.said),
        ),
        staff=open_console(parts.staff, parts.site.base_url, parts.site.service_name)
        if parts.staff
        else None,
    )


def _refusing(web: Web) -> Callable[[Request, Exception], Coroutine[Any, Any, Response]]:
    async def handle(request: Request, error: Exception) -> Response:
        if isinstance(error, HTTPException) and error.status_code == 405:
            error = HTTPException(405, headers={"Allow": _methods_at(request.url.path, web)})
        return _refuse(request, web, error)

    return handle


def _routers(parts: Parts) -> tuple[APIRouter, ...]:
    return (*STAFF_ROUTERS, *_ROUTERS) if parts.staff else _ROUTERS


def _refuse(request: Request, web: Web, error: Exception) -> Response:
    of_staff = web.staff is not None and f"{request.url.path}/".startswith("/staff/")
    return refuse_staff(request, web, error) if of_staff else refuse(request, web, error)


def _methods_at(path: str, web: Web) -> str:
    """Return every method that some route takes at this path (RFC 9110 §10.2.1)."""
    methods = {
        method
        for router in _routers(web.parts)
        for route in router.routes
        if isinstance(route, APIRoute) and route.path_regex.match(path)
        for method in route.methods or ()
    }
    return ", ".join(sorted(methods))
