"""Writing in a case: replies with something to begin from, notes, and a turn as it was typed."""

from typing import Annotated

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.responses import RedirectResponse, Response

from api.staff.access import StaffVisit, needs
from api.staff.casework import saying
from api.staff.casework.case_page import case_page
from api.staff.casework.moves import REFUSED, FieldWrong, again, typed_in, version_of
from api.staff.casework.showing import Starter, starters_of
from api.staff.permissions import Permission
from api.web import TheWeb, Web
from assistant.errors import KeyReused, MessageInvalid, TurnUnknown
from assistant.escalations.people import StaffMember

router = APIRouter(prefix="/staff/cases/{case_id}", include_in_schema=False)

Working = Annotated[StaffVisit, needs(Permission.WORK_CASES)]
Revealing = Annotated[StaffVisit, needs(Permission.REVEAL_TEXT)]
_LONGEST_KEY = 200


@router.post("/reply")
async def reply(case_id: str, web: TheWeb, visit: Working) -> Response:
    """Send a reply; or, with the other button, put a draft, passage or ready reply into it."""
    if visit.field("do") == "fill":
        return await _fill(web, visit, case_id)
    used, key = visit.field("used"), visit.field("key")
    by, version = saying.staff_member(visit), version_of(visit)
    more = visit.field("more_to_come") == "yes"
    text = _lines(visit.field("reply"))
    try:
        _require_key(key)
        draft = await run_in_threadpool(_draft, web, case_id, by, used)
        await run_in_threadpool(
            lambda: web.console.centre.cases.reply(
                case_id, version, by, text, key, draft=draft, more_to_come=more
            )
        )
    except KeyReused as fault:
        return await _with_new_key(web, visit, case_id, "reply", fault)
    except (*REFUSED, FieldWrong) as fault:
        return await again(web, visit, case_id, "reply", fault)
    return RedirectResponse(f"/staff/cases/{case_id}?done=reply", 303)


@router.post("/note")
async def note(case_id: str, web: TheWeb, visit: Working) -> Response:
    """Keep a note that no citizen sees."""
    by, key, text = saying.staff_member(visit), visit.field("key"), _lines(visit.field("note"))
    consult = visit.field("consult") == "yes"
    try:
        _require_key(key)
        await run_in_threadpool(
            lambda: web.console.centre.cases.note(case_id, by, text, key, consult=consult)
        )
    except KeyReused as fault:
        return await _with_new_key(web, visit, case_id, "note", fault)
    except REFUSED as fault:
        return await again(web, visit, case_id, "note", fault)
    return RedirectResponse(f"/staff/cases/{case_id}?done=note", 303)


@router.post("/reveal")
async def reveal(case_id: str, web: TheWeb, visit: Revealing) -> Response:
    """Show a message as it was typed, this once. Who and why is recorded first."""
    turn, why = visit.field("turn"), visit.field("reveal_why")
    by = saying.staff_member(visit)
    try:
        text = await run_in_threadpool(web.console.centre.cases.reveal, case_id, turn, by, why)
    except TurnUnknown:
        wrong = FieldWrong("now", "This message is not in the conversation. Open the page again.")
        return await again(web, visit, case_id, "reveal", wrong)
    except MessageInvalid as fault:
        wrong = FieldWrong(f"reveal-{turn}", str(fault))
        return await again(web, visit, case_id, "reveal", wrong)
    except REFUSED as fault:
        return await again(web, visit, case_id, "reveal", fault)
    return await case_page(web, visit, case_id, revealed=(turn, text))


async def _fill(web: Web, visit: StaffVisit, case_id: str) -> Response:
    """Show the page with the chosen words in the reply, after what was typed there."""
    by = saying.staff_member(visit)
    chosen = await run_in_threadpool(_starter, web, case_id, by, visit.field("start"))
    if chosen is None:
        wrong = FieldWrong("start", "Choose what the reply begins with.")
        return await again(web, visit, case_id, "reply", wrong)
    typed = typed_in(visit)
    before = _lines(typed.get("reply", "")).rstrip()
    typed["reply"] = f"{before}\n\n{chosen.text}" if before else chosen.text
    if chosen.drafted:
        typed["used"] = chosen.ref
    return await case_page(web, visit, case_id, typed=typed, at="filled")


def _starter(web: Web, case_id: str, by: StaffMember, ref: str) -> Starter | None:
    view = web.console.centre.cases.read(case_id, by)
    return next((s for s in starters_of(web.console, view, by) if s.ref == ref), None)


def _draft(web: Web, case_id: str, by: StaffMember, used: str) -> str:
    """Return the assistant's words that the reply began with, taken from the case file itself.

    A form can name them only; so nobody can claim a draft that the assistant never made.
    """
    if not used:
        return ""
    found = _starter(web, case_id, by, used)
    if found is None or not found.drafted:
        raise MessageInvalid("What this reply began with is no longer in the case. Choose again.")
    return found.text


async def _with_new_key(
    web: Web, visit: StaffVisit, case_id: str, name: str, fault: KeyReused
) -> Response:
    """Say that this form was sent before with other words; the form gets a key of its own."""
    typed = {name: value for name, value in typed_in(visit).items() if name != "key"}
    why = "You sent this form before, with other words. If you want to send these too, send again."
    return await case_page(
        web, visit, case_id, status=409, errors={name: why}, typed=typed, at=name
    )


def _require_key(key: str) -> None:
    if not key.strip() or len(key) > _LONGEST_KEY:
        raise MessageInvalid("This page is out of date. Read what is new, then send again.")


def _lines(text: str) -> str:
    """Return the text with the line ends of this program: forms send others (HTML §4.10.22)."""
    return text.replace("\r\n", "\n").replace("\r", "\n")
