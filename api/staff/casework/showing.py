"""What the pages of cases show, worked out from the domain's values."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from api.staff.casework import saying
from api.staff.console import Console
from api.staff.permissions import Permission
from assistant.errors import NeverOpen
from assistant.escalations.case import Case
from assistant.escalations.looking import CaseView
from assistant.escalations.messages import CaseMessage, MessageKind
from assistant.escalations.outbox import newest
from assistant.escalations.people import StaffMember
from assistant.escalations.presence import Looker
from assistant.policy.levels import Promise
from assistant.service_levels.due import Due
from assistant.service_levels.queues import Queue
from assistant.views import PersonMessage, TurnStatus, TurnView

_SHOWN = 60
"""Characters of a passage by which it is told from others."""


@dataclass(frozen=True, slots=True)
class Clocks:
    """How long a case's citizen waits and when they should hear, in words; "" where nothing runs.

    `arithmetic` says how the due time was worked out, where today's opening hours still lead to it.
    """

    waits: str = ""
    due: str = ""
    overdue: bool = False
    arithmetic: str = ""


@dataclass(frozen=True, slots=True)
class Starter:
    """Something to begin a reply with. `ref` is what the form sends, `text` what goes in.

    `drafted`: it is the assistant's work, so the reply is labelled and what was changed is counted.
    """

    ref: str
    title: str
    text: str
    drafted: bool


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of the conversation: `style` is assistant, citizen, adviser or private.

    `reply` is the identifier of an adviser's reply in this case, which can become knowledge.
    """

    who: str
    at: datetime
    text: str
    style: str
    turn: str = ""
    changed: int | None = None
    said_before: str = ""
    reply: str = ""


@dataclass(frozen=True, slots=True)
class Opened:
    """A case opened for somebody: what it holds, and what was true beside it at that moment.

    `last_event` is the newest event before it was read: a live page goes on from there.
    """

    view: CaseView
    clocks: Clocks
    others: tuple[Looker, ...]
    starters: tuple[Starter, ...]
    entries: tuple[Entry, ...]
    colleagues: tuple[tuple[str, str], ...]
    last_event: int


def clocks_of(case: Case, queues: Mapping[str, Queue], now: datetime) -> Clocks:
    """Return the case's clocks in words."""
    waits = saying.length(now - case.waiting_since) if case.waiting_since else ""
    if case.due_at is None:
        return Clocks(waits)
    overdue = now > case.due_at
    apart = saying.length(abs(now - case.due_at))
    said = f"{apart} late" if overdue else f"in {apart}"
    return Clocks(waits, said, overdue, _arithmetic(case, queues))


def open_case(console: Console, case_id: str, by: StaffMember) -> Opened:
    """Open a case, which is recorded, and show others that somebody has it on the screen."""
    centre = console.centre
    with centre.database.read() as connection:
        last_event = newest(connection)
    view = centre.cases.read(case_id, by)
    centre.presence.look(case_id, by)
    with centre.database.read() as connection:
        others = centre.presence.others(connection, case_id, by.id)
    return Opened(
        view=view,
        clocks=clocks_of(view.case, centre.closures.queues(), centre.clock()),
        others=others,
        starters=starters_of(console, view, by),
        entries=entries_of(view),
        colleagues=colleagues_of(console, view.case),
        last_event=last_event,
    )


def colleagues_of(console: Console, case: Case) -> tuple[tuple[str, str], ...]:
    """Return who could be given the case: identifiers and names."""
    return tuple(
        (person.id, person.name)
        for person in console.accounts.all()
        if person.active and person.may(Permission.WORK_CASES) and person.id != case.holder_id
    )


def starters_of(console: Console, view: CaseView, by: StaffMember) -> tuple[Starter, ...]:
    """Return the drafts, passages and canned replies that a reply may begin with."""
    found: list[Starter] = []
    for number, explained in enumerate(view.file.explained):
        draft = explained.workings.draft
        if draft:
            found.append(Starter(f"draft-{number}", "The draft that was stopped", draft, True))
        for place, passage in enumerate(explained.workings.passages):
            text = f"{passage.text}\n{passage.url}"
            start = passage.text[:_SHOWN] + ("…" if len(passage.text) > _SHOWN else "")
            title = f"Passage of {passage.title}: {start}"
            found.append(Starter(f"passage-{number}-{place}", title, text, True))
    case = view.case
    for name, reply in console.centre.policy.canned.reply.items():
        text = reply.said(case.language, by.first_name, case.number)
        found.append(Starter(f"canned-{name}", reply.title, text, False))
    return tuple(found)


def entries_of(view: CaseView) -> tuple[Entry, ...]:
    """Return everything that was written, in order of time; what was said together stays so."""
    told = {message.turn for message in view.messages if message.turn}
    here = {message.record for message in view.messages}
    entries = [_of_message(message) for message in view.messages]
    for turn in view.conversation.turns:
        if turn.id not in told:
            entries += _of_turn(turn)
    for earlier in view.conversation.messages:
        if earlier.record not in here:
            entries.append(_of_earlier(earlier))
    return tuple(sorted(entries, key=lambda entry: entry.at))


def _of_message(message: CaseMessage) -> Entry:
    styles = {MessageKind.CITIZEN: "citizen", MessageKind.REPLY: "adviser"}
    return Entry(
        saying.wrote(message),
        message.at,
        message.text,
        styles.get(message.kind, "private"),
        message.turn,
        message.edit_distance,
        reply=message.id if message.kind is MessageKind.REPLY else "",
    )


def _of_turn(turn: TurnView) -> list[Entry]:
    entries = [Entry("Citizen", turn.asked_at, turn.question, "citizen", turn.id)]
    if turn.status in {TurnStatus.ANSWERED, TurnStatus.CLOSED}:
        at = turn.answered_at or turn.asked_at
        said = "\n\n".join(text for text in (turn.message, turn.answer) if text)
        entries.append(Entry("Assistant", max(at, turn.asked_at), said, "assistant"))
    return entries


def _of_earlier(message: PersonMessage) -> Entry:
    who = f"{message.first_name}, adviser"
    if message.from_draft:
        who = f"Drafted by the assistant, sent by {message.first_name}"
    return Entry(who, message.at, message.text, "adviser", said_before="in an earlier case")


def _arithmetic(case: Case, queues: Mapping[str, Queue]) -> str:
    """Return how the due time follows from the wait, or "" where it has another origin.

    After a promise to write again it runs from that promise, and opening hours may have been
    changed since it was worked out: what cannot be shown to add up is not shown.
    """
    queue = queues.get(case.queue)
    if queue is None or case.waiting_since is None:
        return ""
    try:
        found = queue.due(case.waiting_since, case.priority, Promise.FIRST_REPLY)
    except NeverOpen:
        return ""
    return found.arithmetic if isinstance(found, Due) and found.moment == case.due_at else ""
