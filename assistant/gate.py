"""The gate: nothing serves citizens that is not in an approved release (invariant 8).

It stands where something would begin to serve: activating, rolling back, starting a server, and
opening a snapshot that another process made live. Withdrawing and switching off never ask it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import assert_never

from sqlalchemy import Connection

from assistant.board import Act, BoardWord, date_of, verify_word
from assistant.errors import BoardNoteRefused, ReleaseUnexamined
from assistant.live import read_live
from assistant.release_rows import read_evaluations, read_keys, read_release
from assistant.releases import (
    EvaluationKind,
    Move,
    MoveKind,
    Release,
    ReleaseState,
    Status,
    Verdict,
    shortfalls,
)
from assistant.releasing import evaluation_facts
from audit.canonical import Json
from audit.errors import AuditError
from audit.events import Kind
from audit.log import Log
from audit.note import VerifierKey, parse_verifier_key

AT_ONCE = (
    "Meanwhile `signpost withdraw` and `signpost off` work at once, and `signpost snapshots "
    "rollback` returns to guidance that was approved."
)


@dataclass(frozen=True, slots=True)
class Gate:
    """`running` says which release a snapshot makes with the software, policy and models here."""

    log: Log
    running: Callable[[str], Release]

    def admit(self, connection: Connection, snapshot: str) -> ReleaseState:
        """Return the approved release that the snapshot would serve in, or raise ReleaseUnexamined.

        Rows alone are not believed: the log must hold the records they speak of.
        """
        release = self.running(snapshot)
        state = read_release(connection, release.digest, read_live(connection).release)
        if state is None or not state.allowed:
            raise ReleaseUnexamined(_refusal(release, state), _missing(state))
        self._require_recorded(connection, state)
        return state

    def admits(self, connection: Connection, snapshot: str) -> bool:
        """Say whether the snapshot may serve with what runs here."""
        try:
            self.admit(connection, snapshot)
        except ReleaseUnexamined:
            return False
        return True

    def _require_recorded(self, connection: Connection, state: ReleaseState) -> None:
        decision = state.decision
        try:
            if decision.kind is MoveKind.OVERRIDDEN:
                proved = self._overridden(connection, state, decision)
            else:
                proved = self._in_log(
                    connection, decision.record, Kind.RELEASE_APPROVED, {"release": state.digest}
                ) and self._passed(connection, state)
        except (AuditError, BoardNoteRefused) as error:
            raise ReleaseUnexamined(_unproved(state)) from error
        if not proved:
            raise ReleaseUnexamined(_unproved(state))

    def _passed(self, connection: Connection, state: ReleaseState) -> bool:
        newest = {each.kind: (each, r) for each, r in read_evaluations(connection, state.digest)}
        return all(
            kind in newest
            and newest[kind][0].verdict is Verdict.PASSED
            and self._in_log(
                connection,
                newest[kind][1],
                Kind.EVALUATION_RECORDED,
                evaluation_facts(newest[kind][0]),
            )
            for kind in EvaluationKind
        )

    def _overridden(self, connection: Connection, state: ReleaseState, decision: Move) -> bool:
        """Check the board's note again; a key retired since signed when it was in use."""
        facts: dict[str, Json] = {"release": state.digest, "note": decision.note}
        if not self._in_log(connection, decision.record, Kind.RELEASE_OVERRIDDEN, facts):
            return False
        proposal = next(m for m in reversed(state.moves) if m.kind is MoveKind.PROPOSED)
        word = BoardWord(
            self.log.origin,
            Act.OVERRIDE,
            state.digest,
            proposal.record,
            decision.by,
            decision.reason,
            date_of(decision.note),
        )
        verify_word(decision.note, word, self._recorded_keys(connection))
        return True

    def _recorded_keys(self, connection: Connection) -> tuple[VerifierKey, ...]:
        """Return the board keys, those apart that were put into the table past the log."""
        known = {str(key) for key in read_keys(connection, retired=True)}
        said = {
            str(record.facts["key"])
            for record in self.log.of_kind(connection, Kind.BOARD_KEY_REGISTERED)
        }
        return tuple(parse_verifier_key(key) for key in sorted(known & said))

    def _in_log(
        self, connection: Connection, record_id: str, kind: Kind, facts: dict[str, Json]
    ) -> bool:
        record = self.log.record(connection, record_id)
        told = record.facts
        return record.leaf.kind == kind and all(told.get(k) == v for k, v in facts.items())


def _refusal(release: Release, state: ReleaseState | None) -> str:
    """Return what stands in the way and which command moves it, for an operator."""
    short = release.digest[:16]
    named = (
        f"Release {short} may not serve citizens: software {release.software}, guidance "
        f"{release.snapshot[:16]}, policy {release.policy[:16]}, models {release.embedder[:16]} "
        f"and {release.composer[:16]}."
    )
    missing = _missing(state)
    status = state.status if state else None
    match status:
        case None:
            why = "Nobody has proposed it."
        case Status.PROPOSED:
            why = "It was proposed, and waits for a decision."
        case Status.REFUSED:
            why = f"It was refused by {state.decision.by}: {state.decision.reason}" if state else ""
        case Status.APPROVED | Status.OVERRIDDEN | Status.ACTIVE | Status.SUPERSEDED:
            why = ""
        case _:
            assert_never(status)
    if status is Status.PROPOSED and not missing:
        steps = [f"  signpost release approve {short} --by NAME --reason WHY"]
    else:
        steps = [
            *(f"  {line}" for line in missing),
            f"  then: signpost release propose --snapshot {release.snapshot[:16]} --reports DIR "
            "--by NAME --reason WHY",
            f"  and: signpost release approve {short} --by NAME --reason WHY",
            "A holder of a board key may let it serve all the same, once it is proposed: "
            f"signpost release override {short} --key FILE --by NAME --reason WHY",
        ]
    return "\n".join([f"{named} {why}".strip(), *steps, AT_ONCE])


def _missing(state: ReleaseState | None) -> tuple[str, ...]:
    return state.shortfalls if state else shortfalls({})


def _unproved(state: ReleaseState) -> str:
    return (
        f"Release {state.digest[:16]} is marked as approved, but the audit log does not say so: "
        "somebody changed the database. Run `signpost-audit verify`, and propose it again."
    )
