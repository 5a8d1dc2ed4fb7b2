"""Call what may hang: in a thread of its own, for so many seconds."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

Value = TypeVar("Value")

MOST_ABANDONED = 4


class TookTooLong(Exception):
    """The call did not return in time, or earlier ones still have not."""


@dataclass(slots=True)
class _Call(Generic[Value]):
    call: Callable[[], Value]
    done: threading.Event = field(default_factory=threading.Event)
    value: list[Value] = field(default_factory=list)
    fault: BaseException | None = None

    def run(self) -> None:
        try:
            self.value.append(self.call())
        except BaseException as fault:  # noqa: BLE001
            self.fault = fault
        finally:
            self.done.set()


@dataclass(slots=True)
class Bounded:
    """Makes calls that take at most `seconds`.

    A thread cannot be stopped, so one that is late is left behind; while MOST_ABANDONED of them
    have not ended, nothing more is called.
    """

    seconds: float
    _late: list[threading.Event] = field(default_factory=list, init=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, init=False)

    def call(self, function: Callable[[], Value]) -> Value:
        """Return what `function` returns, or raise what it raises, or TookTooLong."""
        with self._lock:
            self._late = [each for each in self._late if not each.is_set()]
            if len(self._late) >= MOST_ABANDONED:
                raise TookTooLong(f"{len(self._late)} earlier calls still have not returned")
        asked = _Call(function)
        threading.Thread(target=asked.run, name="signpost-hook-call", daemon=True).start()
        if not asked.done.wait(self.seconds):
            with self._lock:
                self._late.append(asked.done)
            raise TookTooLong(f"took longer than {self.seconds:g} seconds")
        if asked.fault is not None:
            raise asked.fault
        return asked.value[0]
