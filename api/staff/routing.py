"""Every router of the console, in the order in which paths are looked up."""

from fastapi import APIRouter

from api.staff import home

STAFF_ROUTERS: tuple[APIRouter, ...] = (home.router,)
