"""Kill a serving process again and again while people ask, and see that nothing shown is lost.

    python -m tests.kill --kills 1000 [--database postgresql] [--seed 7]

"postgresql" brings a PostgreSQL of its own; an address (postgresql://…) takes one that is there.

A nursery process loads the embedding model once and opens nothing else; each server is forked from
it, serves over real HTTP from one home, and is killed (SIGKILL) at a random moment, its start
included. Clients keep asking; whoever was cut off asks again under the same Idempotency-Key. In the
end every text that any client received must stand in the log, word for word, every question that
was received must have one ending, and the log must verify.
"""

import argparse
import itertools
import json
import os
import random
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
from sqlalchemy import select

from api.bootstrap import Home, now
from api.settings import Settings
from assistant.presentation import view_from_json
from assistant.storage import turns
from assistant.views import TurnStatus
from audit.events import Kind
from audit.storage import log_leaves
from audit.verify import verify_database
from tests.databases import new_schema, running_postgresql

ROOT = Path(__file__).parents[1]
CLIENTS = 4
ANSWER_WITHIN = timedelta(seconds=2)
"""Servers that share a database leave each other's turns alone until they are overdue. Short, so
that clients are not kept waiting, and that turns are closed while somebody still answers them."""
QUESTIONS = (
    "How do I adopt a child?",
    "How long can adoption leave last?",
    "What must I do after someone dies?",
    "What rights do agency workers have?",
    "How do I claim Universal Credit?",
    "Who can act for me about tax?",
    "What is an apprenticeship?",
    "Who can get Attendance Allowance?",
    "What can bailiffs take?",
    "I want to talk to a person",
    "Hello",
    "What colour is the moon's cheese, please?",
    "My number is 07700 900123. How do I adopt a child?",
)
PAGES = (
    "adopt-a-child",
    "adoption-leave-and-pay",
    "after-someone-dies",
    "agency-workers",
    "apply-for-universal-credit",
    "appoint-someone-for-tax",
    "apprenticeships",
    "attendance-allowance",
    "bailiffs",
    "bank-holidays",
)
COMPARED = ("id", "position", "status", "question", "outcome", "reason", "message", "answer")


# -- the servers -----------------------------------------------------------------------------------


def settings_for(home: Path, port: int, database: str) -> Settings:
    """Return the settings of every server of a run."""
    keys = f"sqlite:///{home}/keys.db" if database else ""
    return Settings(home=home, port=port, database_url=database, keys_url=keys, threads=1)


def nursery(home: Path, port: int, database: str) -> None:
    """Load the model, then fork a server for each line read; the pid is the answer."""
    from api.app import create_app
    from api.bootstrap import SentenceTransformerEmbedder
    from api.commands.serving import parts_of
    from knowledge.embedding import MINILM_SHA256, packaged_model

    del create_app, parts_of  # imported here so that no server has to
    embedder = SentenceTransformerEmbedder(packaged_model(), MINILM_SHA256, threads=1)
    settings = settings_for(home, port, database)
    prepared = _fork(lambda: _prepare(Home(settings, embedder)))
    if os.waitstatus_to_exitcode(os.waitpid(prepared, 0)[1]) != 0:
        sys.exit("the home could not be prepared")
    print("ready", flush=True)
    for line in sys.stdin:
        if line.strip() == "start":
            print(_fork(lambda: _serve(Home(settings, embedder))), flush=True)
        else:
            print(os.waitpid(int(line), 0)[0], flush=True)


def _fork(work: Any) -> int:
    pid = os.fork()
    if pid:
        return pid
    try:
        work()
    except BaseException as fault:  # noqa: BLE001
        print(f"{type(fault).__name__}: {fault}", file=sys.stderr, flush=True)
        os._exit(1)
    os._exit(0)


def _prepare(home: Home) -> None:
    from assistant.live import SnapshotRef
    from knowledge.building import build
    from knowledge.sources import read_source

    folder = ROOT / "knowledge" / "starter" / "pages"
    with home.fetcher() as fetcher:
        found = itertools.chain.from_iterable(
            read_source(str(folder / f"{page}.md"), fetcher) for page in PAGES
        )
        report = build(home.library, "kill-test", found, home.cut(), home.embedder)
    home.publish(home.library.open(report.digest))
    home.operations.activate(SnapshotRef(report.name, report.digest), {"pages": report.documents})
    home.close()


def _serve(home: Home) -> None:
    import uvicorn

    from api.app import create_app
    from api.commands.serving import parts_of

    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    with home.serving():
        home.warm_up()
        home.record_start()
        parts = parts_of(home, f"http://127.0.0.1:{home.settings.port}")
        many = "1000000 per minute"
        limits = replace(
            parts.limits,
            starts_per_address=many,
            turns_per_address=many,
            turns_per_conversation=many,
        )
        assistant = replace(home.assistant, answer_within=ANSWER_WITHIN)
        app = create_app(replace(parts, limits=limits, conversations=assistant))
        uvicorn.run(app, host="127.0.0.1", port=home.settings.port, log_level="critical")


class Nursery:
    """The process that forks servers, seen from outside."""

    def __init__(self, home: Path, port: int, database: str) -> None:
        arguments = ["--nursery", str(home), "--port", str(port), "--database", database]
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.kill", *arguments],
            cwd=ROOT,
            env={
                **{k: v for k, v in os.environ.items() if not k.startswith("SIGNPOST_")},
                "OMP_NUM_THREADS": "1",
                "TOKENIZERS_PARALLELISM": "false",
                "HF_HUB_OFFLINE": "1",
            },
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        if self._read() != "ready":
            raise RuntimeError("the nursery did not start")

    def start(self) -> int:
        """Fork a server and return its process id."""
        return int(self._tell("start"))

    def end(self, pid: int, with_signal: signal.Signals = signal.SIGKILL) -> None:
        """Kill a server and wait until it is gone."""
        os.kill(pid, with_signal)
        self._tell(str(pid))

    def close(self) -> None:
        """End the nursery itself."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait(30)
        self._process.stdout.close()

    def _tell(self, line: str) -> str:
        assert self._process.stdin is not None
        self._process.stdin.write(line + "\n")
        self._process.stdin.flush()
        return self._read()

    def _read(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline().strip()


# -- the clients -----------------------------------------------------------------------------------


@dataclass
class Asked:
    """One question under one key, and every turn that came back for it."""

    conversation: str
    token: str
    key: str
    question: str
    received: list[dict[str, Any]] = field(default_factory=list)
    tries: int = 0


@dataclass
class Client:
    """Somebody who asks without end, and asks again under the same key when cut off."""

    number: int
    base: str
    seed: int
    stop: threading.Event
    asked: list[Asked] = field(default_factory=list)
    surprises: list[str] = field(default_factory=list)

    def run(self) -> None:
        choose = random.Random(self.seed)
        while not self.stop.is_set():
            started = self._start()
            if started is None:
                continue
            for count in range(choose.randint(1, 6)):
                one = Asked(*started, f"{self.number}-{len(self.asked)}", choose.choice(QUESTIONS))
                self.asked.append(one)
                self.ask(one, self.stop)
                if count and choose.random() < 0.2:
                    self.ask(one, self.stop)
                if self.stop.is_set():
                    return

    def ask(self, one: Asked, stop: threading.Event) -> None:
        """Ask until a turn comes back."""
        while not stop.is_set():
            one.tries += 1
            response = self._post(
                f"/v1/conversations/{one.conversation}/turns",
                {"question": one.question},
                {"Authorization": f"Bearer {one.token}", "Idempotency-Key": one.key},
            )
            if response is None or response.status_code in {409, 429, 503}:
                time.sleep(0.02)
            elif response.status_code == 200:
                one.received.append(response.json())
                return
            else:
                self.surprises.append(f"{response.status_code}: {response.text[:300]}")
                return

    def _start(self) -> tuple[str, str] | None:
        response = self._post("/v1/conversations", {}, {})
        if response is None or response.status_code != 201:
            time.sleep(0.02)
            return None
        return response.json()["id"], response.json()["token"]

    def _post(self, path: str, body: object, headers: dict[str, str]) -> httpx.Response | None:
        try:
            return httpx.post(
                self.base + path, json=body, headers=headers, timeout=60, verify=False
            )
        except httpx.TransportError:
            return None


# -- the run ---------------------------------------------------------------------------------------


@dataclass
class Result:
    """What a run saw. `faults` must be empty."""

    kills: int
    during_start: int
    received: int
    answered: int
    closed: int
    cut_off: int
    leaves: int
    seconds: float
    faults: list[str]

    def __str__(self) -> str:
        verdict = "nothing lost, nothing doubled" if not self.faults else "FAILED"
        return (
            f"{self.kills} kills ({self.during_start} while starting): {self.received} answers "
            f"received, all compared with the log; {self.answered} turns answered, {self.closed} "
            f"closed with a plain message, {self.cut_off} questions asked again after a cut; "
            f"{self.leaves} leaves verified; {verdict}; {self.seconds:.0f} s"
        )


def free_port() -> int:
    """Return a port that is free now."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])


def wait_until_ready(base: str, seconds: float = 60) -> float:
    """Return how long the server took to answer, or raise TimeoutError."""
    begun = time.monotonic()
    while time.monotonic() - begun < seconds:
        try:
            if httpx.get(f"{base}/health", timeout=5).status_code < 500:
                return time.monotonic() - begun
        except httpx.TransportError:
            time.sleep(0.02)
    raise TimeoutError(f"no server at {base} within {seconds} s")


def kill_again_and_again(home: Path, kills: int, database: str = "", seed: int = 1) -> Result:
    """Run everything in this home folder, and compare what was received with what is recorded."""
    begun, choose, port = time.monotonic(), random.Random(seed), free_port()
    base, stop = f"http://127.0.0.1:{port}", threading.Event()
    nursery = Nursery(home, port, database)
    clients = [Client(number, base, seed * 1000 + number, stop) for number in range(CLIENTS)]
    threads = [threading.Thread(target=client.run) for client in clients]
    during_start = 0
    try:
        pid = nursery.start()
        start = wait_until_ready(base)
        for thread in threads:
            thread.start()
        for _ in range(kills):
            since = time.monotonic()
            time.sleep(choose.uniform(0, start + 1.0))
            during_start += time.monotonic() - since < start / 2
            nursery.end(pid)
            pid = nursery.start()
        wait_until_ready(base)
        time.sleep(0.5)
        stop.set()
        for thread in threads:
            thread.join()
        _finish(clients)
        nursery.end(pid, signal.SIGTERM)
    finally:
        stop.set()
        nursery.close()
    seconds = time.monotonic() - begun
    return _compare(home, port, database, clients, kills, during_start, seconds)


def _finish(clients: list[Client]) -> None:
    """Let whoever is still without an answer ask once more."""
    patience = threading.Event()
    timer = threading.Timer(60, patience.set)
    timer.start()
    for client in clients:
        for one in client.asked:
            if not one.received:
                client.ask(one, patience)
    timer.cancel()


@contextmanager
def _opened(home: Path, port: int, database: str) -> Iterator[Home]:
    opened = Home(settings_for(home, port, database))
    try:
        yield opened
    finally:
        opened.close()


def _compare(
    home: Path,
    port: int,
    database: str,
    clients: list[Client],
    kills: int,
    during_start: int,
    seconds: float,
) -> Result:
    faults = [surprise for client in clients for surprise in client.surprises]
    asked = [one for client in clients for one in client.asked]
    received = [(one, body) for one in asked for body in one.received]
    with _opened(home, port, database) as opened, opened.database.read() as connection:
        for one, body in received:
            faults.extend(_differences(opened, connection, one, body))
        faults.extend(f"no turn ever came back for {one.key}" for one in asked if not one.received)
        faults.extend(
            f"key {one.key} gave several turns"
            for one in asked
            if len({body["id"] for body in one.received}) > 1
        )
        faults.extend(_endings(connection))
        rows = connection.execute(select(turns)).all()
        url = opened.settings.database
        verifier = opened.log._signer.verifier_key
    report = verify_database(url, [verifier])
    faults.extend(str(finding) for finding in report.findings)
    statuses = Counter(row.status for row in rows)
    return Result(
        kills=kills,
        during_start=during_start,
        received=len(received),
        answered=statuses["answered"],
        closed=statuses["closed"],
        cut_off=sum(one.tries > 1 for one in asked),
        leaves=report.leaves,
        seconds=seconds,
        faults=faults,
    )


def _differences(opened: Home, connection: Any, one: Asked, body: dict[str, Any]) -> list[str]:
    """Return how what was received differs from what the log holds; the log checks the opening."""
    try:
        personal = opened.log.personal(connection, body["record"])
    except Exception as fault:  # noqa: BLE001
        return [f"{one.key}: received, but not in the log ({type(fault).__name__}: {fault})"]
    view = view_from_json(personal["view"])  # type: ignore[arg-type]
    held = {name: getattr(view, name) for name in COMPARED}
    wrong = [
        f"{one.key}: {name} was {body[name]!r}, the log holds {held[name]!r}"
        for name in COMPARED
        if body[name] != held[name]
    ]
    quotes = [citation["quote"] for citation in body["citations"]]
    if quotes != [citation.quote for citation in view.citations]:
        wrong.append(f"{one.key}: the quotations differ")
    if personal["input"]["question"] != one.question:  # type: ignore[index,call-overload]
        wrong.append(f"{one.key}: the log holds another question")
    if body["status"] == "received" or not body["message"]:
        wrong.append(f"{one.key}: nothing to read came back")
    return wrong


def _endings(connection: Any) -> list[str]:
    """Return what is wrong with the turns' rows and their records: one of each, both ended."""
    leaves = connection.execute(select(log_leaves.c.kind, log_leaves.c.leaf)).all()
    endings = Counter(
        json.loads(bytes(leaf.leaf))["facts"]["turn"]
        for leaf in leaves
        if leaf.kind in {Kind.TURN_ANSWERED, Kind.TURN_CLOSED, Kind.TURN_SUPPRESSED}
    )
    rows = connection.execute(select(turns)).all()
    wrong = [f"turn {turn} has {count} records" for turn, count in endings.items() if count != 1]
    wrong += [f"turn {row.id} has no ending" for row in rows if row.id not in endings]
    wrong += [
        f"turn {row.id} is still {row.status}"
        for row in rows
        if row.status == TurnStatus.RECEIVED.value
    ]
    wrong += [f"turn {row.id} still keeps its question" for row in rows if row.sealed_question]
    if set(endings) - {row.id for row in rows}:
        wrong.append("the log has turns that no row knows")
    return wrong


@contextmanager
def _database(wanted: str) -> Iterator[str]:
    if wanted != "postgresql":
        yield wanted
        return
    with running_postgresql() as server:
        yield new_schema(server)


def main() -> None:
    """Run from the command line; exit status 1 when anything was lost."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=25)
    parser.add_argument(
        "--database",
        default="",
        help="postgresql, for one of the run's own; or postgresql://…; SQLite if not given",
    )
    parser.add_argument("--seed", type=int, default=None)
    parser.add_argument("--nursery", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--port", type=int, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.nursery is not None:
        nursery(given.nursery, given.port, given.database)
        return
    seed = given.seed if given.seed is not None else int(now().timestamp())
    with tempfile.TemporaryDirectory() as folder, _database(given.database) as database:
        result = kill_again_and_again(Path(folder), given.kills, database, seed)
    for fault in result.faults[:20]:
        print(fault)
    print(f"seed {seed}: {result}")
    sys.exit(1 if result.faults else 0)


if __name__ == "__main__":
    main()
