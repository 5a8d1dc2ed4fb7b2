"""How live use is watched, and what people are asked about themselves, as the policy says."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from assistant.policy.model import Strict, Text

STYLES = ("length", "slips", "language")
"""The dimensions that are measured; all others are what people say of themselves."""

MEASURED = (
    "answered",
    "declined",
    "escalated",
    "signposted",
    "refused",
    "attack",
    "crisis",
    "masked",
)
"""What can come of a question. The first five exclude each other."""

TOLD = ("answered", "declined", "escalated", "needed")
"""What can come of a whole conversation whose citizen described themselves."""

Name = Annotated[str, Field(pattern=r"^[a-z0-9_]{1,40}$")]
Names = Annotated[tuple[str, ...], Field(min_length=1)]


class Length(Strict):
    """Where short ends and long begins, in words."""

    short_below: Annotated[int, Field(ge=2, le=100)]
    long_from: Annotated[int, Field(ge=3, le=1_000)]

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.short_below >= self.long_from:
            raise ValueError("short_below must be less than long_from")
        return self


class Slips(Strict):
    """The share of words put right from which a question has many slips."""

    many_from: Annotated[float, Field(gt=0.0, le=1.0)]


class Watched(Strict):
    """One outcome that is compared. `margin` is a share: 0.05 is 5 points."""

    title: Text
    better: Literal["more", "less"]
    margin: Annotated[float, Field(gt=0.0, lt=1.0)]


class Compared(Strict):
    """By which outcomes each dimension is compared; `described` is for all self-descriptions."""

    length: Names
    slips: Names
    language: Names
    described: Names

    @model_validator(mode="after")
    def _known(self) -> Self:
        for dimension, known in (*((style, MEASURED) for style in STYLES), ("described", TOLD)):
            for name in getattr(self, dimension):
                if name not in known:
                    raise ValueError(
                        f'{dimension} cannot be compared by "{name}"; write some of: '
                        + ", ".join(known)
                    )
        return self


class Monitoring(Strict):
    """How live use is watched. Fewer than ten of anything is never shown, whatever a file says."""

    fewest: Annotated[int, Field(ge=10, le=1_000)]
    together: Annotated[int, Field(ge=10, le=1_000)]
    alpha: Annotated[float, Field(gt=0.0, le=0.2)]
    days: Annotated[int, Field(ge=7, le=3_660)]
    length: Length
    slips: Slips
    outcome: dict[str, Watched]
    compared: Compared

    @model_validator(mode="after")
    def _complete(self) -> Self:
        wanted = {*MEASURED, *TOLD}
        if missing := sorted(wanted - set(self.outcome)):
            raise ValueError(f"there must be an [outcome.{missing[0]}]")
        if unknown := sorted(set(self.outcome) - wanted):
            raise ValueError(f'no outcome "{unknown[0]}" is counted: delete [outcome.{unknown[0]}]')
        return self

    def compared_by(self, dimension: str) -> tuple[str, ...]:
        """Return the outcomes by which the groups of a dimension are compared."""
        found: tuple[str, ...] = getattr(
            self.compared, dimension if dimension in STYLES else "described"
        )
        return found


class Needed(Strict):
    """The question whether the conversation was of use."""

    title: Text
    yes: Text
    no: Text


class AskedOfPeople(Strict):
    """One question about the citizen: its title, and the groups to choose from, in order."""

    title: Text
    groups: Annotated[dict[Name, Text], Field(min_length=2)]


class DescribingWords(Strict):
    """The voluntary form in one language. Blank `reviewed_by`: nobody has vouched for it."""

    language: Literal["en", "cy"]
    reviewed_by: str
    title: Text
    intro: Text
    kept: Annotated[tuple[Text, ...], Field(min_length=1)]
    not_said: Text
    send: Text
    open: Text
    thanks_title: Text
    thanks: Text
    nothing: Text
    back: Text
    needed: Needed
    question: Annotated[dict[Name, AskedOfPeople], Field(min_length=1)]

    @model_validator(mode="after")
    def _apart(self) -> Self:
        for name in (*STYLES, "needed"):
            if name in self.question:
                raise ValueError(f'no question may be called "{name}": that is counted otherwise')
        return self
