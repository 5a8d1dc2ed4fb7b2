"""Talking to a person, as pages and as pieces of the widget's frame: news, needs, calls, codes.

Each form works without JavaScript. In the frame the same markup comes without the page around it.
"""

import contextlib
from collections.abc import Mapping
from datetime import datetime, timedelta
from math import ceil

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from api.errors import RateLimited
from api.pages.people_seen import PeopleSeen, people_seen
from api.pages.visits import (
    Visit,
    check_form,
    field,
    needed,
    remember,
    renewed,
    visit_of,
    with_language,
)
from api.web import TheWeb, Web
from assistant.callbacks import CallBack
from assistant.errors import (
    CallBackUnknown,
    CodeRefused,
    ConversationUnknown,
    NobodyThere,
    PhoneRefused,
    SlotTaken,
)
from assistant.escalations.needs import LONGEST_DETAIL, Need, SupportNeeds
from assistant.policy.wording import Wording
from assistant.private_codes import read_code
from assistant.service_levels.saying import say_day, say_length, say_slot
from assistant.storage import as_moment, as_text
from assistant.text import RawText
from assistant.views import ConversationView

router = APIRouter(include_in_schema=False)
_READ = ["GET", "HEAD"]
_DETAILED = (Need.INTERPRETER, Need.REPRESENTATIVE, Need.SAFE_TIMES, Need.OTHER)


@router.get("/conversation/news")
async def news(request: Request, web: TheWeb, after: int = -1) -> Response:
    """Return what people wrote after a number, and where the conversation stands: for scripts."""
    visit = needed(visit_of(request, web))
    number, found = await run_in_threadpool(
        web.reaching.news, visit.conversation_id, min(max(after, -1), 2**62)
    )
    conversation = await web.conversation(visit.conversation_id)
    seen = await _seen(web, conversation)
    wanted = {each.message for each in found}
    messages = [
        {"id": message.id, "html": web.pages.message(message, conversation.language)}
        for message in conversation.messages
        if message.id in wanted
    ]
    panel = web.pages.people(seen, conversation.language, framed=visit.framed)
    answer = {"after": number, "messages": messages, "panel": panel}
    return renewed(JSONResponse(answer), web, visit)


# ---- Support needs -----------------------------------------------------------------------------


@router.api_route("/conversation/needs", methods=_READ)
async def needs(request: Request, web: TheWeb) -> Response:
    """Show the form with what was stated before."""
    visit = needed(visit_of(request, web))
    stated = await run_in_threadpool(web.reaching.needs, visit.conversation_id)
    return await _page(request, web, visit, "needs", chosen=stated.stated, saved="no")


@router.post("/conversation/needs")
async def state_needs(request: Request, web: TheWeb) -> Response:
    """Keep what was chosen, in place of what was before; none chosen is none any more."""
    form = await request.form(max_files=0, max_fields=30)
    visit = needed(visit_of(request, web))
    check_form(request, web, visit, field(form, "form_token"))
    web.rates.count_feedback(visit.conversation_id)
    chosen = {
        need: field(form, f"{need.value}_detail").strip() if need in _DETAILED else ""
        for need in Need
        if field(form, need.value) == "yes"
    }
    conversation = await web.conversation(visit.conversation_id)
    wrong = _wrong_needs(chosen, web.reaching.policy.wording(_language(request, conversation)))
    if wrong:
        return await _page(
            request, web, visit, "needs", status=422, chosen=chosen, wrong=wrong, saved="no"
        )
    try:
        stated = SupportNeeds(chosen)
        await run_in_threadpool(web.reaching.require_case, visit.conversation_id)
        if await run_in_threadpool(web.reaching.needs, visit.conversation_id) != stated:
            await run_in_threadpool(
                web.parts.conversations.state_needs, visit.conversation_id, stated
            )
    except NobodyThere:
        return await _page(request, web, visit, "needs", status=409, chosen=chosen, saved="no")
    return await _page(request, web, visit, "needs", chosen=chosen, saved="yes")


def _wrong_needs(chosen: Mapping[Need, str], wording: Wording) -> dict[str, str]:
    """Return what is wrong by the name of the field, in the citizen's words."""
    wrong = {}
    for need, detail in chosen.items():
        if need.in_words and not detail:
            wrong[f"{need.value}_detail"] = str(getattr(wording.needs, f"missing_{need.value}"))
        elif len(detail) > LONGEST_DETAIL or "\x00" in detail:
            wrong[f"{need.value}_detail"] = wording.needs.too_long
    return wrong


# ---- Call-backs --------------------------------------------------------------------------------


@router.api_route("/conversation/call-back", methods=_READ)
async def call_back(request: Request, web: TheWeb) -> Response:
    """Show the times to choose from, or the call that is booked."""
    return await _call_page(request, web, needed(visit_of(request, web)))


@router.post("/conversation/call-back")
async def book(request: Request, web: TheWeb) -> Response:
    """Book the call, or change the one that is booked."""
    form = await request.form(max_files=0, max_fields=10)
    visit = needed(visit_of(request, web))
    check_form(request, web, visit, field(form, "form_token"))
    web.rates.count_feedback(visit.conversation_id)
    conversation = await web.conversation(visit.conversation_id)
    words = web.reaching.policy.wording(_language(request, conversation)).call_back
    phone, starts = field(form, "phone").strip()[:60], _moment(field(form, "starts"))
    booked = await run_in_threadpool(web.reaching.call_backs.of, visit.conversation_id)
    wrong: dict[str, str] = {}
    if starts is None:
        wrong["starts"] = words.slot_error
    if not phone and booked is None:
        wrong["phone"] = words.phone_error
    if starts is not None and not wrong:
        try:
            await run_in_threadpool(_booked, web, visit, starts, phone, booked)
        except SlotTaken:
            wrong["starts"] = words.taken
        except PhoneRefused:
            wrong["phone"] = words.phone_error
        except NobodyThere:
            return await _call_page(request, web, visit, status=409)
    if wrong:
        typed = {"starts": field(form, "starts"), "phone": phone}
        return await _call_page(request, web, visit, status=422, wrong=wrong, typed=typed)
    return await _done(request, web, visit, words.changed if booked else words.booked_title)


@router.post("/conversation/call-back/cancel")
async def cancel(request: Request, web: TheWeb) -> Response:
    """Cancel the call and delete its number; one that is gone already is as good."""
    form = await request.form(max_files=0, max_fields=10)
    visit = needed(visit_of(request, web))
    check_form(request, web, visit, field(form, "form_token"))
    web.rates.count_feedback(visit.conversation_id)
    conversation = await web.conversation(visit.conversation_id)
    words = web.reaching.policy.wording(_language(request, conversation)).call_back
    with contextlib.suppress(CallBackUnknown):
        await run_in_threadpool(web.reaching.cancel, visit.conversation_id)
    return await _done(request, web, visit, words.cancelled)


def _booked(
    web: Web, visit: Visit, starts: datetime, phone: str, booked: CallBack | None
) -> CallBack:
    number = RawText(phone)
    if booked is not None:
        calls = web.reaching.call_backs
        return calls.change(visit.conversation_id, starts, number if phone else None)
    return web.reaching.book(visit.conversation_id, starts, number)


async def _call_page(
    request: Request,
    web: Web,
    visit: Visit,
    *,
    status: int = 200,
    wrong: Mapping[str, str] | None = None,
    typed: Mapping[str, str] | None = None,
) -> Response:
    language = _language(request, await web.conversation(visit.conversation_id))
    wording, zone = web.reaching.policy.wording(language), web.reaching.zone
    try:
        slots = await run_in_threadpool(web.reaching.slots, visit.conversation_id)
    except NobodyThere:
        slots = ()
    times = [(as_text(slot.starts), say_slot(slot, wording, zone)) for slot in slots]
    return await _page(
        request,
        web,
        visit,
        "call_back",
        status=status,
        times=times,
        wrong=wrong or {},
        typed=typed or {},
    )


# ---- Private codes -----------------------------------------------------------------------------


@router.api_route("/conversation/code", methods=_READ)
async def code(request: Request, web: TheWeb) -> Response:
    """Say what a private code is for, and offer one."""
    return await _page(request, web, needed(visit_of(request, web)), "code", made="")


@router.post("/conversation/code")
async def make_code(request: Request, web: TheWeb) -> Response:
    """Show a new code, this once."""
    form = await request.form(max_files=0, max_fields=10)
    visit = needed(visit_of(request, web))
    check_form(request, web, visit, field(form, "form_token"))
    web.rates.count_code_made(visit.conversation_id)
    made = await run_in_threadpool(web.reaching.make_code, visit.conversation_id)
    language = _language(request, await web.conversation(visit.conversation_id))
    wording, zone = web.reaching.policy.wording(language), web.reaching.zone
    until = say_day(made.expires_at, wording.dates, zone)
    return await _page(request, web, visit, "code", made=made.text, until=until)


@router.api_route("/come-back", methods=_READ)
def come_back(request: Request, web: TheWeb) -> Response:
    """Ask for the private code."""
    return _come_back_page(request, web)


@router.post("/come-back")
async def open_with_code(request: Request, web: TheWeb) -> Response:
    """Open the code's conversation in this browser. Codes that cannot be one cost no try."""
    form = await request.form(max_files=0, max_fields=10)
    check_form(request, web, None, "")
    words = web.reaching.policy.wording(web.pages.language_of(request)).private_code
    typed = field(form, "code")[:100]
    try:
        conversation_id = await run_in_threadpool(_opened_by, request, web, typed)
        conversation = await web.conversation(conversation_id)
    except (CodeRefused, ConversationUnknown) as fault:
        mistyped = isinstance(fault, CodeRefused) and fault.mistyped
        wrong = words.mistyped if mistyped else words.unknown
        return _come_back_page(request, web, status=422, wrong=wrong, typed=typed)
    except RateLimited as fault:
        wording = web.reaching.policy.wording(web.pages.language_of(request))
        wait = say_length(timedelta(minutes=ceil(fault.retry_after / 60)), wording.dates)
        wrong = words.slow_down.replace("{minutes}", wait)
        headers = {"Retry-After": str(fault.retry_after)}
        return _come_back_page(request, web, status=429, wrong=wrong, typed=typed, headers=headers)
    response = RedirectResponse(with_language("/conversation", conversation.language), 303)
    remember(response, web, conversation_id)
    return response


def _opened_by(request: Request, web: Web, typed: str) -> str:
    """Return the conversation that a typed code opens; raise CodeRefused or RateLimited."""
    read_code(typed)
    web.rates.count_code_tried(web.address(request))
    return web.reaching.private_codes.find(typed)


def _come_back_page(
    request: Request,
    web: Web,
    *,
    status: int = 200,
    wrong: str = "",
    typed: str = "",
    headers: Mapping[str, str] | None = None,
) -> Response:
    if web.parts.reaching is None:
        raise HTTPException(404)
    return web.pages.page(
        "people/come_back.html",
        web.pages.language_of(request),
        status=status,
        headers=headers,
        wrong=wrong,
        typed=typed,
        framed=False,
    )


# ---- What they share ---------------------------------------------------------------------------


async def _seen(web: Web, conversation: ConversationView) -> PeopleSeen:
    return await run_in_threadpool(people_seen, web.parts.reaching, conversation)


async def _page(
    request: Request, web: Web, visit: Visit, name: str, *, status: int = 200, **values: object
) -> Response:
    """Return a page of ours, or in the frame the piece of it alone."""
    _ = web.reaching
    conversation = await web.conversation(visit.conversation_id)
    page = web.pages.page(
        f"people/{name}.html",
        _language(request, conversation),
        status=status,
        framed=visit.framed,
        form_token=visit.form_token(web),
        people=await _seen(web, conversation),
        needs=tuple(Need),
        detailed=_DETAILED,
        **{"wrong": {}, **values},
    )
    return renewed(page, web, visit)


async def _done(request: Request, web: Web, visit: Visit, done: str) -> Response:
    """Say what became of the call, with no form that a reload would send again."""
    if visit.framed:
        return await _page(request, web, visit, "call_done", done=done)
    language = _language(request, await web.conversation(visit.conversation_id))
    return renewed(RedirectResponse(with_language("/conversation", language), 303), web, visit)


def _language(request: Request, conversation: ConversationView) -> str:
    return request.query_params.get("lang", conversation.language)


def _moment(text: str) -> datetime | None:
    """Return the start of a slot as its form names it, or None for anything else."""
    try:
        found = as_moment(text[:40])
    except ValueError:
        return None
    return found if found.tzinfo is not None else None
