"""The contact centre as the assistant meets it: there with cases and staff, or, in a trial, not.

Everything here happens within the assistant's own transactions, the conversation locked.
"""

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import Connection

from assistant.escalations.cases import Cases
from assistant.escalations.handover import erase_case
from assistant.escalations.needs import SupportNeeds
from assistant.escalations.rows import newest_case
from assistant.escalations.workings import commitment_to, forget, keep, workings_of
from assistant.outcomes import Escalated, Outcome, Reason
from assistant.turns import Turn
from audit.log import Log
from audit.records import Recorded


@dataclass(frozen=True, slots=True)
class Desk:
    """`cases` is None in a trial; `staffed` says whether the contact centre is in use."""

    cases: Cases | None
    staffed: Callable[[Connection], bool]

    def hands_over(self, outcome: Outcome) -> bool:
        """Return whether a turn that ended so asks for a person."""
        passed_on = self.cases is not None and isinstance(outcome, Escalated)
        return passed_on or outcome.reason is Reason.ASKED_FOR_PERSON

    def request(self, connection: Connection, conversation_id: str, needs: SupportNeeds) -> None:
        """Open a case, or bring one back, where there is anybody to work on it."""
        if self.cases is not None and self.staffed(connection):
            self.cases.handover.request(connection, conversation_id, needs)

    def state_needs(
        self, connection: Connection, conversation_id: str, needs: SupportNeeds
    ) -> None:
        """Record support needs for whoever has the case; with no case nobody could act on them."""
        case = newest_case(connection, conversation_id)
        if self.cases is not None and case is not None and not case.status.ended:
            self.cases.handover.state_needs(connection, case, needs)

    def deliver(
        self, connection: Connection, conversation_id: str, turn_id: str, recorded: Recorded
    ) -> None:
        """Bring a turn on which the assistant was silent to the person who has the conversation."""
        if self.cases is not None:
            self.cases.handover.deliver(connection, conversation_id, turn_id, recorded)

    def keep_workings(
        self, connection: Connection, conversation_id: str, turn: Turn, outcome: Outcome
    ) -> str:
        """Keep what a case file would show of the turn; return the commitment to it, or ""."""
        if self.cases is None or not self.staffed(connection):
            return ""
        most = self.cases.policy.escalations.passages_shown
        workings = workings_of(turn, outcome, most)
        key = self.cases.keys.get(conversation_id)
        keep(connection, key, turn.id, workings)
        return commitment_to(key, turn.id, workings)


def erase_escalation(connection: Connection, log: Log, conversation_id: str) -> None:
    """End the case of a conversation that is being deleted, and delete what was kept for it."""
    forget(connection, conversation_id)
    erase_case(connection, log, conversation_id)
