"""Where a case can stand, why it was opened, and which moves are legal: three closed sets, a table.

A case waits in a queue (open), a person has it (claimed), or that person waits for the citizen. It
ends resolved or expired; the citizen may bring it back for some days.
"""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import assert_never

from assistant.errors import CaseMoveRefused
from assistant.outcomes import Reason


class Status(StrEnum):
    """Where a case stands."""

    OPEN = "open"
    """Nobody has it: it waits in its queue."""
    CLAIMED = "claimed"
    """An adviser has it, and it is the adviser's turn."""
    WAITING_FOR_CITIZEN = "waiting_for_citizen"
    """An adviser has it and has answered: it is the citizen's turn."""
    RESOLVED = "resolved"
    """An adviser closed it, with a reason."""
    EXPIRED = "expired"
    """The citizen did not come back in time, or deleted the conversation."""

    @property
    def ended(self) -> bool:
        """Return whether nobody works on it any more."""
        return self in {Status.RESOLVED, Status.EXPIRED}

    @property
    def held(self) -> bool:
        """Return whether an adviser has it."""
        return self in {Status.CLAIMED, Status.WAITING_FOR_CITIZEN}


class EscalationReason(StrEnum):
    """Why a conversation needs a person; the policy's `escalations.toml` says what follows."""

    ASKED_FOR_PERSON = "asked_for_person"
    """Wanted a person from the start."""
    STILL_ASKING = "still_asking"
    """Got an answer, and wants a person all the same."""
    NO_GUIDANCE = "no_guidance"
    LOW_CONFIDENCE = "low_confidence"
    NOT_GROUNDED = "not_grounded"
    """A draft said what its passages do not say."""
    UNCLEAR = "unclear"
    """The assistant could not tell what was meant."""
    SAFEGUARDING = "safeguarding"
    MAYBE_IN_TROUBLE = "maybe_in_trouble"
    """No rule found danger, but the words sound like it."""
    COMPLAINT = "complaint"
    OWN_CASE = "own_case"
    """About the citizen's own records, or advice on their own case."""
    CHALLENGE = "challenge"
    """An answer is challenged: somebody who did not handle it decides."""
    LANGUAGE = "language"
    ELSEWHERE = "elsewhere"
    """Something that is not for this service to answer."""
    TURNED_AWAY = "turned_away"
    """The assistant refused the message: an attack or abuse."""
    SWITCHED_OFF = "switched_off"
    SYSTEM_FAULT = "system_fault"


class Priority(StrEnum):
    """How pressing a case is."""

    URGENT = "urgent"
    HIGH = "high"
    NORMAL = "normal"

    @property
    def rank(self) -> int:
        """Return its place in the queue's order: 0 comes first."""
        return tuple(Priority).index(self)


class MoveKind(StrEnum):
    """What can be done with a case. `docs/escalations.md` explains each."""

    OPENED = "opened"
    CLAIMED = "claimed"
    REPLIED = "replied"
    PROMISED = "promised"
    """An adviser wrote, and will write again: the citizen need not answer."""
    CITIZEN_WROTE = "citizen_wrote"
    RELEASED = "released"
    """Back to its queue."""
    TRANSFERRED = "transferred"
    """To another queue, where it is open."""
    HANDED_OVER = "handed_over"
    """To a colleague, by name."""
    NEEDS_STATED = "needs_stated"
    NEEDS_ACKNOWLEDGED = "needs_acknowledged"
    CLOSE_PROPOSED = "close_proposed"
    CLOSE_DECLINED = "close_declined"
    RESOLVED = "resolved"
    REOPENED = "reopened"
    EXPIRED = "expired"
    ERASED = "erased"
    """The citizen deleted the conversation."""


_HELD: Mapping[MoveKind, Status] = {
    MoveKind.REPLIED: Status.WAITING_FOR_CITIZEN,
    MoveKind.PROMISED: Status.CLAIMED,
    MoveKind.CITIZEN_WROTE: Status.CLAIMED,
    MoveKind.RELEASED: Status.OPEN,
    MoveKind.TRANSFERRED: Status.OPEN,
    MoveKind.HANDED_OVER: Status.CLAIMED,
    MoveKind.RESOLVED: Status.RESOLVED,
    MoveKind.ERASED: Status.EXPIRED,
}


def _stays(status: Status, *moves: MoveKind) -> dict[MoveKind, Status]:
    return dict.fromkeys(moves, status)


LEGAL: Mapping[Status | None, Mapping[MoveKind, Status]] = {
    None: {MoveKind.OPENED: Status.OPEN},
    Status.OPEN: {
        MoveKind.CLAIMED: Status.CLAIMED,
        MoveKind.TRANSFERRED: Status.OPEN,
        MoveKind.HANDED_OVER: Status.CLAIMED,
        MoveKind.CITIZEN_WROTE: Status.OPEN,
        MoveKind.NEEDS_STATED: Status.OPEN,
        MoveKind.ERASED: Status.EXPIRED,
    },
    Status.CLAIMED: {
        **_HELD,
        **_stays(
            Status.CLAIMED,
            MoveKind.NEEDS_STATED,
            MoveKind.NEEDS_ACKNOWLEDGED,
            MoveKind.CLOSE_PROPOSED,
            MoveKind.CLOSE_DECLINED,
        ),
    },
    Status.WAITING_FOR_CITIZEN: {
        **_HELD,
        MoveKind.EXPIRED: Status.EXPIRED,
        **_stays(
            Status.WAITING_FOR_CITIZEN,
            MoveKind.HANDED_OVER,
            MoveKind.NEEDS_STATED,
            MoveKind.NEEDS_ACKNOWLEDGED,
            MoveKind.CLOSE_PROPOSED,
            MoveKind.CLOSE_DECLINED,
        ),
    },
    Status.RESOLVED: {MoveKind.REOPENED: Status.OPEN, MoveKind.ERASED: Status.RESOLVED},
    Status.EXPIRED: {MoveKind.REOPENED: Status.OPEN, MoveKind.ERASED: Status.EXPIRED},
}
"""Which moves are open from where (None: there is no case yet), and where each leads."""


def after(status: Status | None, move: MoveKind, number: int = 0) -> Status:
    """Return where a move leads, or raise CaseMoveRefused, which says what can be done instead."""
    found = LEGAL[status].get(move)
    if found is not None:
        return found
    where = status.value.replace("_", " ") if status else "not opened yet"
    possible = ", ".join(sorted(kind.value.replace("_", " ") for kind in LEGAL[status]))
    raise CaseMoveRefused(
        f"Case {number} is {where}, so it cannot be {move.value.replace('_', ' ')}. "
        f"What can be done now: {possible}."
    )


class CloseReason(StrEnum):
    """Why an adviser closes a case."""

    ANSWERED = "answered"
    SENT_ELSEWHERE = "sent_elsewhere"
    CALLED_BACK = "called_back"
    NO_LONGER_NEEDED = "no_longer_needed"
    NOT_FOR_US = "not_for_us"
    DUPLICATE = "duplicate"
    ABUSE = "abuse"


class ShouldHaveAnswered(StrEnum):
    """Whether the assistant should have answered this: what an adviser says when closing."""

    YES = "yes"
    NO = "no"
    NOT_SURE = "not_sure"


def escalation_reason(reasons: Iterable[Reason], *, maybe: bool = False) -> EscalationReason:
    """Return why a conversation needs a person, from how its turns ended, the newest first.

    Danger anywhere in the conversation comes before anything that was said since; `maybe` says that
    a turn sounded like danger. Otherwise the newest turn counts that says anything: a greeting, or
    the wish for a person itself, says nothing of why.
    """
    told = [found for reason in reasons if (found := _reason(reason)) is not None]
    if EscalationReason.SAFEGUARDING in told:
        return EscalationReason.SAFEGUARDING
    if maybe:
        return EscalationReason.MAYBE_IN_TROUBLE
    return told[0] if told else EscalationReason.ASKED_FOR_PERSON


def _reason(reason: Reason) -> EscalationReason | None:  # noqa: PLR0911, PLR0912
    match reason:
        case Reason.QUOTED | Reason.QUOTED_WITH_CAUTION | Reason.GENERATED:
            return EscalationReason.STILL_ASKING
        case Reason.WHICH_ONE | Reason.WHAT_ABOUT | Reason.NOT_UNDERSTOOD:
            return EscalationReason.UNCLEAR
        case Reason.UNREADABLE | Reason.TOO_LONG:
            return EscalationReason.UNCLEAR
        case (
            Reason.CRISIS
            | Reason.SELF_HARM
            | Reason.DOMESTIC_ABUSE
            | Reason.CHILD_AT_RISK
            | Reason.EMERGENCY
            | Reason.HOMELESS_TONIGHT
        ):
            return EscalationReason.SAFEGUARDING
        case Reason.GREETING | Reason.THANKS | Reason.GOODBYE | Reason.ABOUT_ASSISTANT:
            return None
        case Reason.ASKED_FOR_PERSON:
            return None
        case Reason.COMPLAINT:
            return EscalationReason.COMPLAINT
        case Reason.ACCOUNT_DATA | Reason.OWN_CASE:
            return EscalationReason.OWN_CASE
        case Reason.OTHER_LANGUAGE | Reason.NO_WELSH_GUIDANCE:
            return EscalationReason.LANGUAGE
        case Reason.FREEDOM_OF_INFORMATION | Reason.OPINION | Reason.OUT_OF_SCOPE:
            return EscalationReason.ELSEWHERE
        case Reason.NO_GUIDANCE:
            return EscalationReason.NO_GUIDANCE
        case Reason.LOW_CONFIDENCE:
            return EscalationReason.LOW_CONFIDENCE
        case Reason.NOT_GROUNDED:
            return EscalationReason.NOT_GROUNDED
        case Reason.ANSWERING_OFF:
            return EscalationReason.SWITCHED_OFF
        case Reason.SYSTEM_FAULT:
            return EscalationReason.SYSTEM_FAULT
        case Reason.ATTACK | Reason.ABUSE:
            return EscalationReason.TURNED_AWAY
        case _:
            assert_never(reason)
