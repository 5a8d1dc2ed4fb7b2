"""Availability, slots and times in a citizen's words, from the policy's wording files."""

from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from typing import assert_never

from assistant.policy.levels import WEEKDAYS
from assistant.policy.reaching import DateWords
from assistant.policy.wording import Wording
from assistant.service_levels.availability import (
    Availability,
    Busy,
    Option,
    OutOfHours,
    Staffed,
    Unstaffed,
)
from assistant.service_levels.callback_slots import Slot
from assistant.service_levels.waits import Wait, WaitUnknown

_MONTHS = (
    "january february march april may june july august september october november december"
).split()


@dataclass(frozen=True, slots=True)
class Told:
    """What a citizen reads: a title, sentences, and what they can do, in order."""

    title: str
    lines: tuple[str, ...]
    options: tuple[tuple[Option, str], ...]


def tell(found: Availability, wording: Wording, now: datetime, zone: tzinfo) -> Told:
    """Return the words for how a queue stands; `now` and `zone` say which day is today."""
    words, times = wording.availability, wording.dates
    match found:
        case Staffed():
            title, lines = words.staffed_title, (words.staffed, *_queue(found, wording))
        case Busy():
            title, lines = words.busy_title, (words.busy, *_queue(found, wording))
        case OutOfHours(opens=datetime() as opens):
            opening = say_moment(opens, times, now, zone)
            title, lines = words.closed_title, (words.closed.replace("{opening}", opening),)
        case OutOfHours():
            title, lines = words.closed_title, (words.closed_unknown,)
        case Unstaffed(closes=datetime() as closes):
            closing = say_time(closes, times, zone)
            title, lines = words.unstaffed_title, (words.unstaffed.replace("{closing}", closing),)
        case Unstaffed():
            title, lines = words.unstaffed_title, (words.unstaffed_always,)
        case _:
            assert_never(found)
    options = tuple((each, str(getattr(words, f"option_{each}"))) for each in found.options)
    return Told(title, lines, options)


def say_slot(slot: Slot, wording: Wording, zone: tzinfo) -> str:
    """Return a call-back's slot: "Monday 30 November, 9am to 9:30am"."""
    times = wording.dates
    return (
        wording.call_back.slot.replace("{day}", say_day(slot.starts, times, zone))
        .replace("{from}", say_time(slot.starts, times, zone))
        .replace("{until}", say_time(slot.ends, times, zone))
    )


def say_moment(moment: datetime, words: DateWords, now: datetime, zone: tzinfo) -> str:
    """Return "today at 5pm", "tomorrow at 9am" or "on Monday 30 November at 9am"."""
    day, today = moment.astimezone(zone).date(), now.astimezone(zone).date()
    pattern = {today: words.today, today + timedelta(days=1): words.tomorrow}.get(day, words.on_day)
    said = pattern.replace("{day}", say_day(moment, words, zone))
    return said.replace("{time}", say_time(moment, words, zone))


def say_day(moment: datetime, words: DateWords, zone: tzinfo) -> str:
    """Return "Monday 30 November"."""
    day = moment.astimezone(zone).date()
    weekday = str(getattr(words, WEEKDAYS[day.weekday()]))
    month = str(getattr(words, _MONTHS[day.month - 1]))
    said = words.day.replace("{weekday}", weekday).replace("{number}", str(day.day))
    return said.replace("{month}", month)


def say_time(moment: datetime, words: DateWords, zone: tzinfo) -> str:
    """Return "9am", "5:30pm", "midday" or "midnight", as GOV.UK style has it."""
    local = moment.astimezone(zone)
    if local.minute == 0 and local.hour in (0, 12):
        return words.midday if local.hour else words.midnight
    clock = f"{(local.hour - 1) % 12 + 1}" + (f":{local.minute:02}" if local.minute else "")
    return (words.am if local.hour < 12 else words.pm).replace("{time}", clock)


def say_length(length: timedelta, words: DateWords) -> str:
    """Return "1 hour 5 minutes"; whole minutes, rounded down."""
    hours, minutes = divmod(int(length.total_seconds()) // 60, 60)
    parts = []
    if hours:
        parts.append(words.hour if hours == 1 else words.hours.replace("{count}", str(hours)))
    if minutes or not hours:
        one = words.minute if minutes == 1 else words.minutes.replace("{count}", str(minutes))
        parts.append(one)
    return " ".join(parts)


def _queue(found: Staffed | Busy, wording: Wording) -> tuple[str, ...]:
    words = wording.availability
    place = words.place.replace("{place}", str(found.place)) if found.place > 1 else words.first
    return (place, *_wait(found.wait, wording))


def _wait(wait: Wait | WaitUnknown, wording: Wording) -> tuple[str, ...]:
    words, times = wording.availability, wording.dates
    if isinstance(wait, WaitUnknown):
        return (words.wait_unknown,)
    text = words.wait if wait.shortest else words.wait_at_most
    said = text.replace("{shortest}", say_length(wait.shortest, times))
    said = said.replace("{longest}", say_length(wait.longest, times))
    basis = words.wait_basis.replace("{cases}", str(wait.cases))
    basis = basis.replace("{median}", say_length(wait.median, times))
    share = words.wait_share.replace("{share}", str(int(wait.share * 10 + 1e-9)))
    return (said, basis, share)
