"""Welsh: quote Welsh guidance only on evidence; or say so in Welsh, and offer other ways."""

from collections.abc import Callable
from dataclasses import replace
from itertools import islice

from assistant.answers import Link
from assistant.confidence import Calibration
from assistant.outcomes import Abstained, Contact, Reason
from assistant.policy.model import Limits, Thresholds
from assistant.turns import Turn
from assistant.welsh import agreed, offered, well_worded

RIGHT = 0.8
"""How many of the answers given on this evidence are from a right page: 15 of 19 on the `fit` half
of the project's own Welsh questions, of Welsh pages' descriptions, and of questions that no Welsh
page answers."""


def welsh(
    thresholds: Thresholds,
    limits: Limits,
    calibration: Calibration,
    speakers: tuple[Contact, ...],
) -> Callable[[Turn], Turn]:
    """Return the step, which leaves other turns than Welsh ones alone.

    `speakers` are people who can talk to somebody in Welsh.
    """

    def step(turn: Turn) -> Turn:
        if turn.searched != "cy":
            return turn
        worded = well_worded(turn.hits, turn.standalone)
        known = calibration.confidence(turn.english) >= thresholds.caution
        if worded or (known and agreed(turn.hits, turn.english)):
            return replace(turn.note("by words" if worded else "agreed"), confidence=RIGHT)
        pages = islice(offered(turn.hits, turn.english), limits.nearest_pages)
        links = tuple(
            Link(page.title, page.document_url, page.updated, page.language) for page in pages
        )
        outcome = Abstained(Reason.NO_WELSH_GUIDANCE, links, contacts=speakers)
        return replace(turn.note("not in Welsh", offered=len(links)), outcome=outcome)

    return step
