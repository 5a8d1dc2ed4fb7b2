"""Tie each statement to its passage; what a passage does not say is not shown."""

from collections.abc import Callable
from dataclasses import replace

from assistant.answers import Answer
from assistant.grounding import Vocabulary, problems
from assistant.outcomes import Abstained, Reason
from assistant.turns import Turn


def ground(
    enough: float,
    vocabulary: Vocabulary,
    compose_from_quotes: Callable[[Turn], Turn],
) -> Callable[[Turn], Turn]:
    """Return the step. A generated answer that fails falls back to the extractive composer.

    `enough` is the least share of own words; see `assistant.grounding.problems`.
    """

    def faults(answer: Answer, turn: Turn) -> list[str]:
        found = tuple(hit.passage for hit in turn.hits)
        named = {
            problem.name.lower()
            for statement in answer.statements
            for problem in problems(
                statement,
                vocabulary,
                generated=answer.generated,
                enough=enough,
                passages=found,
            )
        }
        return sorted(named if answer.statements else {"empty"})

    def step(turn: Turn) -> Turn:
        if turn.answer is None:
            return replace(turn.note("no answer"), outcome=Abstained(Reason.NOT_GROUNDED))
        found = faults(turn.answer, turn)
        if not found:
            return turn.note("grounded", statements=len(turn.answer.statements))
        if turn.answer.generated:
            quoted = compose_from_quotes(turn)
            if quoted.answer is not None and not faults(quoted.answer, turn):
                return quoted.note("fell back to quotation", faults=found)
        outcome = Abstained(Reason.NOT_GROUNDED)
        noted = turn.note("not grounded", faults=found)
        return replace(noted, answer=None, rejected=turn.answer, outcome=outcome)

    return step
