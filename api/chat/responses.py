"""How API v1's refusals are described in OpenAPI."""

from typing import Any

from api.chat.schemas import ProblemShown
from api.problems import MEDIA_TYPE

_MEANING = {
    400: "The request cannot be read.",
    401: "The token is missing, was not issued here, or has expired.",
    404: "No such conversation or turn, or the token belongs to another conversation.",
    409: "The same key is being answered or was used otherwise, this was sent before, or nobody is "
    "there who could act on it.",
    413: "The body is larger than 64 KiB.",
    415: "The body is not JSON.",
    422: "Something in the request cannot be used; 'errors' names the fields.",
    429: "Too many requests; Retry-After says when to try again.",
    500: "A fault of ours; repeating with the same Idempotency-Key is safe.",
    503: "Every place is taken, or answering is switched off; Retry-After may say for how long.",
}
_RETRY = {"Retry-After": {"description": "Seconds to wait.", "schema": {"type": "integer"}}}

Responses = dict[int | str, dict[str, Any]]


def refusals(*statuses: int) -> Responses:
    """Return the OpenAPI entries for these statuses, as problem+json."""
    return {status: _entry(status) for status in statuses}


def _entry(status: int) -> dict[str, Any]:
    schema = {"$ref": f"#/components/schemas/{ProblemShown.__name__}"}
    entry: dict[str, Any] = {
        "description": _MEANING[status],
        "content": {MEDIA_TYPE: {"schema": schema}},
    }
    if status in {429, 503}:
        entry["headers"] = _RETRY
    return entry
