"""Every branch of the check that a form came from our own page."""

import pytest
from starlette.requests import Request

from api.csrf import check_same_site
from api.errors import FormRefused

BASE = "https://enquiries.example"


def _request(**headers: str) -> Request:
    fields = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return Request(
        {
            "type": "http",
            "method": "POST",
            "path": "/",
            "scheme": "https",
            "server": ("enquiries.example", 443),
            "headers": [(b"host", b"enquiries.example"), *fields],
        }
    )


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"sec_fetch_site": "same-origin"},
        {"sec_fetch_site": "none"},
        {"sec_fetch_site": "same-origin", "origin": "null"},
        {"origin": BASE},
        {"origin": "https://enquiries.example:443"},
    ],
)
def test_our_own_forms_pass(headers: dict[str, str]) -> None:
    check_same_site(_request(**headers), BASE)


@pytest.mark.parametrize(
    "headers",
    [
        {"sec_fetch_site": "cross-site"},
        {"sec_fetch_site": "same-site"},
        {"sec_fetch_site": ""},
        {"sec_fetch_site": "cross-site", "origin": BASE},
        {"origin": "https://evil.example"},
        {"origin": "https://enquiries.example.evil.example"},
        {"origin": "http://enquiries.example"},
        {"origin": "https://enquiries.example:8443"},
        {"origin": "null"},
        {"origin": ""},
        {"origin": "https://enquiries.example@evil.example"},
    ],
)
def test_other_sites_forms_are_refused(headers: dict[str, str]) -> None:
    with pytest.raises(FormRefused):
        check_same_site(_request(**headers), BASE)
