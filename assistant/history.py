"""Earlier turns as what a follow-up leans on."""

from assistant.outcomes import Reason
from assistant.text import RedactedText
from assistant.turns import Exchange
from assistant.views import TurnView

_ON_A_SUBJECT = frozenset({"answered", "abstained", "clarifying"})


def exchange_of(view: TurnView) -> Exchange:
    """Return a turn as history; thanks, or what was not understood, give a follow-up no subject."""
    about = view.outcome in _ON_A_SUBJECT and view.reason != Reason.NOT_UNDERSTOOD.value
    cited = view.citations[0] if view.citations else None
    return Exchange(
        question=RedactedText(view.question if about else ""),
        answer=view.answer,
        title=cited.title if cited else "",
        heading=cited.heading if cited else "",
        url=cited.url if cited else "",
    )
