"""Times that do not count towards a target, and why."""

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum


class PauseReason(StrEnum):
    """Why the time of a case stands still."""

    WAITING_FOR_CITIZEN = "waiting_for_citizen"
    SYSTEM_FAULT = "system_fault"
    WAITING_FOR_OTHERS = "waiting_for_others"


@dataclass(frozen=True, slots=True)
class Pause:
    """A time that does not count, from `start`; `end` is None while it goes on."""

    start: datetime
    end: datetime | None
    reason: PauseReason

    def __post_init__(self) -> None:
        if self.end is not None and self.end < self.start:
            raise ValueError(f"a pause from {self.start} cannot end before, at {self.end}")

    def in_minutes(self) -> "Pause":
        """Return the pause in UTC, both ends rounded down to whole minutes."""
        end = None if self.end is None else whole_minute(self.end)
        return Pause(whole_minute(self.start), end, self.reason)


def whole_minute(moment: datetime) -> datetime:
    """Return the moment in UTC, its seconds cut off."""
    return moment.astimezone(UTC).replace(second=0, microsecond=0)
