"""A small real HTTP server whose answers a test writes, good and bad."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Reply:
    """One answer; `pieces` are sent as they come, with no length given."""

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    pieces: Callable[[], Iterator[bytes]] | None = None


Asked = tuple[str, dict[str, str]]
Route = Reply | list[Reply] | Callable[[dict[str, str]], Reply]


@dataclass
class WebServer:
    """Answers each path by its route (of a list, the last is repeated) and records what was asked.

    A path without a route answers 404.
    """

    url: str
    routes: dict[str, Route] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)

    def paths(self) -> list[str]:
        return [path for path, _ in self.asked]

    def answer(self, path: str, headers: dict[str, str]) -> Reply:
        self.asked.append((path, headers))
        route = self.routes.get(path, Reply(404))
        if isinstance(route, list):
            return route.pop(0) if len(route) > 1 else route[0]
        return route(headers) if callable(route) else route


@contextmanager
def web_server() -> Iterator[WebServer]:
    """Run a server on a free port of this machine."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            reply = server.answer(self.path, dict(self.headers))
            with suppress(OSError):
                self.send_response(reply.status)
                for name, value in reply.headers.items():
                    self.send_header(name, value)
                if reply.pieces is None:
                    self.send_header("Content-Length", str(len(reply.body)))
                self.end_headers()
                for piece in reply.pieces() if reply.pieces else (reply.body,):
                    self.wfile.write(piece)

        def log_message(self, *_: object) -> None:
            """Keep the tests' output quiet."""

    listener = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server = WebServer(f"http://127.0.0.1:{listener.server_port}")
    thread = threading.Thread(target=listener.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server
    finally:
        listener.shutdown()
        thread.join()
        listener.server_close()
