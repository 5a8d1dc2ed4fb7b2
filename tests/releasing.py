"""Releases for tests: a gate over the little world, evaluations that passed, a board with keys.

Run as `python -m tests.releasing URL KEYS_URL PREFIX COUNT` it is a process that makes moves until
it is done or killed; each release is proposed, approved and activated, and named after each move.
"""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pytest

from assistant.board import Act, board_key, sign_word
from assistant.gate import Gate
from assistant.live import Operations, SnapshotRef
from assistant.releases import EvaluationKind, EvaluationRecord, Release, ReleaseState, Verdict
from assistant.releasing import Releases
from assistant.storage import as_text
from audit.events import Kind
from audit.keyfiles import Secret
from audit.records import Record
from tests.assisting import NOON, World, open_world
from tests.databases import NewDatabase

POLICY = "p" * 64
BOARD_SEED, OTHER_SEED, STRANGER_SEED = Secret(b"b" * 32), Secret(b"c" * 32), Secret(b"x" * 32)
BOARD, OTHER = board_key("board-ann", BOARD_SEED), board_key("board-bob", OTHER_SEED)
STRANGER = board_key("board-ann", STRANGER_SEED)
"""A key under the name of a registered one."""


def running(snapshot: str) -> Release:
    """Return the release that a snapshot makes in the tests' installation."""
    return Release("1.0+software", snapshot, POLICY, "embedder", "quotation")


def passed(
    release: Release, *kinds: EvaluationKind, verdict: Verdict = Verdict.PASSED
) -> tuple[EvaluationRecord, ...]:
    """Return an evaluation of each kind, or of the kinds named."""
    return tuple(
        EvaluationRecord(kind, release.digest, verdict, f"{kind} was so.", "e" * 64, as_text(NOON))
        for kind in kinds or EvaluationKind
    )


@dataclass(frozen=True)
class Releasing:
    """A world with a gate before what is live."""

    world: World
    releases: Releases
    operations: Operations
    gate: Gate

    def proposed(
        self, snapshot: SnapshotRef, *kinds: EvaluationKind, verdict: Verdict = Verdict.PASSED
    ) -> ReleaseState:
        release = running(snapshot.version)
        found = passed(release, *kinds, verdict=verdict)
        return self.releases.propose(release, snapshot.name, found, "Olu", "new guidance")

    def approved(self, snapshot: SnapshotRef) -> ReleaseState:
        return self.releases.approve(self.proposed(snapshot), "Ann", "all has passed")

    def signed(
        self, seen: ReleaseState, act: Act = Act.OVERRIDE, by: str = "Ann", reason: str = "urgent"
    ) -> str:
        """Return the note that the board's key holder signs."""
        return sign_word(self.releases.word(seen, act, by, reason), BOARD, BOARD_SEED)

    def register_board(self) -> None:
        self.releases.register(BOARD, "Olu", "the board's first key")


def releasing(world: World) -> Releasing:
    """Return the moves with releases, and what is live behind a gate, over a world."""
    gate = Gate(world.log, running)
    return Releasing(
        world,
        Releases(world.database, world.log, world.clock),
        Operations(world.database, world.log, world.clock, gate),
        gate,
    )


@contextmanager
def a_gated_world(new_database: NewDatabase) -> Iterator[Releasing]:
    """Open a world on new databases; in the end its log must verify."""
    with open_world(new_database(), new_database(), activate=False) as world:
        world.assistant.start()
        yield releasing(world)
        assert world.verify().ok


def records(world: World, *kinds: Kind) -> list[Record]:
    with world.database.read() as connection:
        found = [r for kind in kinds for r in world.log.of_kind(connection, kind)]
    return sorted(found, key=lambda record: record.index)


def size(world: World) -> int:
    with world.database.read() as connection:
        return world.log.size(connection)


def unchanged(made: Releasing, move: Callable[[], object], fault: type[Exception]) -> str:
    """Make a move that must be refused; show that it left nothing; return what was said."""
    before = (made.releases.all(), made.releases.board_keys(), size(made.world))
    state = made.operations.state()
    with pytest.raises(fault) as refused:
        move()
    assert (made.releases.all(), made.releases.board_keys(), size(made.world)) == before
    assert made.operations.state() == state
    return str(refused.value)


def main(url: str, keys_url: str, prefix: str, count: str) -> None:
    with open_world(url, keys_url, prefix=prefix, activate=False) as world:
        made = releasing(world)
        for number in range(int(count)):
            snapshot = SnapshotRef(f"{prefix}{number}", f"{number:032x}{ord(prefix):032x}")
            state = made.proposed(snapshot)
            print(state.digest, "proposed", flush=True)
            made.releases.approve(state, "Ann", "all has passed")
            print(state.digest, "approved", flush=True)
            made.operations.activate(snapshot, {}, by="Olu", reason="go")
            print(state.digest, "activated", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
