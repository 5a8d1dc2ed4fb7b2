"""Where a conversation stands with people, in its citizen's words, from the policy's wording."""

from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import assert_never

from assistant.policy.wording import Wording
from assistant.reaching import Standing
from assistant.service_levels.availability import Option
from assistant.service_levels.callback_slots import Slot
from assistant.service_levels.saying import say_day, say_slot, tell
from assistant.views import PersonState


@dataclass(frozen=True, slots=True)
class StandingTold:
    """What a citizen reads of it. `brief` is what is said when it changes, in one sentence or two.

    `title` is "" where there is nothing to say: nobody is to be asked.
    """

    title: str = ""
    lines: tuple[str, ...] = ()
    options: tuple[tuple[Option, str], ...] = ()
    call: tuple[str, ...] = ()
    case: str = ""

    @property
    def brief(self) -> str:
        """Return the title and the first thing that it means."""
        return " ".join(_sentence(text) for text in (self.title, *self.lines[:1]) if text)


NOTHING_TOLD = StandingTold()


def tell_standing(
    standing: Standing, wording: Wording, now: datetime, zone: tzinfo
) -> StandingTold:
    """Return the words; `now` and `zone` say which day is today."""
    words, name = wording.person, standing.adviser
    match standing.person:
        case PersonState.NOBODY | PersonState.WAITING:
            if standing.found is None:
                return NOTHING_TOLD
            found = tell(standing.found, wording, now, zone)
            title, lines, options = found.title, found.lines, found.options
        case PersonState.WITH_PERSON if standing.closed:
            title, lines = words.held_title, (words.held,)
            options = ((Option.COME_BACK, wording.availability.option_come_back),)
        case PersonState.WITH_PERSON:
            title, lines = words.reading_title, (words.reading,)
            options = ((Option.COME_BACK, wording.availability.option_come_back),)
        case PersonState.ENDED:
            until = standing.reopen_until
            day = say_day(until, wording.dates, zone) if until else ""
            again = words.again.replace("{day}", day) if until else words.again_new
            title, options = words.ended_title, ()
            lines = (words.expired, words.ended) if standing.expired else (words.ended,)
            lines = (*lines, again)
        case _:
            assert_never(standing.person)
    call = tell_call(standing, wording, zone)
    return StandingTold(
        title.replace("{name}", name),
        tuple(line.replace("{name}", name) for line in lines),
        tuple(each for each in options if not (call and each[0] is Option.CALL_BACK)),
        call,
        words.case.replace("{number}", str(standing.case_number)) if standing.case_number else "",
    )


def tell_call(standing: Standing, wording: Wording, zone: tzinfo) -> tuple[str, ...]:
    """Return when the citizen is rung and on which number, or nothing where no call is booked."""
    call = standing.call_back
    if call is None:
        return ()
    slot = say_slot(Slot(call.starts, call.ends, 1), wording, zone)
    return (
        wording.call_back.booked.replace("{slot}", slot),
        wording.call_back.ending.replace("{digits}", standing.digits),
    )


def _sentence(text: str) -> str:
    return text if text.endswith((".", "?", "!")) else f"{text}."
