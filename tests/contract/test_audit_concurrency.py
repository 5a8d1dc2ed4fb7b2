"""Several writers at once, and writers killed at any moment: no gap, no loss, nothing half-done."""

import itertools
import random
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from sqlalchemy import select

from audit.storage import log_leaves
from audit.verify import verify_database
from tests.auditing import SIGNER, World, answered, open_world
from tests.databases import NewDatabase

KEYS = [SIGNER.verifier_key]
ROOT = Path(__file__).parents[2]


def start_writer(world: World, prefix: str, count: int) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "tests.audit_writer", world.url, world.keys_url, prefix, str(count)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )


def acknowledged(output: str) -> list[tuple[int, str]]:
    """What a writer said was committed; its last line may be cut short by a kill."""
    whole = output[: output.rfind("\n") + 1].splitlines()
    return [(int(line.split()[0]), line.split()[1]) for line in whole]


def in_the_log(world: World) -> dict[int, str]:
    with world.database.read() as connection:
        rows = connection.execute(select(log_leaves.c.leaf_index, log_leaves.c.record_id))
        return dict(rows.tuples().all())


def test_threads_append_without_gaps(new_database: NewDatabase) -> None:
    with open_world(new_database(), new_database()) as world:
        world.keys.create("c1")
        indices: list[int] = []
        failures: list[Exception] = []

        def work() -> None:
            try:
                for number in range(15):
                    with world.database.write() as connection:
                        events = [answered("c1", str(number))] * (1 + number % 3)
                        indices.extend(r.index for r in world.log.append(connection, events))
            except Exception as error:  # noqa: BLE001
                failures.append(error)

        threads = [threading.Thread(target=work) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert failures == []
        assert sorted(indices) == list(range(120))
        assert verify_database(world.url, KEYS).ok


def test_processes_append_without_gaps(new_database: NewDatabase) -> None:
    with open_world(new_database(), new_database()) as world:
        writers = [start_writer(world, prefix, 25) for prefix in ("a", "b", "c")]
        said = [acknowledged(writer.communicate(timeout=120)[0]) for writer in writers]
        assert [writer.returncode for writer in writers] == [0, 0, 0]
        assert sorted(itertools.chain(*said)) == sorted(in_the_log(world).items())
        assert sorted(in_the_log(world)) == list(range(75))
        assert all(indices == sorted(indices) for indices in said)
        assert verify_database(world.url, KEYS).ok


def test_whatever_was_acknowledged_survives_a_kill(new_database: NewDatabase) -> None:
    seed = random.randrange(10**6)
    moments = random.Random(seed)
    with open_world(new_database(), new_database()) as world:
        promised: dict[int, str] = {}
        for attempt in range(4):
            writers = [start_writer(world, f"{name}{attempt}", 10_000) for name in "ab"]
            first = [writer.stdout.readline() for writer in writers if writer.stdout]
            time.sleep(moments.uniform(0, 0.3))
            for writer in writers:
                writer.kill()
            rest = [writer.communicate(timeout=60)[0] for writer in writers]
            for begun, ended in zip(first, rest, strict=True):
                promised.update(acknowledged(begun + ended))
            report = verify_database(world.url, KEYS)
            assert report.findings == (), f"seed {seed}, attempt {attempt}"
            kept = in_the_log(world)
            lost = {index: r for index, r in promised.items() if kept.get(index) != r}
            assert lost == {}, f"seed {seed}, attempt {attempt}"
            assert sorted(kept) == list(range(len(kept)))
        assert len(promised) >= 8
        with world.database.read() as connection:
            for record_id in list(promised.values())[-3:]:
                assert world.log.personal(connection, record_id)


@pytest.mark.parametrize("moment", range(3))
def test_an_erasure_killed_half_way_is_finished(new_database: NewDatabase, moment: int) -> None:
    """The three states a kill can leave: nothing done, recorded only, all done."""
    from audit.erasure import erase_conversation, finish_erasures

    with open_world(new_database(), new_database()) as world:
        record = world.answer("c1", "mine").record_id
        if moment >= 1:
            with world.database.write() as connection:
                world.log.erase(connection, "c1")
        if moment >= 2:
            world.keys.destroy("c1")
        assert finish_erasures(world.database, world.keys) == (("c1",) if moment == 1 else ())
        erase_conversation(world.database, world.keys, world.log, "c1")
        with world.database.read() as connection:
            kinds = [r.kind for r in world.log.records(connection, "c1")]
            assert world.log.receipt(connection, record, reveal=False)
        assert kinds == ["turn_answered", "conversation_erased"]
        assert world.keys.is_destroyed("c1")
        assert verify_database(world.url, KEYS).ok
