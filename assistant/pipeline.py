"""The pipeline: run the steps in order until one of them gives the turn its outcome."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from time import perf_counter_ns

from assistant.outcomes import Abstained, Reason
from assistant.turns import TraceEntry, Turn


@dataclass(frozen=True, slots=True)
class Step:
    """A named function from one turn to the next."""

    name: str
    run: Callable[[Turn], Turn]


Watcher = Callable[[str], None]


def answer(turn: Turn, steps: Sequence[Step], watch: Watcher = lambda stage: None) -> Turn:
    """Return the turn with an outcome and a trace entry for every step that ran.

    `watch` is told each step's name as it begins. A step that raises ends the turn with
    `Abstained(SYSTEM_FAULT)`: the fault's type is in the trace, its text is not (invariant 9).
    """
    for step in steps:
        watch(step.name)
        begun = perf_counter_ns()
        try:
            turn = step.run(replace(turn, noted=("ok", {})))
        except Exception as fault:  # noqa: BLE001  (fails closed: nothing unchecked is shown)
            turn = replace(
                turn,
                answer=None,
                outcome=Abstained(Reason.SYSTEM_FAULT),
                noted=("fault", {"error": type(fault).__name__}),
            )
        verdict, evidence = turn.noted
        entry = TraceEntry(step.name, verdict, evidence, (perf_counter_ns() - begun) // 1000)
        turn = replace(turn, trace=(*turn.trace, entry))
        if turn.outcome is not None:
            return turn
    return replace(turn, outcome=Abstained(Reason.SYSTEM_FAULT))
