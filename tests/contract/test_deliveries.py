"""Deliveries on both databases: at least once, one at a time, in order, dead letters, replay."""

import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import pytest

from assistant.errors import DeliveryUnknown, EndpointUnknown
from assistant.escalations.outbox import NOTHING, Announced
from assistant.hooks.deliverer import Deliverer, attempt_next, drain
from assistant.hooks.deliveries import Deliveries
from assistant.hooks.feed import Waiting
from assistant.hooks.results import (
    CITIZEN,
    Delivered,
    Endpoint,
    Failed,
    Gone,
    Rejected,
    Result,
    Skipped,
)
from assistant.hooks.retries import Retries
from assistant.hooks.rows import EndpointState, Status, dead, states
from tests.announcing import announced, prepare
from tests.assisting import Clock
from tests.auditing import World, open_world
from tests.databases import NewDatabase
from tests.delivering import Telling, endpoint


@dataclass
class Hooked:
    """A log with an outbox, and deliveries over it whose time stands still."""

    world: World
    clock: Clock
    deliveries: Deliveries

    def drain(self, *endpoints: Endpoint) -> int:
        return drain(self.deliveries, endpoints)

    def state(self, name: str) -> EndpointState:
        with self.world.database.read() as connection:
            return next(each for each in states(connection) if each.name == name)

    def dead(self, name: str = "") -> list[tuple[int, str]]:
        with self.world.database.read() as connection:
            return [(row.event_id, row.last_error) for row in dead(connection, name)]


@pytest.fixture
def hooked(new_database: NewDatabase) -> Iterator[Hooked]:
    url = new_database()
    prepare(url)
    with open_world(url, new_database()) as world:
        clock = Clock()
        retries = Retries(tries=4, first=10, longest=25, chance=lambda: 1.0)
        yield Hooked(world, clock, Deliveries(world.database, clock, retries))


def test_what_is_wanted_is_delivered_once_and_in_order(hooked: Hooked) -> None:
    sender, all_kinds = Telling(), Telling()
    crm, everything = endpoint("crm", sender, "case.opened"), endpoint("all", all_kinds)
    hooked.drain(crm, everything)
    ids = [announced(hooked.world, "a"), announced(hooked.world, "b", "case.claimed")]
    ids.append(announced(hooked.world, "a"))
    assert hooked.drain(crm, everything) == 5
    assert [each[0] for each in sender.sent] == [ids[0], ids[2]]
    assert [each[0] for each in all_kinds.sent] == ids
    assert hooked.drain(crm, everything) == 0
    assert hooked.state("crm").counts[Status.DELIVERED] == 2


def test_a_new_endpoint_gets_what_comes_from_then_on(hooked: Hooked) -> None:
    announced(hooked.world, "a")
    sender = Telling()
    hooked.drain(endpoint("crm", sender))
    assert sender.sent == []
    number = announced(hooked.world, "a")
    hooked.drain(endpoint("crm", sender))
    assert sender.sent == [(number, "", 1)]


def test_a_failure_backs_off_holds_its_case_and_no_other(hooked: Hooked) -> None:
    failing = {"a"}
    sender = Telling(lambda e: Failed("answered 500") if e.case_id in failing else Delivered())
    crm = endpoint("crm", sender)
    hooked.drain(crm)
    first, second = announced(hooked.world, "a"), announced(hooked.world, "a")
    other = announced(hooked.world, "b")
    hooked.drain(crm)
    assert [each[0] for each in sender.sent] == [first, other]
    hooked.clock.pass_(seconds=9)
    assert hooked.drain(crm) == 0
    hooked.clock.pass_(seconds=1)
    assert hooked.drain(crm) == 1
    hooked.clock.pass_(seconds=19)
    assert hooked.drain(crm) == 0
    failing.clear()
    hooked.clock.pass_(seconds=1)
    assert hooked.drain(crm) == 2
    assert sender.sent[-2:] == [(first, "", 3), (second, "", 1)]


def test_a_receiver_that_asks_for_more_time_gets_it(hooked: Hooked) -> None:
    sender = Telling(lambda _: Failed("answered 429", wait=600))
    crm = endpoint("crm", sender)
    hooked.drain(crm)
    announced(hooked.world, "a")
    hooked.drain(crm)
    hooked.clock.pass_(seconds=599)
    assert hooked.drain(crm) == 0
    hooked.clock.pass_(seconds=1)
    assert hooked.drain(crm) == 1


def test_after_the_last_attempt_it_is_dead_and_the_case_goes_on(hooked: Hooked) -> None:
    broken = [True]
    sender = Telling(lambda _: Failed("answered 500") if broken[0] else Delivered())
    crm = endpoint("crm", sender)
    hooked.drain(crm)
    first, second = announced(hooked.world, "a"), announced(hooked.world, "a")
    for _ in range(4):
        hooked.drain(crm)
        hooked.clock.pass_(seconds=26)
    assert hooked.dead() == [(first, "answered 500")]
    assert [each[0] for each in sender.sent] == [first] * 4 + [second]
    broken[0] = False
    hooked.clock.pass_(seconds=26)
    hooked.drain(crm)
    assert hooked.deliveries.replay(crm) == 1
    assert hooked.drain(crm) == 1
    assert sender.sent[-1] == (first, "", 1)
    assert hooked.dead() == []


def test_a_rejected_delivery_is_dead_at_once_and_a_skipped_one_settled(hooked: Hooked) -> None:
    answers: dict[str, Result] = {CITIZEN: Skipped("no address"), "a@b.example": Rejected("no 550")}

    class ByRecipient(Telling):
        def send(self, event: Announced, recipient: str, attempt: int) -> Result:
            super().send(event, recipient, attempt)
            return answers.get(recipient, Delivered())

    sender = ByRecipient()
    mail = endpoint("mail", sender, to=(CITIZEN, "a@b.example", "c@d.example"))
    hooked.drain(mail)
    number = announced(hooked.world, "a")
    assert hooked.drain(mail) == 3
    assert hooked.state("mail").counts == {
        Status.PENDING: 0,
        Status.DELIVERED: 1,
        Status.SKIPPED: 1,
        Status.DEAD: 1,
    }
    assert hooked.dead("mail") == [(number, "no 550")]
    assert hooked.deliveries.replay(mail) == 1
    hooked.drain(mail)
    again = Counter(each[1] for each in sender.sent)
    assert again == {CITIZEN: 1, "a@b.example": 2, "c@d.example": 1}, "only the rejected one again"


def test_gone_disables_until_enabled_and_loses_nothing(hooked: Hooked) -> None:
    gone = [True]
    sender = Telling(lambda _: Gone("answered 410") if gone[0] else Delivered())
    crm = endpoint("crm", sender)
    hooked.drain(crm)
    ids = [announced(hooked.world, case) for case in "ab"]
    assert hooked.drain(crm) == 1
    assert hooked.state("crm").disabled_why == "answered 410"
    ids.append(announced(hooked.world, "c"))
    hooked.clock.pass_(hours=9)
    assert hooked.drain(crm) == 0
    gone[0] = False
    assert hooked.deliveries.enable("crm")
    assert not hooked.deliveries.enable("crm")
    assert hooked.drain(crm) == 3
    assert [each[0] for each in sender.sent[1:]] == ids
    assert hooked.state("crm").disabled_at == ""


def test_replay_of_one_event_and_of_all_after_an_id(hooked: Hooked) -> None:
    early = announced(hooked.world, "a")
    sender = Telling()
    crm = endpoint("crm", sender, "case.opened")
    hooked.drain(crm)
    ids = [announced(hooked.world, "a"), announced(hooked.world, "b")]
    other = announced(hooked.world, "b", "case.claimed")
    hooked.drain(crm)
    assert hooked.deliveries.replay(crm, ids[1]) == 1
    hooked.drain(crm)
    assert sender.sent[-1][0] == ids[1]
    for number in (early, other, 10_000):
        with pytest.raises(DeliveryUnknown):
            hooked.deliveries.replay(crm, number)
    sender.sent.clear()
    assert hooked.deliveries.replay_after(crm, NOTHING) == 3
    hooked.drain(crm)
    assert [each[0] for each in sender.sent] == [early, *ids]
    with pytest.raises(EndpointUnknown):
        hooked.deliveries.enable("nobody")


def test_a_lease_keeps_others_away_until_its_holder_is_late(hooked: Hooked) -> None:
    crm = endpoint("crm", Telling())
    hooked.drain(crm)
    announced(hooked.world, "a")
    hooked.deliveries.spread(crm)
    taken = hooked.deliveries.take(crm)
    assert taken is not None
    assert hooked.deliveries.take(crm) is None
    hooked.clock.pass_(seconds=59)
    assert hooked.deliveries.take(crm) is None
    hooked.clock.pass_(seconds=2)
    again = hooked.deliveries.take(crm)
    assert again is not None
    assert (again.event, again.attempt) == (taken.event, 2)
    # The late one's failure says nothing about the attempt that is being made.
    hooked.deliveries.settle(taken, Rejected("late"))
    assert hooked.dead() == []
    # That the receiver has it is true whoever says so.
    hooked.deliveries.settle(taken, Delivered())
    hooked.deliveries.settle(again, Failed("answered 409"))
    assert hooked.state("crm").counts[Status.DELIVERED] == 1


def test_an_event_that_kills_its_holder_each_time_dies_in_the_end(hooked: Hooked) -> None:
    crm = endpoint("crm", Telling())
    hooked.drain(crm)
    number, following = announced(hooked.world, "a"), announced(hooked.world, "a")
    hooked.deliveries.spread(crm)
    for _ in range(4):
        taken = hooked.deliveries.take(crm)
        assert taken is not None
        assert taken.event.id == number
        hooked.clock.pass_(seconds=61)
    after = hooked.deliveries.take(crm)
    assert after is not None
    assert after.event.id == following
    assert [each[0] for each in hooked.dead()] == [number]


def test_many_who_deliver_at_once_send_each_once_and_in_order(
    hooked: Hooked, new_database: NewDatabase
) -> None:
    sender = Telling()
    crm = endpoint("crm", sender)
    hooked.drain(crm)
    ids = [announced(hooked.world, "abc"[number % 3]) for number in range(45)]
    ready = threading.Barrier(6)

    def work(_: int) -> None:
        ready.wait()
        while (
            sum(hooked.state("crm").counts.values()) < 45
            or hooked.state("crm").counts[Status.PENDING]
        ):
            hooked.deliveries.spread(crm)
            attempt_next(hooked.deliveries, crm)

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(work, range(6)))
    assert sorted(each[0] for each in sender.sent) == ids
    assert {each[2] for each in sender.sent} == {1}
    cases = [[each[0] for each in sender.sent if each[0] in ids[start::3]] for start in range(3)]
    assert cases == [ids[start::3] for start in range(3)]


def test_a_sender_with_a_fault_of_ours_is_a_failure_too(hooked: Hooked) -> None:
    def broken(_: Announced) -> Result:
        raise ZeroDivisionError("a citizen's words")

    crm = endpoint("crm", Telling(broken))
    hooked.drain(crm)
    announced(hooked.world, "a")
    for _ in range(4):
        hooked.drain(crm)
        hooked.clock.pass_(seconds=26)
    assert [why for _, why in hooked.dead()] == ["failed here (ZeroDivisionError)"]


def test_an_endpoint_that_hangs_holds_up_no_other(hooked: Hooked) -> None:
    released, came = threading.Event(), threading.Event()

    def hang(_: Announced) -> Result:
        released.wait(30)
        return Delivered()

    def tell(_: Announced) -> Result:
        came.set()
        return Delivered()

    stuck, quick = endpoint("stuck", Telling(hang)), endpoint("quick", Telling(tell))
    with (
        Waiting(hooked.world.database, hooked.world.url) as waiting,
        Deliverer(hooked.deliveries, [stuck, quick], waiting) as deliverer,
    ):
        announced(hooked.world, "a")
        assert came.wait(10)
        deliverer.close(patience=0.1)
        released.set()


def test_settled_ones_are_pruned_in_the_end_and_dead_ones_never(hooked: Hooked) -> None:
    sender = Telling(lambda e: Rejected("no") if e.case_id == "bad" else Delivered())
    crm = endpoint("crm", sender)
    hooked.drain(crm)
    announced(hooked.world, "bad")
    announced(hooked.world, "good")
    hooked.drain(crm)
    hooked.clock.pass_(days=29)
    assert hooked.deliveries.prune() == 0
    hooked.clock.pass_(days=2)
    assert hooked.deliveries.prune() == 1
    assert len(hooked.dead()) == 1
    assert hooked.drain(crm) == 0, "what was pruned is not delivered again"


def test_the_pause_doubles_varies_and_has_an_end() -> None:
    retries = Retries(first=5, longest=100)
    for attempt, whole in enumerate((5, 10, 20, 40, 80, 100, 100), start=1):
        low, high = (replace(retries, chance=lambda c=c: c) for c in (0.0, 1.0))  # type: ignore[misc]
        assert low.pause(attempt) == whole / 2
        assert high.pause(attempt) == whole
    assert retries.pause(1, asked=3600) == 3600
    assert retries.pause(1, asked=1e12) == 86_400
    assert retries.pause(10_000) <= 100


def test_the_attempts_span_as_long_as_the_docs_say() -> None:
    spans = [
        sum(replace(Retries(), chance=lambda c=c: c).pause(n) for n in range(1, 18))  # type: ignore[misc]
        for c in (0.0, 1.0)
    ]
    assert [round(span / 3600) for span in spans] == [18, 35]
