"""How often and how long a delivery is tried."""

import random
from collections.abc import Callable
from dataclasses import dataclass, field

LONGEST_WAIT = 24 * 60 * 60.0
"""Seconds: a receiver that asks for more (Retry-After) is asked again after so many."""


@dataclass(frozen=True, slots=True)
class Retries:
    """Exponential back-off with jitter. `first` and `longest` are seconds.

    As it stands the 18 attempts span 18 to 35 hours. `keep_days` is how long the
    settled deliveries stay to be looked at; dead ones stay until somebody replays them.
    """

    tries: int = 18
    first: float = 5.0
    longest: float = 6 * 60 * 60.0
    keep_days: int = 30
    chance: Callable[[], float] = field(default=random.random, compare=False, repr=False)

    def pause(self, attempt: int, asked: float | None = None) -> float:
        """Return the seconds to wait after the attempt of that number (the first is 1).

        Between half of the doubled pause and all of it, so that many that failed together do not
        come back together; never less than the receiver asked for.
        """
        doubled = min(self.longest, self.first * 2.0 ** min(attempt - 1, 40))
        jittered = doubled * (0.5 + 0.5 * self.chance())
        return max(jittered, min(asked or 0.0, LONGEST_WAIT))
