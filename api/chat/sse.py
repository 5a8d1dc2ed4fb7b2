"""A turn's progress as server-sent events: stages in plain words, then the whole turn."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable

from fastapi.sse import KEEPALIVE_COMMENT, EventSourceResponse, format_sse_event

from api.answering import Running
from assistant.views import TurnView

KEEPALIVE_SECONDS = 15.0
_log = logging.getLogger("signpost.api")


def wants_events(accept: str) -> bool:
    """Return whether the client asked for events rather than one JSON answer."""
    return "text/event-stream" in accept.lower()


def event_stream(
    running: Running,
    words_for: Callable[[str], str],
    turn_data: Callable[[TurnView], str],
    problem_data: Callable[[Exception], str],
    headers: dict[str, str],
) -> EventSourceResponse:
    """Return `stage` events (JSON strings), then one `turn` or `problem` event, then the end.

    `turn_data` and `problem_data` give the JSON of the last event. Nothing of an answer is sent
    before the turn is recorded, and then all of it at once.
    """
    return EventSourceResponse(
        _kept_alive(_events(running, words_for, turn_data, problem_data)),
        headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no", **headers},
    )


async def _events(
    running: Running,
    words_for: Callable[[str], str],
    turn_data: Callable[[TurnView], str],
    problem_data: Callable[[Exception], str],
) -> AsyncIterator[bytes]:
    said = ""
    async for stage in running.stages():
        words = words_for(stage)
        if words != said:
            said = words
            yield format_sse_event(event="stage", data_str=words)
    try:
        turn = await running.turn()
        yield format_sse_event(event="turn", data_str=turn_data(turn))
    except Exception as fault:  # noqa: BLE001  (the stream has begun: the last event must say so)
        _log.error("a streamed turn failed: %s", type(fault).__name__)
        yield format_sse_event(event="problem", data_str=problem_data(fault))


async def _kept_alive(events: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """Yield the events, and a comment whenever nothing came for a while, so proxies keep on."""
    upcoming = asyncio.ensure_future(anext(events))
    try:
        while True:
            done, _ = await asyncio.wait({upcoming}, timeout=KEEPALIVE_SECONDS)
            if not done:
                yield KEEPALIVE_COMMENT
                continue
            try:
                event = upcoming.result()
            except StopAsyncIteration:
                return
            yield event
            upcoming = asyncio.ensure_future(anext(events))
    finally:
        upcoming.cancel()
