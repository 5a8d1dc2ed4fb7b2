"""Every router of the console, in the order in which paths are looked up."""

from fastapi import APIRouter

from api.staff import (
    challenged,
    entrance,
    from_provider,
    home,
    joining,
    managing,
    own_account,
    reviewing,
)
from api.staff.casework import case_page, duty, live, moves, queue, writing

STAFF_ROUTERS: tuple[APIRouter, ...] = (
    home.router,
    entrance.router,
    joining.router,
    from_provider.router,
    own_account.router,
    managing.router,
    queue.router,
    case_page.router,
    moves.router,
    writing.router,
    duty.router,
    live.router,
    challenged.router,
    reviewing.router,
)
