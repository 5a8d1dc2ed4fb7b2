"""A real local HTTP server that speaks the OpenAI chat-completions protocol, and lies on demand."""

import json
import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Reply = Callable[["Prompt"], str]

_LINE = re.compile(r"^\[(\d+)\] (.*)$", re.M)


@dataclass(frozen=True)
class Prompt:
    """What the model was sent."""

    body: dict[str, Any]

    @property
    def system(self) -> str:
        return str(self.body["messages"][0]["content"])

    @property
    def text(self) -> str:
        return str(self.body["messages"][-1]["content"])

    @property
    def question(self) -> str:
        return self.text.rpartition("Question:\n")[2]

    @property
    def lines(self) -> dict[int, str]:
        return {int(number): line for number, line in _LINE.findall(self.text)}

    def line(self, words: str) -> tuple[int, str]:
        """Return the number and the text of the line that holds these words."""
        return next((n, line) for n, line in self.lines.items() if words in line)


@dataclass
class ModelServer:
    """Gives each request the reply of the moment; remembers what it was sent."""

    url: str
    reply: Reply = lambda prompt: "NO ANSWER"
    raw: Callable[[BaseHTTPRequestHandler], None] | None = None
    asked: list[Prompt] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)


@contextmanager
def model_server() -> Iterator[ModelServer]:
    """Run the server on a free port of this machine."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            sent = self.rfile.read(int(self.headers["Content-Length"]))
            prompt = Prompt(json.loads(sent))
            server.asked.append(prompt)
            server.keys.append(self.headers.get("Authorization", ""))
            with suppress(OSError):
                if server.raw is not None:
                    server.raw(self)
                else:
                    send(self, completion(server.reply(prompt)))

        def log_message(self, *_: object) -> None:
            """Keep the tests' output quiet."""

    listener = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    listener.daemon_threads = True
    server = ModelServer(f"http://127.0.0.1:{listener.server_port}/v1")
    thread = threading.Thread(target=listener.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server
    finally:
        listener.shutdown()
        thread.join()
        listener.server_close()


def completion(text: str) -> bytes:
    """Return the protocol's answer with this text."""
    return json.dumps(
        {
            "id": "chatcmpl-1",
            "object": "chat.completion",
            "created": 1,
            "model": "liar",
            "choices": [
                {
                    "index": 0,
                    "message": {"role": "assistant", "content": text},
                    "finish_reason": "stop",
                }
            ],
            "usage": {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2},
        }
    ).encode()


def send(handler: BaseHTTPRequestHandler, body: bytes, status: int = 200) -> None:
    """Send a whole answer."""
    handler.send_response(status)
    handler.send_header("Content-Type", "application/json")
    handler.send_header("Content-Length", str(len(body)))
    handler.end_headers()
    handler.wfile.write(body)


def fault(status: int) -> Callable[[BaseHTTPRequestHandler], None]:
    """Return what answers with an error of this status."""
    return lambda handler: send(handler, b'{"error": {"message": "no"}}', status)


def garbage(handler: BaseHTTPRequestHandler) -> None:
    """Answer with what is no JSON."""
    send(handler, b"<html>not json {")


def nothing_like_it(handler: BaseHTTPRequestHandler) -> None:
    """Answer with JSON of another form."""
    send(handler, b'{"answer": ["You can renew your passport online."]}')


def hang_up(handler: BaseHTTPRequestHandler) -> None:
    """Close the connection without a word."""
    handler.close_connection = True
    handler.connection.close()


def half(handler: BaseHTTPRequestHandler) -> None:
    """Promise more than is sent, and close."""
    handler.send_response(200)
    handler.send_header("Content-Type", "application/json")
    handler.send_header("Content-Length", "5000")
    handler.end_headers()
    handler.wfile.write(completion("You can renew")[:40])
    handler.close_connection = True


def silence(handler: BaseHTTPRequestHandler) -> None:
    """Say nothing for longer than anyone waits."""
    time.sleep(4)


def trickle(handler: BaseHTTPRequestHandler) -> None:
    """Send a byte now and then, each in time, all together never."""
    handler.send_response(200)
    handler.send_header("Content-Type", "application/json")
    handler.send_header("Content-Length", "100000")
    handler.end_headers()
    for _ in range(20):
        handler.wfile.write(b" ")
        handler.wfile.flush()
        time.sleep(0.25)
