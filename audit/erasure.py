"""Erasing a conversation: ciphertexts, key and salts go; every proof of the log stays valid.

In this order, so that a crash at any point leaves something that finishing repairs: the ciphertexts
are deleted and the erasure is recorded, in one transaction; then the key is destroyed.
"""

from audit import statements
from audit.database import Database
from audit.keys import KeyStore
from audit.log import Log, Recorded


def erase_conversation(
    database: Database, keys: KeyStore, log: Log, conversation_id: str
) -> Recorded | None:
    """Erase a conversation for good; durable when this returns.

    Returns the record of the erasure, or None if it had been recorded before; either way the key
    is gone afterwards. After a crash, call it again, or `finish_erasures` at the next start.
    """
    with database.write() as connection:
        recorded = log.erase(connection, conversation_id)
    keys.destroy(conversation_id)
    return recorded


def finish_erasures(database: Database, keys: KeyStore) -> tuple[str, ...]:
    """Destroy the keys of conversations whose erasure was recorded but cut short; return them."""
    with database.read() as connection:
        erased = connection.execute(statements.SELECT_ERASED).scalars().all()
    unfinished = tuple(c for c in erased if c is not None and not keys.is_destroyed(c))
    for conversation_id in unfinished:
        keys.destroy(conversation_id)
    return unfinished
