"""Listen: notice somebody who may be in trouble where the rules heard nothing. It only marks.

What it marks gets its answer like any other message, with a note and help lines before it. Nothing
is said of Welsh: the embedding model does not read it, so its vectors would mean nothing here.
"""

from collections.abc import Callable
from dataclasses import replace

from assistant.trouble_model import TroubleModel
from assistant.turns import Mark, Turn


def listen(model: TroubleModel | None) -> Callable[[Turn], Turn]:
    """Return the step; without a model, or without a vector, it is off and says so."""

    def step(turn: Turn) -> Turn:
        if model is None or turn.vector is None:
            return turn.note("off")
        if Mark.WELSH in turn.marks:
            return turn.note("not read")
        heard = model.likely(turn.vector)
        if not heard.noted:
            return turn.note("ok")
        marks = turn.marks | {Mark.MAYBE_IN_TROUBLE}
        noted = turn.note("maybe in trouble", danger=heard.danger.value)
        return replace(noted, marks=marks, maybe=heard.danger)

    return step
