"""The waiting clock, and how cases end and come back, on both databases alike.

The numbers in test names are issues of Chatwoot (an open support inbox) whose faults must not
happen here: see the peers' page in the project's shared anchors.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from assistant.errors import (
    CaseMoveRefused,
    TwoPeopleNeeded,
)
from assistant.escalations.case import Case
from assistant.escalations.states import (
    Priority,
    Status,
)
from assistant.views import TurnStatus
from audit.events import Kind
from tests.casework import (
    ANN,
    ANSWERED,
    BOB,
    QUESTION,
    SUE,
    Centre,
    a_centre,
    refused_and_unchanged,
)
from tests.databases import NewDatabase


@pytest.fixture
def centre(new_database: NewDatabase) -> Iterator[Centre]:
    with a_centre(new_database) as opened:
        yield opened


# -- the clock -------------------------------------------------------------------------------------


def test_13336_only_a_persons_reply_stops_the_waiting_clock(centre: Centre) -> None:
    case = centre.waiting(QUESTION)
    asked = case.waiting_since
    assert asked == case.opened_at
    assert case.due_at == asked + timedelta(hours=1)

    def still(case: Case) -> Case:
        now = centre.now(case)
        assert (now.waiting_since, now.due_at) == (asked, case.due_at)
        centre.world.clock.pass_(minutes=7)
        return now

    centre.world.assistant.ask_for_person(case.conversation_id)
    case = still(case)
    centre.write(case, "When are bins emptied?")  # the assistant answers
    case = still(case)
    centre.cases.note(case.id, BOB, "seen", "n")
    case = still(case)
    case = still(centre.cases.claim(case.id, case.version, ANN))
    centre.write(case, "Hello?")
    case = still(case)
    case = still(centre.cases.release(case.id, case.version, ANN, "shift ends"))
    case = still(centre.cases.transfer(case.id, case.version, BOB, "welsh", "speaks Welsh"))
    case = still(centre.cases.claim(case.id, case.version, BOB))
    case = still(centre.cases.hand_over(case.id, case.version, BOB, ANN, "her field"))
    centre.cases.reply(case.id, case.version, ANN, "Here I am.", "k")
    case = centre.now(case)
    assert (case.waiting_since, case.due_at) == (None, None)
    centre.world.clock.pass_(hours=1)
    wrote = centre.write(case, "Thank you so much")
    case = centre.now(case)
    assert case.waiting_since == wrote.asked_at
    assert case.status is Status.CLAIMED


def test_a_promise_to_write_again_is_due_and_does_not_expire(centre: Centre) -> None:
    case = centre.claimed()
    sent = centre.cases.reply(
        case.id, case.version, ANN, "I will find out.", "k", more_to_come=True
    )
    case = centre.now(case)
    assert (case.status, case.waiting_since) == (Status.CLAIMED, None)
    assert case.due_at == sent.at + timedelta(hours=1)
    centre.world.clock.pass_(days=60)
    assert centre.cases.expire_overdue() == 0


def test_a_case_that_goes_back_to_a_queue_always_has_a_clock(centre: Centre) -> None:
    case = centre.replied()
    centre.world.clock.pass_(minutes=5)
    case = centre.cases.transfer(case.id, case.version, ANN, "complaints", "it is a complaint")
    assert case.waiting_since == centre.moment()
    assert case.due_at is not None


def test_13392_due_times_come_from_the_service_levels_of_the_new_queue(
    new_database: NewDatabase,
) -> None:
    asked: list[tuple[Priority, str, datetime]] = []

    def due(priority: Priority, queue: str, since: datetime) -> datetime:
        asked.append((priority, queue, since))
        return since + timedelta(days=3 if queue == "welsh" else 1)

    with a_centre(new_database) as plain:
        centre = Centre(plain.world, replace(plain.cases, due=due))
        case = centre.claimed()
        since = case.waiting_since
        assert since is not None
        centre.world.clock.pass_(hours=5)
        case = centre.cases.transfer(case.id, case.version, ANN, "welsh", "speaks Welsh")
        assert case.due_at == since + timedelta(days=3)
        assert asked[-1] == (Priority.NORMAL, "welsh", since)


# -- closing, coming back, expiry ------------------------------------------------------------------


def test_it_takes_two_different_people_to_close_a_case_of_danger(centre: Centre) -> None:
    case = centre.claimed("I want to end my life")
    cases = centre.cases

    def resolve(by, case: Case = case):  # type: ignore[no-untyped-def]
        return lambda: cases.resolve(case.id, case.version, by, ANSWERED)

    for by in (ANN, BOB, SUE):
        refused_and_unchanged(centre, case, resolve(by), TwoPeopleNeeded)
    case = cases.propose_close(case.id, case.version, ANN, ANSWERED)
    assert case.proposed_by == ANN.id
    refused_and_unchanged(centre, case, resolve(ANN, case), TwoPeopleNeeded)
    case = cases.decline_close(case.id, case.version, BOB, "call them once more")
    refused_and_unchanged(centre, case, resolve(BOB, case), TwoPeopleNeeded)
    case = cases.propose_close(case.id, case.version, ANN, ANSWERED)
    centre.write(case, "I am still here")
    case = centre.now(case)
    refused_and_unchanged(centre, case, resolve(BOB, case), TwoPeopleNeeded)
    case = cases.propose_close(case.id, case.version, ANN, ANSWERED)
    case = resolve(BOB, case)()
    assert case.status is Status.RESOLVED
    by = [r.facts["by"] for r in centre.records(Kind.CASE_CLOSE_PROPOSED, Kind.CASE_RESOLVED)]
    assert by == [ANN.id, ANN.id, ANN.id, BOB.id]


def test_a_case_of_danger_stays_guarded_in_another_queue(centre: Centre) -> None:
    case = centre.claimed("I want to end my life")
    case = centre.cases.transfer(case.id, case.version, ANN, "general", "also a passport")
    case = centre.cases.claim(case.id, case.version, ANN)
    with pytest.raises(TwoPeopleNeeded):
        centre.cases.resolve(case.id, case.version, ANN, ANSWERED)
    other = centre.claimed()
    other = centre.cases.transfer(other.id, other.version, ANN, "safeguarding", "danger")
    assert other.guarded


def test_13880_nothing_but_the_citizens_wish_brings_a_case_back(centre: Centre) -> None:
    case = centre.resolved()
    for n in range(3):
        assert centre.write(case, QUESTION, f"q{n}").outcome == "answered"
        assert centre.write(case, "Thank you", f"t{n}").status is TurnStatus.ANSWERED
    centre.cases.note(case.id, ANN, "all done", "n")
    assert centre.now(case) == case
    for _ in range(3):
        centre.world.assistant.ask_for_person(case.conversation_id)
    back = centre.now(case)
    assert (back.status, back.version) == (Status.OPEN, case.version + 1)
    assert back.waiting_since == centre.moment()
    assert len(centre.everything()) == 1
    assert len(centre.records(Kind.CASE_REOPENED)) == 1
    file = centre.cases.read(back.id, ANN).file
    assert len(file.transcript) == 6


def test_after_some_days_it_is_a_new_case(centre: Centre) -> None:
    case = centre.resolved()
    centre.world.clock.pass_(days=14, seconds=1)
    centre.world.assistant.ask_for_person(case.conversation_id)
    assert centre.now(case) == case
    new = centre.of(case.conversation_id)
    assert (new.status, new.version) == (Status.OPEN, 1)
    assert new.number > case.number
    with pytest.raises(CaseMoveRefused, match="began a new one"):
        centre.cases.reopen(case.id, case.version, ANN, "forgot something")
    assert [m.text for m in centre.view(case).messages] == ["Please send us the form."]


def test_staff_bring_a_case_back_with_a_reason(centre: Centre) -> None:
    case = centre.resolved()
    case = centre.cases.reopen(case.id, case.version, BOB, "the answer was wrong")
    assert (case.status, case.holder_id, case.ended_at) == (Status.OPEN, "", None)
    assert centre.cases.read(case.id, BOB).history[-1].why == "the answer was wrong"


def test_only_cases_that_wait_for_their_citizen_expire(centre: Centre) -> None:
    open_, claimed, waiting = centre.waiting(), centre.claimed(), centre.replied()
    danger = centre.claimed("I want to end my life")
    centre.cases.reply(danger.id, danger.version, ANN, "Are you safe?", "k")
    centre.world.clock.pass_(days=14)
    assert centre.cases.expire_overdue() == 0
    centre.world.clock.pass_(seconds=1)
    assert centre.cases.expire_overdue() == 1
    assert centre.cases.expire_overdue() == 0
    assert centre.now(waiting).status is Status.EXPIRED
    assert centre.now(open_) == open_
    assert centre.now(claimed) == claimed
    assert centre.now(danger).status is Status.WAITING_FOR_CITIZEN
    assert centre.write(waiting, QUESTION, "again").outcome == "answered"
    centre.world.assistant.ask_for_person(waiting.conversation_id)
    assert centre.now(waiting).status is Status.OPEN
