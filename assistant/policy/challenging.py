"""The citizen's words for challenging an answer, and for answers that two people checked."""

from assistant.policy.model import Strict
from assistant.policy.reaching import Said


class ChallengeWords(Strict):
    """Challenging an answer, and what was decided."""

    title: Said
    intro: Said
    trial: Said
    label: Said
    hint: Said
    send: Said
    sent: Said
    waiting: Said
    upheld: Said
    partly: Said
    not_upheld: Said
    decided: Said
    yours: Said
    reasons: Said
    corrected: Said
    empty: Said
    too_long: Said
    refused: Said


class ReviewedWords(Strict):
    """Labels of an answer that an adviser wrote and a second person checked."""

    label: Said
    notice: Said
    until: Said
    official: Said
    ended: Said
