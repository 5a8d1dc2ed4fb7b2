"""Challenging an answer from the page and the widget's frame, with or without script."""

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from api.pages.refusals import citizen_problem
from api.pages.visits import Visit, check_form, field, from_script, needed, renewed, visit_of
from api.problems import Problem
from api.web import TheWeb, Web
from assistant.challenges.challenges import LONGEST_WHY
from assistant.errors import ChallengeRefused, MessageInvalid
from assistant.text import RawText

router = APIRouter(include_in_schema=False)


@router.post("/conversation/turns/{turn_id}/challenge")
async def challenge(turn_id: str, request: Request, web: TheWeb) -> Response:
    """Keep a challenge and show its reference; what cannot be kept is shown again to mend."""
    form = await request.form(max_files=0, max_fields=10)
    visit = needed(visit_of(request, web))
    check_form(request, web, visit, field(form, "form_token"))
    challenges = web.parts.challenges
    if challenges is None or not web.parts.said:
        raise HTTPException(404)
    web.rates.count_feedback(visit.conversation_id)
    why = field(form, "reason").replace("\r\n", "\n")
    try:
        await run_in_threadpool(challenges.make, visit.conversation_id, turn_id, RawText(why))
    except (ChallengeRefused, MessageInvalid) as fault:
        return renewed(await _again(request, web, visit, turn_id, why, fault), web, visit)
    if not from_script(request):
        return renewed(RedirectResponse(f"/conversation#challenge-{turn_id}", 303), web, visit)
    conversation = await web.conversation(visit.conversation_id)
    turn = next(turn for turn in conversation.turns if turn.id == turn_id)
    html = web.pages.challenge(
        turn, conversation.language, framed=visit.framed, form_token=visit.form_token(web)
    )
    return renewed(JSONResponse({"html": html}), web, visit)


async def _again(
    request: Request,
    web: Web,
    visit: Visit,
    turn_id: str,
    why: str,
    fault: ChallengeRefused | MessageInvalid,
) -> Response:
    """Return what is wrong, in the citizen's words, beside what was typed."""
    conversation = await web.conversation(visit.conversation_id)
    said = web.parts.said[web.pages.words(conversation.language).language].challenge
    if isinstance(fault, ChallengeRefused):
        status, wrong = 409, said.refused
    elif why.strip():
        status, wrong = 422, said.too_long.replace("{most}", str(LONGEST_WHY))
    else:
        status, wrong = 422, said.empty
    if from_script(request):
        problem = Problem(status, "question-invalid", said.title, wrong)
        return citizen_problem(request, web, problem, conversation.language)
    return web.pages.page(
        "challenge.html",
        conversation.language,
        status=status,
        turn=next(turn for turn in conversation.turns if turn.id == turn_id),
        error=wrong,
        draft=why,
        form_token=visit.form_token(web),
    )
