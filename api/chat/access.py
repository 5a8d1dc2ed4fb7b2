"""Who may touch which conversation in API v1: whoever holds its token."""

from typing import Annotated

from fastapi import Depends, Header, Path, Response
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from starlette.exceptions import HTTPException
from starlette.requests import Request

from api.errors import TokenRefused
from api.web import TheWeb
from assistant.errors import ConversationUnknown

TOKEN_HEADER = "Signpost-Token"  # noqa: S105  (a header's name)

_bearer = HTTPBearer(
    auto_error=False,
    scheme_name="conversation token",
    description="The token that starting a conversation gave, or the latest Signpost-Token.",
)
Bearer = Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]


def allowed_conversation(
    conversation_id: Annotated[str, Path(max_length=200, examples=["c_2f9K1vQ7"])],
    bearer: Bearer,
    response: Response,
    web: TheWeb,
) -> str:
    """Return the conversation's id if the token is its own, and renew the token."""
    if bearer is None:
        raise TokenRefused("Send the conversation's token as 'Authorization: Bearer …'.")
    if web.tokens.read(bearer.credentials) != conversation_id:
        raise ConversationUnknown
    response.headers[TOKEN_HEADER] = web.tokens.issue(conversation_id).text
    return conversation_id


def json_only(request: Request) -> None:
    """Refuse a body that does not say it is JSON, with 415."""
    sent = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    has_body = request.headers.get("content-length", "0") != "0" or (
        "transfer-encoding" in request.headers
    )
    if has_body and sent != "application/json":
        raise HTTPException(415)


AllowedConversation = Annotated[str, Depends(allowed_conversation)]
IdempotencyKey = Annotated[
    str,
    Header(
        alias="Idempotency-Key",
        min_length=1,
        max_length=200,
        pattern=r"^[\x20-\x7e]+$",
        description="A value of your own for this question, 1 to 200 printable ASCII characters. "
        "Sending it again gives the same turn; it is never answered twice.",
        examples=["5f0c1d7e-8a40-4b0e-9a2b-0f8f3a3c9f11"],
    ),
]
