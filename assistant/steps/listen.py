"""Listen: hear in a message what the rules did not. It only marks.

Somebody may be in trouble: what it marks so gets its answer like any other message, with a note and
help lines before it. Or nobody's guidance is for it: then less confidence is put in what is found.
Nothing is said of Welsh: the embedding model does not read it, so its vectors would mean nothing
here.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

from assistant.listening import ScopeModel, TroubleModel
from assistant.turns import Mark, Turn


@dataclass(frozen=True, slots=True)
class Listeners:
    """The models that listen. Without one nobody hears what it is for."""

    trouble: TroubleModel | None = None
    scope: ScopeModel | None = None


NOBODY = Listeners()


def listen(listeners: Listeners) -> Callable[[Turn], Turn]:
    """Return the step; without models, or without a vector, it is off and says so."""

    def step(turn: Turn) -> Turn:
        if listeners == NOBODY or turn.vector is None:
            return turn.note("off")
        if Mark.WELSH in turn.marks:
            return turn.note("not read")
        vector = turn.vector
        if listeners.scope is not None:
            turn = replace(turn, outside=listeners.scope.outside(vector))
        heard = listeners.trouble.likely(vector) if listeners.trouble is not None else None
        if heard is None or not heard.noted:
            return turn.note("ok")
        marks = turn.marks | {Mark.MAYBE_IN_TROUBLE}
        noted = turn.note("maybe in trouble", danger=heard.danger.value)
        return replace(noted, marks=marks, maybe=heard.danger)

    return step
