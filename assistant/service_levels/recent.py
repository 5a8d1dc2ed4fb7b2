"""Today's cases of a queue, as an expected wait is worked out from them."""

from datetime import datetime

from sqlalchemy import Connection, Row, or_, select

from assistant.escalations.states import MoveKind
from assistant.escalations.tables import case_moves, cases
from assistant.service_levels.waits import Asked
from assistant.storage import as_moment, as_text

_ASKED = {MoveKind.OPENED.value, MoveKind.REOPENED.value}
_ANSWERED = {MoveKind.REPLIED.value, MoveKind.PROMISED.value}
_LEFT = {MoveKind.RESOLVED.value, MoveKind.EXPIRED.value, MoveKind.ERASED.value}


def asked_of(connection: Connection, queue: str, since: datetime) -> tuple[Asked, ...]:
    """Return the asks for a person in a queue that nobody had ended before `since`.

    A case that was brought back has asked again. An ask ends with the first reply after it, or
    with the case.
    """
    query = (
        select(case_moves.c.case_id, case_moves.c.kind, case_moves.c.at)
        .join(cases, cases.c.id == case_moves.c.case_id)
        .where(
            cases.c.queue == queue,
            or_(cases.c.ended_at.is_(None), cases.c.ended_at >= as_text(since)),
            case_moves.c.kind.in_(_ASKED | _ANSWERED | _LEFT),
        )
        .order_by(case_moves.c.case_id, case_moves.c.version)
    )
    found: list[Asked] = []
    waiting: Row[tuple[str, str, str]] | None = None
    for row in connection.execute(query):
        if waiting is not None and waiting.case_id != row.case_id:
            found.append(Asked(as_moment(waiting.at)))
            waiting = None
        if row.kind in _ASKED:
            waiting = row
        elif waiting is not None:
            answered = as_moment(row.at) if row.kind in _ANSWERED else None
            left = as_moment(row.at) if row.kind in _LEFT else None
            found.append(Asked(as_moment(waiting.at), answered, left))
            waiting = None
    if waiting is not None:
        found.append(Asked(as_moment(waiting.at)))
    return tuple(found)
