"""Headers, policy and markup: what a browser is told, and what it is never given to run."""

import re
from base64 import b64encode
from hashlib import sha256
from html.parser import HTMLParser

import pytest

from api.parts import SiteSettings
from api.security import GOVUK_INLINE_SCRIPT
from tests.web_parts import client, started

PAGES = ["/", "/conversation", "/person", "/deleted", "/guidance/passport-photos", "/accessibility"]
PAGES += ["/privacy", "/cookies", "/problems", "/embed", "/widget", "/nothing"]
OTHERS = ["/health", "/ready", "/metrics", "/v1/openapi.json", "/v1/nothing", "/widget.js"]
SECURE = SiteSettings(
    base_url="https://enquiries.example", embedding_origins=("https://www.council.example",)
)


class Scripts(HTMLParser):
    """Collects what could run or load: inline scripts, handlers, styles, addresses."""

    def __init__(self) -> None:
        super().__init__()
        self.inline: list[str] = []
        self.handlers: list[str] = []
        self.addresses: list[str] = []
        self.styles = 0
        self._in_script = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self._in_script = tag == "script" and "src" not in given
        self.styles += tag == "style"
        self.styles += "style" in given
        self.handlers += [name for name in given if name.startswith("on")]
        self.addresses += [given[name] or "" for name in ("src", "href", "action") if name in given]

    def handle_data(self, data: str) -> None:
        if self._in_script:
            self.inline.append(data)
            self._in_script = False


def _read(html: str) -> Scripts:
    found = Scripts()
    found.feed(html)
    return found


@pytest.mark.parametrize("path", PAGES + OTHERS)
def test_every_response_carries_the_headers(path: str) -> None:
    with client(site=SECURE) as http:
        headers = http.get(path, headers={"Accept": "text/html"}).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "same-origin"
        assert headers["strict-transport-security"].startswith("max-age=")
        assert "camera=()" in headers["permissions-policy"]
        assert re.fullmatch(r"[0-9a-f-]{36}", headers["x-request-id"])
        policy = headers["content-security-policy"]
        assert policy.startswith("default-src 'none'; ")
        assert "unsafe" not in policy
        assert "*" not in policy
        assert "access-control-allow-origin" not in headers


@pytest.mark.parametrize("path", PAGES + OTHERS)
def test_only_the_frame_may_be_framed_and_only_by_those_named(path: str) -> None:
    with client(site=SECURE) as http:
        headers = http.get(path).headers
        policy = headers["content-security-policy"]
        if path == "/embed":
            assert "frame-ancestors 'self' https://www.council.example" in policy
            assert "x-frame-options" not in headers
        else:
            assert "frame-ancestors 'none'" in policy
            assert headers["x-frame-options"] == "DENY"


@pytest.mark.parametrize("path", PAGES + OTHERS)
def test_nothing_personal_is_stored_on_the_way(path: str) -> None:
    with client() as http:
        cache = http.get(path).headers["cache-control"]
        assert cache == ("public, max-age=3600" if path == "/widget.js" else "no-store")
        url, token = started(http)
        assert http.get(url, headers=token).headers["cache-control"] == "no-store"


@pytest.mark.parametrize("path", PAGES)
def test_pages_run_our_files_and_the_one_inline_script_that_the_policy_names(path: str) -> None:
    with client() as http:
        page = _read(http.get(path, headers={"Accept": "text/html"}).text)
        for script in page.inline:
            digest = b64encode(sha256(script.encode()).digest()).decode()
            assert f"'sha256-{digest}'" == GOVUK_INLINE_SCRIPT
        assert page.handlers == []
        assert page.styles == 0


def test_hostile_text_from_anywhere_is_only_text() -> None:
    with client() as http:
        http.post("/conversation/turns", data={"question": "markup", "key": "k"})
        html = http.get("/conversation").text
        page = _read(html)
        assert page.handlers == []
        assert len(page.inline) == 1
        assert "<img" not in html
        assert "&lt;script&gt;alert(1)" in html
        for address in page.addresses:
            assert re.match(r"(/|#|https?://|tel:)", address), address
        assert 'href="tel:<' not in html


@pytest.mark.parametrize(
    "parent",
    [
        "https://evil.example",
        "https://www.council.example.evil.example",
        "https://www.council.example/",
        '"><script>alert(1)</script>',
        "null",
        "*",
        "",
    ],
)
def test_the_frame_believes_only_an_allowed_parent(parent: str) -> None:
    with client(site=SECURE) as http:
        html = http.get("/embed", params={"parent": parent}).text
        assert 'data-parent=""' in html
        good = http.get("/embed", params={"parent": "https://www.council.example"}).text
        assert 'data-parent="https://www.council.example"' in good


def test_a_forged_host_changes_no_address() -> None:
    with client() as http:
        for path in ("/", "/widget", "/embed", "/problems", "/v1/nothing"):
            answer = http.get(path, headers={"Host": "evil.example", "Accept": "text/html"})
            assert "evil.example" not in answer.text, path
            assert "evil.example" not in str(answer.headers), path


def test_another_origin_gets_no_permission_to_read() -> None:
    with client() as http:
        answer = http.options(
            "/v1/conversations",
            headers={"Origin": "https://evil.example", "Access-Control-Request-Method": "POST"},
        )
        assert "access-control-allow-origin" not in answer.headers
        assert answer.status_code == 405


def test_the_address_of_a_conversation_holds_no_secret() -> None:
    with client() as http:
        answer = http.post("/conversation/turns", data={"question": "How?", "key": "k"})
        assert answer.headers["location"] == "/conversation#turn-t1"
