"""What a citizen needs so that a person can help them: a closed set, and words for the rest."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from assistant.errors import MessageInvalid

LONGEST_DETAIL = 300


class Need(StrEnum):
    """A kind of support. Those with details say in words which, who or when."""

    INTERPRETER = "interpreter"
    """An interpreter; the detail is the language."""
    BSL = "bsl"
    """British Sign Language."""
    LARGE_PRINT = "large_print"
    REPRESENTATIVE = "representative"
    """Somebody speaks for the citizen; the detail is who."""
    SAFE_TIMES = "safe_times"
    """When it is safe to call; the detail is when."""
    OTHER = "other"
    """Anything else, in words."""

    @property
    def in_words(self) -> bool:
        """Return whether the need means nothing without a detail."""
        return self in {Need.INTERPRETER, Need.SAFE_TIMES, Need.OTHER}


@dataclass(frozen=True, slots=True)
class SupportNeeds:
    """A citizen's support needs, each with its detail in the citizen's words, or "".

    Personal, so it is sealed like the questions. Raises MessageInvalid when a need that means
    nothing by itself has no detail, or a detail is too long.
    """

    stated: Mapping[Need, str]

    def __post_init__(self) -> None:
        for need, detail in self.stated.items():
            if need.in_words and not detail.strip():
                raise MessageInvalid(f"Say more about this need: {need.value.replace('_', ' ')}.")
            if len(detail) > LONGEST_DETAIL:
                raise MessageInvalid(f"Use at most {LONGEST_DETAIL} characters for each need.")

    def __bool__(self) -> bool:
        """Say whether there are any."""
        return bool(self.stated)

    def as_json(self) -> dict[str, str]:
        """Return the needs in the order of the set."""
        return {need.value: self.stated[need] for need in Need if need in self.stated}


def needs_from_json(value: Mapping[str, Any]) -> SupportNeeds:
    """Return the needs that `as_json` described."""
    return SupportNeeds({Need(name): str(detail) for name, detail in value.items()})


NO_NEEDS = SupportNeeds({})
