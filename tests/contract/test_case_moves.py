"""The moves with a case, and the queue, on SQLite and on PostgreSQL alike.

The numbers in test names are issues of Chatwoot (an open support inbox) whose faults must not
happen here: see the peers' page in the project's shared anchors.
"""

import json
from collections.abc import Iterator

import pytest

from assistant.errors import (
    CaseHeldByOther,
    CaseMoved,
    CaseMoveRefused,
    CaseUnknown,
    MessageInvalid,
)
from assistant.escalations.case import Close, QueueFilter
from assistant.escalations.states import (
    CloseReason,
    MoveKind,
    ShouldHaveAnswered,
    Status,
)
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


# -- one after another -----------------------------------------------------------------------------


def test_a_whole_case_is_recorded_move_by_move(centre: Centre) -> None:
    case = centre.waiting(QUESTION)
    case = centre.cases.claim(case.id, case.version, ANN)
    assert (case.holder_id, case.holder_name) == (ANN.id, "Ann")
    centre.cases.reply(case.id, case.version, ANN, "Please send us the form.", "k1")
    centre.write(case, "Which form, please?")
    case = centre.now(case)
    centre.cases.reply(case.id, case.version, ANN, "Form A.", "k2")
    case = centre.now(case)
    closing = Close(CloseReason.ANSWERED, ShouldHaveAnswered.YES, "it is on the passport page")
    case = centre.cases.resolve(case.id, case.version, ANN, closing)
    assert case.status is Status.RESOLVED
    moves = [m.kind for m in centre.cases.history(case.id)]
    assert moves == [
        MoveKind.OPENED,
        MoveKind.CLAIMED,
        MoveKind.REPLIED,
        MoveKind.CITIZEN_WROTE,
        MoveKind.REPLIED,
        MoveKind.RESOLVED,
    ]
    assert [m.version for m in centre.cases.history(case.id)] == list(range(1, 7))
    resolved = centre.records(Kind.CASE_RESOLVED)[0]
    assert resolved.facts["should_have_answered"] == "yes"
    assert resolved.facts["by"] == ANN.id
    assert "passport" not in json.dumps(dict(resolved.facts))
    assert centre.cases.read(case.id, BOB).history[-1].why == "it is on the passport page"


def test_every_move_and_message_is_announced_once_under_its_leafs_number(centre: Centre) -> None:
    case = centre.claimed(QUESTION)
    centre.cases.note(case.id, BOB, "known to us", "n")
    centre.cases.reply(case.id, case.version, ANN, "Yes.", "k")
    centre.write(case, "Thanks, and now?")
    case = centre.now(case)
    centre.cases.resolve(case.id, case.version, ANN, ANSWERED)
    rows = centre.announced()
    assert [row.kind for row in rows] == [
        "case.opened",
        "case.claimed",
        "message.note",
        "message.reply",
        "message.citizen",
        "case.citizen_wrote",
        "case.resolved",
    ]
    assert {(row.case_id, row.conversation_id) for row in rows} == {(case.id, case.conversation_id)}
    kinds = centre.kinds()
    assert [kinds[row.id] for row in rows] == [
        Kind.CASE_OPENED,
        Kind.CASE_CLAIMED,
        Kind.CASE_NOTED,
        Kind.CASE_REPLIED,
        Kind.TURN_SUPPRESSED,
        Kind.CASE_CONTINUED,
        Kind.CASE_RESOLVED,
    ]
    assert centre.announced(after=rows[3].id) == rows[4:]


def test_a_move_by_an_old_version_says_who_did_what_and_when(centre: Centre) -> None:
    case = centre.waiting()
    centre.world.clock.pass_(minutes=3)
    centre.cases.claim(case.id, case.version, ANN)
    said = refused_and_unchanged(
        centre, case, lambda: centre.cases.claim(case.id, case.version, BOB), CaseMoved
    )
    assert "Ann" in said
    assert "claimed" in said
    assert "12:03:00" in said


def test_only_whoever_has_a_case_moves_it(centre: Centre) -> None:
    case = centre.claimed()
    cases = centre.cases
    for act in (
        lambda: cases.reply(case.id, case.version, BOB, "Hello", "k"),
        lambda: cases.release(case.id, case.version, BOB, "why"),
        lambda: cases.transfer(case.id, case.version, BOB, "welsh", "why"),
        lambda: cases.hand_over(case.id, case.version, BOB, BOB, "why"),
        lambda: cases.resolve(case.id, case.version, BOB, ANSWERED),
        lambda: cases.propose_close(case.id, case.version, BOB, ANSWERED),
        lambda: cases.acknowledge_needs(case.id, case.version, BOB),
        lambda: cases.acknowledge_needs(case.id, case.version, SUE),
        lambda: cases.reveal(case.id, "t", BOB, "why"),
    ):
        assert "Ann has it" in refused_and_unchanged(centre, case, act, CaseHeldByOther)


def test_a_supervisor_moves_what_others_hold(centre: Centre) -> None:
    case = centre.claimed()
    case = centre.cases.hand_over(case.id, case.version, SUE, BOB, "Ann is ill")
    assert case.holder_id == BOB.id
    case = centre.cases.release(case.id, case.version, SUE, "Bob is ill, too")
    assert (case.status, case.holder_id) == (Status.OPEN, "")
    case = centre.cases.hand_over(case.id, case.version, SUE, ANN, "Ann is back")
    assert (case.status, case.holder_id) == (Status.CLAIMED, ANN.id)
    assert centre.view(case).adviser == "Ann"


def test_who_has_nothing_may_not_give_it_to_themselves(centre: Centre) -> None:
    case = centre.waiting()
    said = refused_and_unchanged(
        centre,
        case,
        lambda: centre.cases.hand_over(case.id, case.version, BOB, BOB, "why"),
        CaseHeldByOther,
    )
    assert "Claim it first" in said


@pytest.mark.parametrize("why", ["", "  ", "x" * 1001, "\ud800"])
def test_a_move_without_a_reason_is_no_move(centre: Centre, why: str) -> None:
    case = centre.claimed()
    for act in (
        lambda: centre.cases.release(case.id, case.version, ANN, why),
        lambda: centre.cases.transfer(case.id, case.version, ANN, "welsh", why),
        lambda: centre.cases.hand_over(case.id, case.version, ANN, BOB, why),
    ):
        refused_and_unchanged(centre, case, act, MessageInvalid)


def test_an_unknown_queue_or_case_or_the_same_queue_is_refused(centre: Centre) -> None:
    case = centre.claimed()
    for queue in ("nowhere", case.queue, ""):
        refused_and_unchanged(
            centre,
            case,
            lambda queue=queue: centre.cases.transfer(case.id, case.version, ANN, queue, "why"),  # type: ignore[misc]
            CaseMoveRefused,
        )
    for act in (
        lambda: centre.cases.claim("nobody", 1, ANN),
        lambda: centre.cases.case("nobody"),
        lambda: centre.cases.read("nobody", ANN),
        lambda: centre.cases.history("nobody"),
    ):
        with pytest.raises(CaseUnknown):
            act()


def test_illegal_moves_say_what_can_be_done_instead(centre: Centre) -> None:
    case = centre.resolved()
    said = refused_and_unchanged(
        centre, case, lambda: centre.cases.claim(case.id, case.version, BOB), CaseMoveRefused
    )
    assert "is resolved" in said
    assert "reopened" in said


# -- the queue -------------------------------------------------------------------------------------


def test_10059_the_queue_is_by_urgency_then_due_then_waiting_and_tells_ones_place(
    centre: Centre,
) -> None:
    first = centre.waiting()
    centre.world.clock.pass_(minutes=1)
    second = centre.waiting()
    centre.world.clock.pass_(minutes=1)
    danger = centre.waiting("I want to end my life")
    assert [c.id for c in centre.cases.queue()] == [danger.id, first.id, second.id]
    assert centre.cases.position_in_queue(first.conversation_id) == 1
    assert centre.cases.position_in_queue(second.conversation_id) == 2
    assert centre.cases.position_in_queue(danger.conversation_id) == 1
    first = centre.cases.claim(first.id, first.version, ANN)
    assert centre.cases.position_in_queue(second.conversation_id) == 1
    assert centre.cases.position_in_queue(first.conversation_id) is None
    assert centre.cases.position_in_queue("nobody") is None
    released = centre.cases.release(first.id, first.version, ANN, "shift ends")
    assert centre.cases.position_in_queue(released.conversation_id) == 1  # its place is kept


def test_the_queue_is_filtered(centre: Centre) -> None:
    general, mine, done = centre.waiting(), centre.claimed(), centre.resolved()

    def found(**wanted: object) -> set[str]:
        return {c.id for c in centre.cases.queue(QueueFilter(**wanted))}  # type: ignore[arg-type]

    assert found() == {general.id, mine.id}
    assert found(status=Status.OPEN) == {general.id}
    assert found(status=Status.RESOLVED) == {done.id}
    assert found(holder=ANN.id) == {mine.id}
    assert found(holder=BOB.id) == set()
    assert found(queue="welsh") == set()
    assert found(number=f"#{done.number}") == {done.id}
    assert len(found(limit=1)) == 1
    for number in ("abc", "-1", "²", "1 OR 1=1", "9" * 30, "%"):
        assert found(number=number) == set()
