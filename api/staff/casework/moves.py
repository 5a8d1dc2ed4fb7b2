"""The forms of a case's page, one route each. Every form carries the version that was looked at.

A move that is refused shows the page as it is now, with what was typed. A form that is sent twice
acts once: the second time the case has moved on by that very move, which is told apart from
somebody else's; replies and notes have a key of their own.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.responses import RedirectResponse, Response

from api.staff.access import StaffVisit, needs
from api.staff.casework import saying
from api.staff.casework.case_page import case_page, refusal
from api.staff.permissions import Permission
from api.web import TheWeb, Web
from assistant.errors import CaseMoved, CaseMoveRefused, KeyReused, MessageInvalid
from assistant.escalations.case import Close
from assistant.escalations.cases import Cases
from assistant.escalations.people import StaffMember
from assistant.escalations.states import CloseReason, MoveKind, ShouldHaveAnswered

router = APIRouter(prefix="/staff/cases/{case_id}", include_in_schema=False)

Working = Annotated[StaffVisit, needs(Permission.WORK_CASES)]
REFUSED = (CaseMoveRefused, MessageInvalid, KeyReused)
_NEVER = -1
_LARGEST = 2**31 - 1


@dataclass(frozen=True, slots=True)
class FieldWrong(Exception):
    """A field of a form cannot be used: its id on the page, and what to do."""

    name: str
    why: str


def version_of(visit: StaffVisit) -> int:
    """Return the version that the form was made for; what is no number was never a version."""
    text = visit.field("version")
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 11 else _NEVER
    return number if number <= _LARGEST else _NEVER


@router.post("/claim")
async def claim(case_id: str, web: TheWeb, visit: Working) -> Response:
    """Take the case."""
    return await _move(
        web, visit, case_id, "claim", MoveKind.CLAIMED, lambda c, by, v: c.claim(case_id, v, by)
    )


@router.post("/release")
async def release(case_id: str, web: TheWeb, visit: Working) -> Response:
    """Put the case back into its queue."""
    why = visit.field("release_why")
    return await _move(
        web,
        visit,
        case_id,
        "release",
        MoveKind.RELEASED,
        lambda c, by, v: c.release(case_id, v, by, why),
    )


@router.post("/transfer")
async def transfer(case_id: str, web: TheWeb, visit: Working) -> Response:
    """Pass the case on to another queue."""
    queue, why = visit.field("transfer_queue"), visit.field("transfer_why")
    if queue not in web.console.centre.policy.escalations.queue:
        wrong = FieldWrong("transfer_queue", "Choose the queue that the case goes to.")
        return await again(web, visit, case_id, "transfer", wrong)
    return await _move(
        web,
        visit,
        case_id,
        "transfer",
        MoveKind.TRANSFERRED,
        lambda c, by, v: c.transfer(case_id, v, by, queue, why),
    )


@router.post("/hand-over")
async def hand_over(case_id: str, web: TheWeb, visit: Working) -> Response:
    """Give the case to a colleague."""
    people = await run_in_threadpool(web.console.accounts.all)
    wanted, why = visit.field("hand_over_to"), visit.field("hand_over_why")
    found = next((p for p in people if p.id == wanted), None)
    if found is None or not found.active or not found.may(Permission.WORK_CASES):
        wrong = FieldWrong("hand_over_to", "Choose the colleague who gets the case.")
        return await again(web, visit, case_id, "hand-over", wrong)
    to = StaffMember(found.id, found.first_name)
    return await _move(
        web,
        visit,
        case_id,
        "hand-over",
        MoveKind.HANDED_OVER,
        lambda c, by, v: c.hand_over(case_id, v, by, to, why),
    )


@router.post("/acknowledge")
async def acknowledge(case_id: str, web: TheWeb, visit: Working) -> Response:
    """Say that the support needs were read."""
    return await _move(
        web,
        visit,
        case_id,
        "acknowledge",
        MoveKind.NEEDS_ACKNOWLEDGED,
        lambda c, by, v: c.acknowledge_needs(case_id, v, by),
    )


@router.post("/close")
async def close(case_id: str, web: TheWeb, visit: Working) -> Response:
    """Close the case: of a guarded one, confirm what somebody else proposed."""
    how = _close_of(visit)
    if isinstance(how, FieldWrong):
        return await again(web, visit, case_id, "close", how)
    return await _move(
        web,
        visit,
        case_id,
        "close",
        MoveKind.RESOLVED,
        lambda c, by, v: c.resolve(case_id, v, by, how),
    )


@router.post("/propose-close")
async def propose_close(case_id: str, web: TheWeb, visit: Working) -> Response:
    """Propose to close a guarded case, as the first of two people."""
    how = _close_of(visit)
    if isinstance(how, FieldWrong):
        return await again(web, visit, case_id, "close", how)
    return await _move(
        web,
        visit,
        case_id,
        "propose-close",
        MoveKind.CLOSE_PROPOSED,
        lambda c, by, v: c.propose_close(case_id, v, by, how),
    )


@router.post("/decline-close")
async def decline_close(case_id: str, web: TheWeb, visit: Working) -> Response:
    """Say no to a proposal, or take one's own back."""
    why = visit.field("decline_why")
    return await _move(
        web,
        visit,
        case_id,
        "decline-close",
        MoveKind.CLOSE_DECLINED,
        lambda c, by, v: c.decline_close(case_id, v, by, why),
    )


@router.post("/reopen")
async def reopen(case_id: str, web: TheWeb, visit: Working) -> Response:
    """Bring an ended case back."""
    why = visit.field("reopen_why")
    return await _move(
        web,
        visit,
        case_id,
        "reopen",
        MoveKind.REOPENED,
        lambda c, by, v: c.reopen(case_id, v, by, why),
    )


async def _move(
    web: Web,
    visit: StaffVisit,
    case_id: str,
    name: str,
    kind: MoveKind,
    make: Callable[[Cases, StaffMember, int], object],
) -> Response:
    """Make a move and go back to the page; or show the page with what is in the way."""
    cases, by, version = web.console.centre.cases, saying.staff_member(visit), version_of(visit)
    try:
        await run_in_threadpool(make, cases, by, version)
    except CaseMoved as fault:
        if not await run_in_threadpool(_made_before, cases, case_id, by, version, kind):
            return await again(web, visit, case_id, name, fault)
    except REFUSED as fault:
        return await again(web, visit, case_id, name, fault)
    return RedirectResponse(f"/staff/cases/{case_id}?done={name}", 303)


def _made_before(cases: Cases, case_id: str, by: StaffMember, version: int, kind: MoveKind) -> bool:
    """Say whether this very form was sent before: the move after its version is just this one."""
    return any(
        move.version == version + 1 and move.kind is kind and move.staff_id == by.id
        for move in cases.history(case_id)
    )


async def again(web: Web, visit: StaffVisit, case_id: str, name: str, fault: Exception) -> Response:
    """Show the page again with what is wrong, and what was typed."""
    if isinstance(fault, FieldWrong):
        field, why, status = fault.name, fault.why, 422
    else:
        field, why = _FIELDS[name], refusal(web, fault)
        status = 422 if isinstance(fault, MessageInvalid) else 409
        if not isinstance(fault, MessageInvalid):
            field = "now"
    return await case_page(
        web,
        visit,
        case_id,
        status=status,
        errors={field: why},
        typed=typed_in(visit),
        at=name,
    )


_FIELDS = {
    "claim": "now",
    "release": "release_why",
    "transfer": "transfer_why",
    "hand-over": "hand_over_why",
    "acknowledge": "now",
    "close": "close_note",
    "propose-close": "close_note",
    "decline-close": "decline_why",
    "reopen": "reopen_why",
    "reply": "reply",
    "note": "note",
    "reveal": "now",
}
"""The field of each form that a refused text stands in."""


def typed_in(visit: StaffVisit) -> dict[str, str]:
    """Return what was typed, by field; the hidden fields are made anew."""
    hidden = {"form_token", "version"}
    return {name: visit.field(name) for name in visit.caller.form if name not in hidden}


def _close_of(visit: StaffVisit) -> Close | FieldWrong:
    reason, should = visit.field("close_reason"), visit.field("should_have_answered")
    if reason not in set(CloseReason):
        return FieldWrong("close_reason", "Say why you close the case.")
    if should not in set(ShouldHaveAnswered):
        return FieldWrong(
            "should_have_answered", "Say whether the assistant should have answered this."
        )
    return Close(CloseReason(reason), ShouldHaveAnswered(should), visit.field("close_note"))
