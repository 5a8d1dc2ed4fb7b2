"""What an operator's move, made while a question was being answered, leaves of the answer."""

from dataclasses import replace

from assistant.live import LiveState
from assistant.outcomes import Abstained, Answered, Clarifying, Reason
from assistant.turns import Turn


def under_newer_rules(turn: Turn, asked: LiveState, now: LiveState) -> Turn:
    """Return the turn as the operator's moves made while it was answered leave it.

    Switching off and withdrawing leave no answer, and offer no page, that they forbid; nor does
    an answer outlive the return from its snapshot to an earlier one.
    """
    match turn.outcome:
        case Answered() | Clarifying() if not now.answering:
            return replace(turn, outcome=Abstained(Reason.ANSWERING_OFF), answer=None)
        case Answered() | Clarifying() if asked.snapshot not in (now.snapshot, *now.earlier):
            return replace(turn, outcome=Abstained(Reason.SYSTEM_FAULT), answer=None)
        case Answered() | Clarifying() | Abstained():
            return _without_withdrawn(turn, now)
        case _:
            return turn


def _without_withdrawn(turn: Turn, state: LiveState) -> Turn:
    gone = state.withdrawn([hit.passage for hit in (*turn.hits, *turn.english)])
    match turn.outcome:
        case Answered() as outcome if any(
            passage.document_url in gone for passage in outcome.answer.passages
        ):
            return replace(turn, outcome=Abstained(Reason.NO_GUIDANCE), answer=None)
        case Clarifying() if gone:
            return replace(turn, outcome=Abstained(Reason.NO_GUIDANCE), answer=None)
        case Abstained() as outcome:
            nearest = tuple(link for link in outcome.nearest if link.url not in gone)
            return replace(turn, outcome=replace(outcome, nearest=nearest))
        case _:
            return turn
