"""A world with a contact centre, its staff, and what tests of cases ask of it.

Run as `python -m tests.casework URL KEYS_URL PREFIX COUNT` it is a process that takes conversations
through a whole case until it is done or killed, and names each move once it was made.
"""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

import pytest
from sqlalchemy import select

from assistant.escalations.case import Case, Close
from assistant.escalations.cases import Cases
from assistant.escalations.outbox import Announced
from assistant.escalations.outbox import after as announced_after
from assistant.escalations.people import StaffMember
from assistant.escalations.states import CloseReason, ShouldHaveAnswered
from assistant.storage import as_moment, as_text
from assistant.text import RawText
from assistant.views import ConversationView, TurnView
from audit.events import Kind
from audit.records import Record
from audit.storage import log_leaves
from tests.assisting import World, open_world
from tests.databases import NewDatabase

ANN = StaffMember("staff-ann", "Ann")
BOB = StaffMember("staff-bob", "Bob")
SUE = StaffMember("staff-sue", "Sue", supervisor=True)
ANSWERED = Close(CloseReason.ANSWERED, ShouldHaveAnswered.NO)
QUESTION = "How can I renew my passport?"


@dataclass(frozen=True)
class Centre:
    """A world with a contact centre in use."""

    world: World
    cases: Cases

    def waiting(self, *questions: str, language: str = "en") -> Case:
        """Return the open case of a new conversation, after some questions."""
        conversation = self.world.assistant.start(language)
        for question in questions:
            self.world.ask(conversation, question)
        self.world.assistant.ask_for_person(conversation.id)
        return self.of(conversation.id)

    def claimed(self, *questions: str, by: StaffMember = ANN) -> Case:
        case = self.waiting(*questions)
        return self.cases.claim(case.id, case.version, by)

    def replied(self, *questions: str) -> Case:
        case = self.claimed(*questions)
        self.cases.reply(case.id, case.version, ANN, "Please send us the form.", "first")
        return self.now(case)

    def resolved(self) -> Case:
        case = self.replied()
        return self.cases.resolve(case.id, case.version, ANN, ANSWERED)

    def of(self, conversation_id: str) -> Case:
        """Return the conversation's newest case."""
        number = self.world.assistant.read(conversation_id).case_number
        (case,) = (c for c in self.everything() if c.number == number)
        return case

    def now(self, case: Case) -> Case:
        return self.cases.case(case.id)

    def everything(self) -> list[Case]:
        from assistant.escalations.rows import case_of
        from assistant.escalations.tables import cases

        with self.world.database.read() as connection:
            rows = connection.execute(select(cases).order_by(cases.c.number))
            return [case_of(row) for row in rows]

    def moment(self) -> datetime:
        """Return the time as rows keep it."""
        return as_moment(as_text(self.world.clock.now))

    def write(self, case: Case, text: str, key: str = "") -> TurnView:
        """Write as the citizen."""
        conversation = ConversationView(case.conversation_id, "en", case.opened_at)
        return self.world.ask(conversation, text, key)

    def view(self, case: Case) -> ConversationView:
        """Return what the citizen sees."""
        return self.world.assistant.read(case.conversation_id)

    def records(self, *kinds: Kind) -> list[Record]:
        with self.world.database.read() as connection:
            found = [r for kind in kinds for r in self.world.log.of_kind(connection, kind)]
        return sorted(found, key=lambda record: record.index)

    def kinds(self) -> list[str]:
        with self.world.database.read() as connection:
            query = select(log_leaves.c.kind).order_by(log_leaves.c.leaf_index)
            return list(connection.execute(query).scalars())

    def announced(self, after: int = -1) -> tuple[Announced, ...]:
        with self.world.database.read() as connection:
            return announced_after(connection, after, 10_000)

    def personal(self, record: str) -> dict:  # type: ignore[type-arg]
        with self.world.database.read() as connection:
            return dict(self.world.log.personal(connection, record))


@contextmanager
def a_centre(new_database: NewDatabase, **options: object) -> Iterator[Centre]:
    """Open a world with a contact centre on new databases; in the end its log must verify."""
    with open_world(
        new_database(),
        new_database(),
        staffed=lambda connection: True,
        **options,  # type: ignore[arg-type]
    ) as world:
        assert world.cases is not None
        yield Centre(world, world.cases)
        assert world.verify().ok


def refused_and_unchanged(
    centre: Centre, case: Case, act: Callable[[], object], fault: type[Exception]
) -> str:
    """Make a move that must be refused; show that it left nothing; return what was said."""
    before = (centre.now(case), centre.kinds(), centre.announced())
    with pytest.raises(fault) as refused:
        act()
    assert (centre.now(case), centre.kinds(), centre.announced()) == before
    return str(refused.value)


def main(url: str, keys_url: str, prefix: str, count: str) -> None:
    with open_world(url, keys_url, prefix=prefix, staffed=lambda connection: True) as world:
        assert world.cases is not None
        centre = Centre(world, world.cases)

        def told(step: str, act: Callable[[], Case]) -> Case:
            case = act()
            print(case.id, step, case.version, flush=True)
            return case

        for number in range(int(count)):
            case = told("opened", centre.waiting)
            case = told("claimed", lambda c=case: centre.cases.claim(c.id, c.version, ANN))  # type: ignore[misc]
            text = f"Reply {prefix}{number}"
            centre.cases.reply(case.id, case.version, ANN, text, f"key {number}")
            print(case.id, "replied", case.version + 1, flush=True)
            world.assistant.ask(case.conversation_id, RawText("Thank you so much"), f"w{number}")
            case = centre.now(case)
            print(case.id, "wrote", case.version, flush=True)
            told("resolved", lambda c=case: centre.cases.resolve(c.id, c.version, ANN, ANSWERED))  # type: ignore[misc]


if __name__ == "__main__":
    main(*sys.argv[1:])
