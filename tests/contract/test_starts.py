"""A change of policy and a start of the service are records, on both databases."""

import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from importlib.resources import files
from pathlib import Path

import pytest

import assistant.policy
from api.bootstrap import Home
from api.settings import Settings
from assistant.presentation import Versions
from assistant.starts import record_policy, record_start
from audit.events import Kind
from audit.records import Record
from audit.verify import verify_database
from tests.assisting import World, open_world
from tests.databases import NewDatabase
from tests.fakes import WordsEmbedder

ONE, OTHER = "1" * 64, "2" * 64


@pytest.fixture
def world(new_database: NewDatabase) -> Iterator[World]:
    with open_world(new_database(), new_database(), activate=False) as opened:
        yield opened


def in_force(world: World, digest: str) -> bool:
    with world.database.write() as connection:
        return record_policy(connection, world.log, digest)


def newest(world: World | Home, kind: Kind) -> Record | None:
    with world.database.read() as connection:
        return world.log.newest(connection, kind)


def size(world: World) -> int:
    with world.database.read() as connection:
        return world.log.size(connection)


def test_every_policy_is_recorded_as_it_comes_into_force(world: World) -> None:
    told = []
    for digest in (ONE, OTHER, ONE):
        assert in_force(world, digest)
        record = newest(world, Kind.POLICY_CHANGED)
        assert record is not None
        told.append((record.facts["from"], record.facts["to"]))
    assert told == [("", ONE), (ONE, OTHER), (OTHER, ONE)]
    assert world.verify().ok


def test_the_same_policy_again_is_no_change(world: World) -> None:
    in_force(world, ONE)
    world.assistant.start()
    before = size(world)
    assert not in_force(world, ONE)
    assert size(world) == before


def test_processes_that_start_together_record_a_change_once(world: World) -> None:
    in_force(world, ONE)
    before = size(world)
    with ThreadPoolExecutor(8) as pool:
        new = list(pool.map(lambda _: in_force(world, OTHER), range(8)))
    assert sorted(new) == [False] * 7 + [True]
    assert size(world) == before + 1


def test_a_change_that_is_rolled_back_was_none(world: World) -> None:
    def interrupted() -> None:
        with world.database.write() as connection:
            record_policy(connection, world.log, ONE)
            raise RuntimeError("the process died here")

    with pytest.raises(RuntimeError):
        interrupted()
    assert newest(world, Kind.POLICY_CHANGED) is None
    assert in_force(world, ONE)


def test_a_start_names_all_that_shapes_answers(world: World) -> None:
    versions = Versions("software", "snapshot", ONE, "embedder", "composer", 3)
    with world.database.write() as connection:
        record_start(connection, world.log, versions, OTHER)
    record = newest(world, Kind.SERVICE_STARTED)
    assert record is not None
    assert record.facts == {"versions": versions.facts(), "settings": OTHER}
    assert record.leaf.conversation is None
    assert world.verify().ok


def test_the_newest_of_a_kind_is_the_last_one_recorded(world: World) -> None:
    assert newest(world, Kind.CONVERSATION_STARTED) is None
    for language in ("en", "cy"):
        world.assistant.start(language)
    in_force(world, ONE)
    record = newest(world, Kind.CONVERSATION_STARTED)
    assert record is not None
    assert record.facts["language"] == "cy"


def home_with(policy: Path | None, folder: Path, url: str) -> Home:
    keys = f"sqlite:///{folder}/keys.db"
    settings = Settings(home=folder, database_url=url, keys_url=keys, policy=policy)
    return Home(settings, WordsEmbedder())


def another_policy(folder: Path) -> Path:
    """Copy the bundled policy, and let an answer be one word longer."""
    bundled = Path(str(files(assistant.policy)))
    folder.mkdir()
    for file in bundled.glob("*.toml"):
        shutil.copy(file, folder)
    changed = folder / "limits.toml"
    text = changed.read_text(encoding="utf-8")
    assert "answer_words = 120" in text
    changed.write_text(text.replace("answer_words = 120", "answer_words = 121"), encoding="utf-8")
    return folder


def test_nothing_is_answered_under_a_policy_that_the_log_does_not_know(
    tmp_path: Path, database_url: str
) -> None:
    told = []
    for policy in (None, another_policy(tmp_path / "policy"), None):
        home = home_with(policy, tmp_path, database_url)
        home.assistant.start()
        changed, started = (
            newest(home, kind) for kind in (Kind.POLICY_CHANGED, Kind.CONVERSATION_STARTED)
        )
        assert changed is not None
        assert started is not None
        assert changed.facts["to"] == started.facts["policy"] == home.policy.digest
        assert changed.index == started.index - 1
        told.append((changed.facts["from"], changed.facts["to"]))
        home.close()
    (_, first), (_, second), _ = told
    assert first != second
    assert told == [("", first), (first, second), (second, first)]


def test_a_server_that_is_ready_says_so_in_the_log(tmp_path: Path, database_url: str) -> None:
    home = home_with(None, tmp_path, database_url)
    with home.serving():
        home.warm_up()
        home.record_start()
    record = newest(home, Kind.SERVICE_STARTED)
    assert record is not None
    assert record.facts["settings"] == home.settings.digest
    versions = record.facts["versions"]
    assert isinstance(versions, dict)
    assert versions["policy"] == home.policy.digest
    assert versions["software"] == home.software
    home.close()
    assert verify_database(database_url).ok
