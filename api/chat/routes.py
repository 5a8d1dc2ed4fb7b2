"""HTTP API v1: a conversation and its turns."""

import json
from enum import Enum
from typing import Annotated

from fastapi import APIRouter, Body, Depends, HTTPException, Path, Request, Response
from fastapi.responses import PlainTextResponse

from api.chat.access import TOKEN_HEADER, AllowedConversation, IdempotencyKey, json_only
from api.chat.receipts import receipt_file
from api.chat.responses import refusals
from api.chat.schemas import (
    Challenging,
    ConversationShown,
    ConversationStarted,
    Describing,
    DescribingShown,
    NewConversation,
    Question,
    Rating,
    Speaking,
    TurnShown,
    conversation_shown,
    describing_shown,
    turn_shown,
)
from api.chat.sse import event_stream, wants_events
from api.problems import body_of, problem_of
from api.web import TheWeb
from assistant.describing import Description
from assistant.text import RawText

router = APIRouter(prefix="/v1/conversations", dependencies=[Depends(json_only)])

TurnId = Annotated[str, Path(max_length=200, examples=["t_8dK2"])]
_CONVERSATION: list[str | Enum] = ["conversation"]
_TURN: list[str | Enum] = ["turn"]


@router.post(
    "",
    status_code=201,
    tags=_CONVERSATION,
    summary="Start a conversation",
    responses=refusals(400, 413, 415, 422, 429, 500),
)
def start(
    request: Request,
    web: TheWeb,
    wanted: Annotated[NewConversation | None, Body()] = None,
) -> ConversationStarted:
    """Return the conversation, the token that is the right to it, and the notice to show first."""
    web.rates.count_start(web.address(request))
    language = wanted.language if wanted else "en"
    conversation = web.parts.conversations.start(language)
    web.metrics.started("api")
    token = web.tokens.issue(conversation.id)
    return ConversationStarted(
        id=conversation.id,
        token=token.text,
        expires_at=token.expires_at,
        notice=web.pages.notice(language),
    )


@router.get(
    "/{conversation_id}",
    tags=_CONVERSATION,
    summary="Read a conversation",
    responses=refusals(401, 404, 422, 500),
)
def read(conversation_id: AllowedConversation, web: TheWeb) -> ConversationShown:
    """Return the conversation with every turn."""
    return conversation_shown(web.parts.conversations.read(conversation_id))


@router.delete(
    "/{conversation_id}",
    status_code=204,
    tags=_CONVERSATION,
    summary="Delete a conversation",
    responses=refusals(401, 404, 422, 500),
)
def erase(conversation_id: AllowedConversation, web: TheWeb) -> Response:
    """Destroy its text for good; what proves that the log is whole stays. Repeating is fine."""
    web.parts.conversations.erase(conversation_id)
    web.metrics.erased("api")
    return Response(status_code=204)


@router.post(
    "/{conversation_id}/person",
    tags=_CONVERSATION,
    summary="Ask for a person",
    responses=refusals(400, 401, 404, 413, 415, 422, 500),
)
def ask_for_person(conversation_id: AllowedConversation, web: TheWeb) -> ConversationShown:
    """Record the wish to talk to a person. Never limited, never refused for a live conversation."""
    conversation = web.parts.conversations.ask_for_person(conversation_id)
    web.metrics.person("api")
    return conversation_shown(conversation)


@router.put(
    "/{conversation_id}/language",
    tags=_CONVERSATION,
    summary="Choose the language",
    responses=refusals(400, 401, 404, 413, 415, 422, 500),
)
def choose_language(
    conversation_id: AllowedConversation, wanted: Speaking, web: TheWeb
) -> ConversationShown:
    """Say everything of our own in this language from now on; what was said stays as it was."""
    conversation = web.parts.conversations.choose_language(conversation_id, wanted.language)
    return conversation_shown(conversation)


@router.get(
    "/{conversation_id}/description",
    tags=_CONVERSATION,
    summary="Read the voluntary form",
    responses=refusals(401, 404, 422, 500),
)
def read_form(conversation_id: AllowedConversation, web: TheWeb) -> DescribingShown:
    """Return what to ask citizens about themselves after a conversation, if they like."""
    conversation = web.parts.conversations.read(conversation_id)
    words = web.parts.describing[conversation.language]
    return describing_shown(words, conversation.described)


@router.post(
    "/{conversation_id}/description",
    status_code=204,
    tags=_CONVERSATION,
    summary="Send the voluntary form",
    responses=refusals(400, 401, 404, 409, 413, 415, 422, 429, 500),
)
def describe(conversation_id: AllowedConversation, described: Describing, web: TheWeb) -> Response:
    """Count what the citizen says of themselves, joined to nothing. Once a conversation."""
    web.rates.count_feedback(conversation_id)
    description = Description(described.groups, needed=described.needed is True)
    web.parts.conversations.describe(conversation_id, description)
    return Response(status_code=204)


@router.post(
    "/{conversation_id}/turns",
    tags=_TURN,
    summary="Ask a question",
    response_model=TurnShown,
    responses={
        200: {
            "description": "The recorded turn; or, with 'Accept: text/event-stream', events: "
            "'stage' (a line of plain words) any number of times, then one 'turn' (the JSON "
            "below) or one 'problem' (problem+json). Text never arrives in parts.",
            "content": {
                "text/event-stream": {
                    "schema": {"type": "string"},
                    "example": "event: stage\ndata: Looking for guidance…\n\n"
                    'event: turn\ndata: {"id": "t_8dK2", "outcome": "answered"}\n\n',
                }
            },
        },
        **refusals(400, 401, 404, 409, 413, 415, 422, 429, 500, 503),
    },
)
async def ask(
    *,
    request: Request,
    response: Response,
    conversation_id: AllowedConversation,
    asked: Question,
    key: IdempotencyKey,
    web: TheWeb,
) -> Response | TurnShown:
    """Answer, record, then return. Going away does not stop the turn: it can be read later."""
    web.rates.count_turn(conversation_id, web.address(request))
    running = web.answering.begin(conversation_id, RawText(asked.question), key)
    if not wants_events(request.headers.get("accept", "")):
        return turn_shown(await running.turn())
    await running.begun()
    language = (await web.conversation(conversation_id)).language
    return event_stream(
        running,
        web.pages.stage_words(language),
        lambda turn: turn_shown(turn).model_dump_json(),
        lambda fault: json.dumps(body_of(request, problem_of(fault), web.parts.site.base_url)),
        {TOKEN_HEADER: response.headers[TOKEN_HEADER]},
    )


@router.get(
    "/{conversation_id}/turns/{turn_id}",
    tags=_TURN,
    summary="Read a turn",
    responses=refusals(401, 404, 422, 500),
)
def read_turn(conversation_id: AllowedConversation, turn_id: TurnId, web: TheWeb) -> TurnShown:
    """Return one question and its answer; its status says whether it is still being answered."""
    return turn_shown(web.parts.conversations.turn(conversation_id, turn_id))


@router.get(
    "/{conversation_id}/turns/{turn_id}/receipt",
    tags=_TURN,
    summary="Take the receipt",
    response_class=PlainTextResponse,
    responses=refusals(401, 404, 422, 500),
)
def receipt(conversation_id: AllowedConversation, turn_id: TurnId, web: TheWeb) -> Response:
    """Return the file that proves offline what was said. It holds no text of the conversation."""
    text = web.parts.conversations.receipt(conversation_id, turn_id)
    return receipt_file(text, turn_id)


@router.post(
    "/{conversation_id}/turns/{turn_id}/feedback",
    tags=_TURN,
    summary="Rate an answer",
    responses=refusals(400, 401, 404, 413, 415, 422, 429, 500),
)
def rate(
    conversation_id: AllowedConversation, turn_id: TurnId, rating: Rating, web: TheWeb
) -> TurnShown:
    """Say whether the answer was useful, and why."""
    web.rates.count_feedback(conversation_id)
    turn = web.parts.conversations.feedback(
        conversation_id, turn_id, rating.useful, RawText(rating.comment), rating.reason
    )
    web.metrics.feedback(rating.useful)
    return turn_shown(turn)


@router.post(
    "/{conversation_id}/turns/{turn_id}/challenge",
    tags=_TURN,
    summary="Challenge an answer",
    responses=refusals(400, 401, 404, 409, 413, 415, 422, 429, 500),
)
def challenge(
    conversation_id: AllowedConversation, turn_id: TurnId, challenged: Challenging, web: TheWeb
) -> TurnShown:
    """Say what is wrong with an answer. Somebody who did not deal with the citizen decides.

    The turn's 'challenge' says the reference, and later the outcome. Repeating it is fine.
    """
    web.rates.count_feedback(conversation_id)
    challenges = web.parts.challenges
    if challenges is None:
        raise HTTPException(404)
    challenges.make(conversation_id, turn_id, RawText(challenged.reason))
    return turn_shown(web.parts.conversations.turn(conversation_id, turn_id))
