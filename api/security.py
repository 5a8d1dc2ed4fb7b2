"""Pure ASGI middleware around every response: request id, headers, body limit, last resort.

Pure ASGI, because Starlette's BaseHTTPMiddleware runs streamed answers in a second task.
"""

import logging
import uuid
from collections.abc import Callable

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.parts import SiteSettings

GOVUK_INLINE_SCRIPT = "'sha256-GUQ5ad8JK5KmEWmROf3LZd9ge94daqNvd8xy9YS1iDw='"
"""Hash of the one inline script of the GOV.UK page template; a test recomputes it."""

FRAME_PATH = "/embed"
_FROM_OTHER_SITES = (FRAME_PATH, "/widget.js")

Refuse = Callable[[Request, Exception], Response]
_log = logging.getLogger("signpost.api")


class Guard:
    """Gives each request an id and each response its security headers.

    An exception that nobody foresaw becomes a plain 500; its type is logged, its text is not,
    because it may hold a citizen's words.
    """

    def __init__(self, app: ASGIApp, site: SiteSettings, refuse: Refuse) -> None:
        self._app = app
        self._common = _common_headers(site)
        self._page_policy = _policy(site, "'none'")
        self._frame_policy = _policy(site, " ".join(("'self'", *site.embedding_origins)))
        self._refuse = refuse

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id = str(uuid.uuid4())
        scope.setdefault("state", {})["request_id"] = request_id
        started = False

        async def guarded(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                self._add_headers(MutableHeaders(scope=message), scope["path"], request_id)
            await send(message)

        try:
            await self._app(scope, receive, guarded)
        except Exception as fault:
            _log.error("request %s failed: %s", request_id, type(fault).__name__)
            if started:
                raise
            await self._refuse(Request(scope), fault)(scope, receive, guarded)

    def _add_headers(self, headers: MutableHeaders, path: str, request_id: str) -> None:
        for name, value in self._common.items():
            headers[name] = value
        framed = path == FRAME_PATH
        headers["Content-Security-Policy"] = self._frame_policy if framed else self._page_policy
        if not framed:
            headers["X-Frame-Options"] = "DENY"
        headers["Cross-Origin-Resource-Policy"] = (
            "cross-origin" if path in _FROM_OTHER_SITES else "same-origin"
        )
        headers["X-Request-ID"] = request_id
        headers.setdefault("Cache-Control", "no-store")


class BodyLimit:
    """Reads each request's body, at most `limit` bytes of it, before anything parses it.

    Counts what arrives as well as what was declared, so a chunked body is no way round.
    (Starlette's own limit answers a declared excess in plain text, without our headers.)
    """

    def __init__(self, app: ASGIApp, limit: int, refuse: Refuse) -> None:
        self._app = app
        self._limit = limit
        self._refuse = refuse

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        declared = Headers(scope=scope).get("content-length", "0")
        if not (declared.isascii() and declared.isdigit()):
            await self._refuse(Request(scope), HTTPException(400))(scope, receive, send)
            return
        body = None if int(declared[:12]) > self._limit else await self._read(receive)
        if body is None:
            too_large = HTTPException(413, headers={"Connection": "close"})
            await self._refuse(Request(scope), too_large)(scope, receive, send)
            return
        replayed = False

        async def replay() -> Message:
            nonlocal replayed
            if replayed:
                return await receive()
            replayed = True
            return {"type": "http.request", "body": body, "more_body": False}

        await self._app(scope, replay, send)

    async def _read(self, receive: Receive) -> bytes | None:
        """Return the whole body, or None where it is larger than the limit."""
        body = bytearray()
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                return bytes(body)
            body += message.get("body", b"")
            if len(body) > self._limit:
                return None
            if not message.get("more_body", False):
                return bytes(body)


def _policy(site: SiteSettings, ancestors: str) -> str:
    rules = [
        "default-src 'none'",
        f"script-src 'self' {GOVUK_INLINE_SCRIPT}",
        "style-src 'self'",
        "img-src 'self'",
        "connect-src 'self'",
        "frame-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        f"frame-ancestors {ancestors}",
    ]
    if site.secure:
        rules.append("upgrade-insecure-requests")
    return "; ".join(rules)


def _common_headers(site: SiteSettings) -> dict[str, str]:
    headers = {
        "X-Content-Type-Options": "nosniff",
        # Not "no-referrer": with that, browsers send "Origin: null" with our own forms.
        "Referrer-Policy": "same-origin",
        "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
        "Cross-Origin-Opener-Policy": "same-origin",
    }
    if site.secure:
        headers["Strict-Transport-Security"] = "max-age=63072000; includeSubDomains"
    return headers
