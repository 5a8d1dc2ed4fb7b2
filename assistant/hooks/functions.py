"""Functions of installed packages, found by the entry point group `signpost.hooks`."""

from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import entry_points

from assistant.escalations.outbox import Announced
from assistant.hooks.bounded import Bounded, TookTooLong
from assistant.hooks.results import Delivered, Failed, Result

GROUP = "signpost.hooks"
Hook = Callable[[Announced], object]


@dataclass(frozen=True, slots=True)
class FunctionSender:
    """Calls a function with each event. What it returns is not looked at."""

    hook: Hook
    bounded: Bounded

    @property
    def longest(self) -> float:
        """Seconds for one call."""
        return self.bounded.seconds

    def send(self, event: Announced, recipient: str, attempt: int) -> Result:
        """Call it; whatever it raises is a failure to be tried again."""
        try:
            self.bounded.call(lambda: self.hook(event))
        except TookTooLong as late:
            return Failed(str(late))
        except BaseException as fault:  # noqa: BLE001
            # The type alone: a message of somebody else's code may quote what it was given.
            return Failed(f"raised {type(fault).__name__}")
        return Delivered()


def installed(name: str) -> Hook:
    """Return the function of that name. Raises LookupError, saying which there are."""
    found = {each.name: each for each in entry_points(group=GROUP)}
    if name not in found:
        known = ", ".join(sorted(found)) or "none"
        raise LookupError(f'no installed package has "{name}" in the group {GROUP}; there: {known}')
    try:
        hook = found[name].load()
    except Exception as fault:
        raise LookupError(f'"{name}" cannot be imported: {fault}') from fault
    if not callable(hook):
        raise LookupError(f'"{name}" is not a function')
    return hook  # type: ignore[no-any-return]
