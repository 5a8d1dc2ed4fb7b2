"""Receivers of webhooks for tests: real servers on this machine that behave as they are told."""

import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Posted:
    """A request as it came."""

    path: str
    headers: dict[str, str]
    body: bytes


Behave = Callable[["Handler", Posted], None]


class Handler(BaseHTTPRequestHandler):
    """Reads a request, keeps it, and lets the receiver's `behave` answer."""

    server: "_Server"

    def do_GET(self) -> None:
        self.do_POST()

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        headers = {name.lower(): value for name, value in self.headers.items()}
        posted = Posted(self.path, headers, body)
        self.server.receiver.posted.append(posted)
        try:
            self.server.receiver.behave(self, posted)
        except (OSError, ValueError):
            self.close_connection = True

    def answer(self, status: int, body: bytes = b"", **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        pass


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    receiver: "Receiver"

    def handle_error(self, *_: Any) -> None:
        """A client that goes away is part of many tests."""


@dataclass
class Receiver:
    """What was posted to a server, in the order in which it came."""

    port: int = 0
    posted: list[Posted] = field(default_factory=list)
    behave: Behave = lambda handler, _: handler.answer(204)

    def url(self, host: str = "127.0.0.1", scheme: str = "http") -> str:
        return f"{scheme}://{host}:{self.port}/hook"


@contextmanager
def receiving(
    behave: Behave | None = None, tls: ssl.SSLContext | None = None
) -> Iterator[Receiver]:
    server = _Server(("127.0.0.1", 0), Handler)
    if tls is not None:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    receiver = Receiver(server.server_address[1])
    if behave is not None:
        receiver.behave = behave
    server.receiver = receiver
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield receiver
    finally:
        server.shutdown()
        server.server_close()


def status(code: int, **headers: str) -> Behave:
    """Answer with a status, always."""
    return lambda handler, _: handler.answer(code, **headers)


def hang(seconds: float = 30) -> Behave:
    """Say nothing for so long."""
    return lambda handler, _: time.sleep(seconds)


def drip(handler: Handler, _: Posted) -> None:
    """Send a header byte by byte, always in time for one read (slow loris)."""
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nx: ")
    for _number in range(600):
        handler.wfile.write(b"a")
        handler.wfile.flush()
        time.sleep(0.05)


def endless(handler: Handler, _: Posted) -> None:
    """Answer 200 with a body that does not end."""
    handler.send_response(200)
    handler.end_headers()
    while True:
        handler.wfile.write(b"x" * 65_536)
