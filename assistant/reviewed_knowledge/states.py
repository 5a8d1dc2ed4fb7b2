"""Where reviewed knowledge stands, and which moves are legal: two closed sets, a table."""

from collections.abc import Mapping
from enum import StrEnum

from assistant.errors import KnowledgeMoveRefused


class KnowledgeStatus(StrEnum):
    """Where a piece of knowledge stands."""

    PROPOSED = "proposed"
    """A candidate: somebody else has to look at it."""
    APPROVED = "approved"
    """A reviewed page: it goes into the next snapshot."""
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    """Its date has passed: it is withdrawn until somebody proposes it anew."""
    ERASED = "erased"
    """The citizen deleted the conversation before anybody approved the candidate."""


class KnowledgeMove(StrEnum):
    """What can be done with a piece of knowledge."""

    APPROVED = "approved"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    ERASED = "erased"


LEGAL: Mapping[KnowledgeStatus, Mapping[KnowledgeMove, KnowledgeStatus]] = {
    KnowledgeStatus.PROPOSED: {
        KnowledgeMove.APPROVED: KnowledgeStatus.APPROVED,
        KnowledgeMove.REFUSED: KnowledgeStatus.REFUSED,
        KnowledgeMove.ERASED: KnowledgeStatus.ERASED,
    },
    KnowledgeStatus.APPROVED: {
        KnowledgeMove.WITHDRAWN: KnowledgeStatus.WITHDRAWN,
        KnowledgeMove.EXPIRED: KnowledgeStatus.EXPIRED,
    },
    KnowledgeStatus.REFUSED: {},
    KnowledgeStatus.WITHDRAWN: {},
    KnowledgeStatus.EXPIRED: {},
    KnowledgeStatus.ERASED: {},
}
"""Which moves are open from where. What has ended is proposed anew, under another name."""


def after(status: KnowledgeStatus, move: KnowledgeMove, name: str) -> KnowledgeStatus:
    """Return where a move leads, or raise KnowledgeMoveRefused."""
    found = LEGAL[status].get(move)
    if found is None:
        raise KnowledgeMoveRefused(f"{name} is {status.value}: it cannot be {move.value} any more.")
    return found
