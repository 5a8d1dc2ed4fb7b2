"""Challenging an answer from the page and the widget's frame, with or without script."""

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from api.pages.refusals import citizen_problem
from api.pages.visits import check_form, field, from_script, needed, renewed, visit_of
from api.problems import Problem
from api.web import TheWeb
from assistant.challenges.challenges import LONGEST_WHY
from assistant.errors import ChallengeRefused, MessageInvalid
from assistant.text import RawText

router = APIRouter(include_in_schema=False)


@router.post("/conversation/turns/{turn_id}/challenge")
async def challenge(turn_id: str, request: Request, web: TheWeb) -> Response:
    """Keep a challenge and show its reference; what cannot be kept is shown again to mend."""
    form = await request.form(max_files=0, max_fields=10)
    visit = needed(visit_of(request, web))
    form_token = visit.form_token(web)
    check_form(request, web, visit, field(form, "form_token"))
    challenges = web.parts.challenges
    if challenges is None or not web.parts.said:
        raise HTTPException(404)
    web.rates.count_feedback(visit.conversation_id)
    why = field(form, "reason").replace("\r\n", "\n")
    language = (await web.conversation(visit.conversation_id)).language
    said = web.parts.said[web.pages.words(language).language].challenge
    try:
        await run_in_threadpool(challenges.make, visit.conversation_id, turn_id, RawText(why))
    except (ChallengeRefused, MessageInvalid) as fault:
        if isinstance(fault, ChallengeRefused):
            status, wrong = 409, said.refused
        else:
            status = 422
            wrong = said.too_long.replace("{most}", str(LONGEST_WHY)) if why.strip() else said.empty
        if from_script(request):
            problem = Problem(status, "question-invalid", said.title, wrong)
            return renewed(citizen_problem(request, web, problem, language), web, visit)
        turn = await run_in_threadpool(web.parts.conversations.turn, visit.conversation_id, turn_id)
        values = {"turn": turn, "error": wrong, "draft": why, "form_token": form_token}
        page = web.pages.page("challenge.html", language, status=status, **values)
        return renewed(page, web, visit)
    turn = await run_in_threadpool(web.parts.conversations.turn, visit.conversation_id, turn_id)
    if from_script(request):
        html = web.pages.challenge(turn, language, framed=visit.framed, form_token=form_token)
        return renewed(JSONResponse({"html": html}), web, visit)
    return renewed(RedirectResponse(f"/conversation#challenge-{turn.id}", 303), web, visit)
