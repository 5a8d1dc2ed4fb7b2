"""Moves with releases made at the same moment, or cut short, on both databases."""

import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select

from assistant.errors import (
    AssistantError,
    ReleaseMoveRefused,
)
from assistant.live import SnapshotRef, read_live
from assistant.release_rows import read_digests, read_release
from assistant.releases import Status
from assistant.storage import evaluation_records, release_moves, releases
from audit.database import Database
from audit.events import Kind
from audit.verify import verify_database
from tests.assisting import FIRST, SECOND, open_world
from tests.databases import NewDatabase
from tests.releasing import (
    BOARD,
    Releasing,
    a_gated_world,
    passed,
    records,
    running,
    unchanged,
)

ROOT = Path(__file__).parents[2]
THIRD = SnapshotRef("third", "3" * 64)


@pytest.fixture
def made(new_database: NewDatabase) -> Iterator[Releasing]:
    with a_gated_world(new_database) as opened:
        yield opened


# ---- two at once, and a process that dies ------------------------------------------------------


def at_once(*moves: Callable[[], object]) -> list[object]:
    """Make the moves at the same moment; return what came of each, faults of ours as values."""
    ready = threading.Barrier(len(moves))

    def make(move: Callable[[], object]) -> object:
        ready.wait()
        try:
            return move()
        except AssistantError as fault:
            return fault

    with ThreadPoolExecutor(len(moves)) as pool:
        return list(pool.map(make, moves))


def faults(came: list[object]) -> list[type]:
    return [type(each) for each in came if isinstance(each, Exception)]


def test_of_two_who_activate_at_once_exactly_one_wins(made: Releasing) -> None:
    for snapshot in (FIRST, SECOND):
        made.approved(snapshot)
    seen = made.operations.state()

    def activate(snapshot: SnapshotRef, by: str) -> Callable[[], object]:
        return lambda: made.operations.activate(snapshot, {}, by=by, reason="go", seen=seen)

    came = at_once(activate(FIRST, "Ann"), activate(SECOND, "Bob"), activate(FIRST, "Cat"))
    assert faults(came) == [ReleaseMoveRefused] * 2
    live = made.operations.state()
    (record,) = records(made.world, Kind.RELEASE_ACTIVATED)
    assert record.facts["release"] == live.release
    assert [s.status for s in made.releases.all()].count(Status.ACTIVE) == 1


def test_of_two_who_decide_at_once_exactly_one_wins(made: Releasing) -> None:
    for snapshot in (FIRST, SECOND, THIRD):
        state = made.proposed(snapshot)
        came = at_once(
            lambda state=state: made.releases.approve(state, "Ann", "yes"),  # type: ignore[misc]
            lambda state=state: made.releases.refuse(state, "Bob", "no"),  # type: ignore[misc]
            lambda state=state: made.releases.approve(state, "Cat", "yes"),  # type: ignore[misc]
        )
        assert faults(came) == [ReleaseMoveRefused] * 2
        assert len(made.releases.find(state.digest).moves) == 2


def test_the_same_release_proposed_by_many_at_once_is_one(made: Releasing) -> None:
    came = at_once(*[lambda: made.proposed(FIRST) for _ in range(4)])
    assert faults(came) == []
    (state,) = made.releases.all()
    assert len(state.moves) == 4
    assert len(state.evaluations) == 12


def test_a_move_that_is_cut_short_leaves_nothing(made: Releasing) -> None:
    """Everything of a move is in one transaction, so a fault at its end undoes all of it."""
    state = made.proposed(FIRST)

    class Broken:
        def __init__(self, database: Database) -> None:
            self.database = database

        def write(self) -> object:
            return _failing(self.database)

    broken = replace(made.releases, database=Broken(made.world.database))  # type: ignore[arg-type]
    unchanged(made, lambda: broken.approve(state, "Ann", "yes"), RuntimeError)
    unchanged(
        made,
        lambda: broken.propose(
            running(SECOND.version), "s", passed(running(SECOND.version)), "a", "b"
        ),
        RuntimeError,
    )
    unchanged(made, lambda: broken.register(BOARD, "Olu", "first"), RuntimeError)
    made.releases.approve(state, "Ann", "yes")
    operations = replace(made.operations, database=Broken(made.world.database))  # type: ignore[arg-type]
    unchanged(made, lambda: operations.activate(FIRST, {}), RuntimeError)


def _failing(database: Database):  # type: ignore[no-untyped-def]
    from contextlib import contextmanager

    @contextmanager
    def write():  # type: ignore[no-untyped-def]
        with database.write() as connection:
            yield connection
            raise RuntimeError("the process died here")

    return write()


def test_a_process_killed_between_moves_leaves_nothing_half_stored(
    new_database: NewDatabase,
) -> None:
    url, keys_url = new_database(), new_database()
    rng = random.Random(2026)
    told: list[tuple[str, str]] = []
    for prefix in "abcdef":
        command = [sys.executable, "-m", "tests.releasing", url, keys_url, prefix, "1000"]
        process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
        assert process.stdout is not None
        told.append(tuple(process.stdout.readline().split()))  # type: ignore[arg-type]
        time.sleep(rng.uniform(0, 0.3))
        process.send_signal(signal.SIGKILL)
        rest = process.stdout.read()
        process.stdout.close()
        process.wait()
        whole = [line.split() for line in rest.splitlines(keepends=True) if line.endswith("\n")]
        told.extend((digest, move) for digest, move in whole)
    assert len(told) > 30
    with (
        open_world(url, keys_url, activate=False, prefix="z") as world,
        world.database.read() as connection,
    ):
        kinds = {
            "proposed": Kind.RELEASE_PROPOSED,
            "approved": Kind.RELEASE_APPROVED,
            "activated": Kind.RELEASE_ACTIVATED,
        }
        in_log = {
            (record.facts["release"], move): record.record_id
            for move, kind in kinds.items()
            for record in world.log.of_kind(connection, kind)
        }
        rows = connection.execute(select(release_moves)).all()
        assert {(r.release, r.kind): r.record_id for r in rows} == in_log
        assert set(told) <= set(in_log)
        live = read_live(connection)
        known = set(connection.execute(select(releases.c.digest)).scalars())
        assert known == {digest for digest, _ in in_log} == set(read_digests(connection))
        evaluated = [r.record_id for r in world.log.of_kind(connection, Kind.EVALUATION_RECORDED)]
        stored = list(connection.execute(select(evaluation_records.c.record_id)).scalars())
        assert sorted(stored) == sorted(evaluated)
        assert len(stored) == 3 * len(known)
        for digest in known:
            state = read_release(connection, digest, live.release)
            assert state is not None
            assert [m.kind.value for m in state.moves] == list(kinds)[: len(state.moves)]
        last = max(
            world.log.of_kind(connection, Kind.RELEASE_ACTIVATED), key=lambda record: record.index
        )
        assert live.release == last.facts["release"]
    assert verify_database(url).ok
