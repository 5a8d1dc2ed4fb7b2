"""Keeping a conversation: open for longer, in another language, on paper, or leaving it at once."""

import json

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from api.chat.schemas import conversation_shown
from api.pages.visits import (
    check_form,
    field,
    forget,
    from_script,
    needed,
    renewed,
    visit_of,
)
from api.web import TheWeb

router = APIRouter(include_in_schema=False)

_KINDS = {"html": "text/html; charset=utf-8", "json": "application/json"}


@router.post("/conversation/extend")
async def extend(request: Request, web: TheWeb) -> Response:
    """Let the conversation last for its whole time again."""
    form = await request.form(max_files=0, max_fields=10)
    visit = needed(visit_of(request, web))
    check_form(request, web, visit, field(form, "form_token"))
    await web.conversation(visit.conversation_id)
    if from_script(request):
        return renewed(JSONResponse({"seconds": web.parts.limits.token_seconds}), web, visit)
    return renewed(RedirectResponse("/conversation", 303), web, visit)


@router.post("/conversation/language")
async def choose_language(request: Request, web: TheWeb) -> Response:
    """Speak another of our languages from now on; the conversation goes on."""
    form = await request.form(max_files=0, max_fields=10)
    visit = needed(visit_of(request, web))
    check_form(request, web, visit, field(form, "form_token"))
    language = field(form, "language")
    if language not in web.parts.site.languages:
        raise HTTPException(422)
    await run_in_threadpool(
        web.parts.conversations.choose_language, visit.conversation_id, language
    )
    if from_script(request):
        return renewed(JSONResponse({"language": language}), web, visit)
    return renewed(RedirectResponse("/conversation", 303), web, visit)


@router.api_route("/conversation/download.{kind}", methods=["GET", "HEAD"])
async def download(kind: str, request: Request, web: TheWeb) -> Response:
    """Return the whole conversation as a file: to read (HTML), or for programs (JSON)."""
    if kind not in _KINDS:
        raise HTTPException(404)
    conversation = await web.conversation(needed(visit_of(request, web)).conversation_id)
    if kind == "html":
        body = web.pages.html("download.html", conversation.language, conversation=conversation)
    else:
        shown = conversation_shown(conversation).model_dump(mode="json")
        body = json.dumps(shown, ensure_ascii=False, indent=2) + "\n"
    name = f"conversation-{conversation.started_at:%Y-%m-%d}.{kind}"
    return Response(
        body,
        media_type=_KINDS[kind],
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


@router.api_route("/exit", methods=["GET", "HEAD"])
def leave(request: Request, web: TheWeb) -> Response:
    """Lead to an everyday page at once, and leave nothing here that opens the conversation.

    The cookie goes only where our own page asked: another site must not end conversations. The
    script replaces the page's place in the history; without it, "back" finds no conversation.
    """
    response = RedirectResponse(web.parts.site.exit_url, 303)
    if request.headers.get("sec-fetch-site", "same-origin") == "same-origin":
        forget(response, web)
    return response
