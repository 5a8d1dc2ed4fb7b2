"""The widget: its script for other sites' pages, and the frame it opens."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from api.parts import origin_of
from api.web import TheWeb

router = APIRouter(include_in_schema=False)
_READ = ["GET", "HEAD"]

THEMES = ("teal", "blue", "green", "plum", "ink")
"""Colours that a site may choose; each has enough contrast. `signpost.scss` and `widget.js` too."""


@router.api_route("/widget.js", methods=_READ)
def script(request: Request, web: TheWeb) -> Response:
    """Serve the launcher."""
    return web.assets.serve_script(request, "widget.js")


@router.api_route("/embed", methods=_READ)
def frame(request: Request, web: TheWeb) -> Response:
    """Show the frame. `parent` is believed only where it is an allowed origin, exactly."""
    site = web.parts.site
    said = request.query_params.get("parent", "")
    allowed = {*site.embedding_origins, site.base_url, origin_of(str(request.base_url))}
    parent = said if said and said in allowed else ""
    asked = request.query_params.get("theme", "")
    theme = asked if asked in THEMES else THEMES[0]
    return web.pages.page("embed.html", web.pages.language_of(request), parent=parent, theme=theme)


@router.api_route("/widget", methods=_READ)
def example(request: Request, web: TheWeb) -> Response:
    """Show the widget on a page of ours."""
    return web.pages.page("example.html", web.pages.language_of(request))
