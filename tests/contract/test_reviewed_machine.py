"""Any order of moves with a candidate, by anybody, with old versions: nobody alone makes a page."""

from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from assistant.errors import AssistantError
from assistant.reviewed_knowledge.states import LEGAL, KnowledgeMove, KnowledgeStatus
from tests.casework import ANN, BOB, SUE, Centre, a_centre
from tests.databases import NewDatabase
from tests.reviewing import APPROVAL, TOM, a_candidate, reviewed_of


class KnowledgeMachine(RuleBasedStateMachine):
    """One candidate and everybody's moves with it, in any order, with versions old and new."""

    open_centre: object

    def __init__(self) -> None:
        super().__init__()
        self.stack = ExitStack()
        self.centre: Centre = self.stack.enter_context(self.open_centre())  # type: ignore[operator]
        self.reviewed = reviewed_of(self.centre.world)
        self.name = a_candidate(self.centre).name
        self.conversation = self.reviewed.find(self.name).conversation_id
        self.status, self.version, self.erased = KnowledgeStatus.PROPOSED, 1, False
        self.second = ""

    def teardown(self) -> None:
        self.stack.close()

    def attempt(self, act, move: KnowledgeMove, allowed: bool) -> None:  # type: ignore[no-untyped-def]
        before = self.centre.kinds()
        possible = allowed and move in LEGAL[self.status]
        try:
            act()
        except AssistantError:
            assert not possible
            assert self.centre.kinds() == before
            return
        assert possible
        self.status = LEGAL[self.status][move]
        self.version += 1

    @rule(by=st.sampled_from([ANN, BOB, SUE, TOM]), behind=st.sampled_from([0, 0, 0, 1, -1]))
    def approve(self, by, behind) -> None:  # type: ignore[no-untyped-def]
        day = self.centre.world.clock.now.date() + timedelta(days=30)
        approval = replace(APPROVAL, expires_on=day)
        allowed = by not in (ANN, BOB) and not behind and not self.erased
        version = self.version - behind
        self.attempt(
            lambda: self.reviewed.approve(self.name, version, by, approval),
            KnowledgeMove.APPROVED,
            allowed,
        )

    @rule(by=st.sampled_from([ANN, BOB, SUE]), behind=st.sampled_from([0, 0, 1]))
    def refuse(self, by, behind) -> None:  # type: ignore[no-untyped-def]
        allowed = by is SUE and not behind and not self.erased
        version = self.version - behind
        act = lambda: self.reviewed.refuse(self.name, version, by, "No")  # noqa: E731
        self.attempt(act, KnowledgeMove.REFUSED, allowed)

    @rule()
    def withdraw(self) -> None:
        act = lambda: self.reviewed.withdraw(self.name, "Sue", "Wrong")  # noqa: E731
        self.attempt(act, KnowledgeMove.WITHDRAWN, True)

    @rule(days=st.sampled_from([1, 20, 40]))
    def pass_time(self, days: int) -> None:
        self.centre.world.clock.pass_(days=days)
        if self.reviewed.expire_overdue():
            assert self.status is KnowledgeStatus.APPROVED
            self.status, self.version = KnowledgeStatus.EXPIRED, self.version + 1

    @rule()
    def erase(self) -> None:
        self.centre.world.assistant.erase(self.conversation)
        self.erased = True
        if self.status is KnowledgeStatus.PROPOSED:
            self.status, self.version = KnowledgeStatus.ERASED, self.version + 1

    @invariant()
    def stands_where_the_model_says(self) -> None:
        now = self.reviewed.find(self.name)
        assert (now.status, now.version) == (self.status, self.version)
        if now.answer:
            assert now.decided_by not in {"", now.proposed_by, now.author}
        withdrawn = {w.value for w in self.centre.world.operations.state().withdrawals}
        ended = now.status in {KnowledgeStatus.WITHDRAWN, KnowledgeStatus.EXPIRED}
        assert (now.address in withdrawn) == ended


def test_no_order_of_moves_lets_one_person_make_a_page(new_database: NewDatabase) -> None:
    machine = type("Machine", (KnowledgeMachine,), {})
    machine.open_centre = staticmethod(lambda: a_centre(new_database))
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=12,
            stateful_step_count=12,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
