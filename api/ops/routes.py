"""For operators and load balancers: alive, ready, counted."""

from typing import Literal

from fastapi import APIRouter, Response
from prometheus_client import CONTENT_TYPE_LATEST
from pydantic import BaseModel

from api.web import TheWeb

router = APIRouter(tags=["operations"])


class Alive(BaseModel):
    status: Literal["alive"] = "alive"


class PartState(BaseModel):
    name: str
    ready: bool
    detail: str


class Ready(BaseModel):
    ready: bool
    parts: list[PartState]


@router.get("/health", summary="Is the process alive?")
def health() -> Alive:
    """Return 200 as long as the process answers at all."""
    return Alive()


@router.get(
    "/ready",
    summary="Can it answer?",
    responses={503: {"model": Ready, "description": "A part cannot do its work."}},
)
def ready(response: Response, web: TheWeb) -> Ready:
    """Return 200 when every part can do its work, 503 with the parts that cannot."""
    parts = [
        PartState(name=part.name, ready=part.ready, detail=part.detail)
        for part in web.parts.readiness()
    ]
    everything = all(part.ready for part in parts)
    response.status_code = 200 if everything else 503
    return Ready(ready=everything, parts=parts)


@router.get(
    "/metrics",
    summary="Counters in Prometheus' text format",
    response_class=Response,
    responses={200: {"content": {"text/plain": {"schema": {"type": "string"}}}}},
)
def metrics(web: TheWeb) -> Response:
    """Return counts by outcome and way in; nothing about a person."""
    return Response(web.metrics.page(), media_type=CONTENT_TYPE_LATEST)
