"""The closed sets and the table of legal moves."""

from itertools import product
from pathlib import Path

import pytest

from assistant.errors import CaseMoved, CaseMoveRefused
from assistant.escalations.messages import MessageKind
from assistant.escalations.outbox import happening
from assistant.escalations.people import StaffMember
from assistant.escalations.rows import KINDS
from assistant.escalations.states import (
    LEGAL,
    EscalationReason,
    MoveKind,
    Status,
    after,
    escalation_reason,
)
from assistant.outcomes import Reason
from assistant.policy.model import DANGERS

PAGE = (Path(__file__).parents[4] / "docs" / "escalations.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(("status", "move"), product([None, *Status], MoveKind))
def test_a_move_leads_where_the_table_says_or_is_refused_with_what_can_be_done(
    status: Status | None, move: MoveKind
) -> None:
    if move in LEGAL[status]:
        assert after(status, move) is LEGAL[status][move]
        return
    with pytest.raises(CaseMoveRefused) as refused:
        after(status, move, 7)
    assert "Case 7" in str(refused.value)
    for possible in LEGAL[status]:
        assert possible.value.replace("_", " ") in str(refused.value)


def test_every_state_is_reached_and_every_move_used() -> None:
    reached = {led for moves in LEGAL.values() for led in moves.values()}
    assert reached == set(Status)
    assert {move for moves in LEGAL.values() for move in moves} == set(MoveKind)
    assert set(KINDS) == set(MoveKind)


def test_only_a_case_that_waits_for_its_citizen_expires_by_itself() -> None:
    assert [s for s, moves in LEGAL.items() if MoveKind.EXPIRED in moves] == [
        Status.WAITING_FOR_CITIZEN
    ]


def test_nobody_has_to_wait_for_a_case_that_ended() -> None:
    for status in Status:
        replies = {MoveKind.REPLIED, MoveKind.PROMISED} & set(LEGAL[status])
        assert bool(replies) is status.held
        assert (MoveKind.REOPENED in LEGAL[status]) is status.ended


@pytest.mark.parametrize("reason", Reason)
def test_every_reason_a_turn_can_end_for_leads_to_one_to_escalate_for(reason: Reason) -> None:
    found = escalation_reason([reason])
    assert isinstance(found, EscalationReason)
    assert (found is EscalationReason.SAFEGUARDING) is (reason in DANGERS)


def test_the_newest_turn_that_says_anything_counts_but_danger_before_all() -> None:
    said = [Reason.ASKED_FOR_PERSON, Reason.THANKS, Reason.NO_GUIDANCE, Reason.QUOTED]
    assert escalation_reason(said) is EscalationReason.NO_GUIDANCE
    assert escalation_reason([*said, Reason.CRISIS]) is EscalationReason.SAFEGUARDING
    assert escalation_reason(said, maybe=True) is EscalationReason.MAYBE_IN_TROUBLE
    both = escalation_reason([Reason.CRISIS], maybe=True)
    assert both is EscalationReason.SAFEGUARDING
    assert escalation_reason([]) is EscalationReason.ASKED_FOR_PERSON
    assert escalation_reason([Reason.GREETING]) is EscalationReason.ASKED_FOR_PERSON


def test_who_lost_a_race_is_told_who_what_and_when() -> None:
    fault = CaseMoved(7, "Ann", "handed_over", "2026-03-02T12:00:00.000Z")
    assert (fault.who, fault.what) == ("Ann", "handed_over")
    for word in ("Case 7", "Ann", "handed over", "2026-03-02T12:00:00.000Z"):
        assert word in str(fault)


@pytest.mark.parametrize("name", ["", " ", "a\nb", "\x00", "x" * 61, "\u202eAnn"])
def test_a_name_is_one_line(name: str) -> None:
    with pytest.raises(CaseMoveRefused):
        StaffMember("id", name)
    with pytest.raises(CaseMoveRefused):
        StaffMember(name, "Ann")


def test_every_state_move_reason_and_announcement_is_documented() -> None:
    for member in (*Status, *MoveKind, *EscalationReason):
        assert f"`{member.value}`" in PAGE, member
    for kind in MessageKind:
        assert f"`{happening(kind)}`" in PAGE
