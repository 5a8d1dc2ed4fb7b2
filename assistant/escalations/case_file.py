"""The case file at handover: frozen values, sealed as canonical JSON and never changed.

An adviser sees from it what was asked and answered, what was found, what stopped the assistant and
what is still to ask, so that the citizen repeats nothing. All text of the citizen is masked.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from assistant.escalations.needs import SupportNeeds, needs_from_json
from assistant.escalations.states import EscalationReason


@dataclass(frozen=True, slots=True)
class FoundPassage:
    """A passage as it was found for a turn. `score` is in basis points; `updated` an ISO date."""

    title: str
    heading: str
    url: str
    updated: str
    score: int
    text: str


@dataclass(frozen=True, slots=True)
class Workings:
    """What the assistant had in hand for a turn: passages, best first, and a rejected draft.

    `draft` is "" where there was none. It was not fit to show: no citizen may ever see it.
    """

    passages: tuple[FoundPassage, ...] = ()
    draft: str = ""
    generated: bool = False


@dataclass(frozen=True, slots=True)
class Said:
    """One turn of the transcript: the question (masked), and everything the citizen read.

    `at` is UTC text, `record` the turn's audit record, `masked` the kinds of what was hidden.
    """

    turn: str
    at: str
    question: str
    message: str
    answer: str
    outcome: str
    reason: str
    masked: tuple[str, ...]
    record: str


@dataclass(frozen=True, slots=True)
class Explained:
    """Why a turn ended as it did: each check that stopped or doubted it, in plain English."""

    turn: str
    checks: tuple[str, ...]
    workings: Workings


@dataclass(frozen=True, slots=True)
class CaseFile:
    """What is handed over. `opened_at` is UTC text, `language` ISO 639-1.

    `explained` are the latest turns, the newest first; `masked` the kinds of personal data hidden
    anywhere in the conversation.
    """

    conversation: str
    opened_at: str
    reason: EscalationReason
    language: str
    transcript: tuple[Said, ...]
    explained: tuple[Explained, ...]
    masked: tuple[str, ...]
    still_to_ask: tuple[str, ...]
    needs: SupportNeeds

    def as_json(self) -> dict[str, Any]:
        """Return the file as canonical-JSON values."""
        return {
            "conversation": self.conversation,
            "opened_at": self.opened_at,
            "reason": self.reason.value,
            "language": self.language,
            "transcript": [_plain(said) for said in self.transcript],
            "explained": [
                {
                    "turn": each.turn,
                    "checks": list(each.checks),
                    "workings": workings_as_json(each.workings),
                }
                for each in self.explained
            ],
            "masked": list(self.masked),
            "still_to_ask": list(self.still_to_ask),
            "needs": self.needs.as_json(),
        }


def case_file_from_json(value: Mapping[str, Any]) -> CaseFile:
    """Return the file that `as_json` described."""
    return CaseFile(
        conversation=value["conversation"],
        opened_at=value["opened_at"],
        reason=EscalationReason(value["reason"]),
        language=value["language"],
        transcript=tuple(
            Said(**{**said, "masked": tuple(said["masked"])}) for said in value["transcript"]
        ),
        explained=tuple(
            Explained(each["turn"], tuple(each["checks"]), workings_from_json(each["workings"]))
            for each in value["explained"]
        ),
        masked=tuple(value["masked"]),
        still_to_ask=tuple(value["still_to_ask"]),
        needs=needs_from_json(value["needs"]),
    )


def workings_as_json(workings: Workings) -> dict[str, Any]:
    """Return what was in hand as canonical-JSON values."""
    return {
        "passages": [asdict(passage) for passage in workings.passages],
        "draft": workings.draft,
        "generated": workings.generated,
    }


def workings_from_json(value: Mapping[str, Any]) -> Workings:
    """Return what `workings_as_json` described."""
    passages = tuple(FoundPassage(**passage) for passage in value["passages"])
    return Workings(passages, value["draft"], value["generated"])


def _plain(said: Said) -> dict[str, Any]:
    return {**asdict(said), "masked": list(said.masked)}
