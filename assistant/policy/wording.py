"""The citizen's words: one message for every way a turn can end, in English and in Welsh."""

from collections.abc import Iterable, Mapping
from typing import Self

from pydantic import model_validator

from assistant.nations import ALL, limited_to, silent_on
from assistant.outcomes import Answered, Escalated, Outcome, Reason
from assistant.policy.challenging import ChallengeWords, ReviewedWords
from assistant.policy.meeting import NeedsWords, PersonWords
from assistant.policy.model import PersonalKind, Strict, Text
from assistant.policy.reaching import (
    FORBIDDEN,
    AvailabilityWords,
    CallBackWords,
    DateWords,
    PrivateCodeWords,
    Said,
)

__all__ = ["FORBIDDEN", "MESSAGES", "STAGES", "Notices", "Said", "Wording"]

MESSAGES: Mapping[str, frozenset[Reason]] = {
    "answered": frozenset({Reason.QUOTED, Reason.QUOTED_WITH_CAUTION, Reason.GENERATED}),
    "clarifying": frozenset({Reason.WHICH_ONE, Reason.WHAT_ABOUT, Reason.NOT_UNDERSTOOD}),
    "signposted": frozenset(
        {
            Reason.CRISIS,
            Reason.SELF_HARM,
            Reason.DOMESTIC_ABUSE,
            Reason.CHILD_AT_RISK,
            Reason.EMERGENCY,
            Reason.HOMELESS_TONIGHT,
            Reason.GREETING,
            Reason.THANKS,
            Reason.GOODBYE,
            Reason.ABOUT_ASSISTANT,
            Reason.COMPLAINT,
            Reason.FREEDOM_OF_INFORMATION,
            Reason.ACCOUNT_DATA,
            Reason.OPINION,
            Reason.OWN_CASE,
            Reason.OTHER_LANGUAGE,
            Reason.OUT_OF_SCOPE,
        }
    ),
    "abstained": frozenset(
        {
            Reason.NO_GUIDANCE,
            Reason.NO_WELSH_GUIDANCE,
            Reason.LOW_CONFIDENCE,
            Reason.NOT_GROUNDED,
            Reason.ANSWERING_OFF,
            Reason.SYSTEM_FAULT,
        }
    ),
    "escalated": frozenset(
        {
            Reason.ASKED_FOR_PERSON,
            Reason.NO_GUIDANCE,
            Reason.LOW_CONFIDENCE,
            Reason.NOT_GROUNDED,
            Reason.SYSTEM_FAULT,
        }
    ),
    "refused": frozenset({Reason.ATTACK, Reason.ABUSE, Reason.UNREADABLE, Reason.TOO_LONG}),
}
"""Which reasons each outcome can have. The wording must hold exactly these."""

STAGES = (
    "screen",
    "redact",
    "safeguard",
    "route",
    "spell",
    "embed",
    "listen",
    "contextualise",
    "retrieve",
    "rerank",
    "focus",
    "welsh",
    "compose",
    "ground",
    "explain",
    "decide",
)

Messages = dict[Reason, Text]


class Notices(Strict):
    """Short notices around an answer. What stands in braces is filled in when shown."""

    caution: Said
    bereaved: Said
    maybe_in_trouble: Said
    starter: Said
    masked: Said
    masked_join: str
    masked_last: str
    nations: Said
    other_nation: Said
    nearest: Said
    choose: Said
    urgent_person: Said
    trial: Said
    organisation_unknown: Said


class Wording(Strict):
    """Every text of one language. `reviewed_by` blank: nobody has vouched for it yet."""

    language: str
    reviewed_by: str
    answered: dict[Reason, Said]
    clarifying: dict[Reason, Said]
    signposted: dict[Reason, Said]
    abstained: dict[Reason, Said]
    escalated: dict[Reason, Said]
    escalated_to: dict[Reason, Said]
    refused: dict[Reason, Said]
    masked: dict[PersonalKind, Said]
    nations: dict[str, Said]
    stages: dict[str, Said]
    notices: Notices
    availability: AvailabilityWords
    call_back: CallBackWords
    private_code: PrivateCodeWords
    person: PersonWords
    needs: NeedsWords
    dates: DateWords
    challenge: ChallengeWords
    reviewed: ReviewedWords

    @model_validator(mode="after")
    def _complete(self) -> Self:
        for outcome, reasons in MESSAGES.items():
            _same_keys(outcome, getattr(self, outcome), reasons)
        _same_keys("escalated_to", self.escalated_to, MESSAGES["escalated"])
        _same_keys("masked", self.masked, PersonalKind)
        _same_keys("nations", self.nations, ALL)
        _same_keys("stages", self.stages, STAGES)
        return self

    def message(self, outcome: Outcome, organisation: str = "", nation: str = "") -> str:
        """Return what to say for the outcome; an answer that is not for the whole United Kingdom
        says which nations it is for. `nation` is the one asked about, or "".

        Without an organisation's name, no message says or implies that a person is waiting.
        An outcome whose reason has no text of its own gets the text of a fault (it fails closed).
        """
        if isinstance(outcome, Escalated) and organisation and outcome.reason in self.escalated_to:
            return self.escalated_to[outcome.reason].replace("{organisation}", organisation)
        messages: dict[Reason, str] = getattr(self, type(outcome).__name__.lower())
        said = messages.get(outcome.reason) or self.abstained[Reason.SYSTEM_FAULT]
        told = self._nations_notice(outcome, nation) if isinstance(outcome, Answered) else ""
        return f"{said} {told}".rstrip()

    def _nations_notice(self, outcome: Answered, nation: str) -> str:
        answer = outcome.answer
        limits = limited_to(passage.nations for passage in answer.passages)
        if not limits:
            return ""
        names = self._joined([self.nations.get(each, each) for each in limits])
        if silent_on(nation, limits, answer.text):
            notice = self.notices.other_nation.replace("{nation}", self.nations[nation])
            return notice.replace("{nations}", names)
        if nation and nation not in limits:  # the answer itself speaks of the nation asked about
            return ""
        return self.notices.nations.replace("{nations}", names)

    def _joined(self, names: list[str]) -> str:
        *first, last = names
        return self.notices.masked_last.join(
            [*([self.notices.masked_join.join(first)] if first else []), last]
        )

    def masked_notice(self, kinds: Iterable[str]) -> str:
        """Return the notice that names the kinds of personal data that were masked, or ""."""
        names = list(dict.fromkeys(self.masked[PersonalKind(kind)] for kind in kinds))
        if not names:
            return ""
        return self.notices.masked.replace("{kinds}", self._joined(names))

    def stage(self, step: str) -> str:
        """Return what to show while the step runs, or "" for a step without a text."""
        return self.stages.get(step, "")


def _same_keys(section: str, given: Iterable[str], wanted: Iterable[str]) -> None:
    keys = {str(key) for key in wanted}
    have = {str(key) for key in given}
    if missing := sorted(keys - have):
        raise ValueError(
            f'[{section}] has no text for "{missing[0]}": add a line {missing[0]} = "…"'
        )
    if unknown := sorted(have - keys):
        raise ValueError(
            f'[{section}] has a text for "{unknown[0]}", which is never shown: delete it'
        )
