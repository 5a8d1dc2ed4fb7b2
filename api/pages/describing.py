"""The voluntary form about the citizen: a page of its own, and a piece of the widget's frame."""

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from api.pages.visits import Visit, check_form, needed, renewed, visit_of, with_language
from api.web import TheWeb, Web
from assistant.describing import Description
from assistant.errors import DescribedAlready, DescriptionInvalid

router = APIRouter(prefix="/conversation/about-you", include_in_schema=False)

NEEDED = "needed"


@router.api_route("", methods=["GET", "HEAD"])
async def form(request: Request, web: TheWeb) -> Response:
    """Show the form, or thanks where it was sent; without a question there is nothing to ask."""
    visit = needed(visit_of(request, web))
    return await _page(request, web, visit)


@router.post("")
async def send(request: Request, web: TheWeb) -> Response:
    """Count what was chosen; whatever was left blank, or is preferred not to be said, is not."""
    sent = await request.form(max_files=0, max_fields=60)
    visit = needed(visit_of(request, web))
    chosen = {name: value for name, value in sent.items() if isinstance(value, str) and value}
    check_form(request, web, visit, chosen.get("form_token", ""))
    web.rates.count_feedback(visit.conversation_id)
    asked = web.parts.describing["en"].question
    groups = {name: value for name, value in chosen.items() if name in asked}
    description = Description(groups, needed=chosen.get(NEEDED) == "yes")
    try:
        await run_in_threadpool(
            web.parts.conversations.describe, visit.conversation_id, description
        )
    except DescribedAlready:
        pass
    except DescriptionInvalid:
        return await _page(request, web, visit, chosen)
    if visit.framed:
        return await _page(request, web, visit)
    language = (await web.conversation(visit.conversation_id)).language
    language = request.query_params.get("lang", language)
    return RedirectResponse(with_language(request.url.path, language), 303)


async def _page(
    request: Request, web: Web, visit: Visit, chosen: dict[str, str] | None = None
) -> Response:
    conversation = await web.conversation(visit.conversation_id)
    if not conversation.turns and not visit.framed:
        return RedirectResponse("/conversation", 303)
    page = web.pages.page(
        "parts/describing_framed.html" if visit.framed else "describing.html",
        request.query_params.get("lang", conversation.language),
        status=200 if chosen is None else 422,
        described=conversation.described,
        form_token=visit.form_token(web),
        chosen=chosen or {},
        wrong=chosen is not None,
    )
    return renewed(page, web, visit)
