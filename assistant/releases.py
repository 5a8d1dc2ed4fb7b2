"""What may serve citizens: releases, the evaluations of each, and the moves people make with them.

A release is everything that shapes an answer, as digests: software, guidance, policy, models. Only
rules are here; `assistant.releasing` keeps releases, `assistant.gate` asks whether one may serve.
"""

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from hashlib import sha256
from typing import assert_never

from assistant.errors import ReleaseMoveRefused
from audit.canonical import canonical_json

FORMAT = "signpost/release/v1"
LONGEST_WORD = 1_000
"""Characters of a name, a reason or a sentence that goes into the log."""

_UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")


@dataclass(frozen=True, slots=True)
class Release:
    """What would serve together; each is a digest, `software` with its version before it."""

    software: str
    snapshot: str
    policy: str
    embedder: str
    composer: str

    @property
    def digest(self) -> str:
        """Return the release's identity: the SHA-256 (hex) of its parts in canonical JSON."""
        return sha256(canonical_json({"format": FORMAT, **asdict(self)})).hexdigest()


class EvaluationKind(StrEnum):
    """What has to be examined before a release serves citizens; every one of these."""

    QUALITY = "quality"
    SAFETY = "safety"
    BIAS = "bias"


class Verdict(StrEnum):
    PASSED = "passed"
    FAILED = "failed"
    TOO_FEW_DATA = "too few data"


COMMANDS: Mapping[EvaluationKind, str] = {
    EvaluationKind.QUALITY: "signpost evaluate own --out DIR --snapshot NAME",
    EvaluationKind.SAFETY: "signpost evaluate safety --data DATA --out DIR --snapshot NAME",
    EvaluationKind.BIAS: "signpost evaluate bias --out DIR --snapshot NAME",
}
"""What measures each kind, to tell whoever lacks one."""


@dataclass(frozen=True, slots=True)
class EvaluationRecord:
    """What an evaluation found of the release with the digest `release`.

    `report_sha256` (hex) is of the report's file, `says` one plain sentence, `at` when it was made
    (UTC text, as `assistant.storage.as_text` writes it).
    """

    kind: EvaluationKind
    release: str
    verdict: Verdict
    says: str
    report_sha256: str
    at: str


class MoveKind(StrEnum):
    """What people do with a release; each is a record of the log."""

    PROPOSED = "proposed"
    APPROVED = "approved"
    REFUSED = "refused"
    OVERRIDDEN = "overridden"
    ACTIVATED = "activated"


class Status(StrEnum):
    """Where a release stands: the last decision about it, and whether it is the one that serves."""

    PROPOSED = "proposed"
    APPROVED = "approved"
    REFUSED = "refused"
    OVERRIDDEN = "allowed by override"
    ACTIVE = "active"
    SUPERSEDED = "superseded"


@dataclass(frozen=True, slots=True)
class Move:
    """Who did what with a release, when and why. `record` is the log's record of it.

    `note` is the text that the holder of a board key signed, empty where nobody had to.
    """

    kind: MoveKind
    by: str
    reason: str
    at: str
    record: str
    note: str = ""


LEGAL: Mapping[Status | None, frozenset[MoveKind]] = {
    None: frozenset({MoveKind.PROPOSED}),
    Status.PROPOSED: frozenset(MoveKind) - {MoveKind.ACTIVATED},
    Status.APPROVED: frozenset({MoveKind.ACTIVATED, MoveKind.REFUSED}),
    Status.OVERRIDDEN: frozenset({MoveKind.ACTIVATED, MoveKind.REFUSED}),
    Status.REFUSED: frozenset({MoveKind.PROPOSED}),
    Status.ACTIVE: frozenset(),
    Status.SUPERSEDED: frozenset({MoveKind.ACTIVATED, MoveKind.REFUSED}),
}
"""The moves that are open from each status. Proposing again brings new evaluations. What is active
ends by another release, a rollback or the off switch, never by a refusal that nobody would see."""


@dataclass(frozen=True, slots=True)
class ReleaseState:
    """A release, what was found of it and done with it, oldest first.

    `name` is that of its snapshot; `live`: it is the release that serves.
    """

    release: Release
    name: str
    moves: tuple[Move, ...]
    evaluations: tuple[EvaluationRecord, ...]
    live: bool = False

    @property
    def digest(self) -> str:
        """Return the release's digest."""
        return self.release.digest

    @property
    def decision(self) -> Move:
        """Return the last move that was not an activation."""
        return next(m for m in reversed(self.moves) if m.kind is not MoveKind.ACTIVATED)

    @property
    def status(self) -> Status:
        """Return where the release stands, from its moves."""
        match self.decision.kind:
            case MoveKind.PROPOSED:
                return Status.PROPOSED
            case MoveKind.REFUSED:
                return Status.REFUSED
            case MoveKind.APPROVED | MoveKind.OVERRIDDEN | MoveKind.ACTIVATED as allowed:
                if self.live:
                    return Status.ACTIVE
                if self.moves[-1].kind is MoveKind.ACTIVATED:
                    return Status.SUPERSEDED
                return Status.APPROVED if allowed is MoveKind.APPROVED else Status.OVERRIDDEN
            case _ as never:
                assert_never(never)

    @property
    def allowed(self) -> bool:
        """Return whether it may serve: approved, or overridden, and not refused since."""
        return self.decision.kind in {MoveKind.APPROVED, MoveKind.OVERRIDDEN}

    @property
    def overridden(self) -> bool:
        """Return whether it may serve only because a holder of a board key overrode the gate."""
        return self.decision.kind is MoveKind.OVERRIDDEN

    def newest(self, kind: EvaluationKind) -> EvaluationRecord | None:
        """Return the last evaluation of that kind."""
        return next((e for e in reversed(self.evaluations) if e.kind is kind), None)

    @property
    def shortfalls(self) -> tuple[str, ...]:
        """Return what stands against approving it, a line each; nothing when all has passed."""
        return shortfalls({e.kind: e for e in self.evaluations})

    def require(self, move: MoveKind) -> None:
        """Raise ReleaseMoveRefused unless the move is open from where the release stands."""
        require_legal(self.status, move, self.digest)


def require_legal(status: Status | None, move: MoveKind, digest: str) -> None:
    """Raise ReleaseMoveRefused, saying what can be done instead, unless the move is legal."""
    if move in LEGAL[status]:
        return
    where = status.value if status else "not proposed yet"
    open_now = sorted(f"can be {kind.value}" for kind in LEGAL[status])
    instead = ", ".join(open_now) or (
        "ends when another release is activated, by `signpost snapshots rollback`, or is silenced "
        "by `signpost off`"
    )
    raise ReleaseMoveRefused(
        f"Release {digest[:16]} is {where}, so it cannot be {move.value} now. It {instead}."
    )


def shortfalls(newest: Mapping[EvaluationKind, EvaluationRecord]) -> tuple[str, ...]:
    """Return what is missing or did not pass, a line for each kind, with what to run."""
    lines = []
    for kind in EvaluationKind:
        found = newest.get(kind)
        if found is None:
            lines.append(f"{kind}: not evaluated. Run: {COMMANDS[kind]}")
        elif found.verdict is not Verdict.PASSED:
            lines.append(f"{kind}: {found.verdict}: {found.says} Run again: {COMMANDS[kind]}")
    return tuple(lines)


def plain_line(text: str, what: str) -> str:
    """Return the text as one line fit for the log and for signing, or raise ReleaseMoveRefused."""
    line = text.strip()
    if not line:
        raise ReleaseMoveRefused(f"Say {what}: it goes into the log.")
    if len(line) > LONGEST_WORD:
        raise ReleaseMoveRefused(f"Say {what} in at most {LONGEST_WORD} characters.")
    if _UNSEEN.search(line):
        raise ReleaseMoveRefused(f"Say {what} on one line, without control characters.")
    return line
