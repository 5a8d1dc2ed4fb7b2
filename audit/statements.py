"""The few statements that the log sends, made once."""

from sqlalchemy import bindparam, insert, select, tuple_

from audit.events import Kind
from audit.storage import log_checkpoints, log_head, log_leaves, log_nodes, vault

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

SELECT_ERASURE = (
    select(log_leaves.c.leaf_index)
    .where(log_leaves.c.conversation_id == bindparam("conversation"))
    .where(log_leaves.c.kind == Kind.CONVERSATION_ERASED.value)
    .limit(1)
)

SELECT_ERASED = select(log_leaves.c.conversation_id).where(
    log_leaves.c.kind == Kind.CONVERSATION_ERASED.value
)

SELECT_SEALED = select(vault.c.ciphertext).where(vault.c.record_id == bindparam("record"))

DELETE_SEALED = vault.delete().where(vault.c.conversation_id == bindparam("conversation"))

SELECT_NODES = select(log_nodes.c.level, log_nodes.c.position, log_nodes.c.hash).where(
    tuple_(log_nodes.c.level, log_nodes.c.position).in_(bindparam("nodes", expanding=True))
)
