"""Reviewed knowledge: one adviser puts a reply forward, somebody else approves or refuses it."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from api.staff.access import StaffVisit, needs
from api.staff.casework.saying import staff_member
from api.staff.permissions import Permission
from api.staff.rendering import console_page
from api.web import TheWeb, Web
from assistant.errors import KnowledgeInvalid, KnowledgeMoveRefused
from assistant.reviewed_knowledge.page import Approval, KnowledgeFile, QuotedAnswer
from assistant.reviewed_knowledge.reviewing import ReviewedKnowledge
from assistant.reviewed_knowledge.states import KnowledgeStatus

router = APIRouter(prefix="/staff/knowledge", include_in_schema=False)

Proposing = Annotated[StaffVisit, needs(Permission.PROPOSE_KNOWLEDGE)]
Approving = Annotated[StaffVisit, needs(Permission.APPROVE_KNOWLEDGE)]
_FIELDS = ("question", "answer", "official_url", "official_title", "why", "reason")


@router.api_route("", methods=["GET", "HEAD"])
async def everything(web: TheWeb, visit: Proposing) -> Response:
    """List candidates and pages. Text of candidates is not shown."""
    found = await run_in_threadpool(_reviewed(web).all)
    waiting = [each for each in found if each.status is KnowledgeStatus.PROPOSED]
    in_use = [each for each in found if each.status is KnowledgeStatus.APPROVED]
    ended = [each for each in found if each not in waiting and each not in in_use]
    return console_page(
        web, "staff/knowledge.html", visit, waiting=waiting, in_use=in_use, ended=ended[::-1]
    )


@router.api_route("/new", methods=["GET", "HEAD"])
async def ask(request: Request, web: TheWeb, visit: Proposing) -> Response:
    """Offer a reply, masked, to be made into a question and an answer; the look is recorded."""
    case, message = (request.query_params.get(name, "") for name in ("case", "message"))
    found = await run_in_threadpool(_reviewed(web).suggest, case, message, staff_member(visit))
    filled = {"question": found.question, "answer": found.answer, "case": case, "message": message}
    return console_page(web, "staff/knowledge_new.html", visit, filled=filled)


@router.post("/new")
async def propose(web: TheWeb, visit: Proposing) -> Response:
    """Put the reply forward."""
    filled = {name: visit.field(name) for name in ("case", "message", "question", "answer")}
    try:
        await run_in_threadpool(
            _reviewed(web).propose,
            filled["case"],
            filled["message"],
            staff_member(visit),
            filled["question"],
            filled["answer"],
        )
    except KnowledgeInvalid as fault:
        errors = {fault.field: str(fault)}
        return console_page(
            web, "staff/knowledge_new.html", visit, status=422, filled=filled, errors=errors
        )
    return RedirectResponse("/staff/knowledge", 303)


@router.api_route("/{name}", methods=["GET", "HEAD"])
async def one(name: str, web: TheWeb, visit: Approving) -> Response:
    """Show a candidate or a page, to be decided about; the look is recorded."""
    return await _page(web, visit, name)


@router.post("/{name}/approve")
async def approve(name: str, web: TheWeb, visit: Approving) -> Response:
    """Approve a candidate as edited, with its source and its last day."""
    given = {each: visit.field(each) for each in _FIELDS}
    try:
        approval = Approval(
            given["question"],
            given["answer"],
            given["official_url"].strip(),
            given["official_title"],
            _day(visit),
        )
        await run_in_threadpool(
            _reviewed(web).approve, name, _version(visit), staff_member(visit), approval
        )
    except (KnowledgeInvalid, KnowledgeMoveRefused) as fault:
        return await _refused(web, visit, name, fault)
    return RedirectResponse(f"/staff/knowledge/{name}", 303)


@router.post("/{name}/refuse")
async def refuse(name: str, web: TheWeb, visit: Approving) -> Response:
    """Refuse a candidate, with a reason."""
    try:
        await run_in_threadpool(
            _reviewed(web).refuse, name, _version(visit), staff_member(visit), visit.field("why")
        )
    except (KnowledgeInvalid, KnowledgeMoveRefused) as fault:
        return await _refused(web, visit, name, fault)
    return RedirectResponse(f"/staff/knowledge/{name}", 303)


@router.post("/{name}/withdraw")
async def withdraw(name: str, web: TheWeb, visit: Approving) -> Response:
    """Take a page out of use at once; show the answers that quoted it."""
    try:
        quoted = await run_in_threadpool(
            _reviewed(web).withdraw, name, visit.person.id, visit.field("reason")
        )
    except (KnowledgeInvalid, KnowledgeMoveRefused) as fault:
        return await _refused(web, visit, name, fault)
    return await _page(web, visit, name, quoted=quoted)


async def _refused(
    web: Web, visit: StaffVisit, name: str, fault: KnowledgeInvalid | KnowledgeMoveRefused
) -> Response:
    invalid = isinstance(fault, KnowledgeInvalid)
    errors = {fault.field if isinstance(fault, KnowledgeInvalid) else "moved": str(fault)}
    return await _page(web, visit, name, errors=errors, status=422 if invalid else 409)


async def _page(
    web: Web,
    visit: StaffVisit,
    name: str,
    *,
    errors: dict[str, str] | None = None,
    status: int = 200,
    quoted: tuple[QuotedAnswer, ...] | None = None,
) -> Response:
    file: KnowledgeFile = await run_in_threadpool(_reviewed(web).read, name, staff_member(visit))
    filled = {each: visit.field(each) for each in (*_FIELDS, *_DATE)}
    if not errors or not filled["question"]:
        filled |= {"question": file.question, "answer": file.answer}
    found = file.knowledge
    own = visit.person.id in {found.proposed_by, found.author}
    return console_page(
        web,
        "staff/knowledge_page.html",
        visit,
        status=status,
        errors=errors,
        file=file,
        filled=filled,
        quoted=quoted,
        own=own,
    )


_DATE = ("expires_on-day", "expires_on-month", "expires_on-year")


def _day(visit: StaffVisit) -> date:
    given = [visit.field(name).strip() for name in _DATE]
    try:
        if not all(each.isascii() and each.isdigit() and len(each) <= 4 for each in given):
            raise ValueError
        day, month, year = (int(each) for each in given)
        return date(year, month, day)
    except ValueError:
        raise KnowledgeInvalid(
            "expires_on", "Give a day, month and year, like 31 3 2027."
        ) from None


def _version(visit: StaffVisit) -> int:
    given = visit.field("version")
    return int(given) if given.isascii() and given.isdigit() and len(given) < 7 else 0


def _reviewed(web: Web) -> ReviewedKnowledge:
    found = web.console.reviewed
    if found is None:
        raise HTTPException(404)
    return found
