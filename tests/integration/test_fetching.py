"""Polite fetching, against a real server on this machine that misbehaves in every way it can."""

import gzip
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path

import pytest

from knowledge.documents import Document
from knowledge.errors import SourceGone, SourceUnreachable
from knowledge.fetching import Fetcher, Manners
from knowledge.page_cache import PageCache
from knowledge.results import Failed, Skipped
from knowledge.sources import content_api_address, read_source
from tests.web_server import Reply, WebServer, web_server

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
MANNERS = Manners(pause=1.0, timeout=2.0, longest=3.0, tries=3, most_bytes=10_000)
HTML = b"<html lang='en'><body><main><h1>Kites</h1><p>You need a licence.</p></main></body></html>"


class Clock:
    """Time that passes only by sleeping."""

    def __init__(self) -> None:
        self.time = 1000.0
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.time

    def sleep(self, seconds: float) -> None:
        self.slept.append(round(seconds, 3))
        self.time += seconds


@pytest.fixture
def server() -> Iterator[WebServer]:
    with web_server() as running:
        yield running


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def fetcher(clock: Clock, tmp_path: Path) -> Iterator[Fetcher]:
    with fetcher_with(clock, tmp_path) as made:
        yield made


def fetcher_with(clock: Clock, folder: Path, manners: Manners = MANNERS) -> Fetcher:
    return Fetcher(
        version="1.2",
        contact="https://example.org/bot",
        cache=PageCache(folder / "pages"),
        manners=manners,
        clock=clock,
        sleep=clock.sleep,
        now=lambda: NOON,
    )


def test_it_says_who_it_is_and_asks_robots_first(server: WebServer, fetcher: Fetcher) -> None:
    server.routes["/page"] = Reply(body=HTML, headers={"Content-Type": "text/html"})
    fetched = fetcher.fetch(server.url + "/page")
    assert (fetched.body, fetched.content_type, fetched.url) == (
        HTML,
        "text/html",
        server.url + "/page",
    )
    assert server.paths() == ["/robots.txt", "/page"]
    assert {headers["User-Agent"] for _, headers in server.asked} == {
        "Signpost/1.2 (+https://example.org/bot)"
    }


def test_robots_rules_are_kept_with_wildcards_and_the_longest_match(
    server: WebServer, fetcher: Fetcher
) -> None:
    server.routes["/robots.txt"] = Reply(
        body=b"User-agent: *\nDisallow: /private\nAllow: /private/ok\nDisallow: /*/print$\n"
    )
    server.routes |= {"/private/ok": Reply(body=b"y"), "/a/print2": Reply(body=b"y")}
    for path in ("/private/x", "/a/print"):
        with pytest.raises(SourceUnreachable, match=r"robots\.txt") as caught:
            fetcher.fetch(server.url + path)
        assert caught.value.source == server.url + path
    assert fetcher.fetch(server.url + "/private/ok").body == b"y"
    assert fetcher.fetch(server.url + "/a/print2").body == b"y"
    assert server.paths() == ["/robots.txt", "/private/ok", "/a/print2"]


def test_rules_for_signpost_by_name_go_before_those_for_all(
    server: WebServer, fetcher: Fetcher
) -> None:
    server.routes["/robots.txt"] = Reply(
        body=b"User-agent: *\nAllow: /\n\nUser-agent: signpost\nDisallow: /\n"
    )
    with pytest.raises(SourceUnreachable, match="disallows"):
        fetcher.fetch(server.url + "/page")


def test_a_host_whose_robots_file_fails_is_left_alone_and_asked_once(
    server: WebServer, fetcher: Fetcher
) -> None:
    server.routes |= {"/robots.txt": Reply(503), "/page": Reply(body=HTML)}
    for _ in range(2):
        with pytest.raises(SourceUnreachable, match=r"robots\.txt cannot be read: answers 503"):
            fetcher.fetch(server.url + "/page")
    assert server.paths() == ["/robots.txt"] * MANNERS.tries


@pytest.mark.parametrize("status", [401, 403, 404, 410])
def test_a_host_without_a_robots_file_has_no_rules(
    server: WebServer, fetcher: Fetcher, status: int
) -> None:
    server.routes |= {"/robots.txt": Reply(status), "/page": Reply(body=HTML)}
    assert fetcher.fetch(server.url + "/page").body == HTML


def test_pages_of_one_host_are_fetched_a_pause_apart(
    server: WebServer, fetcher: Fetcher, clock: Clock
) -> None:
    server.routes |= {f"/{n}": Reply(body=b"x") for n in range(3)}
    for n in range(3):
        fetcher.fetch(f"{server.url}/{n}")
    assert clock.slept == [1.0, 1.0, 1.0]


def test_a_crawl_delay_lengthens_the_pause(
    server: WebServer, fetcher: Fetcher, clock: Clock
) -> None:
    server.routes["/robots.txt"] = Reply(body=b"User-agent: *\nCrawl-delay: 7\n")
    server.routes |= {"/a": Reply(body=b"x"), "/b": Reply(body=b"x")}
    fetcher.fetch(server.url + "/a")
    fetcher.fetch(server.url + "/b")
    assert clock.slept[-1] == 7.0


def test_two_hosts_do_not_wait_for_each_other(fetcher: Fetcher, clock: Clock) -> None:
    with ExitStack() as stack:
        first, second = (stack.enter_context(web_server()) for _ in range(2))
        for one in (first, second):
            one.routes["/"] = Reply(body=b"x")
            fetcher.fetch(one.url + "/")
    assert clock.slept == [1.0, 1.0]


def test_it_tries_again_after_a_failure_and_waits_longer_each_time(
    server: WebServer, fetcher: Fetcher, clock: Clock
) -> None:
    server.routes["/page"] = [Reply(500), Reply(502), Reply(body=HTML)]
    assert fetcher.fetch(server.url + "/page").body == HTML
    assert clock.slept[1:] == [1.0, 2.0]


def test_it_gives_up_after_so_many_tries(server: WebServer, fetcher: Fetcher) -> None:
    server.routes["/page"] = Reply(500)
    with pytest.raises(SourceUnreachable, match=r"answers 500 \(3 tries\)"):
        fetcher.fetch(server.url + "/page")
    assert server.paths().count("/page") == 3


@pytest.mark.parametrize(
    ("retry_after", "wait"),
    [
        ("17", 17.0),
        (format_datetime(NOON.replace(minute=1), usegmt=True), 60.0),
        (format_datetime(NOON.replace(hour=11), usegmt=True), 0.0),
        ("soon", 1.0),
        ("", 1.0),
    ],
)
def test_it_comes_back_when_the_server_says(
    server: WebServer, fetcher: Fetcher, clock: Clock, retry_after: str, wait: float
) -> None:
    server.routes["/page"] = [
        Reply(429, headers={"Retry-After": retry_after}),
        Reply(body=HTML),
    ]
    fetcher.fetch(server.url + "/page")
    between = clock.slept[1:]
    assert sum(between) == max(wait, MANNERS.pause)
    assert wait in between or wait == 0.0


def test_it_does_not_wait_for_hours(server: WebServer, fetcher: Fetcher) -> None:
    server.routes["/page"] = Reply(503, headers={"Retry-After": "86400"})
    with pytest.raises(SourceUnreachable, match="come back in 86400 seconds"):
        fetcher.fetch(server.url + "/page")
    assert server.paths().count("/page") == 1


@pytest.mark.parametrize("status", [404, 410])
def test_what_is_gone_is_told_apart_and_asked_once(
    server: WebServer, fetcher: Fetcher, status: int
) -> None:
    server.routes["/page"] = Reply(status)
    with pytest.raises(SourceGone, match=str(status)):
        fetcher.fetch(server.url + "/page")
    assert server.paths().count("/page") == 1


@pytest.mark.parametrize("status", [400, 401, 403, 418, 204])
def test_other_refusals_are_final(server: WebServer, fetcher: Fetcher, status: int) -> None:
    server.routes["/page"] = Reply(status)
    with pytest.raises(SourceUnreachable, match=f"answers {status}") as caught:
        fetcher.fetch(server.url + "/page")
    assert not isinstance(caught.value, SourceGone)
    assert server.paths().count("/page") == 1


@pytest.mark.parametrize(
    ("given", "condition"),
    [
        ({"ETag": '"v1"'}, ("If-None-Match", '"v1"')),
        (
            {"Last-Modified": "Thu, 01 Jan 2026 00:00:00 GMT"},
            ("If-Modified-Since", "Thu, 01 Jan 2026 00:00:00 GMT"),
        ),
    ],
)
def test_an_unchanged_page_is_not_sent_again(
    server: WebServer,
    fetcher: Fetcher,
    clock: Clock,
    tmp_path: Path,
    given: dict[str, str],
    condition: tuple[str, str],
) -> None:
    def answer(headers: dict[str, str]) -> Reply:
        unchanged = headers.get(condition[0]) == condition[1]
        return Reply(304) if unchanged else Reply(body=HTML, headers=given)

    server.routes["/page"] = answer
    assert fetcher.fetch(server.url + "/page").unchanged is False
    with fetcher_with(clock, tmp_path) as later:
        again = later.fetch(server.url + "/page")
    assert (again.body, again.unchanged) == (HTML, True)


def test_a_damaged_or_foreign_cache_is_as_good_as_none(
    server: WebServer, fetcher: Fetcher, tmp_path: Path
) -> None:
    server.routes["/page"] = Reply(body=HTML, headers={"ETag": '"v1"'})
    fetcher.fetch(server.url + "/page")
    (kept,) = (tmp_path / "pages").iterdir()
    whole = kept.read_bytes()
    for damaged in (b"", whole[:-1], whole + b"x", b"{}\n", b"null\nx", b"\xff" * 50):
        kept.write_bytes(damaged)
        assert fetcher.fetch(server.url + "/page").body == HTML
        assert "If-None-Match" not in server.asked[-1][1]


def test_a_cache_that_cannot_be_written_only_means_fetching_anew(
    server: WebServer, clock: Clock, tmp_path: Path
) -> None:
    (tmp_path / "pages").write_text("in the way")
    server.routes["/page"] = Reply(body=HTML, headers={"ETag": '"v1"'})
    with fetcher_with(clock, tmp_path) as fetcher:
        assert fetcher.fetch(server.url + "/page").body == HTML


def test_redirects_are_followed_and_the_last_address_told(
    server: WebServer, fetcher: Fetcher
) -> None:
    server.routes |= {
        "/old": Reply(301, headers={"Location": "/newer"}),
        "/newer": Reply(302, headers={"Location": server.url + "/newest"}),
        "/newest": Reply(body=HTML),
    }
    assert fetcher.fetch(server.url + "/old").url == server.url + "/newest"


def test_redirects_in_a_circle_end(server: WebServer, fetcher: Fetcher) -> None:
    server.routes |= {
        "/a": Reply(302, headers={"Location": "/b"}),
        "/b": Reply(302, headers={"Location": "/a"}),
    }
    with pytest.raises(SourceUnreachable, match="redirects more than 5 times"):
        fetcher.fetch(server.url + "/a")
    assert len(server.paths()) == 7


def test_a_robots_file_that_redirects_in_a_circle_sets_no_rules(
    server: WebServer, fetcher: Fetcher
) -> None:
    server.routes |= {
        "/robots.txt": Reply(302, headers={"Location": "/robots.txt"}),
        "/page": Reply(body=HTML),
    }
    assert fetcher.fetch(server.url + "/page").body == HTML


@pytest.mark.parametrize(
    "location", ["file:///etc/passwd", "ftp://example.org/", "javascript:alert(1)", "http://["]
)
def test_redirects_lead_only_to_the_web(server: WebServer, fetcher: Fetcher, location: str) -> None:
    server.routes["/page"] = Reply(302, headers={"Location": location})
    with pytest.raises(SourceUnreachable) as caught:
        fetcher.fetch(server.url + "/page")
    assert "http" in str(caught.value)


def test_a_redirect_to_a_disallowed_page_is_not_followed(
    server: WebServer, fetcher: Fetcher
) -> None:
    server.routes |= {
        "/robots.txt": Reply(body=b"User-agent: *\nDisallow: /private\n"),
        "/page": Reply(302, headers={"Location": "/private"}),
        "/private": Reply(body=HTML),
    }
    with pytest.raises(SourceUnreachable, match="disallows"):
        fetcher.fetch(server.url + "/page")
    assert "/private" not in server.paths()


def endless() -> Iterator[bytes]:
    while True:
        yield b"x" * 4096


def test_an_endless_page_is_cut_off(server: WebServer, fetcher: Fetcher) -> None:
    server.routes["/page"] = Reply(pieces=endless)
    with pytest.raises(SourceUnreachable, match="larger than 10000 bytes"):
        fetcher.fetch(server.url + "/page")


def test_a_small_page_that_unpacks_to_a_huge_one_is_cut_off(
    server: WebServer, fetcher: Fetcher
) -> None:
    server.routes["/page"] = Reply(
        body=gzip.compress(b"x" * 5_000_000), headers={"Content-Encoding": "gzip"}
    )
    with pytest.raises(SourceUnreachable, match="larger than"):
        fetcher.fetch(server.url + "/page")


def test_a_page_that_only_drips_is_given_up(server: WebServer, tmp_path: Path) -> None:
    def dripping() -> Iterator[bytes]:
        while True:
            time.sleep(0.05)
            yield b"x"

    server.routes["/page"] = Reply(pieces=dripping)
    manners = replace(MANNERS, pause=0.0, longest=0.3)
    with (
        Fetcher("1", "me", None, manners) as fetcher,
        pytest.raises(SourceUnreachable, match="took longer"),
    ):
        fetcher.fetch(server.url + "/page")


def test_a_server_that_says_nothing_is_tried_again_and_given_up(
    server: WebServer, clock: Clock, tmp_path: Path
) -> None:
    def silent() -> Iterator[bytes]:
        time.sleep(0.5)
        yield b""

    server.routes["/page"] = Reply(pieces=silent)
    manners = replace(MANNERS, timeout=0.1, tries=2)
    with (
        fetcher_with(clock, tmp_path, manners) as fetcher,
        pytest.raises(SourceUnreachable, match=r"Timeout.*2 tries"),
    ):
        fetcher.fetch(server.url + "/page")
    assert server.paths().count("/page") == 2


def test_broken_answers_are_tried_again(server: WebServer, fetcher: Fetcher) -> None:
    cut_short = Reply(headers={"Content-Length": "1000"}, pieces=lambda: iter([b"half"]))
    garbled = Reply(body=b"not gzip", headers={"Content-Encoding": "gzip"})
    server.routes["/page"] = [cut_short, garbled, Reply(body=HTML)]
    assert fetcher.fetch(server.url + "/page").body == HTML


def test_a_port_where_nobody_listens_is_named(fetcher: Fetcher) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken.getsockname()[1]}/page"
        with pytest.raises(SourceUnreachable, match="ConnectError") as caught:
            fetcher.fetch(url)
    assert caught.value.source == url


@pytest.mark.parametrize("url", ["", "page", "file:///etc/passwd", "http://", "http://[", "//x/y"])
def test_only_web_addresses_are_fetched(fetcher: Fetcher, url: str) -> None:
    with pytest.raises(SourceUnreachable, match="not an http or https address"):
        fetcher.fetch(url)


def test_an_address_gives_a_document(server: WebServer, fetcher: Fetcher) -> None:
    server.routes["/kites"] = Reply(body=HTML)
    (page,) = read_source(server.url + "/kites", fetcher)
    assert isinstance(page, Document)
    assert (page.title, page.url) == ("Kites", server.url + "/kites")


def urlset(*addresses: str, kind: str = "urlset", entry: str = "url") -> bytes:
    places = "".join(f"<{entry}><loc>{address}</loc></{entry}>" for address in addresses)
    start = '<?xml version="1.0"?>'
    return f'{start}<{kind} xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{places}</{kind}>'.encode()


def test_a_sitemap_gives_its_pages_and_stays_on_its_host(
    server: WebServer, fetcher: Fetcher
) -> None:
    page = HTML.replace(b"Kites", b"Balloons")
    server.routes |= {
        "/sitemap.xml": Reply(
            body=urlset(
                f"{server.url}/more.xml.gz",
                f"{server.url}/own.xml",
                kind="sitemapindex",
                entry="sitemap",
            )
        ),
        "/more.xml.gz": Reply(
            body=gzip.compress(
                urlset(
                    f"{server.url}/kites",
                    f"{server.url}/kites",
                    "https://elsewhere.example/x",
                    "http://[",
                    f"{server.url}/missing",
                )
            )
        ),
        "/own.xml": Reply(body=urlset(f"{server.url}/balloons", "file:///etc/passwd")),
        "/kites": Reply(body=HTML),
        "/balloons": Reply(body=page),
    }
    read = list(read_source(server.url + "/sitemap.xml", fetcher))
    assert {one.url for one in read if isinstance(one, Document)} == {
        server.url + "/kites",
        server.url + "/balloons",
    }
    assert [one.source for one in read if isinstance(one, Failed)] == [
        "https://elsewhere.example/x",
        "http://[",
        "file:///etc/passwd",
    ]
    assert [(one.source, one.reason) for one in read if isinstance(one, Skipped)] == [
        (server.url + "/missing", "gone")
    ]


def test_sitemaps_that_name_each_other_end(server: WebServer, fetcher: Fetcher) -> None:
    body = urlset(server.url + "/sitemap.xml", kind="sitemapindex", entry="sitemap")
    server.routes["/sitemap.xml"] = Reply(body=body)
    assert list(read_source(server.url + "/sitemap.xml", fetcher)) == []
    assert server.paths().count("/sitemap.xml") == 1


def test_a_sitemap_cannot_read_files_or_swell(server: WebServer, fetcher: Fetcher) -> None:
    entities = "".join(f'<!ENTITY e{n + 1} "{f"&e{n};" * 10}">' for n in range(12))
    bomb = (
        f'<?xml version="1.0"?><!DOCTYPE u [<!ENTITY e0 "x"><!ENTITY f SYSTEM "file:///etc/passwd">'
        f"{entities}]><urlset><url><loc>&e12;</loc></url><url><loc>&f;</loc></url></urlset>"
    )
    server.routes["/sitemap.xml"] = Reply(body=bomb.encode())
    for read in read_source(server.url + "/sitemap.xml", fetcher):
        assert isinstance(read, Failed)
        assert "root:" not in read.source


def test_lists_of_addresses_are_read_and_every_bad_line_named(
    server: WebServer, fetcher: Fetcher, tmp_path: Path
) -> None:
    server.routes |= {"/kites": Reply(body=HTML), "/broken": Reply(500)}
    (tmp_path / "own.md").write_text("# Own\n\nText.")
    listing = tmp_path / "pages.txt"
    listing.write_text(
        f"# pages\n\n{server.url}/kites\n{server.url}/broken\nown.md\nmissing.md\n@pages.txt\n"
    )
    read = list(read_source(f"@{listing}", fetcher))
    assert [type(one) for one in read] == [Document, Failed, Document, Failed, Failed]
    same = tmp_path / "pages.urls"
    same.write_bytes(listing.read_bytes())
    assert [type(one) for one in read_source(str(same), fetcher)] == [type(one) for one in read]


@pytest.mark.parametrize(
    ("url", "fetched"),
    [
        ("https://www.gov.uk/child-benefit", "https://www.gov.uk/api/content/child-benefit"),
        ("https://gov.uk/a/b/?x=1#c", "https://www.gov.uk/api/content/a/b"),
        ("https://www.gov.uk/sitemap.xml", "https://www.gov.uk/sitemap.xml"),
        ("https://www.gov.uk/api/content/a", "https://www.gov.uk/api/content/a"),
        ("https://www.gov.uk/", "https://www.gov.uk/"),
        ("https://example.org/a", "https://example.org/a"),
        ("https://www.gov.uk[/a", "https://www.gov.uk[/a"),
        ("https://www.gov.uk.example.org/a", "https://www.gov.uk.example.org/a"),
    ],
)
def test_pages_of_gov_uk_are_read_through_the_content_api(url: str, fetched: str) -> None:
    assert content_api_address(url) == fetched
