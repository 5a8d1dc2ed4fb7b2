"""The console's first page."""

from typing import Annotated

from fastapi import APIRouter
from starlette.responses import Response

from api.staff.access import StaffVisit, needs
from api.staff.permissions import Permission
from api.staff.rendering import console_page
from api.web import TheWeb

router = APIRouter(prefix="/staff", include_in_schema=False)


@router.api_route("", methods=["GET", "HEAD"])
async def home(web: TheWeb, visit: Annotated[StaffVisit, needs(Permission.SEE_HOME)]) -> Response:
    """Show what this person can do here."""
    return console_page(web, "staff/home.html", visit)
