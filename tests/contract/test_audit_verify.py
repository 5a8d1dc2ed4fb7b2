"""Attacks on a stored log by someone who can write to its database: each is found and named."""

import json
from collections.abc import Iterator
from hashlib import sha256

import pytest
from sqlalchemy import Connection, delete, insert, select, update

from audit.canonical import canonical_json, parse_canonical
from audit.checkpoint import Checkpoint
from audit.erasure import erase_conversation
from audit.errors import DatabaseUnavailable, LogMismatch
from audit.events import Event, Kind
from audit.findings import Fault, Report
from audit.keyfiles import LogSigner, Secret
from audit.merkle import Frontier, leaf_hash
from audit.note import Note
from audit.storage import log_checkpoints, log_head, log_leaves, log_nodes, vault
from audit.verify import verify_database
from tests.auditing import ORIGIN, OTHER_SIGNER, SIGNER, World, answered, open_world
from tests.databases import NewDatabase

KEYS = [SIGNER.verifier_key]
SIGNER_SEED = Secret(b"q" * 32)


@pytest.fixture
def world(new_database: NewDatabase) -> Iterator[World]:
    """A log of 13 leaves: three conversations, one of them erased; published at 4, 8 and 12."""
    with open_world(new_database(), new_database()) as world:
        answers = [answered(f"c{number % 3}", f"question {number}") for number in range(11)]
        world.append(Event(Kind.SERVICE_STARTED, {"software": "1.0"}), *answers[:3])
        world.append(*answers[3:7])
        world.append(*answers[7:])
        erase_conversation(world.database, world.keys, world.log, "c2")
        yield world


def check(world: World, **held: str) -> Report:
    return verify_database(world.url, KEYS, held.get("held"))


def leaves(connection: Connection) -> dict[int, bytes]:
    return dict(
        connection.execute(select(log_leaves.c.leaf_index, log_leaves.c.leaf)).tuples().all()
    )


def set_leaf(connection: Connection, index: int, text: bytes) -> None:
    """Put a text in a leaf's place, with the columns beside it as a careful attacker would."""
    value = json.loads(text)
    connection.execute(
        update(log_leaves)
        .where(log_leaves.c.leaf_index == index)
        .values(
            leaf=text,
            record_id=f"{value['id']}",
            kind=value["kind"],
            at=value["at"],
            conversation_id=value.get("conversation"),
        )
    )


def altered(text: bytes) -> bytes:
    value = parse_canonical(text)
    assert isinstance(value, dict)
    return canonical_json({**value, "facts": {"outcome": "refused"}})


def remove(connection: Connection, index: int) -> None:
    connection.execute(delete(log_leaves).where(log_leaves.c.leaf_index == index))


def shift(connection: Connection, start: int, by: int) -> None:
    indices = sorted(i for i in leaves(connection) if i >= start)
    for index in reversed(indices) if by > 0 else indices:
        connection.execute(
            update(log_leaves).where(log_leaves.c.leaf_index == index).values(leaf_index=index + by)
        )


def forged_leaf(index: int) -> dict[str, object]:
    at = "2026-01-02T03:04:05.678Z"
    text = canonical_json({"v": 1, "id": "forged", "kind": "turn_answered", "at": at, "facts": {}})
    return {
        "leaf_index": index,
        "record_id": "forged",
        "kind": "turn_answered",
        "conversation_id": None,
        "at": at,
        "leaf": text,
    }


def rebuild(connection: Connection, signer: LogSigner | None = None) -> None:
    """Recompute the whole tree from the leaves as they are now, and sign it if a key is at hand."""
    connection.execute(delete(log_nodes))
    frontier = Frontier()
    for _, text in sorted(leaves(connection).items()):
        frontier, completed = frontier.append(leaf_hash(text))
        connection.execute(
            insert(log_nodes),
            [{"level": n.level, "position": n.position, "hash": n.hash} for n in completed],
        )
    body = Checkpoint(ORIGIN, frontier.size, frontier.root()).text()
    values: dict[str, object] = {"size": frontier.size, "peaks": b"".join(frontier.peaks)}
    if signer is not None:
        values["checkpoint"] = str(Note(body, (signer.sign(body),)))
        values["verifier_key"] = str(signer.verifier_key)
    connection.execute(update(log_head).values(values))


def test_an_untouched_log_is_in_order(world: World) -> None:
    report = check(world)
    assert report.findings == ()
    assert (report.leaves, report.checkpoints, report.ciphertexts) == (13, 4, 8)
    assert report.exit_code == 0
    assert report.lines()[-1].startswith("OK")


def test_a_changed_leaf(world: World) -> None:
    with world.database.write() as connection:
        set_leaf(connection, 5, altered(leaves(connection)[5]))
    report = check(world)
    assert {Fault.LEAF_CHANGED, Fault.ROOT_MISMATCH} == report.faults
    assert any("leaf 5 " in str(f) for f in report.findings)
    assert report.exit_code == 1
    assert report.lines()[-1].startswith("FAILED")


@pytest.mark.parametrize("index", [0, 7, 12])
def test_a_changed_leaf_is_named_wherever_it_stands(world: World, index: int) -> None:
    with world.database.write() as connection:
        set_leaf(connection, index, altered(leaves(connection)[index]))
    found = [f for f in check(world).findings if f.fault is Fault.LEAF_CHANGED]
    assert [f"leaf {index} " in f.detail for f in found] == [True]


def test_a_changed_leaf_with_its_whole_tree_made_to_fit(world: World) -> None:
    with world.database.write() as connection:
        set_leaf(connection, 5, altered(leaves(connection)[5]))
        rebuild(connection)
    assert check(world).faults == {Fault.ROOT_MISMATCH}


def test_a_history_rewritten_and_signed_with_another_key(world: World) -> None:
    with world.database.write() as connection:
        set_leaf(connection, 5, altered(leaves(connection)[5]))
        connection.execute(delete(log_checkpoints))
        rebuild(connection, OTHER_SIGNER)
    assert check(world).faults == {Fault.SIGNATURE_INVALID}
    trusting = verify_database(world.url)
    assert trusting.ok
    assert "Compare it with the key the organisation published" in trusting.cautions[0]
    assert str(OTHER_SIGNER.verifier_key) in trusting.cautions[0]


def test_a_history_rewritten_by_whoever_holds_the_key(world: World) -> None:
    """Only a checkpoint kept elsewhere shows this: why witnesses matter."""
    with world.database.read() as connection:
        held = world.log.checkpoint(connection)
    with world.database.write() as connection:
        set_leaf(connection, 5, altered(leaves(connection)[5]))
        connection.execute(delete(log_checkpoints))
        rebuild(connection, SIGNER)
    assert check(world).ok
    assert check(world, held=held).faults == {Fault.HISTORY_REWRITTEN}


def test_a_removed_leaf(world: World) -> None:
    with world.database.write() as connection:
        remove(connection, 0)
    report = check(world)
    assert report.faults == {Fault.LEAF_MISSING}
    assert "leaf 0 " in str(report.findings[0])


def test_a_removed_leaf_with_the_gap_closed(world: World) -> None:
    with world.database.write() as connection:
        remove(connection, 0)
        shift(connection, 1, -1)
    report = check(world)
    assert report.faults == {Fault.LEAF_MISSING, Fault.ROOT_MISMATCH}


def test_an_inserted_leaf(world: World) -> None:
    with world.database.write() as connection:
        shift(connection, 5, +1)
        connection.execute(insert(log_leaves), forged_leaf(5))
    report = check(world)
    assert report.faults == {Fault.LEAF_INSERTED, Fault.ROOT_MISMATCH}
    assert any("leaf 5 " in str(f) for f in report.findings)


def test_a_leaf_added_at_the_end(world: World) -> None:
    with world.database.write() as connection:
        connection.execute(insert(log_leaves), forged_leaf(13))
    assert check(world).faults == {Fault.LEAF_INSERTED}


def test_leaves_numbered_before_the_first(world: World) -> None:
    with world.database.write() as connection:
        connection.execute(insert(log_leaves), forged_leaf(-1))
    assert check(world).faults == {Fault.REORDERED}


def test_a_leaf_far_beyond_the_end_ends_the_check_in_good_time(world: World) -> None:
    with world.database.write() as connection:
        connection.execute(insert(log_leaves), forged_leaf(2**40))
    assert Fault.LEAF_INSERTED in check(world).faults


@pytest.mark.parametrize(("one", "other"), [(3, 4), (0, 12), (4, 8)])
def test_reordered_leaves(world: World, one: int, other: int) -> None:
    with world.database.write() as connection:
        connection.execute(
            update(log_leaves).where(log_leaves.c.leaf_index == one).values(leaf_index=-1)
        )
        for old, new in ((other, one), (-1, other)):
            connection.execute(
                update(log_leaves).where(log_leaves.c.leaf_index == old).values(leaf_index=new)
            )
    report = check(world)
    assert Fault.REORDERED in report.faults
    assert report.faults <= {
        Fault.REORDERED,
        Fault.ROOT_MISMATCH,
        Fault.ERASED_BUT_KEPT,
        Fault.CIPHERTEXT_MISSING,
    }


@pytest.mark.parametrize("gone", [1, 2, 6, 13])
def test_a_truncated_tail(world: World, gone: int) -> None:
    with world.database.write() as connection:
        connection.execute(delete(log_leaves).where(log_leaves.c.leaf_index >= 13 - gone))
        connection.execute(delete(vault))
    assert Fault.TAIL_TRUNCATED in check(world).faults


def test_a_tail_truncated_with_everything_made_to_fit(world: World) -> None:
    """Back to an older state that was honestly signed: found by a checkpoint held elsewhere."""
    with world.database.read() as connection:
        held = world.log.checkpoint(connection)
    with world.database.write() as connection:
        older = connection.execute(
            select(log_checkpoints.c.checkpoint).where(log_checkpoints.c.size == 8)
        ).scalar_one()
        dropped = leaves(connection)
        for index in range(8, 13):
            value = json.loads(dropped[index])
            connection.execute(delete(vault).where(vault.c.record_id == value["id"]))
            remove(connection, index)
        rebuild(connection)
        connection.execute(update(log_head).values(checkpoint=older))
        connection.execute(delete(log_checkpoints).where(log_checkpoints.c.size > 8))
    report = check(world)
    assert report.faults == {Fault.CIPHERTEXT_MISSING}, "c2's erasure went with the tail"
    assert Fault.TAIL_TRUNCATED in check(world, held=held).faults
    assert Fault.TAIL_TRUNCATED not in check(world, held=older).faults


def test_ciphertexts_swapped_between_conversations(world: World) -> None:
    with world.database.write() as connection:
        sealed = connection.execute(
            select(vault.c.record_id, vault.c.conversation_id, vault.c.ciphertext)
        ).all()
        one = next(row for row in sealed if row.conversation_id == "c0")
        other = next(row for row in sealed if row.conversation_id == "c1")
        for row, ciphertext in ((one, other.ciphertext), (other, one.ciphertext)):
            connection.execute(
                update(vault)
                .where(vault.c.record_id == row.record_id)
                .values(ciphertext=ciphertext)
            )
    report = check(world)
    assert report.faults == {Fault.CIPHERTEXT_SWAPPED}
    assert len(report.findings) == 2


def test_a_changed_ciphertext(world: World) -> None:
    with world.database.write() as connection:
        row = connection.execute(select(vault)).first()
        assert row is not None
        flipped = bytes([row.ciphertext[0] ^ 1]) + row.ciphertext[1:]
        connection.execute(
            update(vault).where(vault.c.record_id == row.record_id).values(ciphertext=flipped)
        )
    assert check(world).faults == {Fault.CIPHERTEXT_CHANGED}


def test_a_ciphertext_removed_without_an_erasure(world: World) -> None:
    with world.database.write() as connection:
        connection.execute(delete(vault).where(vault.c.conversation_id == "c0"))
    assert check(world).faults == {Fault.CIPHERTEXT_MISSING}


def test_a_ciphertext_kept_after_an_erasure(world: World) -> None:
    with world.database.write() as connection:
        records = connection.execute(
            select(log_leaves.c.record_id).where(log_leaves.c.conversation_id == "c2")
        ).scalars()
        connection.execute(
            insert(vault),
            {"record_id": next(iter(records)), "conversation_id": "c2", "ciphertext": b"kept"},
        )
    assert Fault.ERASED_BUT_KEPT in check(world).faults


def test_a_ciphertext_that_no_record_knows(world: World) -> None:
    with world.database.write() as connection:
        connection.execute(
            insert(vault), {"record_id": "stray", "conversation_id": "c0", "ciphertext": b"x"}
        )
    assert check(world).faults == {Fault.CIPHERTEXT_ORPHANED}


def test_a_ciphertext_beside_a_record_that_had_none(world: World) -> None:
    with world.database.write() as connection:
        connection.execute(
            insert(vault), {"record_id": "r1", "conversation_id": "c0", "ciphertext": b"x"}
        )
    assert Fault.CIPHERTEXT_ORPHANED in check(world).faults


def test_a_ciphertext_filed_under_another_conversation(world: World) -> None:
    """It would survive the erasure of its own conversation."""
    with world.database.write() as connection:
        connection.execute(
            update(vault).where(vault.c.conversation_id == "c0").values(conversation_id="c9")
        )
    assert check(world).faults == {Fault.COLUMN_CHANGED}


@pytest.mark.parametrize(
    "column", [log_leaves.c.kind, log_leaves.c.conversation_id, log_leaves.c.at]
)
def test_a_changed_column_beside_a_leaf(world: World, column: object) -> None:
    with world.database.write() as connection:
        connection.execute(
            update(log_leaves).where(log_leaves.c.leaf_index == 3).values({column: "changed"})
        )
    report = check(world)
    assert report.faults == {Fault.COLUMN_CHANGED}
    assert "leaf 3" in str(report.findings[0])


@pytest.mark.parametrize("level", [1, 2, 3])
def test_a_changed_node_of_the_tree(world: World, level: int) -> None:
    with world.database.write() as connection:
        connection.execute(
            update(log_nodes)
            .where(log_nodes.c.level == level, log_nodes.c.position == 0)
            .values(hash=sha256(b"x").digest())
        )
    assert check(world).faults == {Fault.NODE_CHANGED}


def test_a_removed_and_a_superfluous_node(world: World) -> None:
    with world.database.write() as connection:
        connection.execute(delete(log_nodes).where(log_nodes.c.level == 2))
    assert check(world).faults == {Fault.NODE_CHANGED}
    with world.database.write() as connection:
        rebuild(connection)
        connection.execute(insert(log_nodes), {"level": 9, "position": 9, "hash": b"x" * 32})
    assert check(world).faults == {Fault.NODE_CHANGED}


def test_a_changed_leaf_hash_alone(world: World) -> None:
    with world.database.write() as connection:
        connection.execute(
            update(log_nodes)
            .where(log_nodes.c.level == 0, log_nodes.c.position == 3)
            .values(hash=sha256(b"x").digest())
        )
    assert Fault.LEAF_CHANGED in check(world).faults


def test_a_changed_published_checkpoint(world: World) -> None:
    body = Checkpoint(ORIGIN, 8, b"x" * 32).text()
    for signer, fault in ((SIGNER, Fault.ROOT_MISMATCH), (OTHER_SIGNER, Fault.SIGNATURE_INVALID)):
        with world.database.write() as connection:
            connection.execute(
                update(log_checkpoints)
                .where(log_checkpoints.c.size == 8)
                .values(checkpoint=str(Note(body, (signer.sign(body),))))
            )
        assert fault in check(world).faults
    with world.database.write() as connection:
        connection.execute(
            update(log_checkpoints).where(log_checkpoints.c.size == 8).values(checkpoint="gone")
        )
    assert check(world).faults == {Fault.CHECKPOINT_MISPLACED}


def test_a_head_that_is_no_checkpoint(world: World) -> None:
    with world.database.write() as connection:
        connection.execute(update(log_head).values(checkpoint="gone"))
    assert check(world).faults == {Fault.CHECKPOINT_MISPLACED}


def test_a_leaf_that_is_no_leaf(world: World) -> None:
    with world.database.write() as connection:
        connection.execute(
            update(log_leaves).where(log_leaves.c.leaf_index == 3).values(leaf=b"\xff not JSON")
        )
    assert Fault.LEAF_CHANGED in check(world).faults


def test_a_checkpoint_of_another_log_is_not_mistaken_for_ours(world: World) -> None:
    other = LogSigner("other.example/log", SIGNER_SEED)
    body = Checkpoint("other.example/log", 4, b"x" * 32).text()
    report = verify_database(
        world.url, [*KEYS, other.verifier_key], str(Note(body, (other.sign(body),)))
    )
    assert report.faults == {Fault.CHECKPOINT_MISPLACED}


def test_many_findings_are_counted_and_some_are_shown(world: World) -> None:
    world.append(*[Event(Kind.SERVICE_STARTED, {"n": n}) for n in range(50)])
    with world.database.write() as connection:
        for index, text in leaves(connection).items():
            set_leaf(connection, index, altered(text))
    report = check(world)
    named = [f for f in report.findings if f.fault is Fault.LEAF_CHANGED]
    assert len(named) == 21
    assert named[-1].detail == "and 43 more"


def test_a_database_without_a_log_is_no_log(new_database: NewDatabase) -> None:
    url, keys_url = new_database(), new_database()
    with open_world(url, keys_url) as world:
        with pytest.raises(LogMismatch, match="still empty"):
            verify_database(world.url, KEYS)
        with world.database.write() as connection:
            for table in (log_head, log_leaves, log_nodes, log_checkpoints, vault):
                table.drop(connection)
    with pytest.raises(LogMismatch, match="holds no log"):
        verify_database(url, KEYS)


def test_verifying_makes_no_database(tmp_path: object) -> None:
    with pytest.raises(DatabaseUnavailable, match="does not exist"):
        verify_database(f"sqlite:///{tmp_path}/none.db", KEYS)
