"""Whose conversation is this? The page brings a cookie, the widget's frame a header.

The page keeps the conversation's token in one strictly necessary cookie rather than in the address:
an address is kept in histories and logs, is sent on as `Referer`, and is passed on by people who
mean to share a page, not their conversation. A form field alone would lose the conversation on
every reload and link. The frame uses no cookie: there it would be a third party's.
"""

from dataclasses import dataclass

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response

from api.chat.access import TOKEN_HEADER
from api.csrf import check_same_site
from api.errors import TokenRefused
from api.web import Web
from assistant.errors import ConversationUnknown

_BEARER = "bearer "


@dataclass(frozen=True, slots=True)
class Visit:
    """A conversation that this request may touch. `framed`: it came with the header."""

    conversation_id: str
    framed: bool

    def form_token(self, web: Web) -> str:
        """Return the hidden form value; the frame needs none, for it sends no cookie."""
        return "" if self.framed else web.tokens.form_token(self.conversation_id)


def cookie_name(web: Web) -> str:
    """Return the cookie's name; `__Host-` binds it to this host and to https."""
    return "__Host-signpost" if web.parts.site.secure else "signpost"


def visit_of(request: Request, web: Web) -> Visit | None:
    """Return the visit, or None where there is no conversation or it has ended.

    A header that cannot be used raises `TokenRefused`; a cookie that cannot is only forgotten.
    """
    authorization = request.headers.get("authorization", "")
    if authorization.lower().startswith(_BEARER):
        return Visit(web.tokens.read(authorization[len(_BEARER) :].strip()), framed=True)
    cookie = request.cookies.get(cookie_name(web), "")
    if not cookie:
        return None
    try:
        return Visit(web.tokens.read(cookie), framed=False)
    except TokenRefused:
        return None


def needed(visit: Visit | None) -> Visit:
    """Return the visit; raise `ConversationUnknown` where there is none."""
    if visit is None:
        raise ConversationUnknown
    return visit


def renewed(response: Response, web: Web, visit: Visit) -> Response:
    """Give the response a fresh token: in a header for the frame, else in the cookie."""
    if visit.framed:
        response.headers[TOKEN_HEADER] = web.tokens.issue(visit.conversation_id).text
    else:
        remember(response, web, visit.conversation_id)
    return response


def from_script(request: Request) -> bool:
    """Return whether our own script asks, and not a form."""
    return "application/json" in request.headers.get("accept", "")


def field(form: FormData, name: str) -> str:
    """Return a field's text; "" where it is missing, or a file."""
    value = form.get(name, "")
    return value if isinstance(value, str) else ""


def with_language(path: str, language: str) -> str:
    """Return the path, carrying the language on."""
    return path if language == "en" else f"{path}?lang={language}"


def check_form(request: Request, web: Web, visit: Visit | None, form_token: str) -> None:
    """Raise `FormRefused` unless the form may act: see `api/csrf.py`."""
    if visit is not None and visit.framed:
        return
    check_same_site(request, web.parts.site.base_url)
    if visit is not None:
        web.tokens.check_form(visit.conversation_id, form_token)


def remember(response: Response, web: Web, conversation_id: str) -> None:
    """Put a fresh token into the cookie, until the browser closes."""
    response.set_cookie(
        cookie_name(web),
        web.tokens.issue(conversation_id).text,
        httponly=True,
        samesite="lax",
        secure=web.parts.site.secure,
        path="/",
    )


def forget(response: Response, web: Web) -> None:
    """Take the cookie away."""
    response.delete_cookie(
        cookie_name(web),
        httponly=True,
        samesite="lax",
        secure=web.parts.site.secure,
        path="/",
    )
