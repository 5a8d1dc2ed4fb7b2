"""The page of one case, and what an adviser reads on it when a move is refused."""

from collections.abc import Mapping
from typing import Annotated

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from api.staff.access import StaffVisit, needs
from api.staff.casework import saying
from api.staff.casework.showing import Opened, open_case
from api.staff.permissions import Permission
from api.staff.rendering import console_page
from api.web import TheWeb, Web
from assistant.errors import CaseMoved
from assistant.escalations.people import StaffMember
from assistant.escalations.states import MoveKind
from assistant.storage import as_moment

router = APIRouter(prefix="/staff/cases", include_in_schema=False)

Viewing = Annotated[StaffVisit, needs(Permission.VIEW_CASES)]

DONE = {
    "claim": "You have this case now.",
    "release": "You put the case back into its queue.",
    "transfer": "You passed the case on.",
    "hand-over": "You gave the case to a colleague.",
    "acknowledge": "You acknowledged the support needs.",
    "reply": "Your reply was sent.",
    "note": "Your note was kept. The citizen does not see it.",
    "close": "You closed the case.",
    "propose-close": "You proposed to close the case. A different person has to confirm it.",
    "decline-close": "The proposal to close the case is gone.",
    "reopen": "The case is open again, in its queue.",
}
"""What is said after a move, by the last part of its address."""


@router.api_route("/{case_id}", methods=["GET", "HEAD"])
async def show(case_id: str, request: Request, web: TheWeb, visit: Viewing) -> Response:
    """Show the case. That somebody opened it is recorded."""
    done = DONE.get(request.query_params.get("done", ""), "")
    return await case_page(web, visit, case_id, done=done)


@router.api_route("/{case_id}/live", methods=["GET", "HEAD"])
async def live(case_id: str, web: TheWeb, visit: Viewing) -> Response:
    """Return what of the case's page changes by itself, for the page's script."""
    return await case_page(web, visit, case_id, template="staff/cases/live.html")


async def case_page(
    web: Web,
    visit: StaffVisit,
    case_id: str,
    *,
    template: str = "staff/cases/case.html",
    status: int = 200,
    errors: Mapping[str, str] | None = None,
    typed: Mapping[str, str] | None = None,
    at: str = "",
    revealed: tuple[str, str] | None = None,
    done: str = "",
) -> Response:
    """Return the page of a case. `typed` is what was filled in, `at` the form it came from.

    `revealed` is a turn's identifier and its text as it was typed.
    """
    by = saying.staff_member(visit)
    opened: Opened = await run_in_threadpool(_open, web, case_id, by)
    case = opened.view.case
    return console_page(
        web,
        template,
        visit,
        status=status,
        errors=errors,
        opened=opened,
        case=case,
        mine=case.holder_id == by.id,
        may_move=case.status.held and (case.holder_id == by.id or by.supervisor),
        supervises=by.supervisor,
        works=visit.person.may(Permission.WORK_CASES),
        reveals=visit.person.may(Permission.REVEAL_TEXT)
        and (case.holder_id == by.id or by.supervisor),
        queues=web.console.centre.policy.escalations.queue,
        most=web.console.centre.policy.escalations.message_characters,
        typed=typed or {},
        at=at,
        revealed=revealed,
        done=done,
        say=saying,
    )


def _open(web: Web, case_id: str, by: StaffMember) -> Opened:
    web.console.centre.duties.seen(by.id)
    return open_case(web.console, case_id, by)


def refusal(web: Web, fault: Exception) -> str:
    """Return what to read about a refused move: of CaseMoved who did what, and when."""
    if not isinstance(fault, CaseMoved):
        return str(fault)
    kind = MoveKind(fault.what)
    who = fault.who[:1].upper() + fault.who[1:]
    when = web.pages.words("en").moment(as_moment(fault.when))
    return (
        f"{who} {saying.MOVE[kind]} ({when}), after you opened this page. "
        "Nothing of yours was done. Read what is new, then decide again."
    )
