"""Help people read the answer: official words explained, and how hard it is to read.

Nothing of the quotation is changed. Words and summaries stand beside it, and are in its record.
"""

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import replace
from math import ceil

from assistant.answers import SectionSummary
from assistant.glossary import Glossaries
from assistant.policy.model import Reading
from assistant.turns import Turn
from knowledge.documents import Passage
from knowledge.readability import reading_age


def explain(glossaries: Glossaries, rules: Reading) -> Callable[[Turn], Turn]:
    """Return the step.

    Reading age is that of English text. An answer that is hard to read, or whose reading age cannot
    be told, comes with the summaries of the sections it quotes; unchecked ones only where the
    policy offers drafts.
    """

    def step(turn: Turn) -> Turn:
        answer = turn.answer
        if answer is None:
            return turn.note("no answer")
        text, passages = answer.text, answer.passages
        languages = {passage.language for passage in passages}
        age = reading_age(text) if languages == {"en"} else None
        language = next(iter(languages)) if len(languages) == 1 else "en"
        words = glossaries.explained(text, language, turn.language, rules.explained_words)
        hard = age is None or age > rules.hard_above_age
        summaries = _summaries(passages, rules.draft_summaries) if hard else ()
        noted = turn.note(
            "explained",
            reading_age=0 if age is None else ceil(age),
            words=[key for key, _ in words],
            summaries=[hashlib.sha256(each.plain.text.encode()).hexdigest() for each in summaries],
        )
        helped = replace(
            answer,
            reading_age=None if age is None else ceil(age),
            explained=tuple(word for _, word in words),
            summaries=summaries,
        )
        return replace(noted, answer=helped)

    return step


def _summaries(passages: Iterable[Passage], drafts: bool) -> tuple[SectionSummary, ...]:
    """Return the summaries of the sections quoted, each once, in the order of quotation."""
    found: dict[tuple[str, tuple[str, ...]], SectionSummary] = {}
    for passage in passages:
        plain = passage.plain
        if plain is not None and (plain.checked or drafts):
            found.setdefault((passage.url, passage.headings), SectionSummary(plain, passage))
    return tuple(found.values())
