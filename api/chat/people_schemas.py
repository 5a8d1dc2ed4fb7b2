"""What API v1 takes and gives around talking to a person."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, Field

from api.chat.schemas import Received, Text
from assistant.callbacks import CallBack
from assistant.escalations.needs import LONGEST_DETAIL, SupportNeeds
from assistant.reaching import Standing
from assistant.service_levels.availability import (
    Availability,
    Busy,
    Option,
    OutOfHours,
    Staffed,
    Unstaffed,
)
from assistant.service_levels.callback_slots import Slot
from assistant.service_levels.waits import Wait
from assistant.telling import StandingTold
from assistant.views import PersonState

Detail = Annotated[Text, Field(max_length=LONGEST_DETAIL)]
WhatDetail = Annotated[Text, Field(min_length=1, max_length=LONGEST_DETAIL)]


class WaitShown(BaseModel):
    """How long this citizen may wait. Show it with its basis, or not at all."""

    shortest_minutes: int
    longest_minutes: int
    share: float = Field(description="In what share of cases the real wait lies in this range.")
    cases: int = Field(description="How many people answered today it was worked out from.")
    median_minutes: int = Field(description="Half of those waited this long or less.")


class AvailabilityShown(BaseModel):
    """Whether somebody is there. Never tell anybody to wait unless 'options' has 'wait'."""

    kind: Literal["staffed", "busy", "out_of_hours", "unstaffed"]
    place: int | None = Field(description="Place in the queue from 1, or null.")
    wait: WaitShown | None = Field(description="Null where too few were answered today to say.")
    opens: datetime | None = Field(description="The next opening, out of hours.")
    closes: datetime | None = Field(description="Until when it is open with nobody on duty.")
    options: tuple[Option, ...]


class CallShown(BaseModel):
    starts: datetime
    ends: datetime
    phone_ends_with: str = Field(description="The last three digits; the rest is never shown.")


class PersonShown(BaseModel):
    """Where the conversation stands with people, in facts and in words to show."""

    state: PersonState = Field(
        description="nobody, waiting, with_person (the assistant is silent), ended."
    )
    adviser: str = Field(description="First name of whoever has the conversation, or empty.")
    case_number: int = Field(description="What to quote on the phone; 0 where there is no case.")
    availability: AvailabilityShown | None = Field(
        description="While waiting, or before asking; null where there is nobody to ask at all: "
        "show the official phone route."
    )
    call: CallShown | None
    needs_stated: bool
    reopen_until: datetime | None = Field(
        description="Until then asking again comes back to the ended case."
    )
    title: str = Field(description="In the conversation's language; empty with nothing to say.")
    lines: tuple[str, ...]


class NeedsStated(Received):
    """Support needs. Leave out, or null, what is not needed; nothing at all is allowed."""

    interpreter: WhatDetail | None = Field(
        default=None, description="Into which language.", examples=["Somali"]
    )
    bsl: bool = Field(default=False, description="British Sign Language.")
    large_print: bool = False
    representative: Detail | None = Field(
        default=None, description="Somebody speaks for the citizen: who; may be empty."
    )
    safe_times: WhatDetail | None = Field(
        default=None, description="When it is safe to call.", examples=["Mornings before 11"]
    )
    other: WhatDetail | None = Field(default=None, description="Anything else.")


class NeedsShown(BaseModel):
    """Support needs as they were stated."""

    interpreter: str | None
    bsl: bool
    large_print: bool
    representative: str | None
    safe_times: str | None
    other: str | None


class SlotShown(BaseModel):
    starts: datetime = Field(description="Send this to book.")
    ends: datetime
    text: str = Field(description="In words, in the conversation's language.")


class CallsShown(BaseModel):
    slots: tuple[SlotShown, ...]
    call: CallShown | None


class CallWanted(Received):
    starts: Annotated[AwareDatetime, Field(strict=False)] = Field(
        description="The start of a slot that is offered.", examples=["2026-12-01T11:00:00Z"]
    )
    phone: Text | None = Field(
        default=None,
        min_length=1,
        max_length=60,
        description="Needed for a new call; null keeps the number of the call that is booked.",
        examples=["07700 900 982"],
    )


class CodeMade(BaseModel):
    code: str = Field(
        description="Show it once: it cannot be read again. It opens the conversation.",
        examples=["7QXK3-HM4TN-RW8P2"],
    )
    expires_at: datetime


class CodeTyped(Received):
    code: Text = Field(
        min_length=1,
        max_length=100,
        description="As the citizen typed it.",
        examples=["7qxk3 hm4tn rw8p2"],
    )


class Opened(BaseModel):
    id: str = Field(description="The conversation.")
    token: str = Field(description="The right to it, as when it was started.")
    expires_at: datetime


def needs_of(stated: NeedsStated) -> dict[str, str]:
    """Return the stated needs by name, each with its detail."""
    found = stated.model_dump()
    return {
        name: value if isinstance(value, str) else ""
        for name, value in found.items()
        if value is not None and value is not False
    }


def needs_shown(needs: SupportNeeds) -> NeedsShown:
    """Return needs as API v1 shows them."""
    stated = needs.as_json()
    return NeedsShown(
        interpreter=stated.get("interpreter"),
        bsl="bsl" in stated,
        large_print="large_print" in stated,
        representative=stated.get("representative"),
        safe_times=stated.get("safe_times"),
        other=stated.get("other"),
    )


def person_shown(standing: Standing, told: StandingTold) -> PersonShown:
    """Return where a conversation stands as API v1 shows it."""
    return PersonShown(
        state=standing.person,
        adviser=standing.adviser,
        case_number=standing.case_number,
        availability=_availability(standing.found) if standing.found else None,
        call=call_shown(standing.call_back, standing.digits),
        needs_stated=standing.needs_stated,
        reopen_until=standing.reopen_until,
        title=told.title,
        lines=told.lines,
    )


def call_shown(call: CallBack | None, digits: str) -> CallShown | None:
    """Return a booked call as API v1 shows it."""
    if call is None:
        return None
    return CallShown(starts=call.starts, ends=call.ends, phone_ends_with=digits)


def slot_shown(slot: Slot, text: str) -> SlotShown:
    """Return a slot as API v1 shows it."""
    return SlotShown(starts=slot.starts, ends=slot.ends, text=text)


def _availability(found: Availability) -> AvailabilityShown:
    kinds = {
        Staffed: "staffed",
        Busy: "busy",
        OutOfHours: "out_of_hours",
        Unstaffed: "unstaffed",
    }
    queued = found if isinstance(found, Staffed | Busy) else None
    return AvailabilityShown.model_validate(
        {
            "kind": kinds[type(found)],
            "place": queued.place if queued else None,
            "wait": _wait(queued.wait) if queued and isinstance(queued.wait, Wait) else None,
            "opens": found.opens if isinstance(found, OutOfHours) else None,
            "closes": found.closes if isinstance(found, Unstaffed) else None,
            "options": found.options,
        }
    )


def _wait(wait: Wait) -> WaitShown:
    return WaitShown(
        shortest_minutes=int(wait.shortest.total_seconds()) // 60,
        longest_minutes=int(wait.longest.total_seconds()) // 60,
        share=wait.share,
        cases=wait.cases,
        median_minutes=int(wait.median.total_seconds()) // 60,
    )
