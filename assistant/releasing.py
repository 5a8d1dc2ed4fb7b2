"""The moves with releases and board keys. Each is one transaction: its rows and its audit events.

A move is made with the state that somebody looked at: when another move came first it is refused,
so of two people who decide at once one wins, and the other looks again.
"""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import Connection, insert, update

from assistant.board import Act, BoardWord, date_of, require_fresh, verify_word
from assistant.errors import BoardKeyRefused, ReleaseMoveRefused, ReleaseUnknown
from assistant.live import read_live
from assistant.release_rows import (
    COUNT_OVERRIDES,
    insert_evaluations,
    insert_moves,
    insert_release,
    read_digests,
    read_keys,
    read_release,
)
from assistant.releases import (
    EvaluationRecord,
    Move,
    MoveKind,
    Release,
    ReleaseState,
    plain_line,
    require_legal,
    shortfalls,
)
from assistant.storage import as_text, board_keys
from audit.canonical import Json
from audit.database import Database
from audit.events import Event, Kind
from audit.log import Log
from audit.note import VerifierKey
from audit.records import Recorded

SHORTEST_DIGEST = 8


@dataclass(frozen=True, slots=True)
class ReleaseFigures:
    """What everybody may count. `gated`: nothing serves here without an approved release."""

    gated: bool = False
    overrides: int = 0
    serves_by_override: bool = False


@dataclass(frozen=True, slots=True)
class Releases:
    """Releases and board keys of one home. `by` and `reason` stay readable in the log for ever."""

    database: Database
    log: Log
    clock: Callable[[], datetime]

    # -- looking -------------------------------------------------------------------------------

    def all(self) -> tuple[ReleaseState, ...]:
        """Return every release, the first proposed first."""
        with self.database.read() as connection:
            live = read_live(connection).release
            found = (read_release(connection, d, live) for d in read_digests(connection))
            return tuple(each for each in found if each)

    def find(self, digest: str) -> ReleaseState:
        """Return the release whose digest begins so, or raise ReleaseUnknown."""
        known = self.all()
        found = [each for each in known if each.digest.startswith(digest.casefold())]
        if len(found) == 1 and len(digest) >= SHORTEST_DIGEST:
            return found[0]
        those = ", ".join(each.digest[:16] for each in known) or "none was proposed yet"
        raise ReleaseUnknown(
            f"No one release begins with {digest!r} (give {SHORTEST_DIGEST} digits or more). "
            f"Releases: {those}."
        )

    def board_keys(self) -> tuple[VerifierKey, ...]:
        """Return the board's keys in use."""
        with self.database.read() as connection:
            return read_keys(connection)

    def figures(self, gated: bool) -> ReleaseFigures:
        """Return the public figures."""
        with self.database.read() as connection:
            live = read_live(connection).release
            state = read_release(connection, live, live) if live else None
            overrides = connection.execute(COUNT_OVERRIDES).scalar_one()
        return ReleaseFigures(gated, overrides, state is not None and state.overridden)

    # -- deciding ------------------------------------------------------------------------------

    def propose(
        self,
        release: Release,
        name: str,
        evaluations: Sequence[EvaluationRecord],
        by: str,
        reason: str,
    ) -> ReleaseState:
        """Put a release forward, with what evaluations found of it; the first time or again.

        Raises ReleaseMoveRefused when one of them is of another release.
        """
        with self.database.write() as connection:
            return self._propose(connection, release, name, evaluations, by, reason)

    def adopt(
        self,
        release: Release,
        name: str,
        evaluations: Sequence[EvaluationRecord],
        by: str,
        examined: str,
    ) -> bool:
        """Propose and approve a release that was evaluated before it was shipped.

        `examined` is the digest of what its makers evaluated. Says whether it did: not where
        somebody has made a move with the release already, nor where an evaluation is missing or
        did not pass.
        """
        reason = "Evaluated by its makers; the evaluation came with it"
        with self.database.write() as connection:
            self.log.lock(connection)
            if read_release(connection, release.digest, "") is not None:
                return False
            if shortfalls({each.kind: each for each in evaluations}):
                return False
            seen = self._propose(connection, release, name, evaluations, by, reason)
            self._decide(connection, seen, MoveKind.APPROVED, by, reason, shipped=examined)
        return True

    def approve(self, seen: ReleaseState, by: str, reason: str, note: str = "") -> ReleaseState:
        """Approve a release whose evaluations all passed.

        Where a board key is registered, `note` must be a holder's signed word.
        """
        if seen.shortfalls:
            raise ReleaseMoveRefused(
                f"Release {seen.digest[:16]} cannot be approved:\n  "
                + "\n  ".join(seen.shortfalls)
                + "\nPropose it again with what is missing, or a holder of a board key lets it "
                "serve all the same: `signpost release override`."
            )
        with self.database.write() as connection:
            self.log.lock(connection)
            if note or read_keys(connection):
                return self._by_board(
                    connection, seen, MoveKind.APPROVED, Act.APPROVE, by, reason, note
                )
            return self._decide(connection, seen, MoveKind.APPROVED, by, reason)

    def override(self, seen: ReleaseState, by: str, reason: str, note: str) -> ReleaseState:
        """Let a release serve that did not pass: only by a board key holder's signed word."""
        with self.database.write() as connection:
            self.log.lock(connection)
            return self._by_board(
                connection, seen, MoveKind.OVERRIDDEN, Act.OVERRIDE, by, reason, note
            )

    def refuse(self, seen: ReleaseState, by: str, reason: str) -> ReleaseState:
        """Refuse a release, or take an approval back. Needs no key: it can only stop something."""
        with self.database.write() as connection:
            return self._decide(connection, seen, MoveKind.REFUSED, by, reason)

    def word(self, seen: ReleaseState, act: Act, by: str, reason: str) -> BoardWord:
        """Return what a holder of a board key signs to decide the release as it stands."""
        at = as_text(self.clock())
        answers = seen.moves[-1].record
        return BoardWord(self.log.origin, act, seen.digest, answers, by, reason, at)

    # -- the board's keys ----------------------------------------------------------------------

    def register(self, key: VerifierKey, by: str, reason: str, note: str = "") -> None:
        """Register the public half of a board key.

        The first needs nobody's word; each later one `note`, signed by a key that is in use.
        Otherwise whoever runs the service could make a board of their own.
        """
        with self.database.write() as connection:
            self.log.lock(connection)
            if key in read_keys(connection, retired=True):
                raise BoardKeyRefused(
                    f"The key {key.name} was registered before. Make a new one with "
                    "`signpost board-key new --out FILE`."
                )
            if key.name in {each.name for each in read_keys(connection)}:
                raise BoardKeyRefused(
                    f"Another key in use is named {key.name}: give this one a name of its own."
                )
            if note or read_keys(connection):
                self._verified(connection, Act.REGISTER, str(key), "-", by, reason, note)
            facts = _said(by, reason, note) | {"key": str(key)}
            (recorded,) = self.log.append(connection, [Event(Kind.BOARD_KEY_REGISTERED, facts)])
            connection.execute(
                insert(board_keys),
                {
                    "verifier_key": str(key),
                    "record_id": recorded.record_id,
                    "registered_at": as_text(recorded.at),
                },
            )

    def retire(self, key: VerifierKey, by: str, reason: str, note: str) -> None:
        """Take a board key out of use; a key in use, it or another, must sign. Never the last."""
        with self.database.write() as connection:
            self.log.lock(connection)
            in_use = read_keys(connection)
            if key not in in_use:
                raise BoardKeyRefused(f"The key {key.name} is not in use.")
            if len(in_use) == 1:
                raise BoardKeyRefused(
                    "It is the only board key: register another first, or nobody could override."
                )
            self._verified(connection, Act.RETIRE, str(key), "-", by, reason, note)
            facts = _said(by, reason, note) | {"key": str(key)}
            (recorded,) = self.log.append(connection, [Event(Kind.BOARD_KEY_RETIRED, facts)])
            connection.execute(
                update(board_keys)
                .where(board_keys.c.verifier_key == str(key))
                .values(retired_at=as_text(recorded.at))
            )

    def key_word(self, act: Act, key: VerifierKey, by: str, reason: str) -> BoardWord:
        """Return what a holder of a board key signs to register or retire a key."""
        at = as_text(self.clock())
        return BoardWord(self.log.origin, act, str(key), "-", by, reason, at)

    # -- within one transaction ----------------------------------------------------------------

    def _propose(
        self,
        connection: Connection,
        release: Release,
        name: str,
        evaluations: Sequence[EvaluationRecord],
        by: str,
        reason: str,
    ) -> ReleaseState:
        digest = release.digest
        for each in evaluations:
            if each.release != digest:
                raise ReleaseMoveRefused(
                    f"The {each.kind} evaluation is of release {each.release[:16]}, not of "
                    f"{digest[:16]}, which is what this home would serve. Evaluate this one."
                )
            plain_line(each.says, f"what the {each.kind} evaluation found")
        self.log.lock(connection)
        before = self._now(connection, digest)
        require_legal(before.status if before else None, MoveKind.PROPOSED, digest)
        facts = _said(by, reason) | asdict(release) | {"release": digest, "name": name}
        recorded = self.log.append(
            connection,
            [
                Event(Kind.RELEASE_PROPOSED, facts),
                *(Event(Kind.EVALUATION_RECORDED, evaluation_facts(each)) for each in evaluations),
            ],
        )
        if before is None:
            insert_release(connection, release, name)
        insert_moves(connection, digest, [_move(MoveKind.PROPOSED, by, reason, recorded[0])])
        pairs = zip(evaluations, recorded[1:], strict=True)
        insert_evaluations(connection, digest, [(each, r.record_id) for each, r in pairs])
        return self._read(connection, digest)

    def _by_board(
        self,
        connection: Connection,
        seen: ReleaseState,
        move: MoveKind,
        act: Act,
        by: str,
        reason: str,
        note: str,
    ) -> ReleaseState:
        self._require_unmoved(connection, seen)
        seen.require(move)
        self._verified(connection, act, seen.digest, seen.moves[-1].record, by, reason, note)
        return self._decide(connection, seen, move, by, reason, note)

    def _decide(
        self,
        connection: Connection,
        seen: ReleaseState,
        move: MoveKind,
        by: str,
        reason: str,
        note: str = "",
        *,
        shipped: str = "",
    ) -> ReleaseState:
        self.log.lock(connection)
        self._require_unmoved(connection, seen)
        seen.require(move)
        facts = _said(by, reason, note) | {"release": seen.digest}
        if shipped:
            facts["shipped"] = shipped
        (recorded,) = self.log.append(connection, [Event(_KINDS[move], facts)])
        insert_moves(connection, seen.digest, [_move(move, by, reason, recorded, note)])
        return self._read(connection, seen.digest)

    def _verified(
        self,
        connection: Connection,
        act: Act,
        about: str,
        answers: str,
        by: str,
        reason: str,
        note: str,
    ) -> None:
        """Require the signed word of a board key in use for exactly this act."""
        if not note and read_keys(connection):
            raise BoardKeyRefused(
                f"A board key is registered, so to {act} needs the word of its holder: --key FILE."
            )
        at = date_of(note) if note else as_text(self.clock())
        word = BoardWord(self.log.origin, act, about, answers, by, reason, at)
        verify_word(note, word, read_keys(connection))
        require_fresh(at, self.clock())

    def _require_unmoved(self, connection: Connection, seen: ReleaseState) -> None:
        if self._now(connection, seen.digest) != seen:
            raise ReleaseMoveRefused(
                f"Somebody made a move with release {seen.digest[:16]} just before. "
                "Look again: `signpost release status`."
            )

    def _read(self, connection: Connection, digest: str) -> ReleaseState:
        state = self._now(connection, digest)
        if state is None:
            raise ReleaseUnknown(f"There is no release {digest}.")
        return state

    def _now(self, connection: Connection, digest: str) -> ReleaseState | None:
        return read_release(connection, digest, read_live(connection).release)


_KINDS = {
    MoveKind.PROPOSED: Kind.RELEASE_PROPOSED,
    MoveKind.APPROVED: Kind.RELEASE_APPROVED,
    MoveKind.REFUSED: Kind.RELEASE_REFUSED,
    MoveKind.OVERRIDDEN: Kind.RELEASE_OVERRIDDEN,
    MoveKind.ACTIVATED: Kind.RELEASE_ACTIVATED,
}


def evaluation_facts(found: EvaluationRecord) -> dict[str, Json]:
    """Return an evaluation as facts for the log."""
    return {
        "kind": found.kind.value,
        "release": found.release,
        "verdict": found.verdict.value,
        "says": found.says,
        "report": found.report_sha256,
        "at": found.at,
    }


def _said(by: str, reason: str, note: str = "") -> dict[str, Json]:
    facts: dict[str, Json] = {
        "by": plain_line(by, "who decides (--by)"),
        "reason": plain_line(reason, "why (--reason)"),
    }
    return facts | {"note": note} if note else facts


def _move(kind: MoveKind, by: str, reason: str, recorded: Recorded, note: str = "") -> Move:
    return Move(kind, by.strip(), reason.strip(), as_text(recorded.at), recorded.record_id, note)
