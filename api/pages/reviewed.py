"""Answers that two people checked, at the addresses that other answers cite."""

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from api.pages.visits import visit_of
from api.web import TheWeb
from assistant.reviewed_knowledge.states import KnowledgeStatus

router = APIRouter(include_in_schema=False)

_SHOWN = {KnowledgeStatus.APPROVED, KnowledgeStatus.WITHDRAWN, KnowledgeStatus.EXPIRED}


@router.api_route("/reviewed/{name}", methods=["GET", "HEAD"])
async def reviewed(name: str, request: Request, web: TheWeb) -> Response:
    """Show a reviewed answer; of one that is out of use, that it is so (410)."""
    page = await run_in_threadpool(web.parts.reviewed, name)
    if page is None or page.status not in _SHOWN or not web.parts.said:
        raise HTTPException(404)
    last = page.expires_on
    in_use = page.status is KnowledgeStatus.APPROVED and (
        last is not None and web.parts.clock().date() <= last
    )
    return web.pages.page(
        "reviewed.html",
        web.pages.language_of(request),
        status=200 if in_use else 410,
        page=page,
        in_use=in_use,
        has_conversation=visit_of(request, web) is not None,
    )
