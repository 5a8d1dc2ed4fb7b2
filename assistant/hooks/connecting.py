"""One HTTP request to an address that was checked, with one time limit for all of it.

httpx resolves a name when it connects, so whatever was checked before might not be what it connects
to. Here httpcore (which httpx is made of) gets a network of ours: it resolves once, checks, and
connects to the very address that it checked; TLS still verifies the name. Each read and write gets
what is left of the whole time, so a receiver that drips a byte now and then gains nothing.
"""

import ssl
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Self

import httpcore
import httpx

from assistant.hooks.addresses import AddressRefused, Network, Resolver, permitted

NO_ANSWER = (httpcore.TimeoutException, httpcore.NetworkError, httpcore.ProtocolError)
"""What the transport raises when a receiver does not answer as it should, or not in time."""


@dataclass(frozen=True, slots=True)
class Times:
    """Seconds to connect, for one read, and for everything from the name to the answer."""

    connect: float = 5.0
    read: float = 10.0
    whole: float = 20.0


class CheckedTransport(httpx.BaseTransport):
    """httpx over one connection to a checked address; for one request, then closed.

    Raises AddressRefused, OSError where a name has no address, and what is in NO_ANSWER.
    """

    def __init__(
        self,
        resolver: Resolver,
        allowed: Sequence[Network],
        times: Times,
        context: ssl.SSLContext,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        deadline = _Deadline(clock() + times.whole, clock)
        network = _CheckedNetwork(resolver, tuple(allowed), deadline, times)
        self._pool = httpcore.ConnectionPool(
            ssl_context=context, max_connections=1, http2=False, network_backend=network
        )

    def __enter__(self) -> Self:
        return self

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send it. The body of the answer is read only as far as the caller reads it."""
        assert isinstance(request.stream, httpx.SyncByteStream)
        answer = self._pool.handle_request(
            httpcore.Request(
                method=request.method,
                url=httpcore.URL(
                    scheme=request.url.raw_scheme,
                    host=request.url.raw_host,
                    port=request.url.port,
                    target=request.url.raw_path,
                ),
                headers=request.headers.raw,
                content=request.stream,
                extensions=request.extensions,
            )
        )
        assert isinstance(answer.stream, Iterable)
        return httpx.Response(
            status_code=answer.status, headers=answer.headers, stream=_Body(answer)
        )

    def close(self) -> None:
        """Close the connection, whatever is still to come on it."""
        self._pool.close()


class _Body(httpx.SyncByteStream):
    def __init__(self, answer: httpcore.Response) -> None:
        self._answer = answer

    def __iter__(self) -> Iterator[bytes]:
        return self._answer.iter_stream()

    def close(self) -> None:
        self._answer.close()


@dataclass(frozen=True, slots=True)
class _Deadline:
    at: float
    clock: Callable[[], float]

    def within(self, seconds: float | None, late: type[httpcore.TimeoutException]) -> float:
        """Return the seconds left, at most so many; raise `late` when there are none."""
        left = self.at - self.clock()
        if left <= 0:
            raise late("the whole took too long")
        return left if seconds is None else min(left, seconds)


class _CheckedNetwork(httpcore.NetworkBackend):
    def __init__(
        self, resolver: Resolver, allowed: tuple[Network, ...], deadline: _Deadline, times: Times
    ) -> None:
        self._resolver = resolver
        self._allowed = allowed
        self._deadline = deadline
        self._times = times
        self._plain = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        failed: httpcore.NetworkError | httpcore.TimeoutException | None = None
        for address in permitted(host.strip("[]"), port, self._resolver, self._allowed):
            left = self._deadline.within(self._times.connect, httpcore.ConnectTimeout)
            try:
                stream = self._plain.connect_tcp(address, port, left, None, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failed = error
            else:
                return _LimitedStream(stream, self._deadline, self._times)
        assert failed is not None, "a name without addresses is refused before"
        raise failed


class _LimitedStream(httpcore.NetworkStream):
    def __init__(self, stream: httpcore.NetworkStream, deadline: _Deadline, times: Times) -> None:
        self._stream = stream
        self._deadline = deadline
        self._times = times

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        left = self._deadline.within(self._times.read, httpcore.ReadTimeout)
        return self._stream.read(max_bytes, left)

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        left = self._deadline.within(self._times.read, httpcore.WriteTimeout)
        self._stream.write(buffer, left)

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        left = self._deadline.within(self._times.connect, httpcore.ConnectTimeout)
        secured = self._stream.start_tls(ssl_context, server_hostname, left)
        return _LimitedStream(secured, self._deadline, self._times)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


__all__ = ["NO_ANSWER", "AddressRefused", "CheckedTransport", "Times"]
