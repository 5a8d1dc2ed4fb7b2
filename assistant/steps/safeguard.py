"""Safeguard: look for danger by fixed rules, before any model and any search."""

from collections.abc import Callable
from dataclasses import replace

from assistant.outcomes import Signposted
from assistant.patterns import fold, unmasked
from assistant.policy import Policy
from assistant.policy.rules import dangers, known_words
from assistant.redaction.redactor import unlabelled
from assistant.spelling import speller
from assistant.turns import Turn


def safeguard(policy: Policy) -> Callable[[Turn], Turn]:
    """Return the step that sends somebody in danger to the right help line at once."""
    rules = dangers(policy.safeguarding)
    spelling = speller(
        policy.safeguarding.spelling, known_words(policy.safeguarding, policy.languages)
    )

    def step(turn: Turn) -> Turn:
        folded = fold(unlabelled(turn.redacted))
        plainer = unmasked(spelling.read(folded))
        category = rules.first(folded if plainer == folded else f"{folded}\n{plainer}")
        if category is None:
            return turn
        contacts = policy.contacts(category.contacts, turn.language)
        outcome = Signposted(category.reason, contacts, urgent=True)
        return replace(turn, outcome=outcome).note("danger", category=category.reason)

    return step
