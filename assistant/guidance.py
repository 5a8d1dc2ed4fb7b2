"""What a question is answered from: the steps over the live snapshot, loaded once and kept.

`Answering` is the protocol the service needs. Which snapshot is live is read with each question;
a snapshot is opened when it first serves and kept until another one does.
"""

import logging
import threading
from collections.abc import Callable, Sequence
from typing import Generic, Protocol, TypeVar

from assistant.live import LiveState, SnapshotRef
from assistant.pipeline import Step
from assistant.presentation import Versions
from assistant.turns import Turn
from knowledge.documents import Passage
from knowledge.retrieval import Retriever

_log = logging.getLogger("signpost.guidance")


class Answering(Protocol):
    """The steps and versions for a live state."""

    def steps(self, state: LiveState) -> Sequence[Step]: ...

    def versions(self, state: LiveState) -> Versions: ...


class Guidance(Protocol):
    """An opened snapshot, ready to be searched."""

    @property
    def retriever(self) -> Retriever: ...

    @property
    def passages(self) -> Sequence[Passage]: ...


G = TypeVar("G", bound=Guidance)


class LiveAnswering(Generic[G]):
    """Keeps the live snapshot open and its steps built; safe to use from threads."""

    def __init__(
        self,
        open_guidance: Callable[[SnapshotRef], G],
        build: Callable[[G | None, LiveState, frozenset[str]], Sequence[Step]],
        versions: Callable[[LiveState], Versions],
        admit: Callable[[SnapshotRef], None] = lambda _: None,
    ) -> None:
        """Take how to open a snapshot and build its steps; `admit` raises if it may not serve.

        It is asked whenever anything became live, also for a snapshot that is still open.
        """
        self._admit = admit
        self._open = open_guidance
        self._build = build
        self._versions = versions
        self._lock = threading.Lock()
        self._opened: tuple[SnapshotRef, G] | None = None
        self._built: tuple[int, Sequence[Step]] | None = None

    def steps(self, state: LiveState) -> Sequence[Step]:
        """Return the steps for this state, opening its snapshot if it is not the one at hand.

        A snapshot that cannot be opened leaves the steps without guidance: nothing is answered,
        and whoever is in danger or wants a person is still helped. The next question tries again.
        """
        built = self._built
        if built is not None and built[0] == state.version:
            return built[1]
        with self._lock:
            built = self._built
            if built is not None and built[0] == state.version:
                return built[1]
            try:
                guidance = self._guidance(state.snapshot)
            except Exception as fault:  # noqa: BLE001  (fails closed, and degrades kindly)
                _log.exception("the live snapshot cannot be opened")
                return _without_guidance(self._build(None, state, frozenset()), fault)
            withdrawn = state.withdrawn(guidance.passages) if guidance else frozenset()
            steps = self._build(guidance, state, withdrawn)
            self._built = (state.version, steps)
            return steps

    def versions(self, state: LiveState) -> Versions:
        """Return the digests of what shapes answers under this state."""
        return self._versions(state)

    def _guidance(self, snapshot: SnapshotRef | None) -> G | None:
        if snapshot is None:
            return None
        self._admit(snapshot)
        if self._opened is None or self._opened[0] != snapshot:
            self._opened = (snapshot, self._open(snapshot))
        return self._opened[1]


def _without_guidance(steps: Sequence[Step], fault: Exception) -> tuple[Step, ...]:
    """Return the steps with one that fails where guidance would be searched."""

    def fail(turn: Turn) -> Turn:
        raise fault

    return tuple(Step(each.name, fail) if each.name == "retrieve" else each for each in steps)
