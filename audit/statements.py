"""The few statements that the log sends, made once."""

from functools import cache

from sqlalchemy import Select, and_, bindparam, insert, or_, select

from audit.storage import ERASED, log_checkpoints, log_head, log_leaves, log_nodes, vault

SELECT_HEAD = select(
    log_head.c.origin, log_head.c.size, log_head.c.peaks, log_head.c.checkpoint
).where(log_head.c.id == 1)

LOCK_HEAD = SELECT_HEAD.with_for_update()

UPDATE_HEAD = (
    log_head.update()
    .where(log_head.c.id == 1)
    .values(
        size=bindparam("size"),
        peaks=bindparam("peaks"),
        checkpoint=bindparam("checkpoint"),
        verifier_key=bindparam("verifier_key"),
    )
)

INSERT_LEAVES = insert(log_leaves)
INSERT_NODES = insert(log_nodes)
INSERT_SEALED = insert(vault)
INSERT_CHECKPOINT = insert(log_checkpoints)

SELECT_LEAF = select(log_leaves.c.leaf_index, log_leaves.c.leaf).where(
    log_leaves.c.record_id == bindparam("record")
)

SELECT_CONVERSATION = (
    select(log_leaves.c.leaf_index, log_leaves.c.leaf)
    .where(log_leaves.c.conversation_id == bindparam("conversation"))
    .order_by(log_leaves.c.leaf_index)
)

SELECT_NEWEST = (
    select(log_leaves.c.leaf_index, log_leaves.c.leaf)
    .where(log_leaves.c.kind == bindparam("kind"))
    .order_by(log_leaves.c.leaf_index.desc())
    .limit(1)
)

SELECT_KIND = (
    select(log_leaves.c.leaf_index, log_leaves.c.leaf)
    .where(log_leaves.c.kind == bindparam("kind"))
    .order_by(log_leaves.c.leaf_index)
)

SELECT_KIND_AFTER = SELECT_KIND.where(log_leaves.c.leaf_index > bindparam("after")).limit(
    bindparam("page")
)

SELECT_ERASURE = (
    select(log_leaves.c.leaf_index)
    .where(log_leaves.c.conversation_id == bindparam("conversation"))
    .where(log_leaves.c.kind == ERASED)
)

SELECT_ERASED = select(log_leaves.c.conversation_id).where(log_leaves.c.kind == ERASED)

SELECT_SEALED = select(vault.c.ciphertext).where(vault.c.record_id == bindparam("record"))

DELETE_SEALED = vault.delete().where(vault.c.conversation_id == bindparam("conversation"))


@cache
def select_nodes(count: int) -> Select[int, int, bytes]:
    """Return the query for `count` nodes, whose names it takes as level0, position0, level1, …

    A list of pairs (`IN (VALUES …)`) would be shorter, but SQLite reads the whole table for it. A
    proof has fewer than 130 nodes, so few such queries are ever made.
    """
    nodes = (
        and_(
            log_nodes.c.level == bindparam(f"level{i}"),
            log_nodes.c.position == bindparam(f"position{i}"),
        )
        for i in range(count)
    )
    return select(log_nodes.c.level, log_nodes.c.position, log_nodes.c.hash).where(or_(*nodes))
