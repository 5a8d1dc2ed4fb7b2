"""The pages around a conversation: start, a person, guidance, statements, assets."""

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from api.pages.guidance import guidance_html
from api.pages.people_seen import NOBODY_SEEN, people_seen
from api.pages.visits import cookie_name, visit_of
from api.problems import known_problems
from api.web import TheWeb
from assistant.errors import ConversationUnknown
from knowledge.loaders.outline import slugify

router = APIRouter(include_in_schema=False)
_READ = ["GET", "HEAD"]


@router.api_route("/", methods=_READ)
def start(request: Request, web: TheWeb) -> Response:
    """Say what this is, what it cannot do and what it keeps; then take the first question."""
    return web.pages.page("start.html", web.pages.language_of(request))


@router.api_route("/person", methods=_READ)
async def person(request: Request, web: TheWeb) -> Response:
    """Say how to reach a person, and offer to note the wish in a running conversation."""
    visit = visit_of(request, web)
    language = web.pages.language_of(request)
    asked_at, form_token, people = None, "", NOBODY_SEEN
    if visit is not None:
        try:
            conversation = await web.conversation(visit.conversation_id)
            asked_at = conversation.person_requested_at
            form_token = visit.form_token(web)
            people = await run_in_threadpool(people_seen, web.parts.reaching, conversation)
            language = request.query_params.get("lang", conversation.language)
        except ConversationUnknown:
            pass
    return web.pages.page(
        "person.html", language, asked_at=asked_at, people=people, form_token=form_token
    )


@router.api_route("/deleted", methods=_READ)
def deleted(request: Request, web: TheWeb) -> Response:
    """Confirm a deletion."""
    return web.pages.page("deleted.html", web.pages.language_of(request))


@router.api_route("/guidance/{slug}", methods=_READ)
async def guidance(slug: str, request: Request, web: TheWeb) -> Response:
    """Show one bundled starter page."""
    found = await run_in_threadpool(web.parts.guidance, slug)
    if found is None:
        raise HTTPException(404)
    return web.pages.page(
        "guidance.html",
        web.pages.language_of(request),
        page=found,
        body=guidance_html(found.markdown, slugify),
        has_conversation=visit_of(request, web) is not None,
    )


@router.api_route("/{statement}", methods=_READ)
def statement(statement: str, request: Request, web: TheWeb) -> Response:
    """Show the accessibility statement, the privacy notice, the cookies page or the problems."""
    if statement not in {"accessibility", "privacy", "cookies", "problems"}:
        raise HTTPException(404)
    return web.pages.page(
        f"statements/{statement}.html",
        web.pages.language_of(request),
        cookie=cookie_name(web),
        problems=known_problems(),
    )


@router.api_route("/assets/{name}", methods=_READ)
def asset(name: str, request: Request, web: TheWeb) -> Response:
    """Serve a stylesheet, script or icon under its hashed name, for ever."""
    found = web.assets.serve(request)
    if found is None:
        raise HTTPException(404)
    return found
