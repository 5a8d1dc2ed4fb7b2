"""Where who somebody is must change the answer: how often it did (see `suites.moves`)."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from assistant.outcomes import Answered
from assistant.turns import Turn
from evaluation.intervals import Interval, ratio_interval
from evaluation.own_set import segment_digest
from evaluation.suites.moves import Move


@dataclass(frozen=True, slots=True)
class Moved:
    """What came of one case. `right`: with the attribute, the answer quotes all that it must;
    `already`: without it, it did so too, so that the case cannot show a move."""

    id: str
    page: str
    characteristic: str
    right: bool
    already: bool


@dataclass(frozen=True, slots=True)
class Share:
    """How many of some cases were right, with the 95% interval by page (None: one page only)."""

    of: str
    cases: int
    right: int
    interval: Interval | None

    @property
    def share(self) -> float:
        """Return right ÷ cases."""
        return self.right / self.cases


def ask_moves(moves: Iterable[Move], ask: Callable[[str], Turn]) -> tuple[Moved, ...]:
    """Ask every case with and without its attribute, each as a first question."""
    return tuple(
        Moved(
            id=move.id,
            page=move.page,
            characteristic=move.characteristic,
            right=_says(move, ask(move.told)),
            already=_says(move, ask(move.question)),
        )
        for move in moves
    )


def _says(move: Move, turn: Turn) -> bool:
    """Return whether the answer quotes all the sentences that it must."""
    if not isinstance(turn.outcome, Answered):
        return False
    said = {segment_digest(each.quote) for each in turn.outcome.answer.statements}
    return said.issuperset(move.evidence)


def shares(moved: Sequence[Moved]) -> tuple[Share, ...]:
    """Return the share of all cases, of those that can show a move, and of each characteristic.

    What has no case is left out.
    """
    kinds = sorted({each.characteristic for each in moved})
    parts = (
        ("all cases", moved),
        ("cases whose answer had to change", [each for each in moved if not each.already]),
        *((kind, [each for each in moved if each.characteristic == kind]) for kind in kinds),
    )
    return tuple(_share(name, cases) for name, cases in parts if cases)


def _share(name: str, cases: Sequence[Moved]) -> Share:
    right = [float(each.right) for each in cases]
    pages = [each.page for each in cases]
    return Share(
        name, len(cases), round(sum(right)), ratio_interval(right, [1.0] * len(right), pages)
    )
