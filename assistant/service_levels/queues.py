"""The queues as they are open and promise today: the policy, and changes for single days."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from assistant.escalations.states import Priority
from assistant.policy.levels import Promise, QueueRules, ServiceLevels
from assistant.service_levels.calendars import Calendar, Change, calendar_of
from assistant.service_levels.due import Due, OnHold, due
from assistant.service_levels.pauses import Pause


@dataclass(frozen=True, slots=True)
class Queue:
    """A queue by its short name, when it is open, and the policy's rules for it."""

    name: str
    calendar: Calendar
    rules: QueueRules

    def due(
        self,
        start: datetime,
        priority: Priority,
        promise: Promise,
        pauses: Sequence[Pause] = (),
    ) -> Due | OnHold:
        """Return when what was promised is due; see `due`."""
        minutes = self.rules.target[priority].minutes(promise)
        return due(start, minutes, self.calendar, pauses)


def queues_of(
    levels: ServiceLevels, changes: Mapping[str, Sequence[Change]]
) -> Mapping[str, Queue]:
    """Return the queues by name, in the policy's order; `changes` are by the name of the hours."""
    return {
        name: Queue(name, calendar_of(levels, rules.hours, changes.get(rules.hours, ())), rules)
        for name, rules in levels.queue.items()
    }
