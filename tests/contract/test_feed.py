"""The event feed on both databases: nothing missed, nothing repeated, soon enough, hints or not."""

import itertools
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from assistant.escalations.outbox import CHANNEL, NOTHING, after, announce, newest
from assistant.escalations.states import MoveKind
from assistant.hooks.feed import Waiting
from audit.events import Event, Kind
from tests.announcing import announced, prepare, slipped_in
from tests.auditing import World, open_world
from tests.databases import NewDatabase

ROOT = Path(__file__).parents[2]
WITHIN = 2.0
"""Seconds within which another process sees an event (docs/hooks.md), on a busy machine too."""


@pytest.fixture
def world(new_database: NewDatabase) -> Iterator[World]:
    url = new_database()
    prepare(url)
    with open_world(url, new_database()) as opened:
        yield opened


def all_after(world: World, number: int, limit: int = 100) -> list[int]:
    with world.database.read() as connection:
        return [each.id for each in after(connection, number, limit)]


def writer(world: World, prefix: str, count: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.announcing", world.url, world.keys_url, prefix]
    return subprocess.Popen([*command, str(count)], cwd=ROOT, stdout=subprocess.PIPE, text=True)


def test_an_event_is_what_was_announced(world: World) -> None:
    with world.database.read() as connection:
        assert newest(connection) == NOTHING
        assert after(connection, NOTHING) == ()
    first = announced(world, "a", "case.opened")
    second = announced(world, "b", "case.claimed")
    with world.database.read() as connection:
        found = after(connection, NOTHING)
        assert newest(connection) == second
    assert [(e.id, e.kind, e.case_id, e.conversation_id) for e in found] == [
        (first, "case.opened", "a", "of-a"),
        (second, "case.claimed", "b", "of-b"),
    ]
    assert all(event.at.tzinfo is not None for event in found)
    assert all_after(world, first) == [second]
    assert all_after(world, second) == []
    assert all_after(world, NOTHING, 1) == [first]


def test_what_is_rolled_back_was_never_announced(world: World) -> None:
    class Undone(Exception):
        pass

    def undone() -> None:
        with world.database.write() as connection:
            (recorded,) = world.log.append(connection, [Event(Kind.PERSON_REQUESTED)])
            announce(connection, recorded, MoveKind.OPENED, "a", "c")
            raise Undone

    with pytest.raises(Undone):
        undone()
    assert all_after(world, NOTHING) == []


def test_a_reader_that_resumes_misses_and_repeats_nothing_while_processes_write(
    world: World,
) -> None:
    """Each reader goes on from the last id it has, in pages of different sizes."""
    writers = [writer(world, prefix, 60) for prefix in "pqr"]
    read: dict[int, list[int]] = {1: [], 7: [], 100: []}
    with Waiting(world.database, world.url) as waiting:
        done = False
        while not done:
            done = all(each.poll() is not None for each in writers)
            for limit, seen in read.items():
                seen.extend(all_after(world, seen[-1] if seen else NOTHING, limit))
            waiting.wait(read[100][-1] if read[100] else NOTHING, 0.02)
    told = []
    for each in writers:
        assert each.stdout is not None
        told.extend(int(line.split()[0]) for line in each.stdout)
        each.stdout.close()
        assert each.wait() == 0
    whole = all_after(world, NOTHING, 1000)
    assert len(told) == 180
    assert whole == sorted(told)
    for limit, seen in read.items():
        while more := all_after(world, seen[-1] if seen else NOTHING, limit):
            seen.extend(more)
        assert seen == whole, limit


def test_an_event_of_another_process_is_seen_in_time(world: World) -> None:
    with Waiting(world.database, world.url) as waiting:
        other = writer(world, "p", 20)
        assert other.stdout is not None
        seen: dict[int, float] = {}
        last = NOTHING
        while len(seen) < 20:
            assert waiting.wait(last, 60), "nothing came"
            with world.database.read() as connection:
                for event in after(connection, last):
                    seen[event.id] = time.time()
                    last = event.id
        told = {int(a): float(b) for a, b in (line.split() for line in other.stdout)}
        other.stdout.close()
        other.wait()
    late = sorted(seen[number] - at for number, at in told.items())
    print(f"{world.database.engine_name}: median {late[10]:.3f} s, worst {late[-1]:.3f} s")
    assert late[-1] < WITHIN


def test_a_lost_notification_costs_time_but_no_event(world: World) -> None:
    with Waiting(world.database, world.url, poll=0.3) as waiting:
        number = slipped_in(world, "a")
        assert waiting.wait(number - 1, 10)
        assert waiting.newest == number


def test_a_notification_is_not_needed_and_is_what_makes_it_quick(
    postgresql_url: str,
    new_postgresql: NewDatabase,
) -> None:
    prepare(postgresql_url)
    with (
        open_world(postgresql_url, new_postgresql()) as world,
        Waiting(world.database, postgresql_url, poll=60) as waiting,
    ):
        listening(world)
        number = announced(world, "a")
        assert waiting.wait(number - 1, 10), "it polls once a minute: only the hint can have come"


def test_in_one_process_a_condition_hints(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/a.db"
    prepare(url)
    with (
        open_world(url, f"sqlite:///{tmp_path}/k.db") as world,
        Waiting(world.database, url, poll=60) as waiting,
    ):
        time.sleep(0.2)
        number = announced(world, "a")
        waiting.hint()
        assert waiting.wait(number - 1, 10)


def listening(world: World) -> int:
    """Return the process number of the server's side that LISTENs, once there is one."""
    query = text(
        "SELECT pid FROM pg_stat_activity WHERE query = :query ORDER BY backend_start DESC"
    )
    for _ in range(200):
        with world.database.read() as connection:
            pid = connection.execute(query, {"query": f"LISTEN {CHANNEL}"}).scalar()
        if pid is not None:
            return int(pid)
        time.sleep(0.05)
    raise AssertionError("nobody listens")


def test_a_listener_that_is_cut_off_listens_again(
    postgresql_url: str, new_postgresql: NewDatabase
) -> None:
    prepare(postgresql_url)
    with (
        open_world(postgresql_url, new_postgresql()) as world,
        Waiting(world.database, postgresql_url, poll=0.5) as waiting,
    ):
        first = listening(world)
        with world.database.write() as connection:
            connection.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": first})
        number = announced(world, "a")
        assert waiting.wait(number - 1, 10)
        deadline = time.monotonic() + 10
        while (again := listening(world)) == first and time.monotonic() < deadline:
            time.sleep(0.05)
        assert again != first
        number = announced(world, "b")
        assert waiting.wait(number - 1, 10)


def test_the_notification_carries_nothing_and_comes_with_the_commit(
    postgresql_url: str, new_postgresql: NewDatabase
) -> None:
    import psycopg
    from sqlalchemy import make_url

    prepare(postgresql_url)
    plain = make_url(postgresql_url).set(drivername="postgresql")
    with (
        open_world(postgresql_url, new_postgresql()) as world,
        psycopg.connect(plain.render_as_string(hide_password=False), autocommit=True) as other,
    ):
        other.execute(f"LISTEN {CHANNEL}")
        with world.database.write() as connection:
            (recorded,) = world.log.append(connection, [Event(Kind.PERSON_REQUESTED)])
            announce(connection, recorded, MoveKind.OPENED, "a", "c")
            assert list(other.notifies(timeout=0.3)) == []
        (came,) = other.notifies(timeout=10, stop_after=1)
        assert came.payload == ""


def test_all_who_wait_are_told_and_one_that_fails_disturbs_nobody(world: World) -> None:
    told: list[int] = []
    came = threading.Event()

    def bad(_: int) -> None:
        raise RuntimeError("a broken screen")

    def good(number: int) -> None:
        told.append(number)
        came.set()

    with Waiting(world.database, world.url) as waiting:
        threads = [threading.Thread(target=waiting.wait, args=(NOTHING, 30)) for _ in range(20)]
        for thread in threads:
            thread.start()
        with waiting.telling(bad), waiting.telling(good):
            number = announced(world, "a")
            assert came.wait(10)
        for thread in threads:
            thread.join(10)
            assert not thread.is_alive()
        assert told == [number]
        second = announced(world, "a")
        assert waiting.wait(number, 10)
        assert waiting.newest == second
        assert told == [number], "who went away is told nothing"


def test_waiting_ends_when_the_time_is_over_or_it_is_closed(world: World) -> None:
    waiting = Waiting(world.database, world.url)
    with waiting:
        begun = time.monotonic()
        assert not waiting.wait(NOTHING, 0.2)
        assert 0.15 < time.monotonic() - begun < 5
        held: list[bool] = []
        thread = threading.Thread(target=lambda: held.append(waiting.wait(NOTHING, 60)))
        thread.start()
    thread.join(10)
    assert held == [False]


def test_a_database_that_is_away_for_a_while_is_asked_again(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    class Away:
        """The same database, but one look in three fails."""

        engine_name = world.database.engine_name
        looks: Iterator[int] = itertools.count()

        def read(self) -> object:
            from audit.errors import DatabaseUnavailable

            if next(self.looks) % 3 == 1:
                raise DatabaseUnavailable("it is away")
            return world.database.read()

    with Waiting(Away(), world.url, poll=0.05) as waiting:  # type: ignore[arg-type]
        for case in "abcdef":
            number = announced(world, case)
            assert waiting.wait(number - 1, 10)
