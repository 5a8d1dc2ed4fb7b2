"""Private codes: what a citizen writes down to come back to their conversation.

Fifteen characters in three groups, as in "7QXK3-HM4TN-RW8P2". Fourteen are random, 23 choices each:
63 bits. The last checks the others: it finds every wrong character and every two that were swapped,
since 23 is prime and the places have different weights (as in ISBN-10). The alphabet has no vowel
that makes words, and of characters that look alike one only; its look-alikes are read as that one.

Only a hash is kept: scrypt (RFC 7914), keyed with a secret that is not in the database. So a stolen
database opens nothing. The salt is the same for all codes, because a code has to be found by its
hash; codes are random, so no two are alike. How often somebody may try is for the caller to limit.
"""

import hashlib
import hmac
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, insert, select

from assistant.errors import CodeRefused
from assistant.reading import require_conversation
from assistant.storage import as_text, conversations, private_codes
from audit.database import Database
from audit.events import Event, Kind
from audit.log import Log

ALPHABET = "23456789CDFHJKMNPQRTWXY"
LOOK_ALIKES = str.maketrans({"Z": "2", "S": "5", "G": "6", "B": "8", "V": "Y"})
RANDOM, GROUP = 14, 5
LENGTH = RANDOM + 1

MISTYPED = (
    "That is not a private code. It has 15 letters and numbers, in three groups of five. "
    "Check each one, and try again."
)
UNKNOWN = (
    "That code does not open a conversation. It may be too old, or its conversation was deleted. "
    "Check it, or start again."
)

COST = 2**14
"""scrypt's N; with r = 8 a guess needs 16 MiB and, here, about 40 ms."""


@dataclass(frozen=True, slots=True)
class PrivateCode:
    """A code as its citizen sees it, this once, and when it ends."""

    text: str = field(repr=False)
    expires_at: datetime


def new_code() -> str:
    """Return a fresh code in its groups."""
    body = "".join(secrets.choice(ALPHABET) for _ in range(RANDOM))
    whole = body + _check_character(body)
    return "-".join(whole[i : i + GROUP] for i in range(0, LENGTH, GROUP))


def read_code(text: str) -> str:
    """Return a typed code in its one form, 15 characters; raise CodeRefused where it is none.

    Case, spaces and dashes do not matter, nor that a Z was read for a 2.
    """
    kept = "".join(text.split()).upper().replace("-", "").replace("–", "").translate(LOOK_ALIKES)
    if len(kept) != LENGTH or not set(kept) <= set(ALPHABET):
        raise CodeRefused(MISTYPED, mistyped=True)
    if _check_character(kept[:RANDOM]) != kept[RANDOM]:
        raise CodeRefused(MISTYPED, mistyped=True)
    return kept


def _check_character(body: str) -> str:
    total = sum(weight * ALPHABET.index(each) for weight, each in enumerate(body, start=2))
    return ALPHABET[-total % len(ALPHABET)]


@dataclass(frozen=True, slots=True)
class PrivateCodes:
    """Makes codes and finds conversations by them. `secret` is 32 bytes kept outside the database.

    `lasts` is how long a code is good for. A conversation has one code at a time.
    """

    database: Database
    log: Log
    secret: bytes = field(repr=False)
    clock: Callable[[], datetime]
    lasts: timedelta

    def make(self, conversation_id: str) -> PrivateCode:
        """Give a conversation a new code; an earlier one opens nothing any more.

        Raises ConversationUnknown where there is none, or it was erased.
        """
        text, now = new_code(), self.clock()
        expires = as_text(now + self.lasts)
        row = {
            "conversation_id": conversation_id,
            "hashed": self._hash(read_code(text)),
            "expires_at": expires,
        }
        with self.database.write() as connection:
            require_conversation(connection, conversation_id, lock=True)
            forget_code(connection, conversation_id)
            connection.execute(
                delete(private_codes).where(private_codes.c.expires_at <= as_text(now))
            )
            connection.execute(insert(private_codes), row)
            facts = {"expires": expires}
            self.log.append(connection, [Event(Kind.PRIVATE_CODE_MADE, facts, conversation_id)])
        return PrivateCode(text, now + self.lasts)

    def find(self, text: str) -> str:
        """Return the identifier of the code's conversation, and record that it was opened so.

        Raises CodeRefused, with the same words for a code that never was, an old one, and one of an
        erased conversation; `mistyped` where it cannot be a code. The caller limits how often
        somebody may try.
        """
        hashed = self._hash(read_code(text))
        with self.database.write() as connection:
            found = connection.execute(
                select(private_codes.c.conversation_id)
                .join(conversations, conversations.c.id == private_codes.c.conversation_id)
                .where(
                    private_codes.c.hashed == hashed,
                    private_codes.c.expires_at > as_text(self.clock()),
                    conversations.c.erased_at.is_(None),
                )
            ).scalar_one_or_none()
            if found is None:
                raise CodeRefused(UNKNOWN)
            self.log.append(connection, [Event(Kind.PRIVATE_CODE_USED, {}, found)])
        return str(found)

    def _hash(self, code: str) -> bytes:
        salt = hmac.digest(self.secret, b"signpost/private-code/v1", "sha256")
        return hashlib.scrypt(code.encode(), salt=salt, n=COST, r=8, p=1, dklen=32)


def forget_code(connection: Connection, conversation_id: str) -> None:
    """Delete the conversation's code, if it has one, in the caller's transaction."""
    connection.execute(
        delete(private_codes).where(private_codes.c.conversation_id == conversation_id)
    )
