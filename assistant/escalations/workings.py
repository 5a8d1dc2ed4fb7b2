"""What the assistant had in hand for a turn, kept sealed for a case file.

It stands apart from the turn's own record, because that one is the citizen's to reveal in a
receipt, and a rejected draft is for no citizen. The record commits to it.
"""

from sqlalchemy import Connection, delete, insert, select

from assistant.escalations.case_file import (
    FoundPassage,
    Workings,
    workings_as_json,
    workings_from_json,
)
from assistant.escalations.tables import turn_workings
from assistant.outcomes import Answered, Outcome
from assistant.presentation import BASIS_POINTS
from assistant.turns import Turn
from audit.canonical import canonical_json, parse_canonical
from audit.vault import ConversationKey, commitment, record_salt, seal, unseal


def workings_of(turn: Turn, outcome: Outcome, passages: int) -> Workings:
    """Return the best passages found for the turn, and the draft that it did not show."""
    unused = turn.answer if not isinstance(outcome, Answered) else None
    draft = turn.rejected or unused
    return Workings(
        passages=tuple(
            FoundPassage(
                title=hit.passage.title,
                heading=hit.passage.heading,
                url=hit.passage.url,
                updated=hit.passage.updated,
                score=round(hit.score * BASIS_POINTS),
                text=hit.passage.text,
            )
            for hit in turn.hits[:passages]
        ),
        draft=draft.text if draft else "",
        generated=bool(draft and draft.generated),
    )


def commitment_to(key: ConversationKey, turn_id: str, workings: Workings) -> str:
    """Return the salted commitment (hex) that the turn's record carries."""
    plain = canonical_json(workings_as_json(workings))
    return commitment(record_salt(key, _name(turn_id)), plain).hex()


def keep(
    connection: Connection,
    key: ConversationKey,
    turn_id: str,
    workings: Workings,
) -> None:
    """Store the workings sealed under the conversation's key."""
    sealed = seal(key, _name(turn_id), canonical_json(workings_as_json(workings)))
    connection.execute(
        insert(turn_workings),
        {"turn_id": turn_id, "conversation_id": key.conversation_id, "sealed": sealed},
    )


def kept(connection: Connection, key: ConversationKey, turn_id: str) -> Workings:
    """Return what was kept of a turn: nothing where the contact centre was not in use."""
    query = select(turn_workings.c.sealed).where(turn_workings.c.turn_id == turn_id)
    sealed = connection.execute(query).scalar()
    if sealed is None:
        return Workings()
    value = parse_canonical(unseal(key, _name(turn_id), sealed))
    return workings_from_json(value)  # type: ignore[arg-type]


def forget(connection: Connection, conversation_id: str) -> None:
    """Delete what was kept of a conversation."""
    connection.execute(
        delete(turn_workings).where(turn_workings.c.conversation_id == conversation_id)
    )


def _name(turn_id: str) -> str:
    return f"workings of {turn_id}"
