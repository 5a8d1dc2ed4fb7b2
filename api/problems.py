"""RFC 9457 problems: one table of what can go wrong, each with what to do about it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus

from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse

from api.errors import ApiError, Busy, FormRefused, RateLimited, TokenRefused
from api.staff.errors import (
    NotPermitted,
    NotSignedIn,
    ProviderFailed,
    SignInRefused,
    SignInSlowed,
    StaffInvalid,
    StaffMoveRefused,
    StaffUnknown,
)
from assistant.errors import (
    AnsweringOff,
    AssistantError,
    CallBackUnknown,
    CaseMoveRefused,
    CaseUnknown,
    ChallengeRefused,
    ChallengeUnknown,
    CodeRefused,
    ConversationUnknown,
    DescribedAlready,
    DescriptionInvalid,
    KeyReused,
    KnowledgeInvalid,
    KnowledgeMoveRefused,
    KnowledgeUnknown,
    MessageInvalid,
    NobodyThere,
    PhoneRefused,
    QuestionInvalid,
    SlotTaken,
    TurnInProgress,
    TurnUnknown,
)

MEDIA_TYPE = "application/problem+json"


@dataclass(frozen=True, slots=True)
class FieldProblem:
    """One field that cannot be used, as a path ("body.question"), and why."""

    field: str
    message: str


@dataclass(frozen=True, slots=True)
class Problem:
    """A refused or failed request. `detail` says what to do, and quotes nothing that was sent."""

    status: int
    code: str
    title: str
    detail: str
    fields: tuple[FieldProblem, ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)


_BY_STATUS = {
    400: ("bad-request", "Send the request again in the form that the documentation shows."),
    401: ("token-needed", "Send the conversation's token as 'Authorization: Bearer …'."),
    403: ("not-allowed", "This is not allowed."),
    404: ("not-found", "There is nothing at this address. Check it for mistakes."),
    405: ("method-not-allowed", "Use one of the methods named in the Allow header."),
    406: ("not-acceptable", "Ask for application/json or text/event-stream."),
    413: ("too-large", "Send a shorter request: at most 64 KiB."),
    415: ("media-type", "Send JSON, with 'Content-Type: application/json'."),
    431: ("headers-too-large", "Send fewer or shorter headers."),
}

_ASSISTANT: tuple[tuple[type[AssistantError], int, str, str], ...] = (
    (ConversationUnknown, 404, "conversation-unknown", "There is no such conversation"),
    (TurnUnknown, 404, "turn-unknown", "There is no such question in this conversation"),
    (TurnInProgress, 409, "turn-in-progress", "This question is being answered"),
    (KeyReused, 409, "key-reused", "This Idempotency-Key was used for another question"),
    (QuestionInvalid, 422, "question-invalid", "This question cannot be used"),
    (DescribedAlready, 409, "described-already", "This form has been sent already"),
    (DescriptionInvalid, 422, "description-invalid", "This form cannot be used"),
    (CaseUnknown, 404, "case-unknown", "There is no such case"),
    (CaseMoveRefused, 409, "case-move-refused", "This cannot be done with the case now"),
    (MessageInvalid, 422, "message-invalid", "This message cannot be used"),
    (NobodyThere, 409, "nobody-there", "Nobody could act on this"),
    (CallBackUnknown, 409, "call-back-unknown", "There is no such call to change"),
    (SlotTaken, 409, "slot-taken", "That time cannot be chosen"),
    (PhoneRefused, 422, "phone-refused", "That number cannot be rung"),
    (CodeRefused, 422, "code-refused", "That code opens no conversation"),
    (ChallengeUnknown, 404, "challenge-unknown", "There is no such challenge"),
    (ChallengeRefused, 409, "challenge-refused", "This cannot be challenged or decided so"),
    (KnowledgeUnknown, 404, "knowledge-unknown", "There is no such page"),
    (KnowledgeInvalid, 422, "knowledge-invalid", "This page cannot be used"),
    (KnowledgeMoveRefused, 409, "knowledge-refused", "This cannot be done with the page now"),
    (AnsweringOff, 503, "answering-off", "Answering is switched off"),
)

_STAFF: tuple[tuple[type[ApiError], int, str, str], ...] = (
    (NotSignedIn, 401, "sign-in-needed", "You are not signed in"),
    (NotPermitted, 403, "not-permitted", "You cannot open this page"),
    (StaffUnknown, 404, "staff-unknown", "There is no such account"),
    (StaffMoveRefused, 409, "staff-move-refused", "This cannot be done now"),
    (StaffInvalid, 422, "staff-invalid", "This form cannot be used"),
    (SignInRefused, 422, "sign-in-refused", "Signing in did not work"),
    (ProviderFailed, 502, "provider-failed", "Signing in did not work"),
)

_DETAIL = {
    "conversation-unknown": "It was deleted or never existed. Start a new conversation.",
    "turn-unknown": "Check the question's id against the conversation.",
    "turn-in-progress": "Wait a moment, then send the same request with the same key again.",
    "key-reused": "Send the new question with a new Idempotency-Key.",
    "described-already": "There is nothing left to do: one is counted for each conversation.",
    "nobody-there": "Ask for a person first; where nobody is to be asked, show the phone route.",
    "description-invalid": "Choose at least one answer that the form offers, after a question.",
    "sign-in-needed": "Sign in, then open this page again.",
    "not-permitted": "Your roles do not include this. Ask an admin if you need it.",
    "staff-unknown": "Go back to the list of people and choose one from there.",
    "case-unknown": "Its citizen deleted it, or it never existed. Go back to the list of cases.",
    "answering-off": "Try again later, or ask for a person: that always works.",
}

SERVER_FAULT = Problem(
    500,
    "fault",
    "Something went wrong here",
    "It is our fault, not yours. Send the same request with the same Idempotency-Key again: "
    "it is never answered twice.",
)


def problem_of(error: Exception) -> Problem:
    """Return the problem that an expected error means, or `SERVER_FAULT`."""
    match error:
        case RateLimited() | Busy() | SignInSlowed():
            return _to_wait(error)
        case TokenRefused():
            headers = {"WWW-Authenticate": 'Bearer realm="conversation"'}
            title = "The token cannot be used"
            return Problem(401, "token-needed", title, str(error), headers=headers)
        case FormRefused():
            return Problem(403, "form-refused", "The form cannot be used", str(error))
        case RequestValidationError():
            return _unusable(error)
        case HTTPException():
            return _of_status(error)
        case _:
            return _of_table(error)


def body_of(request: Request, problem: Problem, base_url: str) -> dict[str, object]:
    """Return the RFC 9457 members. `instance` names this very request."""
    body: dict[str, object] = {
        "type": f"{base_url}/problems#{problem.code}",
        "title": problem.title,
        "status": problem.status,
        "detail": problem.detail,
        "instance": f"urn:uuid:{request.scope.get('state', {}).get('request_id', '')}",
    }
    if problem.fields:
        body["errors"] = [{"field": each.field, "message": each.message} for each in problem.fields]
    return body


def respond(request: Request, problem: Problem, base_url: str) -> JSONResponse:
    """Return the problem as JSON."""
    return JSONResponse(
        body_of(request, problem, base_url),
        problem.status,
        headers=dict(problem.headers),
        media_type=MEDIA_TYPE,
    )


def known_problems() -> tuple[tuple[str, int, str], ...]:
    """Return every (code, status, what to do) that this service can send."""
    rows = [(code, status, detail) for status, (code, detail) in _BY_STATUS.items()]
    rows += [(code, status, _DETAIL.get(code, title)) for _, status, code, title in _ASSISTANT]
    rows += [(code, status, _DETAIL.get(code, title)) for _, status, code, title in _STAFF]
    rows += [
        ("invalid", 422, "Change the fields named in 'errors', then send the request again."),
        ("too-many-requests", 429, "Wait for the seconds given in Retry-After, then try again."),
        ("busy", 503, "Wait for the seconds given in Retry-After, then try again."),
        ("form-refused", 403, "Open the page again and resend the form from there."),
        (SERVER_FAULT.code, SERVER_FAULT.status, SERVER_FAULT.detail),
    ]
    return tuple(sorted(rows))


def _to_wait(error: RateLimited | Busy | SignInSlowed) -> Problem:
    headers = {"Retry-After": str(error.retry_after)}
    if isinstance(error, Busy):
        return Problem(503, "busy", "All places are taken", str(error), headers=headers)
    return Problem(429, "too-many-requests", "Too many requests", str(error), headers=headers)


def _of_status(error: HTTPException) -> Problem:
    code, detail = _BY_STATUS.get(error.status_code, ("refused", "This request is not possible."))
    try:
        title = HTTPStatus(error.status_code).phrase
    except ValueError:
        title = "Refused"
    return Problem(error.status_code, code, title, detail, headers=error.headers or {})


def _of_table(error: Exception) -> Problem:
    for kind, status, code, title in (*_ASSISTANT, *_STAFF):
        if isinstance(error, kind):
            headers = {"Retry-After": "1"} if kind is TurnInProgress else {}
            return Problem(status, code, title, _DETAIL.get(code) or str(error), headers=headers)
    return SERVER_FAULT


def _unusable(error: RequestValidationError) -> Problem:
    fields = tuple(
        FieldProblem(".".join(str(step) for step in each["loc"]), _plain(each["msg"]))
        for each in error.errors()
    )
    return Problem(
        422,
        "invalid",
        "Something in the request cannot be used",
        "Change the fields named in 'errors', then send the request again.",
        fields,
    )


def _plain(message: str) -> str:
    return message.removeprefix("Value error, ")[:300]
