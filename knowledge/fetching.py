"""Fetches pages politely: says who it is, asks robots.txt, waits, remembers, gives up in time.

Sources: RFC 9309 (robots.txt), RFC 9110 §10.2.3 (Retry-After) and §13 (conditional requests).
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Self
from urllib.parse import urljoin, urlsplit

import httpx
from protego import Protego

from knowledge.errors import SourceGone, SourceUnreachable
from knowledge.page_cache import CachedPage, PageCache

PRODUCT = "Signpost"
_TRY_AGAIN = frozenset({408, 425, 429, 500, 502, 503, 504})
_GONE = frozenset({404, 410})
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_ROBOTS_BYTES = 500 * 1024


@dataclass(frozen=True, slots=True)
class Manners:
    """How often, how long and how much. Times are in seconds."""

    pause: float = 1.0
    timeout: float = 30.0
    longest: float = 120.0
    longest_wait: float = 120.0
    tries: int = 4
    redirects: int = 5
    most_bytes: int = 20 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Fetched:
    """A page as its server gave it. `url` is where it was found, after redirects."""

    url: str
    body: bytes
    content_type: str = ""
    unchanged: bool = False


@dataclass(slots=True)
class _Host:
    free_at: float = 0.0
    pause: float = 0.0
    robots: Protego | None = None
    closed: str = ""


@dataclass(slots=True)
class Fetcher:
    """Fetches one page at a time; close it, or use it in a `with`.

    `contact` is an address or page where a server's owner reaches whoever runs this; it goes
    into the User-Agent. `clock` counts seconds, `sleep` waits them, `now` tells the time of day.
    """

    version: str
    contact: str
    cache: PageCache | None = None
    manners: Manners = field(default_factory=Manners)
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    _hosts: dict[str, _Host] = field(default_factory=dict, init=False)
    _client: httpx.Client = field(init=False)

    def __post_init__(self) -> None:
        self._client = httpx.Client(
            headers={"User-Agent": f"{PRODUCT}/{self.version} (+{self.contact})"},
            timeout=self.manners.timeout,
            follow_redirects=False,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def fetch(self, url: str) -> Fetched:
        """Return the page at an address.

        Raises `SourceGone` for 404 and 410, and `SourceUnreachable` for everything else that
        stands between: no such host, robots.txt, too many redirects or tries, too big, too slow.
        """
        address = url
        for _ in range(self.manners.redirects + 1):
            host = self._host(address, url)
            if host.closed:
                raise SourceUnreachable(url, f"its host's robots.txt cannot be read: {host.closed}")
            if host.robots and not host.robots.can_fetch(address, PRODUCT):
                raise SourceUnreachable(url, f"robots.txt of its host disallows {address}")
            answer = self._get(address, host, self.manners.most_bytes)
            if isinstance(answer, Fetched):
                return answer
            address = answer
        raise SourceUnreachable(url, f"redirects more than {self.manners.redirects} times")

    def _host(self, address: str, source: str) -> _Host:
        try:
            parts = urlsplit(address)
            origin = f"{parts.scheme}://{parts.netloc}"
            addressable = parts.scheme in {"http", "https"} and bool(parts.hostname)
        except ValueError:
            addressable = False
        if not addressable:
            raise SourceUnreachable(source, f"{address} is not an http or https address")
        if origin not in self._hosts:
            self._hosts[origin] = host = _Host(pause=self.manners.pause)
            self._learn_rules(origin, host)
        return self._hosts[origin]

    def _learn_rules(self, origin: str, host: _Host) -> None:
        """Read robots.txt; a host that has none has no rules, one that fails to say is closed.

        RFC 9309 §2.3.1.3 and §2.3.1.4.
        """
        address = f"{origin}/robots.txt"
        try:
            for _ in range(self.manners.redirects + 1):
                answer = self._get(address, host, _ROBOTS_BYTES)
                if isinstance(answer, Fetched):
                    host.robots = Protego.parse(answer.body.decode("utf-8", "replace"))
                    asked = host.robots.crawl_delay(PRODUCT) or 0.0
                    host.pause = min(max(host.pause, asked), self.manners.longest_wait)
                    return
                address = answer
        except (_Refused, SourceGone):
            return
        except SourceUnreachable as error:
            host.closed = error.why

    def _get(self, url: str, host: _Host, most_bytes: int) -> Fetched | str:
        """Return the page, or the address it redirects to; try again where that may help."""
        later = _Later("was not tried")
        for attempt in range(self.manners.tries):
            self._wait_turn(host)
            try:
                answer = self._ask(url, most_bytes)
            except (httpx.TransportError, httpx.DecodingError) as error:
                answer = _Later(f"{type(error).__name__}: {error}")
            except (httpx.InvalidURL, UnicodeError) as error:
                raise SourceUnreachable(url, f"is not an address that works: {error}") from error
            if not isinstance(answer, _Later):
                return answer
            later = answer
            wait = 2.0**attempt if later.seconds is None else later.seconds
            if wait > self.manners.longest_wait:
                raise SourceUnreachable(url, f"{later.why}, come back in {wait:.0f} seconds")
            if attempt + 1 < self.manners.tries:
                self.sleep(wait)
        raise SourceUnreachable(url, f"{later.why} ({self.manners.tries} tries)")

    def _wait_turn(self, host: _Host) -> None:
        early = host.free_at - self.clock()
        if early > 0:
            self.sleep(early)
        host.free_at = self.clock() + host.pause

    def _ask(self, url: str, most_bytes: int) -> "Fetched | str | _Later":
        kept = self.cache.get(url) if self.cache else None
        headers = kept.conditions if kept else {}
        begun = self.clock()
        with self._client.stream("GET", url, headers=headers) as response:
            status = response.status_code
            if status == HTTPStatus.NOT_MODIFIED and kept:
                return Fetched(url, kept.body, kept.content_type, unchanged=True)
            if status in _REDIRECTS and response.headers.get("location"):
                return _joined(url, response.headers["location"])
            if status in _TRY_AGAIN:
                wait = self._retry_after(response.headers.get("retry-after", ""))
                return _Later(f"answers {status}", wait)
            if status in _GONE:
                raise SourceGone(url, f"answers {status}: there is nothing at this address")
            if status != HTTPStatus.OK:
                raise _Refused(url, f"answers {status}")
            body = self._body(url, response, begun, most_bytes)
            kind = response.headers.get("content-type", "")
            if self.cache:
                self.cache.put(
                    url,
                    CachedPage(
                        body,
                        kind,
                        response.headers.get("etag", ""),
                        response.headers.get("last-modified", ""),
                    ),
                )
            return Fetched(url, body, kind)

    def _body(self, url: str, response: httpx.Response, begun: float, most_bytes: int) -> bytes:
        body = bytearray()
        for piece in response.iter_bytes():
            body += piece
            if len(body) > most_bytes:
                raise SourceUnreachable(url, f"is larger than {most_bytes} bytes")
            if self.clock() - begun > self.manners.longest:
                raise SourceUnreachable(url, f"took longer than {self.manners.longest:.0f} seconds")
        return bytes(body)

    def _retry_after(self, value: str) -> float | None:
        """Return a Retry-After header in seconds from now, or None where it says nothing."""
        if value.strip().isdecimal():
            return float(value.strip()[:9])
        try:
            when = parsedate_to_datetime(value)
        except (TypeError, ValueError):
            return None
        when = when if when.tzinfo else when.replace(tzinfo=UTC)
        return max(0.0, (when - self.now()).total_seconds())


def _joined(url: str, location: str) -> str:
    try:
        return urljoin(url, location)
    except ValueError as error:
        raise SourceUnreachable(url, f"redirects to {location}, no http address") from error


class _Refused(SourceUnreachable):
    """The server answers with a client error: robots.txt may then be taken as absent."""


@dataclass(frozen=True, slots=True)
class _Later:
    """Worth another try, in so many seconds where the server says."""

    why: str
    seconds: float | None = None
