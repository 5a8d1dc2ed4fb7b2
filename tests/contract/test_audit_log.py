"""What the log promises, on both engines."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from audit.checkpoint import open_checkpoint
from audit.erasure import erase_conversation, finish_erasures
from audit.errors import (
    CommitmentBroken,
    KeyErased,
    KeyUnknown,
    LogMismatch,
    NotCanonical,
    NothingPersonal,
    RecordUnknown,
    SealBroken,
)
from audit.events import Event, Kind
from audit.keyfiles import LogSigner, Secret
from audit.log import Log
from audit.merkle import EMPTY_ROOT, leaf_hash, root, verify_consistency
from audit.proofs import stored_consistency_proof
from audit.receipts import verify_receipt, write_receipt
from audit.storage import log_checkpoints, log_head, log_leaves, log_nodes, vault
from audit.verify import verify_database
from tests.auditing import ORIGIN, SIGNER, World, answered, open_world
from tests.databases import NewDatabase

KEYS = [SIGNER.verifier_key]


@pytest.fixture
def world(new_database: NewDatabase) -> Iterator[World]:
    with open_world(new_database(), new_database()) as world:
        yield world


def note(number: int) -> Event:
    return Event(Kind.SERVICE_STARTED, {"number": number})


def test_events_stand_in_order_under_a_signed_root(world: World) -> None:
    recorded = [world.append(note(i))[0] for i in range(6)]
    recorded += world.append(*[note(i) for i in range(6, 11)])
    assert [r.index for r in recorded] == list(range(11))
    assert len({r.record_id for r in recorded}) == 11
    with world.database.read() as connection:
        checkpoint = open_checkpoint(world.log.checkpoint(connection), KEYS)
        stored = connection.execute(select(log_leaves.c.leaf).order_by(log_leaves.c.leaf_index))
        hashes = [leaf_hash(leaf) for leaf in stored.scalars()]
        assert world.log.size(connection) == 11
    assert hashes == [r.leaf_hash for r in recorded]
    assert (checkpoint.origin, checkpoint.size) == (ORIGIN, 11)
    assert checkpoint.root == root(hashes)


def test_an_empty_log_has_an_empty_signed_root(world: World) -> None:
    with world.database.read() as connection:
        checkpoint = open_checkpoint(world.log.checkpoint(connection), KEYS)
        assert world.log.size(connection) == 0
    assert (checkpoint.size, checkpoint.root) == (0, EMPTY_ROOT)


def test_appending_nothing_changes_nothing(world: World) -> None:
    assert world.append() == ()
    with world.database.read() as connection:
        assert world.log.size(connection) == 0


def test_a_record_is_there_if_and_only_if_the_transaction_commits(world: World) -> None:
    world.append(note(0))

    def fail_after_recording() -> None:
        with world.database.write() as connection:
            assert world.log.append(connection, [note(1)])[0].index == 1
            assert world.log.size(connection) == 2
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_after_recording()
    with world.database.read() as connection:
        assert world.log.size(connection) == 1
    assert world.append(note(2))[0].index == 1
    assert verify_database(world.url, KEYS).ok


def test_several_appends_in_one_transaction_follow_each_other(world: World) -> None:
    with world.database.write() as connection:
        first = world.log.append(connection, [note(0), note(1)])
        second = world.log.append(connection, [note(2)])
    assert [r.index for r in (*first, *second)] == [0, 1, 2]
    assert verify_database(world.url, KEYS).ok


def test_a_receipt_can_be_given_before_the_commit_and_holds_after_it(world: World) -> None:
    world.keys.create("c1")
    with world.database.write() as connection:
        (recorded,) = world.log.append(connection, [answered("c1", "hello")])
        text = write_receipt(world.log.receipt(connection, recorded.record_id, reveal=True))
    verify_receipt(text, KEYS)
    with world.database.read() as connection:
        assert text == write_receipt(world.log.receipt(connection, recorded.record_id, True))


def test_every_record_gets_a_receipt_that_verifies(world: World) -> None:
    ids = [world.answer(f"c{i % 3}", f"question {i}").record_id for i in range(21)]
    with world.database.read() as connection:
        for number, record_id in enumerate(ids):
            text = write_receipt(world.log.receipt(connection, record_id, reveal=True))
            receipt = verify_receipt(text, KEYS)
            assert receipt.index == number
            assert receipt.opening is not None
            assert receipt.opening.personal["question"] == f"question {number}"
            hidden = write_receipt(world.log.receipt(connection, record_id, reveal=False))
            assert verify_receipt(hidden, KEYS).opening is None


def test_the_log_proves_that_it_extends_each_of_its_checkpoints(world: World) -> None:
    """What a witness asks for before it cosigns."""
    notes = []
    for number in range(12):
        world.append(note(number))
        with world.database.read() as connection:
            notes.append(open_checkpoint(world.log.checkpoint(connection), KEYS))
    with world.database.read() as connection:
        for old in notes:
            for new in notes[old.size - 1 :]:
                proof = stored_consistency_proof(connection, old.size, new.size)
                assert verify_consistency(old.size, new.size, old.root, new.root, proof)


def test_a_checkpoint_is_published_at_every_multiple(world: World) -> None:
    for size in (3, 1, 3, 9, 1):
        world.append(*[note(i) for i in range(size)])
    with world.database.read() as connection:
        sizes = connection.execute(
            select(log_checkpoints.c.size).order_by(log_checkpoints.c.size)
        ).scalars()
        assert list(sizes) == [4, 16]


def test_what_is_personal_is_sealed_and_opens(world: World) -> None:
    recorded = world.answer("c1", "my name is Ada")
    with world.database.read() as connection:
        personal = world.log.personal(connection, recorded.record_id)
        rows = [
            *connection.execute(select(log_leaves)).all(),
            *connection.execute(select(vault)).all(),
        ]
    assert personal == {"question": "my name is Ada", "answer": "…"}
    assert "Ada" not in str(rows)
    assert b"Ada" not in b"".join(v for row in rows for v in row if isinstance(v, bytes))


def test_the_records_of_a_conversation_come_in_order(world: World) -> None:
    world.append(Event(Kind.CONVERSATION_STARTED, {}, "c1"))
    world.answer("c2", "other")
    world.answer("c1", "mine")
    with world.database.read() as connection:
        records = world.log.records(connection, "c1")
        assert world.log.records(connection, "nobody") == ()
    assert [r.kind for r in records] == [Kind.CONVERSATION_STARTED, Kind.TURN_ANSWERED]
    assert [r.index for r in records] == [0, 2]
    assert [r.has_personal for r in records] == [False, True]
    assert records[1].facts == {"outcome": "answered"}
    assert records[0].at == datetime(2026, 1, 2, 3, 4, 6, 678000, tzinfo=UTC)


def test_errors_name_what_is_missing(world: World) -> None:
    plain = world.append(note(0))[0].record_id
    with world.database.read() as connection:
        with pytest.raises(RecordUnknown, match="nope"):
            world.log.receipt(connection, "nope", reveal=False)
        with pytest.raises(NothingPersonal):
            world.log.personal(connection, plain)
        with pytest.raises(NothingPersonal):
            world.log.receipt(connection, plain, reveal=True)
    with pytest.raises(KeyUnknown, match="create it first"), world.database.write() as connection:
        world.log.append(connection, [answered("keyless", "x")])
    with pytest.raises(NotCanonical, match="float"):
        world.append(Event(Kind.SERVICE_STARTED, {"share": 0.5}))  # type: ignore[dict-item]
    with world.database.read() as connection:
        assert world.log.size(connection) == 1


def test_a_record_identifier_is_used_once(world: World) -> None:
    twice = Log(ORIGIN, SIGNER, world.keys, lambda: datetime.now(UTC), lambda: "same")
    with world.database.write() as connection:
        twice.append(connection, [note(0)])
    with pytest.raises(IntegrityError), world.database.write() as connection:
        twice.append(connection, [note(1)])


def test_another_log_does_not_write_into_this_one(world: World) -> None:
    world.append(note(0))
    other = LogSigner("other.example/log", Secret(b"s" * 32))
    log = Log("other.example/log", other, world.keys, lambda: datetime.now(UTC), lambda: "x")
    with pytest.raises(LogMismatch, match="holds the log"), world.database.write() as connection:
        log.append(connection, [note(1)])
    with pytest.raises(LogMismatch), world.database.read() as connection:
        log.size(connection)
    with pytest.raises(LogMismatch, match="cannot sign"):
        Log(ORIGIN, other, world.keys, lambda: datetime.now(UTC), lambda: "x")


def test_a_new_signing_key_goes_on_where_the_old_one_stopped(new_database: NewDatabase) -> None:
    url, keys_url = new_database(), new_database()
    new = LogSigner(ORIGIN, Secret(b"new" + b"s" * 29))
    with open_world(url, keys_url) as world:
        world.append(*[note(i) for i in range(5)])
    with open_world(url, keys_url, signer=new, prefix="later") as world:
        world.append(*[note(i) for i in range(5)])
    assert verify_database(url, [SIGNER.verifier_key, new.verifier_key]).ok
    assert not verify_database(url, [new.verifier_key]).ok


def test_first_appends_at_once_make_one_log(new_database: NewDatabase) -> None:
    with open_world(new_database(), new_database()) as world:
        gate = threading.Barrier(6)
        indices: list[int] = []
        failures: list[Exception] = []

        def append() -> None:
            gate.wait()
            try:
                with world.database.write() as connection:
                    indices.extend(r.index for r in world.log.append(connection, [note(0)]))
            except Exception as error:  # noqa: BLE001
                failures.append(error)

        threads = [threading.Thread(target=append) for _ in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert failures == []
        assert sorted(indices) == list(range(6))
        assert verify_database(world.url, KEYS).ok


def test_erasing_leaves_every_proof_and_nothing_to_read(world: World) -> None:
    mine = [world.answer("c1", f"mine {i}") for i in range(5)]
    other = world.answer("c2", "theirs")
    with world.database.read() as connection:
        kept = [write_receipt(world.log.receipt(connection, r.record_id, True)) for r in mine]
    recorded = erase_conversation(world.database, world.keys, world.log, "c1")
    assert recorded is not None
    for text in kept:
        verify_receipt(text, KEYS)
    with world.database.read() as connection:
        assert world.log.records(connection, "c1")[-1].facts == {"ciphertexts": 5}
        for record in mine:
            verify_receipt(
                write_receipt(world.log.receipt(connection, record.record_id, False)), KEYS
            )
            with pytest.raises(KeyErased):
                world.log.personal(connection, record.record_id)
            with pytest.raises(KeyErased):
                world.log.receipt(connection, record.record_id, reveal=True)
        assert world.log.personal(connection, other.record_id)["question"] == "theirs"
        assert set(connection.execute(select(vault.c.conversation_id)).scalars()) == {"c2"}
    with pytest.raises(KeyErased):
        world.keys.get("c1")
    assert verify_database(world.url, KEYS).ok


def test_nothing_personal_is_recorded_after_an_erasure_even_with_a_remembered_key(
    world: World,
) -> None:
    """Another process may remember the key for a while: the log itself must refuse."""
    world.answer("c1", "mine")
    with world.database.write() as connection:
        world.log.erase(connection, "c1")
    assert world.keys.get("c1")
    with pytest.raises(KeyErased), world.database.write() as connection:
        world.log.append(connection, [answered("c1", "more")])
    world.append(Event(Kind.RECORD_VIEWED, {"by": "staff-1"}, "c1"))
    assert verify_database(world.url, KEYS).ok


def test_erasing_again_is_harmless(world: World) -> None:
    world.answer("c1", "mine")
    assert erase_conversation(world.database, world.keys, world.log, "c1") is not None
    assert erase_conversation(world.database, world.keys, world.log, "c1") is None
    with world.database.read() as connection:
        assert world.log.size(connection) == 2


def test_an_erasure_cut_short_is_finished_later(world: World) -> None:
    for conversation in ("c1", "c2", "c3"):
        world.answer(conversation, "mine")
    erase_conversation(world.database, world.keys, world.log, "c3")
    with world.database.write() as connection:
        world.log.erase(connection, "c1")
    assert finish_erasures(world.database, world.keys) == ("c1",)
    assert finish_erasures(world.database, world.keys) == ()
    assert world.keys.is_destroyed("c1")
    assert world.keys.get("c2")


def test_a_conversation_that_said_nothing_can_be_erased(world: World) -> None:
    assert erase_conversation(world.database, world.keys, world.log, "quiet") is not None
    assert world.keys.is_destroyed("quiet")


def test_a_tampered_ciphertext_does_not_open(world: World) -> None:
    first, second = world.answer("c1", "one"), world.answer("c1", "two")
    with world.database.write() as connection:
        sealed = dict(
            connection.execute(select(vault.c.record_id, vault.c.ciphertext)).tuples().all()
        )
        connection.execute(
            update(vault)
            .where(vault.c.record_id == first.record_id)
            .values(ciphertext=sealed[second.record_id])
        )
    with world.database.read() as connection, pytest.raises(SealBroken):
        world.log.personal(connection, first.record_id)


def test_a_text_sealed_anew_by_who_has_the_key_is_still_found_out(world: World) -> None:
    from audit.vault import seal

    recorded = world.answer("c1", "what was said")
    forged = seal(world.keys.get("c1"), recorded.record_id, b'{"question":"something else"}')
    with world.database.write() as connection:
        connection.execute(update(vault).values(ciphertext=forged))
    with world.database.read() as connection, pytest.raises(CommitmentBroken):
        world.log.personal(connection, recorded.record_id)


def test_a_damaged_head_or_tree_is_named(world: World) -> None:
    recorded = world.append(*[note(i) for i in range(5)])
    with world.database.write() as connection:
        connection.execute(log_nodes.delete().where(log_nodes.c.level == 2))
    with world.database.read() as connection, pytest.raises(LogMismatch, match="missing"):
        world.log.receipt(connection, recorded[4].record_id, reveal=False)
    with world.database.write() as connection:
        connection.execute(update(log_head).values(peaks=b"short"))
    with pytest.raises(LogMismatch, match="damaged"):
        world.append(note(5))


def test_a_lost_ciphertext_is_not_called_an_erasure(world: World) -> None:
    recorded = world.answer("c1", "mine")
    with world.database.write() as connection:
        connection.execute(vault.delete())
    with world.database.read() as connection, pytest.raises(LogMismatch, match="is gone"):
        world.log.personal(connection, recorded.record_id)


def test_two_logs_in_two_homes_never_touch(new_database: NewDatabase) -> None:
    with (
        open_world(new_database(), new_database()) as one,
        open_world(new_database(), new_database()) as two,
    ):
        one.answer("c1", "one")
        two.answer("c1", "two")
        assert one.keys.get("c1") != two.keys.get("c1")
        with two.database.read() as connection:
            assert two.log.personal(connection, "r1")["question"] == "two"
        assert one.append(note(0))[0].index == two.append(note(0))[0].index == 1
