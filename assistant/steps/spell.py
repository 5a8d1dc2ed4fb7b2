"""Spell: read misspelt words as the guidance spells them.

Only searching reads the question so; what is recorded, judged by rules and shown stays as typed.
"""

from collections.abc import Callable
from dataclasses import replace

from assistant.text import RedactedText
from assistant.turns import Mark, Turn
from knowledge.retrieval import Retriever


def spell(retriever: Retriever | None) -> Callable[[Turn], Turn]:
    """Return the step that puts right what a turn searches for; not Welsh, whose words differ."""

    def step(turn: Turn) -> Turn:
        if retriever is None or Mark.WELSH in turn.marks:
            return turn.note("not read")
        asked = RedactedText(retriever.mended(turn.asked))
        words = sum(a != b for a, b in zip(turn.asked.split(), asked.split(), strict=True))
        noted = turn.note("put right", words=words) if words else turn.note("ok")
        return replace(noted, asked=asked)

    return step
