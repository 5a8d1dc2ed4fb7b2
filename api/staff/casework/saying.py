"""What the console calls things: plain words for the closed sets of cases."""

from datetime import timedelta

from api.staff.access import StaffVisit
from api.staff.permissions import Permission
from assistant.escalations.messages import CaseMessage, Label, MessageKind
from assistant.escalations.needs import Need
from assistant.escalations.people import StaffMember
from assistant.escalations.states import (
    CloseReason,
    EscalationReason,
    MoveKind,
    Priority,
    ShouldHaveAnswered,
    Status,
)

STATUS = {
    Status.OPEN: ("Nobody has it", "blue"),
    Status.CLAIMED: ("Adviser’s turn", "yellow"),
    Status.WAITING_FOR_CITIZEN: ("Citizen’s turn", "grey"),
    Status.RESOLVED: ("Closed", "green"),
    Status.EXPIRED: ("Ended by itself", "grey"),
}
"""Each status in words, and the colour of its tag."""

PRIORITY = {
    Priority.URGENT: ("Urgent", "red"),
    Priority.HIGH: ("High", "orange"),
    Priority.NORMAL: ("Normal", "grey"),
}

REASON = {
    EscalationReason.ASKED_FOR_PERSON: "The citizen asked for a person.",
    EscalationReason.STILL_ASKING: "The citizen had an answer and still wants a person.",
    EscalationReason.NO_GUIDANCE: "The assistant found no guidance about this.",
    EscalationReason.LOW_CONFIDENCE: "The assistant was not sure enough of its answer.",
    EscalationReason.NOT_GROUNDED: "The assistant’s draft said more than the guidance says.",
    EscalationReason.UNCLEAR: "The assistant could not tell what was meant.",
    EscalationReason.SAFEGUARDING: "The citizen may be in danger.",
    EscalationReason.MAYBE_IN_TROUBLE: "The citizen’s words sound like trouble. No rule is sure.",
    EscalationReason.COMPLAINT: "The citizen complains.",
    EscalationReason.OWN_CASE: "It is about the citizen’s own records or case.",
    EscalationReason.CHALLENGE: "The citizen challenges an answer.",
    EscalationReason.LANGUAGE: "The assistant has no answer in the citizen’s language.",
    EscalationReason.ELSEWHERE: "It is not for this service to answer.",
    EscalationReason.TURNED_AWAY: "The assistant refused the message as an attack or abuse.",
    EscalationReason.SWITCHED_OFF: "Answering was switched off.",
    EscalationReason.SYSTEM_FAULT: "The assistant had a fault.",
}
"""Why the assistant stopped."""

MOVE = {
    MoveKind.OPENED: "opened the case",
    MoveKind.CLAIMED: "claimed the case",
    MoveKind.REPLIED: "replied",
    MoveKind.PROMISED: "replied, and will write again",
    MoveKind.CITIZEN_WROTE: "wrote",
    MoveKind.RELEASED: "put the case back into its queue",
    MoveKind.TRANSFERRED: "passed the case on to another queue",
    MoveKind.HANDED_OVER: "gave the case to a colleague",
    MoveKind.NEEDS_STATED: "stated support needs",
    MoveKind.NEEDS_ACKNOWLEDGED: "acknowledged the support needs",
    MoveKind.CLOSE_PROPOSED: "proposed to close the case",
    MoveKind.CLOSE_DECLINED: "said no to closing the case",
    MoveKind.RESOLVED: "closed the case",
    MoveKind.REOPENED: "opened the case again",
    MoveKind.EXPIRED: "ended the case, because nobody answered",
    MoveKind.ERASED: "deleted the conversation",
}
"""What somebody did, after their name."""

CLOSE_REASON = {
    CloseReason.ANSWERED: "The question was answered",
    CloseReason.SENT_ELSEWHERE: "The citizen was sent to somebody else",
    CloseReason.CALLED_BACK: "The citizen was called back",
    CloseReason.NO_LONGER_NEEDED: "The citizen no longer needs it",
    CloseReason.NOT_FOR_US: "It is not for us",
    CloseReason.DUPLICATE: "It is the same as another case",
    CloseReason.ABUSE: "Abuse",
}

SHOULD_HAVE_ANSWERED = {
    ShouldHaveAnswered.YES: "Yes",
    ShouldHaveAnswered.NO: "No",
    ShouldHaveAnswered.NOT_SURE: "I am not sure",
}

NEED = {
    Need.INTERPRETER: "An interpreter",
    Need.BSL: "British Sign Language",
    Need.LARGE_PRINT: "Large print",
    Need.REPRESENTATIVE: "Somebody speaks for the citizen",
    Need.SAFE_TIMES: "When it is safe to call",
    Need.OTHER: "Something else",
}

BY_ITSELF = {MoveKind.EXPIRED: "The service"}


def staff_member(visit: StaffVisit) -> StaffMember:
    """Return who makes the moves of this visit."""
    person = visit.person
    return StaffMember(person.id, person.first_name, person.may(Permission.SUPERVISE))


def who_moved(kind: MoveKind, first_name: str) -> str:
    """Return who made a move: a first name, or "The citizen"."""
    return first_name or BY_ITSELF.get(kind, "The citizen")


def wrote(message: CaseMessage) -> str:
    """Return who a message is from, as its label says."""
    name = message.first_name
    match message.kind:
        case MessageKind.CITIZEN:
            return "Citizen"
        case MessageKind.NOTE:
            return f"Private note by {name}"
        case MessageKind.CONSULT:
            return f"Between colleagues, by {name}"
        case MessageKind.REPLY if message.label is Label.ADVISER_FROM_DRAFT:
            return f"Drafted by the assistant, sent by {name}"
        case _:
            return f"{name}, adviser"


def length(time: timedelta) -> str:
    """Return a length of time in words, rounded down: "2 days 3 hours", "5 minutes"."""
    minutes = max(0, int(time.total_seconds()) // 60)
    days, hours = minutes // 1440, minutes // 60 % 24
    parts = [(days, "day"), (hours, "hour"), (minutes % 60 if not days else 0, "minute")]
    said = [f"{count} {unit}{'' if count == 1 else 's'}" for count, unit in parts if count]
    return " ".join(said) or "less than 1 minute"
