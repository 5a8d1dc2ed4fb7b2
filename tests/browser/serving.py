"""Real servers on 127.0.0.1 for real browsers: the service, and pages of other people's sites."""

import socket
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send


def free_socket() -> socket.socket:
    """Return a listening socket on a free port, so that nobody can take the port in between."""
    listening = socket.socket()
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listening.bind(("127.0.0.1", 0))
    listening.listen(64)
    return listening


@contextmanager
def serve(app: ASGIApp, listening: socket.socket) -> Iterator[None]:
    """Run the app on the socket in a thread until the block ends."""
    server = uvicorn.Server(
        uvicorn.Config(app, log_level="warning", proxy_headers=False, timeout_graceful_shutdown=1)
    )
    thread = threading.Thread(target=server.run, args=([listening],), daemon=True)
    thread.start()
    end = time.monotonic() + 10
    while not server.started:
        assert time.monotonic() < end, "the server did not start"
        time.sleep(0.01)
    try:
        yield
    finally:
        server.should_exit = True
        thread.join(10)
        listening.close()


class OtherSite:
    """Somebody else's site: fixed pages, with headers of their own."""

    def __init__(self) -> None:
        self.pages: dict[str, tuple[str, Mapping[str, str]]] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        html, headers = self.pages.get(scope["path"], ("", {}))
        fields = [(b"content-type", b"text/html; charset=utf-8")]
        fields += [(name.lower().encode(), value.encode()) for name, value in headers.items()]
        status = 200 if html else 404
        await send({"type": "http.response.start", "status": status, "headers": fields})
        await send({"type": "http.response.body", "body": html.encode()})
