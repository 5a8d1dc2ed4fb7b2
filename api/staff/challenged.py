"""Challenges: the list, and one challenge to decide by somebody who did not handle it."""

from typing import Annotated

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from api.chat.receipts import receipt_file
from api.staff.access import StaffVisit, needs
from api.staff.casework.saying import staff_member
from api.staff.permissions import Permission
from api.staff.rendering import console_page
from api.web import TheWeb, Web
from assistant.challenges.challenge import Decision
from assistant.challenges.challenges import Challenges
from assistant.challenges.states import ChallengeStatus, Ruling
from assistant.errors import ChallengeMoved, ChallengeRefused, MessageInvalid

router = APIRouter(prefix="/staff/challenges", include_in_schema=False)

Deciding = Annotated[StaffVisit, needs(Permission.DECIDE_CHALLENGES)]
_STATUSES = {"open": ChallengeStatus.OPEN, "decided": ChallengeStatus.DECIDED}


@router.api_route("", methods=["GET", "HEAD"])
async def everything(request: Request, web: TheWeb, visit: Deciding) -> Response:
    """List challenges: those that wait, or those that are decided. No text is shown."""
    wanted = request.query_params.get("status", "open")
    status = _STATUSES.get(wanted, ChallengeStatus.OPEN)
    found = await run_in_threadpool(_challenges(web).all, status)
    figures = await run_in_threadpool(_challenges(web).figures)
    return console_page(
        web, "staff/challenges.html", visit, found=found, listing=status.value, figures=figures
    )


@router.api_route("/{reference}", methods=["GET", "HEAD"])
async def one(reference: str, web: TheWeb, visit: Deciding) -> Response:
    """Show one challenge with the answer, its passages and receipt; the look is recorded."""
    return await _page(web, visit, reference)


@router.api_route("/{reference}/receipt", methods=["GET", "HEAD"])
async def receipt(reference: str, web: TheWeb, visit: Deciding) -> Response:
    """Return the receipt of the challenged answer as a file; the look is recorded."""
    text = await run_in_threadpool(_challenges(web).receipt, reference, staff_member(visit))
    return receipt_file(text, reference)


@router.post("/{reference}")
async def decide(reference: str, web: TheWeb, visit: Deciding) -> Response:
    """Decide; what is missing or no longer possible is said, with what was typed still there."""
    filled = {name: visit.field(name) for name in ("ruling", "reasons", "corrected", "version")}
    if filled["ruling"] not in set(Ruling):
        errors = {"ruling": "Choose how you decide."}
        return await _page(web, visit, reference, errors, filled, 422)
    version = filled["version"]
    seen = int(version) if version.isascii() and version.isdigit() and len(version) < 7 else 0
    decision = Decision(Ruling(filled["ruling"]), filled["reasons"], filled["corrected"])
    challenges = _challenges(web)
    try:
        await run_in_threadpool(challenges.decide, reference, seen, staff_member(visit), decision)
    except MessageInvalid as fault:
        field = "corrected" if "corrected" in str(fault) else "reasons"
        return await _page(web, visit, reference, {field: str(fault)}, filled, 422)
    except ChallengeRefused as fault:
        field = "moved" if isinstance(fault, ChallengeMoved) else "ruling"
        return await _page(web, visit, reference, {field: str(fault)}, filled, 409)
    return RedirectResponse(f"/staff/challenges/{reference}", 303)


async def _page(
    web: Web,
    visit: StaffVisit,
    reference: str,
    errors: dict[str, str] | None = None,
    filled: dict[str, str] | None = None,
    status: int = 200,
) -> Response:
    file = await run_in_threadpool(_challenges(web).read, reference, staff_member(visit))
    return console_page(
        web,
        "staff/challenge.html",
        visit,
        status=status,
        errors=errors,
        file=file,
        filled=filled or {},
    )


def _challenges(web: Web) -> Challenges:
    found = web.console.challenges
    if found is None:
        raise HTTPException(404)
    return found
