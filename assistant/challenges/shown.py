"""What a citizen sees of the challenges to their answers: reference, and what was decided."""

from collections.abc import Mapping
from typing import cast

from sqlalchemy import Connection, select

from assistant.challenges.challenge import Challenge, Decision
from assistant.challenges.rows import challenge_of
from assistant.challenges.tables import challenges
from assistant.views import ChallengeShown
from audit.log import Log


def challenges_shown(
    connection: Connection, log: Log, conversation_id: str
) -> Mapping[str, ChallengeShown]:
    """Return the conversation's challenges by the identifier of the turn they are about."""
    query = select(challenges).where(challenges.c.conversation_id == conversation_id)
    found = (challenge_of(row) for row in connection.execute(query).all())
    return {each.turn_id: _shown(connection, log, each) for each in found}


def decision_of(connection: Connection, log: Log, challenge: Challenge) -> Decision | None:
    """Return what was decided, or None."""
    if challenge.ruling is None:
        return None
    said = said_in(connection, log, challenge.decided_record)
    return Decision(challenge.ruling, said["reasons"], said["corrected"])


def said_in(connection: Connection, log: Log, record: str) -> Mapping[str, str]:
    """Return the texts that a record sealed."""
    return cast(Mapping[str, str], log.personal(connection, record))


def _shown(connection: Connection, log: Log, challenge: Challenge) -> ChallengeShown:
    decision = decision_of(connection, log, challenge)
    return ChallengeShown(
        reference=challenge.reference,
        why=said_in(connection, log, challenge.made_record)["why"],
        made_at=challenge.made_at,
        ruling=decision.ruling.value if decision else "",
        reasons=decision.reasons if decision else "",
        corrected=decision.corrected if decision else "",
        decided_at=challenge.decided_at,
    )
