"""Processes that deliver are killed again and again: the receiver gets everything, in order."""

import random
import signal
import subprocess
import sys
import time
from pathlib import Path

from standardwebhooks import Webhook

from assistant.hooks.deliveries import Deliveries
from assistant.hooks.rows import Status, states
from tests.announcing import announced, prepare
from tests.assisting import Clock
from tests.auditing import open_world
from tests.databases import NewDatabase
from tests.delivering import SECRET
from tests.receivers import Handler, Posted, receiving

ROOT = Path(__file__).parents[2]
EVENTS = 60


def deliverer(url: str, hook: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.delivering", url, hook]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    process.stdout.readline()
    return process


def kill(process: subprocess.Popen[str]) -> None:
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert process.stdout is not None
    process.stdout.close()


def test_killed_deliverers_lose_nothing_and_keep_each_case_in_order(
    new_database: NewDatabase,
) -> None:
    """Two processes deliver; the receiver fails, loses its answers and hangs now and then."""
    rng = random.Random(2026)

    def moody(handler: Handler, _: Posted) -> None:
        mood = rng.random()
        time.sleep(0.01)
        if mood < 0.15:
            handler.answer(503)
        elif mood < 0.3:
            handler.connection.close()
        else:
            handler.answer(204)

    url = new_database()
    prepare(url)
    with open_world(url, new_database()) as world, receiving(moody) as receiver:
        Deliveries(world.database, Clock()).enrol(["crm"])
        running = [deliverer(url, receiver.url()) for _ in range(2)]
        cases = {number: announced(world, f"case{number % 5}") for number in range(EVENTS)}
        for turn in range(8):
            time.sleep(rng.uniform(0.1, 0.5))
            kill(running[turn % 2])
            running[turn % 2] = deliverer(url, receiver.url())
        deadline = time.monotonic() + 60
        done = False
        while not done and time.monotonic() < deadline:
            with world.database.read() as connection:
                (state,) = states(connection)
            done = state.counts[Status.DELIVERED] == EVENTS
            time.sleep(0.1)
        for process in running:
            kill(process)
        assert done, state.counts
    first: dict[int, int] = {}
    for place, posted in enumerate(receiver.posted):
        said = Webhook(SECRET).verify(posted.body, posted.headers)
        assert posted.headers["webhook-id"] == f"signpost-test-{said['id']}"
        first.setdefault(said["id"], place)
    assert set(first) == set(cases.values())
    for case in range(5):
        ids = [number for turn, number in cases.items() if turn % 5 == case]
        assert sorted(ids, key=first.__getitem__) == ids, "by first arrival, in order"
