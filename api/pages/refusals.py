"""What a citizen reads when something is refused or fails: plain, and never only "error"."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from api.problems import MEDIA_TYPE, Problem, body_of, problem_of, respond
from api.web import Web

_FOR_CITIZENS = {
    "question-invalid": "problem.question_invalid",
    "busy": "problem.busy",
    "turn-in-progress": "problem.turn_in_progress",
    "answering-off": "problem.answering_off",
    "conversation-unknown": "problem.conversation_unknown",
    "turn-unknown": "problem.conversation_unknown",
    "token-needed": "problem.token_needed",
    "form-refused": "problem.form_refused",
    "described-already": "problem.described_already",
    "description-invalid": "problem.description_invalid",
    "too-large": "problem.too_large",
    "fault": "problem.fault",
}


def citizen_words(web: Web, problem: Problem, language: str) -> str:
    """Return what went wrong and what to do, in the citizen's words."""
    words = web.pages.words(language)
    if problem.code == "too-many-requests":
        return words("problem.too_many_requests", seconds=problem.headers["Retry-After"])
    if problem.code == "question-invalid" and problem.detail:
        return problem.detail
    return words(_FOR_CITIZENS.get(problem.code, "problem.refused"))


def citizen_problem(request: Request, web: Web, problem: Problem, language: str) -> Response:
    """Return the problem for the page's own script, with the words to show as its detail."""
    body = body_of(request, problem, web.parts.site.base_url)
    return JSONResponse(
        body | {"detail": citizen_words(web, problem, language)},
        problem.status,
        headers=dict(problem.headers),
        media_type=MEDIA_TYPE,
    )


def wants_page(request: Request) -> bool:
    """Return whether this client can read a page."""
    api = request.url.path.startswith("/v1/")
    return not api and "text/html" in request.headers.get("accept", "")


def refuse(request: Request, web: Web, error: Exception) -> Response:
    """Return the refusal as this client can read it: a page for browsers, else a problem."""
    problem = problem_of(error)
    web.metrics.refused(problem.status, problem.code)
    if not wants_page(request):
        return respond(request, problem, web.parts.site.base_url)
    language = web.pages.language_of(request)
    words = web.pages.words(language)
    if problem.status == 404:
        heading, message = words("problem.not_found_title"), words("problem.not_found")
    elif problem.status >= 500:
        heading = words("problem.fault_title")
        message = citizen_words(web, problem, language)
    else:
        heading = words("problem.refused_title")
        message = citizen_words(web, problem, language)
    return web.pages.page(
        "problem.html",
        language,
        status=problem.status,
        headers=problem.headers,
        heading=heading,
        message=message,
        reference=request.scope.get("state", {}).get("request_id", ""),
    )
