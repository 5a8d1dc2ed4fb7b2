"""Route: tell a question to look up from a message that needs something else."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import assert_never

from assistant.outcomes import Contact, Escalated, Outcome, Reason, Refused, Signposted
from assistant.patterns import fold
from assistant.policy import Policy
from assistant.policy.model import Label
from assistant.policy.rules import Rule, WholeRule, label_rule, rule
from assistant.redaction.redactor import unlabelled
from assistant.turns import Mark, Turn


@dataclass(frozen=True, slots=True)
class _Route:
    """A label, its rule, and what to cut out before looking for a question in the rest."""

    label: Label
    applies: Rule | WholeRule
    cut: Rule


def route(policy: Policy) -> Callable[[Turn], Turn]:
    """Return the step that ends a turn by the first label that applies; questions go on."""
    routes = tuple(_route(label, policy) for label in policy.routing.label)
    question = rule(policy.routing.question, policy.routing.words)

    def asks(folded: str, cut: Rule) -> bool:
        return question.applies(cut.rest(folded))

    def step(turn: Turn) -> Turn:
        folded = fold(unlabelled(turn.redacted))
        for candidate in routes:
            label = candidate.label
            marked = label.mark is None or label.mark in turn.marks
            if not marked or (label.mark is None and not candidate.applies.applies(folded)):
                continue
            if label.unless_question and asks(folded, candidate.cut):
                continue
            outcome = _outcome(label, policy.contacts(label.contacts, turn.language))
            return replace(turn, outcome=outcome).note("diverted", label=label.reason)
        return turn.note("question")

    return step


def _route(label: Label, policy: Policy) -> _Route:
    applies = label_rule(label, policy.routing)
    screening = policy.screening
    match label.mark:
        case Mark.INJECTION:
            return _Route(label, applies, rule(screening.injection, screening.words))
        case Mark.ABUSE:
            return _Route(label, applies, rule(screening.abuse, screening.words))
        case _:
            return _Route(label, applies, rule(label, policy.routing.words))


def _outcome(label: Label, contacts: tuple[Contact, ...]) -> Outcome:
    reason: Reason = label.reason
    match label.outcome:
        case "signposted":
            return Signposted(reason, contacts)
        case "escalated":
            return Escalated(reason, contacts)
        case "refused":
            return Refused(reason)
        case _:
            assert_never(label.outcome)
