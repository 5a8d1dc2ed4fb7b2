"""Does the passage say it? One function, plain reasons (invariant 2)."""

from collections.abc import Collection

from assistant.answers import Statement
from assistant.grounding.comparing import disagreements
from assistant.grounding.reasons import Ungrounded
from assistant.grounding.vocabulary import Vocabulary
from assistant.patterns import fold
from knowledge.documents import Passage, Segment


def problems(
    statement: Statement,
    vocabulary: Vocabulary,
    *,
    generated: bool,
    enough: float,
    passages: Collection[Passage] | None = None,
) -> tuple[Ungrounded, ...]:
    """Return every reason why the statement may not be shown; empty when it may.

    A quotation must be a segment of its passage word for word, under the lead it has there. A
    generated statement must agree with the segment it cites, its lead included: see
    `assistant.grounding.comparing`. `enough` is the least share of its words that the passage
    must have. `passages` are those found for the question; a statement may cite no other. Nobody
    is shown an order to a machine, nor words that rest on one.
    """
    if passages is not None and statement.passage not in passages:
        return (Ungrounded.UNKNOWN_PASSAGE,)
    segments = [s for s in statement.passage.segments if s.text == statement.quote]
    if not segments or not (generated or statement.text == statement.quote):
        return (Ungrounded.NOT_IN_PASSAGE,)
    if not generated and statement.lead not in {segment.lead for segment in segments}:
        return (Ungrounded.LEAD_NOT_IN_PASSAGE,)
    said = dict.fromkeys((statement.lead, statement.quote, statement.text))
    if vocabulary.instructions.applies(fold("\n".join(said))):
        return (Ungrounded.INSTRUCTION,)
    if not generated:
        return ()
    return max(
        (
            _against(statement, segment, vocabulary, enough)
            for segment in _cited(statement, segments)
        ),
        key=len,
    )


def _cited(statement: Statement, segments: list[Segment]) -> list[Segment]:
    """Return the segment of the block cited; all with the same words where that does not tell."""
    return [segment for segment in segments if segment.block == statement.block] or segments


def _against(
    statement: Statement, segment: Segment, vocabulary: Vocabulary, enough: float
) -> tuple[Ungrounded, ...]:
    source = f"{segment.lead} {segment.text}".strip()
    return disagreements(statement.text, source, statement.passage.heading, vocabulary, enough)
