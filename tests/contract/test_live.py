"""What is live: an operator's moves on both databases, alone and many at once."""

import itertools
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from sqlalchemy import select

from assistant.errors import AnsweringOff, NothingToChange
from assistant.live import LiveState, SnapshotRef, Withdrawal, WithdrawalKind, read_live
from assistant.storage import live
from audit.events import Kind
from audit.storage import log_leaves
from tests.assisting import BADGE, FIRST, OFFICIAL_BADGE, PASSPORT, SECOND, World, open_world
from tests.databases import NewDatabase

THIRD = SnapshotRef("third", "3" * 64)
PAGE, TOPIC = WithdrawalKind.PAGE, WithdrawalKind.TOPIC


@pytest.fixture
def world(new_database: NewDatabase) -> Iterator[World]:
    with open_world(new_database(), new_database(), activate=False) as opened:
        yield opened


def moves(world: World) -> list[str]:
    with world.database.read() as connection:
        kinds = connection.execute(select(log_leaves.c.kind).order_by(log_leaves.c.leaf_index))
        return [kind for kind in kinds.scalars() if not kind.startswith("conversation")]


def versions(world: World) -> list[int]:
    with world.database.read() as connection:
        return list(connection.execute(select(live.c.version).order_by(live.c.version)).scalars())


def test_a_new_home_serves_nothing_and_answers_so(world: World) -> None:
    assert world.operations.state() == LiveState()
    shown = world.ask(world.assistant.start(), "How can I renew my passport?")
    assert (shown.outcome, shown.reason) == ("abstained", "answering_off")


def test_activating_and_returning(world: World) -> None:
    operations = world.operations
    for snapshot in (FIRST, SECOND, THIRD):
        operations.activate(snapshot, {"documents": 4})
    assert operations.state().earlier == (FIRST, SECOND)
    assert operations.rollback("third was wrong").snapshot == SECOND
    assert operations.rollback("second too").snapshot == FIRST
    with pytest.raises(NothingToChange):
        operations.rollback("and again")
    assert operations.state() == LiveState(version=5, snapshot=FIRST)
    assert moves(world) == [Kind.SNAPSHOT_ACTIVATED] * 3 + [Kind.SNAPSHOT_ROLLED_BACK] * 2
    assert versions(world) == [1, 2, 3, 4, 5]
    assert world.verify().ok


def test_a_move_that_changes_nothing_leaves_no_record(world: World) -> None:
    operations = world.operations
    operations.activate(FIRST, {})
    operations.withdraw(PAGE, PASSPORT, "wrong")
    before, leaves = operations.state(), moves(world)
    for move in (
        lambda: operations.activate(FIRST, {}),
        lambda: operations.rollback("none"),
        lambda: operations.withdraw(PAGE, PASSPORT + "/#top", "same page"),
        lambda: operations.restore(PAGE, BADGE, "not withdrawn"),
        lambda: operations.restore(TOPIC, PASSPORT, "another kind"),
        lambda: operations.switch(True, "on already"),
    ):
        with pytest.raises(NothingToChange):
            move()
    assert operations.state() == before
    assert moves(world) == leaves


def test_switching_on_without_guidance_is_refused(world: World) -> None:
    world.operations.switch(False, "before the start")
    with pytest.raises(AnsweringOff):
        world.operations.switch(True, "go")
    world.operations.activate(FIRST, {})
    assert world.operations.switch(True, "go").off_reason == ""


@pytest.mark.parametrize(
    "address",
    [
        PASSPORT,
        PASSPORT + "/",
        PASSPORT + "#about",
        PASSPORT + "/#about",
        PASSPORT.replace("https", "http"),
        PASSPORT.replace("guidance.example", "GUIDANCE.example"),
        "  " + PASSPORT + " ",
        PASSPORT.removeprefix("https://"),
    ],
)
def test_a_page_is_withdrawn_however_its_address_is_written(world: World, address: str) -> None:
    passages = world.guidance[FIRST].passages
    state = world.operations.withdraw(PAGE, address, "wrong")
    assert state.withdrawn(passages) == {PASSPORT}


def test_a_starter_page_is_withdrawn_by_the_official_address(world: World) -> None:
    state = world.operations.withdraw(PAGE, OFFICIAL_BADGE + "/", "changed")
    assert state.withdrawn(world.guidance[FIRST].passages) == {BADGE}


@pytest.mark.parametrize(
    "address",
    [PASSPORT + "s", PASSPORT[:-1], PASSPORT + "?a=b", "https://guidance.example", "/passport"],
)
def test_another_address_withdraws_nothing_of_it(world: World, address: str) -> None:
    state = world.operations.withdraw(PAGE, address, "other")
    assert state.withdrawn(world.guidance[FIRST].passages) == frozenset()


@pytest.mark.parametrize("topic", ["Parking badges", "parking  BADGES", " badges "])
def test_a_topic_is_words_in_titles(world: World, topic: str) -> None:
    state = world.operations.withdraw(TOPIC, topic, "review")
    assert state.withdrawn(world.guidance[FIRST].passages) == {BADGE}
    assert world.operations.restore(TOPIC, topic.upper(), "done").withdrawals == ()


@pytest.mark.parametrize("nothing", ["", " ", "/", "#top", "https://", "//"])
@pytest.mark.parametrize("kind", [PAGE, TOPIC])
def test_nothing_cannot_be_withdrawn(world: World, kind: WithdrawalKind, nothing: str) -> None:
    if kind is TOPIC and nothing.strip():
        state = world.operations.withdraw(kind, nothing, "odd")
        assert state.withdrawn(world.guidance[FIRST].passages) == frozenset()
        return
    with pytest.raises(NothingToChange):
        world.operations.withdraw(kind, nothing, "slip")


def test_an_empty_withdrawal_from_elsewhere_covers_nothing(world: World) -> None:
    stray = Withdrawal(PAGE, "", "stray", "")
    assert not any(stray.covers(passage) for passage in world.guidance[FIRST].passages)


def test_a_withdrawn_page_is_not_quoted_and_comes_back(world: World) -> None:
    world.operations.activate(FIRST, {})
    question = "How can I renew my passport?"
    assert world.ask(world.assistant.start(), question).citations[0].url.startswith(PASSPORT)
    world.operations.withdraw(PAGE, PASSPORT, "wrong")
    shown = world.ask(world.assistant.start(), question)
    assert not [each for each in shown.citations if each.url.startswith(PASSPORT)]
    world.operations.restore(PAGE, PASSPORT + "/", "mended")
    assert world.ask(world.assistant.start(), question).citations[0].url.startswith(PASSPORT)


def test_steps_are_built_once_for_each_state(world: World) -> None:
    world.operations.activate(FIRST, {})
    with ThreadPoolExecutor(8) as pool:
        conversations = [world.assistant.start() for _ in range(8)]
        list(pool.map(lambda c: world.ask(c, "When are bins emptied?"), conversations))
    assert world.built == [1]


def test_many_operators_at_once_lose_no_move(world: World) -> None:
    numbers = itertools.count(1)

    def move(number: int) -> None:
        if number % 2:
            world.operations.withdraw(PAGE, f"https://a.example/{number}", "many")
        else:
            ref = SnapshotRef(f"s{number}", f"{next(numbers):064}")
            world.operations.activate(ref, {})

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(move, range(24)))
    state = world.operations.state()
    assert state.version == 24
    assert len(state.withdrawals) == 12
    assert len({*state.earlier, state.snapshot}) == 12
    assert versions(world) == list(range(1, 25))
    assert world.verify().ok


def test_a_state_reads_back_as_it_was_written(world: World) -> None:
    world.operations.activate(FIRST, {})
    world.operations.activate(SECOND, {})
    world.operations.withdraw(PAGE, "https://a.example/ü?x=1", 'quotes " and \\ and \n')
    written = world.operations.switch(False, "Welsh: ŵ ŷ, and 🙂")
    with world.database.read() as connection:
        assert read_live(connection) == written
    assert replace(written, answering=True) != written
