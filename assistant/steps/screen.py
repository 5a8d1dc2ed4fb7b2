"""Screen: notice what is odd about a message. It only marks; nothing is refused here."""

from collections.abc import Callable
from dataclasses import replace

from assistant.cleaning import clean
from assistant.languages import ENGLISH, UNKNOWN, WELSH, LanguageTeller, language_teller
from assistant.patterns import fold, unmasked
from assistant.policy import Policy
from assistant.policy.rules import rule
from assistant.turns import Mark, Turn


def screen(policy: Policy, languages: LanguageTeller | None = None) -> Callable[[Turn], Turn]:
    """Return the step that marks length, unreadable or hidden text, language, hostility, loss.

    Who asks in Welsh gets the wording in Welsh, whatever the interface's language. What cannot be
    told is Welsh on a page in Welsh.
    """
    teller = languages or language_teller(policy.languages, policy.english_terms.words)
    injection = rule(policy.screening.injection, policy.screening.words)
    abuse = rule(policy.screening.abuse, policy.screening.words)
    bereavement = rule(policy.screening.bereavement, policy.screening.words)

    def step(turn: Turn) -> Turn:
        cleaned = clean(turn.question)
        marks: set[Mark] = set()
        if len(cleaned.text) > policy.limits.question_characters:
            marks.add(Mark.TOO_LONG)
        readable = any(c.isalnum() for c in cleaned.text)
        if not readable or cleaned.broken > policy.screening.unreadable_share * len(turn.question):
            marks.add(Mark.UNREADABLE)
        if cleaned.hidden or cleaned.broken:
            marks.add(Mark.HIDDEN_CHARACTERS)
        text = cleaned.text[: policy.limits.question_characters]
        language = teller.tell(text)
        welsh = language == WELSH or (language == UNKNOWN and turn.language == WELSH)
        if welsh:
            marks.add(Mark.WELSH)
        elif language not in (ENGLISH, UNKNOWN):
            marks.add(Mark.OTHER_LANGUAGE)
        folded = fold(text)
        plainer = unmasked(folded)
        folded = folded if plainer == folded else f"{folded}\n{plainer}"
        if injection.applies(folded):
            marks.add(Mark.INJECTION)
        if abuse.applies(folded):
            marks.add(Mark.ABUSE)
        if bereavement.applies(folded):
            marks.add(Mark.BEREAVED)
        wording = WELSH if welsh else turn.language
        noticed = replace(turn, marks=turn.marks | marks, detected=language, language=wording)
        return noticed.note(
            "marked" if marks else "ok",
            marks=sorted(str(mark) for mark in marks),
            language=language,
            characters=len(turn.question),
            hidden=cleaned.hidden,
            broken=cleaned.broken,
        )

    return step
