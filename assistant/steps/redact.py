"""Redact: mask what identifies a person, before anything is searched, sent or logged."""

from collections.abc import Callable
from dataclasses import replace

from assistant.cleaning import clean
from assistant.policy import Policy
from assistant.redaction.redactor import Redactor, without_labels
from assistant.text import RedactedText
from assistant.turns import Turn


def redact(policy: Policy, redactor: Redactor | None = None) -> Callable[[Turn], Turn]:
    """Return the step that fills `redacted` and names the kinds masked; it never sees a value.

    Characters that cannot be seen are taken out first, so they cannot hide a number; what is over
    the limit is cut off last, so the cut cannot show part of one.
    """
    masks = redactor or Redactor(policy.redaction)

    def step(turn: Turn) -> Turn:
        masked = masks.mask(clean(turn.question).text)
        text = RedactedText(masked.text[: policy.limits.question_characters])
        kinds = tuple(dict.fromkeys(str(kind) for kind in masked.kinds))
        asked = without_labels(text)
        return replace(turn, redacted=text, asked=asked, standalone=text, masked=kinds).note(
            "masked" if kinds else "ok", kinds=list(kinds), count=len(masked.kinds)
        )

    return step
