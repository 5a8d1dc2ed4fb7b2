"""The conversation as a page: forms without JavaScript, the same markup in pieces with it."""

import json
import secrets
from collections.abc import Mapping

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response

from api.chat.receipts import receipt_file
from api.chat.sse import event_stream, wants_events
from api.errors import Busy, RateLimited
from api.pages.people_seen import PeopleSeen, people_seen
from api.pages.refusals import citizen_problem, citizen_words
from api.pages.visits import (
    Visit,
    check_form,
    field,
    forget,
    from_script,
    needed,
    renewed,
    visit_of,
    with_language,
)
from api.problems import problem_of
from api.web import TheWeb, Web
from assistant.errors import (
    AnsweringOff,
    ConversationUnknown,
    KeyReused,
    QuestionInvalid,
    TurnInProgress,
)
from assistant.ratings import RatingReason
from assistant.text import RawText
from assistant.views import ConversationView

router = APIRouter(prefix="/conversation", include_in_schema=False)

_SHOWN_AT_THE_BOX = (AnsweringOff, Busy, QuestionInvalid, RateLimited, TurnInProgress)


@router.api_route("", methods=["GET", "HEAD"])
async def show(request: Request, web: TheWeb) -> Response:
    """Show the conversation, or say kindly that there is none."""
    visit = visit_of(request, web)
    if visit is None:
        return _nothing_here(request, web)
    try:
        return await _page(web, visit)
    except ConversationUnknown:
        return _nothing_here(request, web)


@router.get("/messages")
async def messages(request: Request, web: TheWeb) -> Response:
    """Return the messages alone: for the frame, and after a lost connection."""
    visit = needed(visit_of(request, web))
    conversation = await web.conversation(visit.conversation_id)
    people = await _people(web, conversation)
    html = web.pages.messages(
        conversation, people, framed=visit.framed, form_token=visit.form_token(web)
    )
    response = HTMLResponse(html, headers={"Content-Language": conversation.language})
    return renewed(response, web, visit)


@router.post("/turns")
async def ask(request: Request, web: TheWeb) -> Response:
    """Ask a question; a first question starts the conversation."""
    form = await request.form(max_files=0, max_fields=10)
    visit = visit_of(request, web)
    check_form(request, web, visit, field(form, "form_token"))
    question = field(form, "question").replace("\r\n", "\n")
    key = _key(form)
    language = _language(form, web)
    if visit is None or not await _is_live(web, visit):
        if not question.strip():
            return RedirectResponse(with_language("/", language), 303)
        visit = await _begin(request, web, language)
    else:
        language = (await web.conversation(visit.conversation_id)).language
    try:
        return await _answer(request, web, visit, _checked(web, question, language), key)
    except _SHOWN_AT_THE_BOX as fault:
        problem = problem_of(fault)
        web.metrics.refused(problem.status, problem.code)
        if wants_events(request.headers.get("accept", "")):
            return renewed(citizen_problem(request, web, problem, language), web, visit)
        said = citizen_words(web, problem, language)
        return await _page(
            web,
            visit,
            status=problem.status,
            error=said,
            draft=question,
            headers=problem.headers,
        )


@router.post("/person")
async def ask_for_person(request: Request, web: TheWeb) -> Response:
    """Record the wish for a person: no limit, no condition. A first press starts a conversation."""
    form = await request.form(max_files=0, max_fields=10)
    visit = visit_of(request, web)
    check_form(request, web, visit, field(form, "form_token"))
    if visit is None or not await _is_live(web, visit):
        started = await run_in_threadpool(web.parts.conversations.start, _language(form, web))
        web.metrics.started("page")
        visit = Visit(started.id, framed=False)
    conversation = await run_in_threadpool(
        web.parts.conversations.ask_for_person, visit.conversation_id
    )
    web.metrics.person("frame" if visit.framed else "page")
    if from_script(request):
        language, people = conversation.language, await _people(web, conversation)
        html = web.pages.person(
            language, conversation.person_requested_at, people, framed=visit.framed
        )
        panel = web.pages.people(people, language, framed=visit.framed)
        return renewed(JSONResponse({"html": html, "panel": panel}), web, visit)
    return renewed(RedirectResponse("/conversation#person", 303), web, visit)


@router.post("/turns/{turn_id}/feedback")
async def rate(turn_id: str, request: Request, web: TheWeb) -> Response:
    """Keep a rating."""
    form = await request.form(max_files=0, max_fields=10)
    visit = needed(visit_of(request, web))
    check_form(request, web, visit, field(form, "form_token"))
    web.rates.count_feedback(visit.conversation_id)
    useful = field(form, "useful") == "yes"
    turn = await run_in_threadpool(
        web.parts.conversations.feedback,
        visit.conversation_id,
        turn_id,
        useful,
        RawText(field(form, "comment")[:1_000]),
        _reason(form, useful),
    )
    web.metrics.feedback(useful)
    if from_script(request):
        language = (await web.conversation(visit.conversation_id)).language
        html = web.pages.rating(
            turn, language, form_token=visit.form_token(web), told="reason" in form
        )
        return renewed(JSONResponse({"html": html}), web, visit)
    return renewed(RedirectResponse(f"/conversation#turn-{turn.id}", 303), web, visit)


@router.get("/turns/{turn_id}/receipt")
async def receipt(turn_id: str, request: Request, web: TheWeb) -> Response:
    """Return the receipt as a file."""
    visit = needed(visit_of(request, web))
    text = await run_in_threadpool(web.parts.conversations.receipt, visit.conversation_id, turn_id)
    return receipt_file(text, turn_id)


@router.post("/delete")
async def delete(request: Request, web: TheWeb) -> Response:
    """Erase the conversation and forget its cookie."""
    form = await request.form(max_files=0, max_fields=10)
    visit = needed(visit_of(request, web))
    check_form(request, web, visit, field(form, "form_token"))
    language = await _language_of(web, visit)
    await run_in_threadpool(web.parts.conversations.erase, visit.conversation_id)
    web.metrics.erased("frame" if visit.framed else "page")
    if from_script(request) and visit.framed:
        return JSONResponse({"deleted": True})
    response = RedirectResponse(with_language("/deleted", language), 303)
    forget(response, web)
    return response


async def _answer(
    request: Request, web: Web, visit: Visit, question: RawText, key: str
) -> Response:
    web.rates.count_turn(visit.conversation_id, web.address(request))
    running = web.answering.begin(visit.conversation_id, question, key)
    try:
        if not wants_events(request.headers.get("accept", "")):
            turn = await running.turn()
            return renewed(RedirectResponse(f"/conversation#turn-{turn.id}", 303), web, visit)
        await running.begun()
    except KeyReused:
        # A page brought back by "back", with another question typed: a new question.
        return await _answer(request, web, visit, question, secrets.token_urlsafe(16))
    conversation = await web.conversation(visit.conversation_id)
    language, form_token = conversation.language, visit.form_token(web)
    stream = event_stream(
        running,
        web.pages.stage_words(language, conversation.person),
        lambda turn: json.dumps(
            {
                "id": turn.id,
                "html": web.pages.turn(turn, language, framed=visit.framed, form_token=form_token),
            }
        ),
        lambda fault: json.dumps({"detail": citizen_words(web, problem_of(fault), language)}),
        {},
    )
    return renewed(stream, web, visit)


async def _page(
    web: Web,
    visit: Visit,
    *,
    status: int = 200,
    error: str = "",
    draft: str = "",
    headers: Mapping[str, str] | None = None,
) -> Response:
    conversation = await web.conversation(visit.conversation_id)
    page = web.pages.page(
        "conversation.html",
        conversation.language,
        status=status,
        headers=headers,
        conversation=conversation,
        people=await _people(web, conversation),
        form_token=visit.form_token(web),
        error=error,
        draft=draft,
    )
    return renewed(page, web, visit)


async def _people(web: Web, conversation: ConversationView) -> PeopleSeen:
    return await run_in_threadpool(people_seen, web.parts.reaching, conversation)


async def _begin(request: Request, web: Web, language: str) -> Visit:
    web.rates.count_start(web.address(request))
    conversation = await run_in_threadpool(web.parts.conversations.start, language)
    web.metrics.started("page")
    return Visit(conversation.id, framed=False)


async def _is_live(web: Web, visit: Visit) -> bool:
    try:
        await web.conversation(visit.conversation_id)
    except ConversationUnknown:
        if visit.framed:
            raise
        return False
    return True


async def _language_of(web: Web, visit: Visit) -> str:
    try:
        return (await web.conversation(visit.conversation_id)).language
    except ConversationUnknown:
        return "en"


def _nothing_here(request: Request, web: Web) -> Response:
    language = web.pages.language_of(request)
    response = web.pages.page("no_conversation.html", language, status=404)
    forget(response, web)
    return response


def _checked(web: Web, question: str, language: str) -> RawText:
    words = web.pages.words(language)
    limit = web.parts.limits.question_characters
    if not question.strip():
        raise QuestionInvalid(words("problem.empty"))
    if len(question) > limit:
        raise QuestionInvalid(words("problem.too_long", limit=limit, count=len(question)))
    if "\x00" in question:
        raise QuestionInvalid(words("problem.question_invalid"))
    return RawText(question)


def _reason(form: FormData, useful: bool) -> RatingReason | None:
    """Return what was wrong, where one of our reasons was chosen for an answer of no use."""
    said = field(form, "reason")
    return RatingReason(said) if not useful and said in set(RatingReason) else None


def _key(form: FormData) -> str:
    sent = "".join(c for c in field(form, "key") if " " <= c <= "~")[:200]
    return sent or secrets.token_urlsafe(16)


def _language(form: FormData, web: Web) -> str:
    asked = field(form, "language")
    return asked if asked in web.parts.site.languages else web.parts.site.languages[0]
