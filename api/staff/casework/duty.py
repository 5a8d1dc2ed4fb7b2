"""On duty and off duty: for which queues, and how many cases at once."""

from collections.abc import Mapping
from typing import Annotated

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.responses import RedirectResponse, Response

from api.staff.access import StaffVisit, needs
from api.staff.permissions import Permission
from api.staff.rendering import console_page
from api.web import TheWeb, Web
from assistant.errors import CaseMoveRefused
from assistant.escalations.duty import LAPSES, MOST

router = APIRouter(prefix="/staff/duty", include_in_schema=False)

Working = Annotated[StaffVisit, needs(Permission.WORK_CASES)]
USUAL_MOST = "3"


@router.api_route("", methods=["GET", "HEAD"])
async def show(web: TheWeb, visit: Working) -> Response:
    """Show whether this person is on duty, and for what."""
    return await _page(web, visit)


@router.post("")
async def go_on(web: TheWeb, visit: Working) -> Response:
    """Go on duty, or change the queues and the number."""
    text = visit.field("most").strip()
    most = int(text) if text.isascii() and text.isdigit() and len(text) < 4 else 0
    queues = visit.fields("queue")
    duties = web.console.centre.duties
    errors = {}
    if not 1 <= most <= MOST:
        errors["most"] = f"Write a number from 1 to {MOST}."
    if not queues or set(queues) - set(duties.queues):
        errors["queue"] = "Choose one or more queues."
    if not errors:
        try:
            await run_in_threadpool(duties.go_on, visit.person.id, queues, most)
        except CaseMoveRefused as fault:
            errors["queue"] = str(fault)
    if errors:
        return await _page(web, visit, errors, text, queues)
    return RedirectResponse("/staff/duty", 303)


@router.post("/off")
async def go_off(web: TheWeb, visit: Working) -> Response:
    """Go off duty."""
    await run_in_threadpool(web.console.centre.duties.go_off, visit.person.id)
    return RedirectResponse("/staff/duty", 303)


async def _page(
    web: Web,
    visit: StaffVisit,
    errors: Mapping[str, str] | None = None,
    most: str = "",
    chosen: object = None,
) -> Response:
    centre = web.console.centre
    duty = await run_in_threadpool(centre.duties.of, visit.person.id)
    queues = centre.policy.escalations.queue
    if not errors:
        own = tuple(team for team in visit.person.teams if team in queues)
        chosen = duty.queues if duty else own or tuple(queues)
        most = str(duty.most) if duty else USUAL_MOST
    return console_page(
        web,
        "staff/cases/duty.html",
        visit,
        status=422 if errors else 200,
        errors=errors,
        duty=duty,
        queues=queues,
        chosen=chosen,
        most=most,
        lapses=int(LAPSES.total_seconds()) // 60,
    )
