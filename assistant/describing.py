"""What citizens volunteer about themselves: counted, and joined to nothing.

Three things keep a description from its conversation:

- Only counts are kept, of each characteristic by itself, by week.
- That a conversation has been described is committed first, by itself and without what was said.
- What was said waits in memory until some others wait too, and is counted with them in one later
  transaction. So neither the database's own bookkeeping (PostgreSQL's `xmin`, write-ahead logs) nor
  two copies of the database, taken before and after, tell whose is whose.

The price: what waits when a process ends is lost. It is never more than `together` − 1 of them.
"""

import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import Connection, select, update

from assistant.errors import DescribedAlready, DescriptionInvalid
from assistant.monitoring import Cell, add_up
from assistant.policy.watching import TOLD, DescribingWords
from assistant.reading import require_conversation
from assistant.storage import conversations, turns
from audit.database import Database
from audit.errors import AuditError


@dataclass(frozen=True, slots=True)
class Description:
    """What somebody says of themselves: the group by question; what is not said is left out.

    `needed`: they said that they got what they needed.
    """

    groups: Mapping[str, str]
    needed: bool = False


@dataclass(slots=True)
class Descriptions:
    """Counts descriptions, `together` at a time. Safe to share between threads."""

    database: Database
    clock: Callable[[], datetime]
    together: int
    _waiting: list[tuple[Description, frozenset[str]]] = field(default_factory=list, repr=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def add(self, description: Description, came: frozenset[str]) -> None:
        """Let it wait, and count all that wait once there are enough.

        Where the database cannot be written, all go on waiting.
        """
        with self._lock:
            self._waiting.append((description, came))
            if len(self._waiting) < self.together:
                return
            counted, self._waiting = self._waiting, []
        try:
            with self.database.write() as connection:
                add_up(connection, _cells(counted, _monday(self.clock())))
        except AuditError:
            with self._lock:
                self._waiting = [*counted, *self._waiting]


def check(description: Description, words: DescribingWords) -> None:
    """Raise DescriptionInvalid unless something is said, and only what the form offers."""
    if not description.groups:
        raise DescriptionInvalid(words.nothing)
    for question, group in description.groups.items():
        if question not in words.question or group not in words.question[question].groups:
            raise DescriptionInvalid(words.nothing)


def claim(connection: Connection, conversation_id: str) -> frozenset[str]:
    """Note that the conversation has been described; return what came of it as a whole.

    Raises ConversationUnknown, DescribedAlready, or DescriptionInvalid before any answer.
    """
    row = require_conversation(connection, conversation_id, lock=True)
    if row.described:
        raise DescribedAlready("This conversation's form has been sent already.")
    ends = connection.execute(
        select(turns.c.outcome).where(
            turns.c.conversation_id == conversation_id, turns.c.outcome.is_not(None)
        )
    ).scalars()
    came = {"declined" if end in {"abstained", "clarifying"} else end for end in ends}
    if not came:
        raise DescriptionInvalid("Ask a question first.")
    if row.person_requested_at is not None:
        came.add("escalated")
    connection.execute(
        update(conversations).where(conversations.c.id == conversation_id).values(described=True)
    )
    return frozenset(came)


def _cells(
    counted: Iterable[tuple[Description, frozenset[str]]], week: str
) -> Iterable[tuple[Cell, bool]]:
    for description, came in counted:
        found = came | {"needed"} if description.needed else came
        for question, group in description.groups.items():
            for outcome in TOLD:
                yield (week, question, group, outcome), outcome in found


def _monday(moment: datetime) -> str:
    day = moment.date()
    return (day - timedelta(days=day.weekday())).isoformat()
