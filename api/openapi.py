"""What `/v1/openapi.json` says about the service as a whole."""

from importlib.metadata import PackageNotFoundError, version
from typing import Any

from fastapi import FastAPI

from api.chat.schemas import ProblemShown

_ABOUT = """A citizen's way in. Start a conversation, keep its token, ask.

Every answer is in the audit log before it is sent, whole and never in parts. Every refusal is a
problem (RFC 9457) whose `detail` says what to do. Asking for a person is never limited.
"""
_TAGS = [
    {"name": "conversation", "description": "Start, read, hand over, delete."},
    {"name": "turn", "description": "Ask, read, rate, take a receipt."},
    {"name": "person", "description": "Where it stands with people; needs, calls, codes, news."},
    {"name": "operations", "description": "For load balancers and monitoring."},
]


def describe(app: FastAPI) -> None:
    """Give the app its description, and the problem schema that routes refer to."""
    app.description = _ABOUT
    app.version = _version()
    app.openapi_tags = _TAGS
    plain = app.openapi

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            schema = plain()
            schemas = schema["components"]["schemas"]
            problem = ProblemShown.model_json_schema(ref_template="#/components/schemas/{model}")
            schemas |= problem.pop("$defs", {})
            schemas[ProblemShown.__name__] = problem
            for unused in ("HTTPValidationError", "ValidationError"):
                schemas.pop(unused, None)
        return app.openapi_schema or {}

    app.openapi = openapi  # type: ignore[method-assign]


def _version() -> str:
    try:
        return version("signpost-enquiries")
    except PackageNotFoundError:
        return "0"
