"""Was this form sent from our own page?

The order of checks follows Go's `net/http.CrossOriginProtection` and Datasette's `csrf.py`:
browsers since 2023 say it in `Sec-Fetch-Site`; older ones, and plain http, send `Origin`. A request
with neither header comes from no browser of the last years, and cannot carry a citizen's cookie
unless its sender already has it. The form token (`api/tokens.py`) is a second lock.
"""

from starlette.requests import Request

from api.errors import FormRefused
from api.parts import origin_of

_REFUSED = "This form was sent from another site. Open the page here and send it again."


def check_same_site(request: Request, base_url: str) -> None:
    """Raise `FormRefused` for a form that another site (or a sister domain) sent."""
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        if site in {"same-origin", "none"}:
            return
        raise FormRefused(_REFUSED)
    origin = request.headers.get("origin")
    if origin is None:
        return
    ours = {base_url, origin_of(f"{request.url.scheme}://{request.headers.get('host', '')}")}
    if origin_of(origin) not in ours - {""}:
        raise FormRefused(_REFUSED)
