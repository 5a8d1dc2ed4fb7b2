"""The citizen's words for reaching a person: who is there, call-backs, private codes, times."""

from typing import Annotated

from pydantic import AfterValidator

from assistant.policy.model import Strict, Text

FORBIDDEN = ("snapshot", "abstain", "inclusion proof", "embedding", "escalat")
"""Words of ours that mean nothing to a citizen."""


def _plain(text: str) -> str:
    for word in FORBIDDEN:
        if word in text.casefold():
            raise ValueError(f'a citizen would not understand "{word}"; say it in everyday words')
    return text


Said = Annotated[Text, AfterValidator(_plain)]


class AvailabilityWords(Strict):
    """Whether somebody is there, how long a wait is, and what can be done instead."""

    staffed_title: Said
    staffed: Said
    busy_title: Said
    busy: Said
    first: Said
    place: Said
    wait: Said
    wait_at_most: Said
    wait_basis: Said
    wait_share: Said
    wait_unknown: Said
    closed_title: Said
    closed: Said
    closed_unknown: Said
    unstaffed_title: Said
    unstaffed: Said
    unstaffed_always: Said
    option_wait: Said
    option_leave_message: Said
    option_call_back: Said
    option_come_back: Said


class CallBackWords(Strict):
    """Choosing a time to be rung."""

    title: Said
    slot: Said
    phone_label: Said
    phone_hint: Said
    phone_error: Said
    slot_error: Said
    taken: Said
    none: Said
    booked_title: Said
    booked: Said
    ending: Said
    book: Said
    change: Said
    change_hint: Said
    changed: Said
    cancel: Said
    cancelled: Said
    nobody: Said


class PrivateCodeWords(Strict):
    """The code to come back with."""

    title: Said
    told: Said
    secret: Said
    label: Said
    hint: Said
    mistyped: Said
    unknown: Said
    make: Said
    make_why: Said
    how: Said
    one: Said
    come_back: Said
    come_back_why: Said
    open: Said
    slow_down: Said


class DateWords(Strict):
    """Days, times of day and lengths of time."""

    monday: Said
    tuesday: Said
    wednesday: Said
    thursday: Said
    friday: Said
    saturday: Said
    sunday: Said
    january: Said
    february: Said
    march: Said
    april: Said
    may: Said
    june: Said
    july: Said
    august: Said
    september: Said
    october: Said
    november: Said
    december: Said
    day: Said
    on_day: Said
    today: Said
    tomorrow: Said
    midday: Said
    midnight: Said
    am: Said
    pm: Said
    minute: Said
    minutes: Said
    hour: Said
    hours: Said
