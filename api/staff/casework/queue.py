"""The list of cases: by urgency and due time, with filters, and a search by case number."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import Response

from api.staff.access import StaffVisit, needs
from api.staff.casework import saying
from api.staff.casework.showing import Clocks, clocks_of
from api.staff.console import Console
from api.staff.permissions import Permission
from api.staff.rendering import console_page
from api.web import TheWeb
from assistant.escalations.case import Case, QueueFilter
from assistant.escalations.duty import Duty
from assistant.escalations.outbox import newest
from assistant.escalations.states import Status

router = APIRouter(prefix="/staff/cases", include_in_schema=False)

Viewing = Annotated[StaffVisit, needs(Permission.VIEW_CASES)]
SHOWN = 100
_LONGEST_NUMBER = 30


@dataclass(frozen=True, slots=True)
class Row:
    """A case in the list."""

    case: Case
    clocks: Clocks
    queue: str


@dataclass(frozen=True, slots=True)
class Listed:
    """The list as it stands. `last_event` is the newest event before it was read."""

    rows: tuple[Row, ...]
    duty: Duty | None
    last_event: int


@router.api_route("", methods=["GET", "HEAD"])
async def show(request: Request, web: TheWeb, visit: Viewing) -> Response:
    """Show the cases that were asked for."""
    console = web.console
    wanted, errors = _wanted(request.query_params, console, visit)
    listed = await run_in_threadpool(_listed, console, wanted, visit.person.id)
    params = request.query_params
    return console_page(
        web,
        "staff/cases/queue.html",
        visit,
        status=422 if errors else 200,
        errors=errors,
        listed=listed,
        queues=console.centre.policy.escalations.queue,
        asked={name: params.get(name, "")[:100] for name in ("queue", "status", "number")},
        mine=bool(wanted.holder),
        filtered=bool(wanted.queue or wanted.status or wanted.holder or wanted.number),
        full=len(listed.rows) == SHOWN,
        say=saying,
        here_again=f"/staff/cases?{request.url.query}" if request.url.query else "/staff/cases",
    )


def _listed(console: Console, wanted: QueueFilter, staff_id: str) -> Listed:
    centre = console.centre
    centre.duties.seen(staff_id)
    with centre.database.read() as connection:
        last_event = newest(connection)
    queues, now = centre.closures.queues(), centre.clock()
    titles = {name: each.title for name, each in centre.policy.escalations.queue.items()}
    rows = tuple(
        Row(
            case,
            clocks_of(case, queues, now),
            titles.get(case.queue, case.queue),
        )
        for case in centre.cases.queue(wanted)
    )
    return Listed(rows, centre.duties.of(staff_id), last_event)


def _wanted(
    params: QueryParams, console: Console, visit: StaffVisit
) -> tuple[QueueFilter, Mapping[str, str]]:
    """Return what was asked for, and what of it cannot be used: that does not filter."""
    errors: dict[str, str] = {}
    queue, status, number = (params.get(name, "") for name in ("queue", "status", "number"))
    if queue and queue not in console.centre.policy.escalations.queue:
        errors["queue"] = "Choose a queue from the list."
        queue = ""
    if status and status not in set(Status):
        errors["status"] = "Choose a state from the list."
        status = ""
    digits = number.strip().lstrip("#")
    if digits and (len(digits) > _LONGEST_NUMBER or not (digits.isascii() and digits.isdigit())):
        errors["number"] = "A case number has only digits, such as 1042."
        digits = ""
    return (
        QueueFilter(
            queue=queue,
            status=Status(status) if status else None,
            holder=visit.person.id if params.get("mine") else "",
            number=digits,
            limit=SHOWN,
        ),
        errors,
    )
