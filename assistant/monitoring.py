"""Whether everybody is served alike in live use: counts by measured style, and nothing else.

The first question of each conversation is counted, so that nobody counts twice and the questions
of one person do not pass for those of many. Of it only bands are kept, each by itself: how long it
was, how many of its words were put right, in which language.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, Executable, Table, func, select
from sqlalchemy.dialects import postgresql, sqlite

from assistant.outcomes import (
    Abstained,
    Answered,
    Clarifying,
    Escalated,
    Outcome,
    Reason,
    Refused,
    Signposted,
)
from assistant.policy.model import DANGERS
from assistant.policy.watching import MEASURED, Monitoring
from assistant.storage import outcome_counts
from assistant.turns import Mark, Turn

Cell = tuple[str, str, str, str]
"""Since (ISO date), dimension, group, outcome."""


@dataclass(frozen=True, slots=True)
class Tally:
    """One cell added up over a time: of `counted` in the group the outcome came to `came`."""

    dimension: str
    group: str
    outcome: str
    counted: int
    came: int


def style_of(turn: Turn, rules: Monitoring) -> dict[str, str]:
    """Return the bands of a finished turn by dimension; no slips where nothing was looked up."""
    style = {"length": _length(turn, rules), "language": _language(turn)}
    read = [entry for entry in turn.trace if entry.step == "spell" and entry.verdict != "not read"]
    words = len(turn.asked.split())
    if read and words:
        put_right = read[-1].evidence.get("words", 0)
        share = put_right / words if isinstance(put_right, int) else 0.0
        many = "many" if share >= rules.slips.many_from else "few"
        style["slips"] = many if share else "none"
    return style


def ended(outcome: Outcome) -> str:
    """Return how a question ended, as it is compared: a question back is declined for now."""
    match outcome:
        case Answered():
            return "answered"
        case Abstained() | Clarifying():
            return "declined"
        case Escalated():
            return "escalated"
        case Refused():
            return "refused"
        case Signposted():
            return "signposted"


def came_of(turn: Turn, outcome: Outcome) -> frozenset[str]:
    """Return what came of a question: how it ended, and what the safety rules saw in it."""
    found = {ended(outcome)}
    if outcome.reason is Reason.ATTACK or Mark.INJECTION in turn.marks:
        found.add("attack")
    if outcome.reason in DANGERS or turn.maybe is not None:
        found.add("crisis")
    if turn.masked:
        found.add("masked")
    return frozenset(found)


def count_question(
    connection: Connection, turn: Turn, outcome: Outcome, day: date, rules: Monitoring
) -> None:
    """Count a first question by its style, within the caller's transaction."""
    came = came_of(turn, outcome)
    add_up(
        connection,
        (
            ((day.isoformat(), dimension, group, each), each in came)
            for dimension, group in style_of(turn, rules).items()
            for each in MEASURED
        ),
    )


def add_up(connection: Connection, seen: Iterable[tuple[Cell, bool]]) -> None:
    """Add to the counts: each entry is one more in its cell, and whether the outcome came.

    Rows are taken in one order, so that two processes never wait for each other.
    """
    counted: Counter[Cell] = Counter()
    came: Counter[Cell] = Counter()
    for cell, so in seen:
        counted[cell] += 1
        came[cell] += so
    rows = [
        {
            "since": since,
            "dimension": dimension,
            "group_name": group,
            "outcome": outcome,
            "counted": number,
            "came": came[since, dimension, group, outcome],
        }
        for (since, dimension, group, outcome), number in sorted(counted.items())
    ]
    if rows:
        connection.execute(_ADD[connection.dialect.name], rows)


def tallies(
    connection: Connection, since: date, before: date, dimensions: Sequence[str]
) -> tuple[Tally, ...]:
    """Return the cells of these dimensions, added up from `since` until the day before `before`."""
    table = outcome_counts.c
    query = (
        select(
            table.dimension,
            table.group_name,
            table.outcome,
            func.sum(table.counted),
            func.sum(table.came),
        )
        .where(
            table.since >= since.isoformat(),
            table.since < before.isoformat(),
            table.dimension.in_(dimensions),
        )
        .group_by(table.dimension, table.group_name, table.outcome)
        .order_by(table.dimension, table.group_name, table.outcome)
    )
    return tuple(
        Tally(dimension, group, outcome, int(counted), int(came))
        for dimension, group, outcome, counted, came in connection.execute(query)
    )


def _adding(insert: Callable[[Table], sqlite.Insert | postgresql.Insert]) -> Executable:
    added = insert(outcome_counts)
    return added.on_conflict_do_update(
        index_elements=list(outcome_counts.primary_key.columns),
        set_={
            "counted": outcome_counts.c.counted + added.excluded.counted,
            "came": outcome_counts.c.came + added.excluded.came,
        },
    )


_ADD = {"sqlite": _adding(sqlite.insert), "postgresql": _adding(postgresql.insert)}


def _length(turn: Turn, rules: Monitoring) -> str:
    words = len(turn.question.split())
    if words < rules.length.short_below:
        return "short"
    return "long" if words >= rules.length.long_from else "medium"


def _language(turn: Turn) -> str:
    """Return "unclear" where too little was written to tell: such a question is read as English."""
    if Mark.WELSH in turn.marks:
        return "cy"
    if Mark.OTHER_LANGUAGE in turn.marks:
        return "other"
    return "en" if turn.detected == "en" else "unclear"
