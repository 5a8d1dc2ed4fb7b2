"""A turn to begin with, for tests of single steps."""

from datetime import UTC, datetime

from assistant.text import RawText
from assistant.turns import Turn


def asked(question: str, language: str = "en") -> Turn:
    """Return a turn as the pipeline receives it."""
    return Turn("turn-1", RawText(question), datetime(2025, 1, 1, tzinfo=UTC), language)
