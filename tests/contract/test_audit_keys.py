"""What the key store promises, on both engines."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from audit.errors import KeyErased, KeyUnknown, SealBroken, SecretUnusable
from audit.keys import KeyStore, Secret, conversation_keys
from tests.databases import NewDatabase

MASTER = Secret(b"m" * 32)
NEW_MASTER = Secret(b"n" * 32)


@pytest.fixture
def keys(database_url: str) -> Iterator[KeyStore]:
    keys = KeyStore.open(database_url, MASTER)
    yield keys
    keys.close()


@pytest.fixture
def elsewhere(database_url: str, keys: KeyStore) -> Iterator[KeyStore]:
    """The same keys as another process sees them."""
    other = KeyStore.open(database_url, MASTER)
    yield other
    other.close()


def test_a_key_is_there_for_others_as_soon_as_it_is_made(
    keys: KeyStore, elsewhere: KeyStore
) -> None:
    assert elsewhere.get("c1" if keys.create("c1") else "") == keys.get("c1")


def test_creating_again_returns_the_same_key(keys: KeyStore, elsewhere: KeyStore) -> None:
    assert keys.create("c1") == keys.create("c1") == elsewhere.create("c1")


def test_conversations_have_different_keys(keys: KeyStore) -> None:
    assert keys.create("c1").encryption != keys.create("c2").encryption


def test_a_key_never_made_is_unknown(keys: KeyStore) -> None:
    with pytest.raises(KeyUnknown, match="c1"):
        keys.get("c1")


def test_a_destroyed_key_is_gone_for_good(keys: KeyStore, database_url: str) -> None:
    keys.create("c1")
    keys.destroy("c1")
    assert keys.is_destroyed("c1")
    for attempt in (keys.get, keys.create):
        with pytest.raises(KeyErased, match="erased"):
            attempt("c1")
    again = KeyStore.open(database_url, MASTER)
    with pytest.raises(KeyErased):
        again.get("c1")
    again.close()


def test_destroying_is_idempotent_and_needs_no_key(keys: KeyStore) -> None:
    keys.destroy("c1")
    keys.destroy("c1")
    assert keys.is_destroyed("c1")
    assert not keys.is_destroyed("c2")
    with pytest.raises(KeyErased):
        keys.create("c1")


def test_other_keys_survive_a_destruction(keys: KeyStore) -> None:
    kept = keys.create("c2")
    keys.create("c1")
    keys.destroy("c1")
    assert keys.get("c2") == kept


def test_another_master_key_is_refused_at_once(database_url: str, keys: KeyStore) -> None:
    with pytest.raises(SecretUnusable, match="does not fit"):
        KeyStore.open(database_url, NEW_MASTER)


def test_the_keys_are_wrapped(keys: KeyStore, database_url: str) -> None:
    key = keys.create("c1")
    with keys._database.read() as connection:  # what lies in the table, not what the store says
        wrapped = connection.execute(select(conversation_keys.c.wrapped)).scalar_one()
    for secret in (key.encryption, key.salting, MASTER.value):
        assert secret not in wrapped


def test_a_wrapped_key_does_not_open_for_another_conversation(keys: KeyStore) -> None:
    keys.create("c1")
    keys.create("c2")
    with keys._database.write() as connection:
        rows = connection.execute(select(conversation_keys)).all()
        swapped = {"c1": rows[1].wrapped, "c2": rows[0].wrapped}
        assert [row.conversation_id for row in rows] == ["c1", "c2"]
        for conversation, wrapped in swapped.items():
            connection.execute(
                conversation_keys.update().where(
                    conversation_keys.c.conversation_id == conversation
                ),
                {"wrapped": wrapped},
            )
    keys._forget_all()
    with pytest.raises(SealBroken, match="c1"):
        keys.get("c1")


def test_rotating_the_master_key_keeps_every_key_and_tombstone(
    keys: KeyStore, database_url: str
) -> None:
    before = [keys.create(f"c{i}") for i in range(5)]
    keys.destroy("c4")
    assert keys.rotate_master(NEW_MASTER) == 4
    assert [keys.get(f"c{i}") for i in range(4)] == before[:4]
    with pytest.raises(SecretUnusable):
        KeyStore.open(database_url, MASTER)
    again = KeyStore.open(database_url, NEW_MASTER)
    assert [again.get(f"c{i}") for i in range(4)] == before[:4]
    assert again.is_destroyed("c4")
    again.close()


def test_who_still_has_the_old_master_key_can_make_no_more_keys(
    keys: KeyStore, elsewhere: KeyStore
) -> None:
    keys.create("c1")
    keys.rotate_master(NEW_MASTER)
    with pytest.raises(SecretUnusable, match="rotated"):
        elsewhere.create("c2")
    with pytest.raises(SealBroken, match="rotated"):
        elsewhere.get("c1")
    with pytest.raises(SecretUnusable, match="rotated"):
        elsewhere.rotate_master(Secret(b"x" * 32))


def test_making_one_key_at_once_makes_one_key(keys: KeyStore, elsewhere: KeyStore) -> None:
    seen: list[bytes] = []
    failures: list[Exception] = []

    def make(store: KeyStore) -> None:
        try:
            for number in range(10):
                seen.append(bytes([number]) + store.create(f"c{number}").encryption)
        except Exception as error:  # noqa: BLE001
            failures.append(error)

    threads = [threading.Thread(target=make, args=(s,)) for s in (keys, elsewhere, keys, elsewhere)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert (len(seen), len(set(seen))) == (40, 10)


def test_on_sqlite_no_trace_of_a_destroyed_key_is_left(tmp_path: Path) -> None:
    keys = KeyStore.open(f"sqlite:///{tmp_path}/keys.db", MASTER)
    for number in range(50):
        keys.create(f"c{number}")
    with keys._database.read() as connection:
        wrapped = dict(
            connection.execute(
                select(conversation_keys.c.conversation_id, conversation_keys.c.wrapped)
            )
            .tuples()
            .all()
        )
    assert wrapped["c7"] in (tmp_path / "keys.db").read_bytes()
    keys.destroy("c7")
    left = b"".join(file.read_bytes() for file in tmp_path.iterdir())
    assert wrapped["c7"] not in left
    assert wrapped["c7"][12:44] not in left
    assert wrapped["c8"] in left
    keys.close()


def test_keys_and_log_may_not_be_the_same_file_by_accident(new_database: NewDatabase) -> None:
    """Two addresses, two stores: nothing of one is in the other."""
    first = KeyStore.open(new_database(), MASTER)
    second = KeyStore.open(new_database(), MASTER)
    first.create("c1")
    with pytest.raises(KeyUnknown):
        second.get("c1")
    first.close()
    second.close()
