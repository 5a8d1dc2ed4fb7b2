"""The audit record of a turn that ended: facts that are not personal, and the sealed rest."""

import hashlib
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection

from assistant import statements
from assistant.outcomes import Answered, Outcome, Reason
from assistant.presentation import BASIS_POINTS, Versions, outcome_name, view_as_json
from assistant.storage import as_text
from assistant.turns import Exchange, Turn
from assistant.views import TurnStatus, TurnView
from audit.events import Event, Kind
from audit.log import Log
from audit.records import Recorded

CONSIDERED = 10


def answered_event(
    turn: Turn, outcome: Outcome, view: TurnView, versions: Versions, workings: str = ""
) -> Event:
    """Return the `turn_answered` event.

    Facts: outcome, reason, confidence and scores in basis points, the digests of everything that
    shaped the answer, each step's trace, the best ten passages and every quotation by digest, and
    the commitment to the `workings` kept for a case file, where any are.
    Sealed: the pipeline's input (question as typed, clock, history), for replay, and the view.
    """
    facts: dict[str, Any] = {
        "turn": turn.id,
        "position": view.position,
        "outcome": outcome_name(outcome),
        "reason": outcome.reason.value,
        "confidence": _points(turn.confidence),
        "language": turn.language,
        "versions": versions.facts(),
        "marks": sorted(mark.value for mark in turn.marks),
        "masked": sorted(set(turn.masked)),
        "trace": [
            {
                "step": entry.step,
                "verdict": entry.verdict,
                "evidence": dict(entry.evidence),
                "micros": entry.micros,
            }
            for entry in turn.trace
        ],
        "considered": [
            {
                "passage": hit.passage.digest,
                "score": _points(hit.score),
                "dense": _points(hit.dense),
                "lexical": _points(hit.lexical),
            }
            for hit in turn.hits[:CONSIDERED]
        ],
        "quoted": _quoted(outcome),
    }
    if workings:
        facts["workings"] = workings
    personal = {"input": _input(turn), "view": view_as_json(view)}
    return Event(Kind.TURN_ANSWERED, facts, view.conversation_id, personal)


def suppressed_event(turn: Turn, conversation_id: str, position: int, versions: Versions) -> Event:
    """Return the event of a turn of which nothing was shown: a person has the conversation."""
    facts: dict[str, Any] = {"turn": turn.id, "position": position, "versions": versions.facts()}
    return Event(Kind.TURN_SUPPRESSED, facts, conversation_id, {"input": _input(turn)})


def unanswered_event(turn_id: str, conversation_id: str, position: int, question: str) -> Event:
    """Return the event of a turn left half-done by a crash while a person has the conversation."""
    facts: dict[str, Any] = {"turn": turn_id, "position": position, "half_done": True}
    return Event(Kind.TURN_SUPPRESSED, facts, conversation_id, {"input": {"question": question}})


def closed_event(turn_id: str, reason: Reason, view: TurnView, question: str) -> Event:
    """Return the event of a turn that a crash or fault left half-done."""
    facts: dict[str, Any] = {
        "turn": turn_id,
        "position": view.position,
        "reason": reason.value,
        "versions": {"policy": view.policy},
    }
    personal = {"input": {"question": question}, "view": view_as_json(view)}
    return Event(Kind.TURN_CLOSED, facts, view.conversation_id, personal)


def settle(
    connection: Connection,
    log: Log,
    turn_id: str,
    status: TurnStatus,
    event: Event,
    outcome: Outcome | None = None,
) -> Recorded:
    """Record how a turn ended, and its row with it; return where it stands in the log."""
    (recorded,) = log.append(connection, [event])
    connection.execute(
        statements.SETTLE_TURN,
        {
            "turn": turn_id,
            "new_status": status.value,
            "now": as_text(recorded.at),
            "record": recorded.record_id,
            "new_outcome": outcome_name(outcome) if outcome else None,
            "new_reason": outcome.reason.value if outcome else None,
        },
    )
    return recorded


def _input(turn: Turn) -> Mapping[str, Any]:
    return {
        "question": turn.question,
        "at": as_text(turn.at),
        "language": turn.language,
        "nation": turn.nation,
        "history": [_exchange(exchange) for exchange in turn.history],
    }


def _exchange(exchange: Exchange) -> dict[str, str]:
    return {
        "question": exchange.question,
        "answer": exchange.answer,
        "title": exchange.title,
        "heading": exchange.heading,
        "url": exchange.url,
    }


def _quoted(outcome: Outcome) -> list[dict[str, str]]:
    if not isinstance(outcome, Answered):
        return []
    return [
        {
            "passage": statement.passage.digest,
            "quote": hashlib.sha256(statement.quote.encode()).hexdigest(),
            "url": statement.passage.url,
        }
        for statement in outcome.answer.statements
    ]


def _points(value: float) -> int:
    return round(value * BASIS_POINTS)
