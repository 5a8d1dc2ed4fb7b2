"""HTTP API v1: talking to a person. Where it stands, needs, calls, private codes, and news."""

from enum import Enum
from typing import Annotated

from fastapi import APIRouter, Depends, Header, Request, Response
from starlette.concurrency import run_in_threadpool

from api.chat.access import TOKEN_HEADER, AllowedConversation, json_only
from api.chat.news import news_stream
from api.chat.people_schemas import (
    CallsShown,
    CallWanted,
    CodeMade,
    CodeTyped,
    NeedsShown,
    NeedsStated,
    Opened,
    PersonShown,
    call_shown,
    needs_of,
    needs_shown,
    person_shown,
    slot_shown,
)
from api.chat.responses import refusals
from api.problems import body_of, problem_of
from api.web import TheWeb, Web
from assistant.errors import PhoneRefused
from assistant.escalations.needs import needs_from_json
from assistant.private_codes import read_code
from assistant.service_levels.saying import say_slot
from assistant.telling import tell_standing
from assistant.text import RawText

router = APIRouter(prefix="/v1", dependencies=[Depends(json_only)])

_PERSON: list[str | Enum] = ["person"]
_HERE = "/conversations/{conversation_id}"

LastEventId = Annotated[
    int,
    Header(
        alias="Last-Event-ID",
        ge=-1,
        le=2**62,
        description="The id of the last event that was read; without it everything is sent.",
    ),
]


@router.get(
    _HERE + "/person",
    tags=_PERSON,
    summary="See where it stands with people",
    responses=refusals(401, 404, 409, 422, 500),
)
def person(conversation_id: AllowedConversation, web: TheWeb) -> PersonShown:
    """Return who has the conversation, or whether anybody is there, the place and the wait."""
    return _person(web, conversation_id)


@router.get(
    _HERE + "/needs",
    tags=_PERSON,
    summary="Read the support needs",
    responses=refusals(401, 404, 409, 422, 500),
)
def read_needs(conversation_id: AllowedConversation, web: TheWeb) -> NeedsShown:
    """Return what was stated for the case that has not ended."""
    return needs_shown(web.reaching.needs(conversation_id))


@router.put(
    _HERE + "/needs",
    tags=_PERSON,
    summary="State support needs",
    responses=refusals(400, 401, 404, 409, 413, 415, 422, 429, 500),
)
def state_needs(
    conversation_id: AllowedConversation, stated: NeedsStated, web: TheWeb
) -> NeedsShown:
    """Keep them for whoever has the case, in place of earlier ones. Ask for a person first."""
    web.rates.count_feedback(conversation_id)
    needs = needs_from_json(needs_of(stated))
    web.reaching.require_case(conversation_id)
    if web.reaching.needs(conversation_id) != needs:
        web.parts.conversations.state_needs(conversation_id, needs)
    return needs_shown(needs)


@router.get(
    _HERE + "/call-back",
    tags=_PERSON,
    summary="See when to be called",
    responses=refusals(401, 404, 409, 422, 500),
)
def read_calls(conversation_id: AllowedConversation, web: TheWeb) -> CallsShown:
    """Return the slots that can be chosen, and the call that is booked."""
    return _calls(web, conversation_id)


@router.put(
    _HERE + "/call-back",
    tags=_PERSON,
    summary="Book or change a call",
    responses=refusals(400, 401, 404, 409, 413, 415, 422, 429, 500),
)
def book(conversation_id: AllowedConversation, wanted: CallWanted, web: TheWeb) -> CallsShown:
    """Take a place in a slot, or move the booked call there. The number is sealed."""
    web.rates.count_feedback(conversation_id)
    phone = None if wanted.phone is None else RawText(wanted.phone)
    if web.reaching.call_backs.of(conversation_id) is not None:
        web.reaching.call_backs.change(conversation_id, wanted.starts, phone)
    elif phone is None:
        raise PhoneRefused("Send the number to call.")
    else:
        web.reaching.book(conversation_id, wanted.starts, phone)
    return _calls(web, conversation_id)


@router.delete(
    _HERE + "/call-back",
    status_code=204,
    tags=_PERSON,
    summary="Cancel a call",
    responses=refusals(401, 404, 409, 422, 500),
)
def cancel(conversation_id: AllowedConversation, web: TheWeb) -> Response:
    """Cancel the booked call and delete its number."""
    web.reaching.cancel(conversation_id)
    return Response(status_code=204)


@router.post(
    _HERE + "/private-code",
    status_code=201,
    tags=_PERSON,
    summary="Make a private code",
    responses=refusals(401, 404, 409, 415, 422, 429, 500),
)
def make_code(conversation_id: AllowedConversation, web: TheWeb) -> CodeMade:
    """Return a code with which the citizen can come back; one made before opens nothing now."""
    web.rates.count_code_made(conversation_id)
    made = web.reaching.make_code(conversation_id)
    return CodeMade(code=made.text, expires_at=made.expires_at)


@router.post(
    "/private-codes",
    tags=_PERSON,
    summary="Open a conversation with its private code",
    responses=refusals(400, 409, 413, 415, 422, 429, 500),
)
def open_with_code(typed: CodeTyped, request: Request, web: TheWeb) -> Opened:
    """Return the conversation and a token. What cannot be a code costs no try."""
    codes = web.reaching.private_codes
    read_code(typed.code)
    web.rates.count_code_tried(web.address(request))
    conversation_id = codes.find(typed.code)
    token = web.tokens.issue(conversation_id)
    return Opened(id=conversation_id, token=token.text, expires_at=token.expires_at)


@router.get(
    _HERE + "/events",
    tags=_PERSON,
    summary="Follow what people write",
    response_class=Response,
    responses={
        200: {
            "description": "Events: 'message' (a message as in the conversation) and 'person' (as "
            "GET …/person), each with an id to go on from; 'problem' when the conversation is "
            "gone. The stream ends after some minutes: ask again with Last-Event-ID.",
            "content": {
                "text/event-stream": {
                    "schema": {"type": "string"},
                    "example": 'id: 214\nevent: message\ndata: {"id": "m_1", '
                    '"first_name": "Sam", "text": "Hello", "at": "2026-12-01T10:02:11Z", '
                    '"from_draft": false}\n\n',
                }
            },
        },
        **refusals(401, 404, 409, 422, 429, 500),
    },
)
async def events(
    request: Request,
    response: Response,
    conversation_id: AllowedConversation,
    web: TheWeb,
    after: LastEventId = -1,
) -> Response:
    """Send what came after an id, then what comes, as it comes."""
    web.rates.count_feedback(conversation_id)
    await run_in_threadpool(web.reaching.news, conversation_id, after)
    return news_stream(
        lambda number: web.reaching.news(conversation_id, number),
        lambda: web.parts.conversations.read(conversation_id).messages,
        lambda: _person(web, conversation_id),
        lambda fault: body_of(request, problem_of(fault), web.parts.site.base_url),
        after,
        {TOKEN_HEADER: response.headers[TOKEN_HEADER]},
    )


def _person(web: Web, conversation_id: str) -> PersonShown:
    reaching = web.reaching
    conversation = web.parts.conversations.read(conversation_id)
    standing = reaching.standing(conversation)
    wording = reaching.policy.wording(conversation.language)
    told = tell_standing(standing, wording, reaching.clock(), reaching.zone)
    return person_shown(standing, told)


def _calls(web: Web, conversation_id: str) -> CallsShown:
    reaching = web.reaching
    slots = reaching.slots(conversation_id)
    language = web.parts.conversations.read(conversation_id).language
    wording = reaching.policy.wording(language)
    return CallsShown(
        slots=tuple(slot_shown(slot, say_slot(slot, wording, reaching.zone)) for slot in slots),
        call=call_shown(*(reaching.call_backs.shown(conversation_id) or (None, ""))),
    )
