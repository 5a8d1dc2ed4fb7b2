"""Any order of moves, by anybody, with any version: a model of the rules foresees what happens."""

from contextlib import ExitStack
from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from assistant.errors import CaseMoved, CaseMoveRefused
from assistant.escalations.needs import Need, SupportNeeds
from assistant.escalations.people import StaffMember
from assistant.escalations.states import LEGAL, MoveKind, Status
from assistant.views import PersonState, TurnStatus
from audit.events import Kind
from tests.casework import ANN, ANSWERED, BOB, QUESTION, SUE, Centre, a_centre
from tests.databases import NewDatabase

STAFF = st.sampled_from([ANN, BOB, SUE])
STALE = st.integers(0, 7).map(lambda n: 1 if n == 0 else 0)
"""How far behind the version is that somebody looked at: usually not at all."""


@pytest.fixture
def new_centre(new_database: NewDatabase) -> object:
    return lambda: a_centre(new_database)


class CaseMachine(RuleBasedStateMachine):
    """One conversation; the model is what a reader of docs/escalations.md would expect."""

    open_centre: object

    def __init__(self) -> None:
        super().__init__()
        self.stack = ExitStack()
        self.centre: Centre = self.stack.enter_context(self.open_centre())  # type: ignore[operator]
        self.case = self.centre.waiting(QUESTION)
        self.status = Status.OPEN
        self.version = 1
        self.holder = ""
        self.proposed = ""
        self.silent = False
        self.waiting: datetime | None = self.case.waiting_since
        self.needs = False
        self.acknowledged = ""
        self.keys = 0

    def teardown(self) -> None:
        self.stack.close()

    # -- the model -------------------------------------------------------------------------------

    def key(self) -> str:
        self.keys += 1
        return f"key {self.keys}"

    def attempt(self, act, kind: MoveKind, stale: int, allowed: bool) -> bool:  # type: ignore[no-untyped-def]
        """Make a move; say whether it went through, which must be as the model says."""
        legal = kind in LEGAL[self.status] and allowed
        before = self.centre.kinds()
        try:
            act(self.version - stale)
        except CaseMoved:
            assert stale
            assert self.centre.kinds() == before
            return False
        except CaseMoveRefused:
            assert not legal
            assert self.centre.kinds() == before
            return False
        assert legal
        assert not stale
        self.version += 1
        self.status = LEGAL[self.status][kind]
        return True

    def mine(self, by: StaffMember) -> bool:
        return self.holder == by.id or by.supervisor

    # -- moves -----------------------------------------------------------------------------------

    @rule(minutes=st.integers(1, 600))
    def time_passes(self, minutes: int) -> None:
        self.centre.world.clock.pass_(minutes=minutes)

    @rule(by=STAFF, stale=STALE)
    def claim(self, by: StaffMember, stale: int) -> None:
        act = lambda v: self.centre.cases.claim(self.case.id, v, by)  # noqa: E731
        if self.attempt(act, MoveKind.CLAIMED, stale, True):
            self.holder, self.silent = by.id, True

    @rule(by=STAFF, stale=STALE)
    def release(self, by: StaffMember, stale: int) -> None:
        act = lambda v: self.centre.cases.release(self.case.id, v, by, "why")  # noqa: E731
        if self.attempt(act, MoveKind.RELEASED, stale, self.mine(by)):
            self.holder, self.silent, self.proposed = "", False, ""
            self.waiting = self.waiting or self.centre.moment()

    @rule(by=STAFF, stale=STALE, queue=st.sampled_from(["general", "welsh", "complaints"]))
    def transfer(self, by: StaffMember, stale: int, queue: str) -> None:
        act = lambda v: self.centre.cases.transfer(self.case.id, v, by, queue, "why")  # noqa: E731
        free = self.status is Status.OPEN or self.mine(by)
        elsewhere = queue != self.centre.now(self.case).queue
        if self.attempt(act, MoveKind.TRANSFERRED, stale, free and elsewhere):
            self.holder, self.proposed = "", ""
            self.waiting = self.waiting or self.centre.moment()

    @rule(by=STAFF, to=STAFF, stale=STALE)
    def hand_over(self, by: StaffMember, to: StaffMember, stale: int) -> None:
        act = lambda v: self.centre.cases.hand_over(self.case.id, v, by, to, "why")  # noqa: E731
        allowed = self.mine(by) and self.holder != to.id
        if self.attempt(act, MoveKind.HANDED_OVER, stale, allowed):
            self.holder, self.silent, self.proposed = to.id, True, ""

    @rule(by=STAFF, stale=STALE, more=st.booleans())
    def reply(self, by: StaffMember, stale: int, more: bool) -> None:
        def act(version: int) -> None:
            self.centre.cases.reply(
                self.case.id, version, by, "A reply.", self.key(), more_to_come=more
            )

        read = not self.needs or (self.acknowledged != "" and self.acknowledged == self.holder)
        kind = MoveKind.PROMISED if more else MoveKind.REPLIED
        if self.attempt(act, kind, stale, self.mine(by) and read):
            self.waiting, self.proposed = None, ""

    @rule(by=STAFF)
    def note(self, by: StaffMember) -> None:
        self.centre.cases.note(self.case.id, by, "A note.", self.key())

    @rule()
    def citizen_writes(self) -> None:
        shown = self.centre.write(self.case, QUESTION, self.key())
        assert (shown.status is TurnStatus.SILENT) is self.silent
        if self.silent:
            self.version += 1
            self.status = LEGAL[self.status][MoveKind.CITIZEN_WROTE]
            self.waiting = self.waiting or self.centre.moment()
            self.proposed = ""

    @rule()
    def citizen_asks_again(self) -> None:
        self.centre.world.assistant.ask_for_person(self.case.conversation_id)
        if self.status.ended:
            self.version += 1
            self.status, self.holder, self.proposed = Status.OPEN, "", ""
            self.waiting = self.centre.moment()

    @rule()
    def citizen_states_needs(self) -> None:
        needs = SupportNeeds({Need.LARGE_PRINT: ""})
        self.centre.world.assistant.state_needs(self.case.conversation_id, needs)
        if not self.status.ended:
            self.version += 1
            self.needs, self.acknowledged = True, ""

    @rule(by=STAFF, stale=STALE)
    def acknowledge(self, by: StaffMember, stale: int) -> None:
        act = lambda v: self.centre.cases.acknowledge_needs(self.case.id, v, by)  # noqa: E731
        allowed = self.holder == by.id and self.needs
        if self.attempt(act, MoveKind.NEEDS_ACKNOWLEDGED, stale, allowed):
            self.acknowledged = by.id

    @rule(by=STAFF, stale=STALE)
    def propose(self, by: StaffMember, stale: int) -> None:
        act = lambda v: self.centre.cases.propose_close(self.case.id, v, by, ANSWERED)  # noqa: E731
        if self.attempt(act, MoveKind.CLOSE_PROPOSED, stale, self.mine(by)):
            self.proposed = by.id

    @rule(by=STAFF, stale=STALE)
    def resolve(self, by: StaffMember, stale: int) -> None:
        act = lambda v: self.centre.cases.resolve(self.case.id, v, by, ANSWERED)  # noqa: E731
        if self.attempt(act, MoveKind.RESOLVED, stale, self.mine(by)):
            self.silent, self.waiting, self.proposed = False, None, ""

    @rule(by=STAFF, stale=STALE)
    def staff_reopen(self, by: StaffMember, stale: int) -> None:
        act = lambda v: self.centre.cases.reopen(self.case.id, v, by, "why")  # noqa: E731
        if self.attempt(act, MoveKind.REOPENED, stale, True):
            self.holder, self.proposed = "", ""
            self.waiting = self.centre.moment()

    @rule()
    def expire(self) -> None:
        now = self.centre.now(self.case)
        since = now.waiting_for_citizen_since
        overdue = since is not None and since < self.centre.moment() - timedelta(days=14)
        assert self.centre.cases.expire_overdue() == int(overdue)
        if overdue:
            assert self.status is Status.WAITING_FOR_CITIZEN
            self.version += 1
            self.status, self.silent, self.proposed = Status.EXPIRED, False, ""

    @rule()
    def a_fortnight_passes(self) -> None:
        if self.status is Status.WAITING_FOR_CITIZEN:
            self.centre.world.clock.pass_(days=15)

    # -- what always holds -----------------------------------------------------------------------

    @invariant()
    def the_case_is_as_the_model_says(self) -> None:
        now = self.centre.now(self.case)
        assert (now.status, now.version) == (self.status, self.version)
        assert now.proposed_by == self.proposed
        assert now.waiting_since == self.waiting
        assert (now.ended_at is not None) is now.status.ended
        if now.status.held:
            assert now.holder_id == self.holder
            assert now.needs_acknowledged is (
                self.needs and self.acknowledged != "" and self.acknowledged == self.holder
            )
        if now.status is Status.OPEN:
            assert now.holder_id == ""
            assert now.waiting_since is not None
            assert now.due_at is not None
        waits = now.status is Status.WAITING_FOR_CITIZEN
        assert (now.waiting_for_citizen_since is not None) is waits

    @invariant()
    def the_history_is_whole_and_legal(self) -> None:
        history = self.centre.cases.history(self.case.id)
        assert [move.version for move in history] == list(range(1, self.version + 1))
        status = None
        for move in history:
            assert LEGAL[status][move.kind] is move.status
            status = move.status

    @invariant()
    def the_citizen_is_told_who_has_it(self) -> None:
        view = self.centre.view(self.case)
        told = {Status.OPEN: PersonState.WAITING}.get(
            self.status, PersonState.WITH_PERSON if self.status.held else PersonState.ENDED
        )
        assert view.person is told
        assert Kind.RECORD_VIEWED not in self.centre.kinds()


def test_any_order_of_moves_is_as_the_rules_say(new_centre: object) -> None:
    class Machine(CaseMachine):
        open_centre = staticmethod(new_centre)  # type: ignore[arg-type]

    run_state_machine_as_test(  # type: ignore[no-untyped-call]
        Machine,
        settings=settings(
            max_examples=12,
            stateful_step_count=30,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
