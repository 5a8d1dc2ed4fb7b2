"""Closures, private codes and call-backs on both databases, alone and many at once."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError

from assistant.callbacks import CallBackEnd, CallBacks, booked_on
from assistant.errors import (
    CallBackUnknown,
    CodeRefused,
    ConversationUnknown,
    HoursRefused,
    PhoneRefused,
    SlotTaken,
)
from assistant.private_codes import PrivateCodes
from assistant.service_levels.closures import Closures
from assistant.storage import callbacks, closures, private_codes
from assistant.text import RawText
from audit.events import Kind
from tests.assisting import Clock, World, identifiers, open_world
from tests.databases import NewDatabase

PHONE = RawText("07700 900 982")
SECRET = b"c" * 32
FRIDAY = datetime(2026, 11, 27, 12, 0, tzinfo=UTC)
CHRISTMAS_EVE = date(2026, 12, 24)


@dataclass
class Reaching:
    """A world with the three parts under test."""

    world: World
    closures: Closures
    codes: PrivateCodes
    calls: CallBacks

    def start(self) -> str:
        return self.world.assistant.start().id

    def records(self, kind: Kind) -> list[dict[str, object]]:
        with self.world.database.read() as connection:
            return [dict(r.facts) for r in self.world.log.of_kind(connection, kind)]


@pytest.fixture
def made(new_database: NewDatabase) -> Iterator[Reaching]:
    with open_world(new_database(), new_database(), clock=Clock(FRIDAY)) as world:
        levels = world.policy.service_levels
        yield Reaching(
            world,
            Closures(world.database, world.log, levels, world.clock),
            PrivateCodes(world.database, world.log, SECRET, world.clock, timedelta(days=28)),
            CallBacks(
                world.database, world.keys, world.log, levels, world.clock, identifiers("call")
            ),
        )


def at_once(moves: list[Callable[[], object]]) -> list[object]:
    """Make the moves at the same moment; return what came of each, faults as values."""
    ready = threading.Barrier(len(moves))

    def make(move: Callable[[], object]) -> object:
        ready.wait()
        try:
            return move()
        except Exception as fault:  # noqa: BLE001
            return fault

    with ThreadPoolExecutor(len(moves)) as pool:
        return list(pool.map(make, moves))


# ---- closures ----------------------------------------------------------------------------------


def test_a_closure_shuts_what_uses_the_hours_and_nothing_else(made: Reaching) -> None:
    change = made.closures.close("office", CHRISTMAS_EVE, "Party", "Ann", opens=720)
    queues = made.closures.queues()
    assert queues["general"].calendar.intervals(CHRISTMAS_EVE) == ((540, 720),)
    assert queues["safeguarding"].calendar.intervals(CHRISTMAS_EVE) == ((0, 1440),)
    made.closures.undo(change.number, "No party", "Bob")
    assert made.closures.queues()["general"].calendar.intervals(CHRISTMAS_EVE) == ((540, 1020),)
    assert [each.undone for each in made.closures.all()] == [True]
    first, second = made.records(Kind.HOURS_CHANGED)
    assert (first["what"], first["by"], first["reason"]) == ("closed", "Ann", "Party")
    assert (second["what"], second["number"], second["by"]) == ("undone", 1, "Bob")
    assert made.world.verify().ok


def test_a_change_that_cannot_be_made_leaves_nothing(made: Reaching) -> None:
    close, undo = made.closures.close, made.closures.undo
    for move in (
        lambda: close("always", CHRISTMAS_EVE, "x", "Ann"),
        lambda: close("shop", CHRISTMAS_EVE, "x", "Ann"),
        lambda: close("office", date(2026, 11, 26), "x", "Ann"),
        lambda: close("office", CHRISTMAS_EVE, " ", "Ann"),
        lambda: close("office", CHRISTMAS_EVE, "x\ny", "Ann"),
        lambda: close("office", CHRISTMAS_EVE, "x", ""),
        lambda: close("office", CHRISTMAS_EVE, "x" * 201, "Ann"),
        lambda: close("office", CHRISTMAS_EVE, "x", "Ann", opens=720, closes=720),
        lambda: close("office", CHRISTMAS_EVE, "x", "Ann", opens=-1),
        lambda: undo(1, "x", "Ann"),
    ):
        with pytest.raises(HoursRefused):
            move()
    assert made.closures.all() == ()
    assert made.records(Kind.HOURS_CHANGED) == []


def test_changes_made_at_once_are_all_kept_each_with_its_number(made: Reaching) -> None:
    came = at_once(
        [
            lambda n=n: made.closures.close("office", CHRISTMAS_EVE, f"r{n}", "Ann")  # type: ignore[misc]
            for n in range(6)
        ]
    )
    assert [each for each in came if isinstance(each, Exception)] == []
    assert [each.number for each in made.closures.all()] == [1, 2, 3, 4, 5, 6]
    undone = at_once([lambda: made.closures.undo(3, "back", "Bob")] * 4)
    assert sum(isinstance(each, HoursRefused) for each in undone) == 3
    with made.world.database.read() as connection:
        kept = set(connection.execute(select(closures.c.record_id)).scalars())
    assert len(kept) == 6


# ---- private codes -----------------------------------------------------------------------------


def test_a_code_finds_its_conversation_however_it_is_typed(made: Reaching) -> None:
    mine, other = made.start(), made.start()
    code, theirs = made.codes.make(mine), made.codes.make(other)
    assert made.codes.find(f" {code.text.lower().replace('-', ' ')} ") == mine
    assert made.codes.find(theirs.text.replace("-", "")) == other
    assert len(made.records(Kind.PRIVATE_CODE_USED)) == 2
    assert code.text not in repr(code)
    assert made.world.verify().ok


def test_a_code_is_stored_nowhere(made: Reaching) -> None:
    code = made.codes.make(made.start()).text
    with made.world.database.read() as connection:
        row = connection.execute(select(private_codes)).one()
        leaves = str(made.records(Kind.PRIVATE_CODE_MADE))
    for form in (code, code.replace("-", "")):
        assert form.encode() not in row.hashed
        assert form not in leaves


def test_a_stolen_table_is_of_no_use_without_the_secret(made: Reaching) -> None:
    conversation = made.start()
    code = made.codes.make(conversation)
    codes = made.codes
    elsewhere = PrivateCodes(codes.database, codes.log, b"d" * 32, codes.clock, codes.lasts)
    with pytest.raises(CodeRefused):
        elsewhere.find(code.text)


def test_only_the_last_code_opens_and_not_for_ever(made: Reaching) -> None:
    conversation = made.start()
    old = made.codes.make(conversation)
    new = made.codes.make(conversation)
    with pytest.raises(CodeRefused) as unknown:
        made.codes.find(old.text)
    made.world.clock.now = new.expires_at - timedelta(milliseconds=1)
    assert made.codes.find(new.text) == conversation
    made.world.clock.now = new.expires_at
    with pytest.raises(CodeRefused) as expired:
        made.codes.find(new.text)
    assert str(unknown.value) == str(expired.value)
    made.codes.make(made.start())
    with made.world.database.read() as connection:
        assert len(connection.execute(select(private_codes)).all()) == 1


def test_a_code_goes_with_its_conversation(made: Reaching) -> None:
    conversation = made.start()
    code = made.codes.make(conversation)
    made.world.assistant.erase(conversation)
    with made.world.database.read() as connection:
        assert connection.execute(select(private_codes)).all() == []
    with pytest.raises(CodeRefused):
        made.codes.find(code.text)
    with pytest.raises(ConversationUnknown):
        made.codes.make(conversation)


def test_of_codes_made_at_once_one_is_left(made: Reaching) -> None:
    conversation = made.start()
    came = at_once([lambda: made.codes.make(conversation)] * 4)
    found = 0
    for each in came:
        assert not isinstance(each, Exception)
        try:
            found += made.codes.find(each.text) == conversation  # type: ignore[attr-defined]
        except CodeRefused:
            continue
    assert found == 1


# ---- call-backs --------------------------------------------------------------------------------


def test_a_call_is_booked_read_and_ended_and_its_number_is_gone(made: Reaching) -> None:
    conversation = made.start()
    slot = made.calls.offered("general")[0]
    assert (slot.starts, slot.left) == (FRIDAY + timedelta(hours=1), 2)
    call = made.calls.book(conversation, "general", slot.starts, PHONE)
    assert made.calls.of(conversation) == call
    assert made.calls.to_make("general") == (call,)
    assert made.calls.phone(conversation, "staff-1") == "+447700900982"
    assert made.records(Kind.RECORD_VIEWED)[0]["viewer"] == "staff-1"
    with pytest.raises(CallBackUnknown):
        made.calls.book(conversation, "general", slot.ends, PHONE)
    with made.world.database.read() as connection:
        assert (
            b"7700900982" not in connection.execute(select(callbacks.c.sealed_phone)).scalar_one()
        )
        assert booked_on(connection, "general", slot.starts, slot.ends) == 1
        assert booked_on(connection, "general", slot.ends, slot.ends + timedelta(hours=9)) == 0
    made.calls.end(conversation, CallBackEnd.CALLED, "staff-1")
    assert made.calls.of(conversation) is None
    with pytest.raises(CallBackUnknown):
        made.calls.end(conversation, CallBackEnd.CALLED, "staff-1")
    assert made.calls.offered("general")[0].left == 2
    assert "7700900982" not in str(made.records(Kind.CALL_BACK_BOOKED))
    assert made.world.verify().ok


def test_a_slot_is_never_overbooked_however_many_want_it(made: Reaching) -> None:
    slot = made.calls.offered("general")[0]
    conversations = [made.start() for _ in range(8)]
    came = at_once(
        [
            lambda c=c: made.calls.book(c, "general", slot.starts, PHONE)  # type: ignore[misc]
            for c in conversations
        ]
    )
    assert [type(e) for e in came if isinstance(e, Exception)] == [SlotTaken] * 6
    assert len(made.calls.to_make()) == slot.left == 2
    assert slot.starts not in [each.starts for each in made.calls.offered("general")]
    assert len(made.records(Kind.CALL_BACK_BOOKED)) == 2


def test_one_conversation_that_books_many_times_at_once_has_one_call(made: Reaching) -> None:
    conversation = made.start()
    offered = made.calls.offered("general")[:4]
    came = at_once(
        [
            lambda s=s: made.calls.book(conversation, "general", s.starts, PHONE)  # type: ignore[misc]
            for s in offered
        ]
    )
    assert [type(e) for e in came if isinstance(e, Exception)] == [CallBackUnknown] * 3
    assert len(made.calls.to_make()) == 1


def test_the_database_itself_takes_a_place_once(made: Reaching) -> None:
    slot = made.calls.offered("general")[0]
    made.calls.book(made.start(), "general", slot.starts, PHONE)
    other = made.start()
    with made.world.database.read() as connection:
        row = dict(connection.execute(select(callbacks)).one()._mapping)
    with pytest.raises(IntegrityError), made.world.database.write() as connection:
        connection.execute(insert(callbacks), {**row, "id": "x", "conversation_id": other})


def test_what_is_not_offered_cannot_be_booked(made: Reaching) -> None:
    conversation, first = made.start(), made.calls.offered("general")[0]
    for starts in (
        first.starts - timedelta(minutes=30),  # too soon
        first.starts + timedelta(minutes=1),  # no slot
        first.starts + timedelta(hours=12),  # closed
        first.starts + timedelta(days=30),  # too far
    ):
        with pytest.raises(SlotTaken):
            made.calls.book(conversation, "general", starts, PHONE)
    for queue in ("safeguarding", "nobody"):
        with pytest.raises(SlotTaken):
            made.calls.book(conversation, queue, first.starts, PHONE)
    for phone in ("", "123", "call me", "0909 879 0000", "'; DROP TABLE callbacks; --"):
        with pytest.raises(PhoneRefused):
            made.calls.book(conversation, "general", first.starts, RawText(phone))
    made.closures.close("office", FRIDAY.date(), "Fire", "Ann")
    with pytest.raises(SlotTaken):
        made.calls.book(conversation, "general", first.starts, PHONE)
    assert made.calls.to_make() == ()
    assert made.records(Kind.CALL_BACK_BOOKED) == []


def test_a_call_goes_with_its_conversation(made: Reaching) -> None:
    conversation = made.start()
    slot = made.calls.offered("general")[0]
    made.calls.book(conversation, "general", slot.starts, PHONE)
    made.world.assistant.erase(conversation)
    assert made.calls.to_make() == ()
    assert made.calls.offered("general")[0].left == 2
    with pytest.raises(ConversationUnknown):
        made.calls.book(conversation, "general", slot.starts, PHONE)
    assert made.world.verify().ok
