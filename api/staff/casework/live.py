"""What happens to cases, as server-sent events: identifiers only, never a word of anybody.

The page that hears of something fetches it anew, through its own permission and record. A browser
that was away goes on from the last event it had (Last-Event-ID), so it misses none.
"""

import asyncio
from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import APIRouter
from fastapi.sse import KEEPALIVE_COMMENT, EventSourceResponse, format_sse_event
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from api.staff.access import StaffVisit, needs
from api.staff.casework import saying
from api.staff.permissions import Permission
from api.web import TheWeb, Web
from assistant.escalations.outbox import Announced, after, newest
from assistant.escalations.people import StaffMember

router = APIRouter(prefix="/staff/events", include_in_schema=False)

Viewing = Annotated[StaffVisit, needs(Permission.VIEW_CASES)]

TICK = 5.0
"""Seconds between two looks at who else has the case, and whether the session still lives."""
AGAIN = 2_000
"""Milliseconds after which a browser comes back when the stream ends."""
LONGEST = 300.0
"""Seconds that a stream lasts: then the browser comes back, maybe to another process."""
_MOST = 2**63 - 1


@router.get("")
async def events(request: Request, web: TheWeb, visit: Viewing) -> Response:
    """Stream events after the id given, of one case (`case`) or of all."""
    asked = request.headers.get("last-event-id") or request.query_params.get("after", "")
    case_id = request.query_params.get("case", "")[:64]
    start = await run_in_threadpool(_start, web, asked)
    return EventSourceResponse(
        _stream(web, visit, case_id, start),
        headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
    )


def _start(web: Web, asked: str) -> int:
    """Return the id to go on from: the one asked for, or the newest where that is no id."""
    if asked.isascii() and asked.isdigit() and len(asked) < 20 and int(asked) <= _MOST:
        return int(asked)
    if asked == "-1":
        return -1
    with web.console.centre.database.read() as connection:
        return newest(connection)


async def _stream(web: Web, visit: StaffVisit, case_id: str, number: int) -> AsyncIterator[bytes]:
    loop, grown = asyncio.get_running_loop(), asyncio.Event()
    by = saying.staff_member(visit)
    ends = loop.time() + LONGEST
    looking: tuple[str, ...] | None = None

    def tell(_newest: int) -> None:
        loop.call_soon_threadsafe(grown.set)

    yield f"retry: {AGAIN}\n\n".encode()
    try:
        with web.console.feed.telling(tell):
            while loop.time() < ends:
                grown.clear()
                for event in await run_in_threadpool(_after, web, number):
                    number = event.id
                    if not case_id or event.case_id == case_id:
                        yield format_sse_event(
                            event="case", data_str=event.case_id, id=str(event.id)
                        )
                if grown.is_set():
                    continue
                lives, others = await run_in_threadpool(_look, web, visit, case_id, by)
                if not lives:
                    yield format_sse_event(event="signed-out", data_str="")
                    return
                if looking is not None and others != looking:
                    yield format_sse_event(event="presence", data_str=case_id)
                looking = others
                yield KEEPALIVE_COMMENT
                try:
                    await asyncio.wait_for(grown.wait(), TICK)
                except TimeoutError:
                    continue
    finally:
        if case_id:
            # Not awaited: a stream that is cut off cannot wait any more.
            loop.run_in_executor(None, web.console.centre.presence.leave, case_id, by.id)


def _after(web: Web, number: int) -> tuple[Announced, ...]:
    with web.console.centre.database.read() as connection:
        return after(connection, number)


def _look(
    web: Web, visit: StaffVisit, case_id: str, by: StaffMember
) -> tuple[bool, tuple[str, ...]]:
    """Renew that this person has the case on the screen; return who else has.

    An open page is no use of the session: it ends as if nobody sat there, unless somebody does.
    """
    if not web.console.sessions.lives(visit.token):
        return False, ()
    if not case_id:
        return True, ()
    centre = web.console.centre
    centre.presence.look(case_id, by)
    with centre.database.read() as connection:
        others = centre.presence.others(connection, case_id, by.id)
    return True, tuple(other.staff_id for other in others)
