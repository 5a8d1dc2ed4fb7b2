"""Does the passage say it? `problems` answers, with plain reasons (invariant 2)."""

from assistant.grounding.problems import problems
from assistant.grounding.reasons import Ungrounded
from assistant.grounding.vocabulary import Vocabulary, vocabulary

__all__ = ["Ungrounded", "Vocabulary", "problems", "vocabulary"]
