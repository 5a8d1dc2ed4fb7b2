"""The conversation as a page: forms without JavaScript, the same markup in pieces with it."""

import json
import secrets
from collections.abc import Mapping

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response

from api.chat.access import TOKEN_HEADER
from api.chat.receipts import receipt_file
from api.chat.sse import event_stream, wants_events
from api.errors import Busy, RateLimited
from api.pages.refusals import citizen_problem, citizen_words
from api.pages.visits import Visit, check_form, forget, remember, visit_of
from api.problems import problem_of
from api.web import TheWeb, Web
from assistant.errors import (
    AnsweringOff,
    ConversationUnknown,
    KeyReused,
    QuestionInvalid,
    TurnInProgress,
)
from assistant.text import RawText

router = APIRouter(prefix="/conversation", include_in_schema=False)

_SHOWN_AT_THE_BOX = (AnsweringOff, Busy, QuestionInvalid, RateLimited, TurnInProgress)


@router.api_route("", methods=["GET", "HEAD"])
async def show(request: Request, web: TheWeb) -> Response:
    """Show the conversation, or say kindly that there is none."""
    visit = visit_of(request, web)
    if visit is None:
        return _nothing_here(request, web)
    try:
        return await _page(request, web, visit)
    except ConversationUnknown:
        return _nothing_here(request, web)


@router.get("/messages")
async def messages(request: Request, web: TheWeb) -> Response:
    """Return the messages alone: for the frame, and after a lost connection."""
    visit = _needed(visit_of(request, web))
    conversation = await web.conversation(visit.conversation_id)
    html = web.pages.messages(conversation, framed=visit.framed, form_token=visit.form_token(web))
    return _renewed(HTMLResponse(html), web, visit)


@router.post("/turns")
async def ask(request: Request, web: TheWeb) -> Response:
    """Ask a question; a first question starts the conversation."""
    form = await request.form(max_files=0, max_fields=10)
    visit = visit_of(request, web)
    check_form(request, web, visit, _field(form, "form_token"))
    question = _field(form, "question").replace("\r\n", "\n")
    key = _key(form)
    language = _language(form, web)
    if visit is None or not await _is_live(web, visit):
        if not question.strip():
            return RedirectResponse(_with_language("/", language), 303)
        visit = await _begin(request, web, language)
    else:
        language = (await web.conversation(visit.conversation_id)).language
    try:
        return await _answer(request, web, visit, _checked(web, question, language), key)
    except _SHOWN_AT_THE_BOX as fault:
        problem = problem_of(fault)
        web.metrics.refused(problem.status, problem.code)
        if wants_events(request.headers.get("accept", "")):
            return _renewed(citizen_problem(request, web, problem, language), web, visit)
        said = citizen_words(web, problem, language)
        return await _page(
            request,
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
    check_form(request, web, visit, _field(form, "form_token"))
    if visit is None or not await _is_live(web, visit):
        started = await run_in_threadpool(web.parts.conversations.start, _language(form, web))
        web.metrics.started("page")
        visit = Visit(started.id, framed=False)
    conversation = await run_in_threadpool(
        web.parts.conversations.ask_for_person, visit.conversation_id
    )
    web.metrics.person("frame" if visit.framed else "page")
    if _from_script(request):
        html = web.pages.person(
            conversation.language, conversation.person_requested_at, framed=visit.framed
        )
        return _renewed(JSONResponse({"html": html}), web, visit)
    return _renewed(RedirectResponse("/conversation#person", 303), web, visit)


@router.post("/turns/{turn_id}/feedback")
async def rate(turn_id: str, request: Request, web: TheWeb) -> Response:
    """Keep a rating."""
    form = await request.form(max_files=0, max_fields=10)
    visit = _needed(visit_of(request, web))
    check_form(request, web, visit, _field(form, "form_token"))
    web.rates.count_feedback(visit.conversation_id)
    useful = _field(form, "useful") == "yes"
    turn = await run_in_threadpool(
        web.parts.conversations.feedback,
        visit.conversation_id,
        turn_id,
        useful,
        RawText(_field(form, "comment")[:1_000]),
    )
    web.metrics.feedback(useful)
    if _from_script(request):
        thanks = web.pages.words(turn.language)("turn.thanks")
        return _renewed(JSONResponse({"text": thanks}), web, visit)
    return _renewed(RedirectResponse(f"/conversation#turn-{turn.id}", 303), web, visit)


@router.get("/turns/{turn_id}/receipt")
async def receipt(turn_id: str, request: Request, web: TheWeb) -> Response:
    """Return the receipt as a file."""
    visit = _needed(visit_of(request, web))
    text = await run_in_threadpool(web.parts.conversations.receipt, visit.conversation_id, turn_id)
    return receipt_file(text, turn_id)


@router.post("/delete")
async def delete(request: Request, web: TheWeb) -> Response:
    """Erase the conversation and forget its cookie."""
    form = await request.form(max_files=0, max_fields=10)
    visit = _needed(visit_of(request, web))
    check_form(request, web, visit, _field(form, "form_token"))
    language = await _language_of(web, visit)
    await run_in_threadpool(web.parts.conversations.erase, visit.conversation_id)
    web.metrics.erased("frame" if visit.framed else "page")
    if _from_script(request) and visit.framed:
        return JSONResponse({"deleted": True})
    response = RedirectResponse(_with_language("/deleted", language), 303)
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
            return _renewed(RedirectResponse(f"/conversation#turn-{turn.id}", 303), web, visit)
        await running.begun()
    except KeyReused:
        # A page brought back by "back", with another question typed: a new question.
        return await _answer(request, web, visit, question, secrets.token_urlsafe(16))
    language = (await web.conversation(visit.conversation_id)).language
    form_token = visit.form_token(web)
    stream = event_stream(
        running,
        web.pages.stage_words(language),
        lambda turn: json.dumps(
            {
                "id": turn.id,
                "html": web.pages.turn(turn, framed=visit.framed, form_token=form_token),
            }
        ),
        lambda fault: json.dumps({"detail": citizen_words(web, problem_of(fault), language)}),
        {},
    )
    return _renewed(stream, web, visit)


async def _page(
    request: Request,
    web: Web,
    visit: Visit,
    *,
    status: int = 200,
    error: str = "",
    draft: str = "",
    headers: Mapping[str, str] | None = None,
) -> Response:
    conversation = await web.conversation(visit.conversation_id)
    language = request.query_params.get("lang", conversation.language)
    page = web.pages.page(
        "conversation.html",
        language,
        status=status,
        headers=headers,
        conversation=conversation,
        form_token=visit.form_token(web),
        error=error,
        draft=draft,
    )
    return _renewed(page, web, visit)


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


def _renewed(response: Response, web: Web, visit: Visit) -> Response:
    if visit.framed:
        response.headers[TOKEN_HEADER] = web.tokens.issue(visit.conversation_id).text
    else:
        remember(response, web, visit.conversation_id)
    return response


def _needed(visit: Visit | None) -> Visit:
    if visit is None:
        raise ConversationUnknown
    return visit


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


def _field(form: FormData, name: str) -> str:
    value = form.get(name, "")
    return value if isinstance(value, str) else ""


def _key(form: FormData) -> str:
    sent = "".join(c for c in _field(form, "key") if " " <= c <= "~")[:200]
    return sent or secrets.token_urlsafe(16)


def _language(form: FormData, web: Web) -> str:
    asked = _field(form, "language")
    return asked if asked in web.parts.site.languages else web.parts.site.languages[0]


def _with_language(path: str, language: str) -> str:
    return path if language == "en" else f"{path}?lang={language}"


def _from_script(request: Request) -> bool:
    return "application/json" in request.headers.get("accept", "")
