"""What people write, as server-sent events with the numbers of the outbox: a reader can go on.

Each look asks the database what came after the last number. Nothing is kept in this process, so it
does not matter which server, or how many, a conversation's reader and adviser talk to.
"""

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Callable, Mapping
from time import monotonic

from fastapi.sse import KEEPALIVE_COMMENT, EventSourceResponse, format_sse_event
from starlette.concurrency import run_in_threadpool

from api.chat.people_schemas import PersonShown
from api.chat.schemas import message_shown
from assistant.escalations.news import News
from assistant.views import PersonMessage

LOOK_SECONDS = 1.0
KEEPALIVE_SECONDS = 15.0
STREAM_SECONDS = 300.0
"""How long one stream lasts; its reader then asks again. So a right that ended ends here too."""

_log = logging.getLogger("signpost.api")


def news_stream(
    news: Callable[[int], tuple[int, tuple[News, ...]]],
    messages: Callable[[], tuple[PersonMessage, ...]],
    person: Callable[[], PersonShown],
    problem: Callable[[Exception], Mapping[str, object]],
    after: int,
    headers: Mapping[str, str],
) -> EventSourceResponse:
    """Return `message` and `person` events as they come, and `problem` when there are no more."""
    return EventSourceResponse(
        _events(news, messages, person, problem, after),
        headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no", **headers},
    )


async def _events(
    news: Callable[[int], tuple[int, tuple[News, ...]]],
    messages: Callable[[], tuple[PersonMessage, ...]],
    person: Callable[[], PersonShown],
    problem: Callable[[Exception], Mapping[str, object]],
    after: int,
) -> AsyncIterator[bytes]:
    ends, said, first = monotonic() + STREAM_SECONDS, monotonic(), True
    try:
        while monotonic() < ends:
            number, found = await run_in_threadpool(news, after)
            if found or first:
                for event in await run_in_threadpool(_told, number, found, messages, person, first):
                    yield event
                said, first = monotonic(), False
            elif monotonic() - said >= KEEPALIVE_SECONDS:
                yield KEEPALIVE_COMMENT
                said = monotonic()
            after = number
            await asyncio.sleep(LOOK_SECONDS)
    except Exception as fault:  # noqa: BLE001  (the stream has begun: the last event must say so)
        _log.error("a stream of news ended: %s", type(fault).__name__)
        yield format_sse_event(event="problem", data_str=json.dumps(problem(fault)))


def _told(
    number: int,
    found: tuple[News, ...],
    messages: Callable[[], tuple[PersonMessage, ...]],
    person: Callable[[], PersonShown],
    first: bool,
) -> list[bytes]:
    """Return the events, the messages in order, then where it stands now, once.

    Only the last has the number of all that was read: a reader who was cut off in between goes on
    from the message it has.
    """
    written = {message.id: message for message in messages()}
    events = [
        format_sse_event(
            event="message",
            id=str(each.id),
            data_str=message_shown(written[each.message]).model_dump_json(),
        )
        for each in found
        if each.message in written
    ]
    if first or any(not each.message for each in found):
        data = person().model_dump_json()
        events.append(format_sse_event(event="person", id=str(number), data_str=data))
    return events
