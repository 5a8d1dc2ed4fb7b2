"""What every route shares: the given parts, and what this package builds from them once."""

from dataclasses import dataclass
from typing import Annotated, cast

from fastapi import Depends
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request

from api.answering import Answering
from api.assets import Assets
from api.metrics import Metrics
from api.pages.rendering import Pages
from api.parts import Parts
from api.rate_limits import RateLimits, client_address
from api.staff.console import Console
from api.tokens import Tokens
from assistant.errors import NobodyThere
from assistant.reaching import Reaching
from assistant.views import ConversationView


@dataclass(frozen=True, slots=True)
class Web:
    """Built by `create_app`, read by the routes."""

    parts: Parts
    tokens: Tokens
    rates: RateLimits
    metrics: Metrics
    answering: Answering
    assets: Assets
    pages: Pages
    staff: Console | None = None

    @property
    def console(self) -> Console:
        """Return the staff console's parts; its routes exist only where it has some."""
        if self.staff is None:
            raise LookupError("this app was built without a staff console")
        return self.staff

    @property
    def reaching(self) -> Reaching:
        """Return what citizens do to reach people; raise `NobodyThere` where there is no such."""
        if self.parts.reaching is None:
            raise NobodyThere("This service has no people to reach from here.")
        return self.parts.reaching

    async def conversation(self, conversation_id: str) -> ConversationView:
        """Return the conversation, read outside the event loop."""
        return await run_in_threadpool(self.parts.conversations.read, conversation_id)

    def address(self, request: Request) -> str:
        """Return the client's address as it is counted."""
        return client_address(request, self.parts.limits.trusted_proxies)


def web_of(request: Request) -> Web:
    """Return the app's shared values."""
    return cast(Web, request.app.state.web)


TheWeb = Annotated[Web, Depends(web_of)]
