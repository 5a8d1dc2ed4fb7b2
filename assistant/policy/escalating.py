"""What becomes of a case: queues, how pressing each reason is, what to ask, and for how long."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from assistant.escalations.states import EscalationReason, Priority
from assistant.policy.model import Strict, Text

QueueName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")]


class Queue(Strict):
    """A team's queue. `guarded`: two people close its cases. `any_language`: a citizen's language
    never moves a case out of it."""

    title: Text
    guarded: bool
    any_language: bool


class EscalationRule(Strict):
    """Where cases of one reason go, how pressing they are, and what is still to ask."""

    queue: QueueName
    priority: Priority
    ask: tuple[Text, ...]


class Escalations(Strict):
    """The file `escalations.toml`. Days are calendar days; characters are those of a message."""

    reopen_days: Annotated[int, Field(ge=1, le=365)]
    expire_days: Annotated[int, Field(ge=1, le=365)]
    message_characters: Annotated[int, Field(ge=500, le=50_000)]
    turns_explained: Annotated[int, Field(ge=1, le=20)]
    passages_shown: Annotated[int, Field(ge=1, le=10)]
    queue: dict[QueueName, Queue]
    language: dict[Annotated[str, Field(pattern=r"^[a-z]{2}$")], QueueName]
    reason: dict[EscalationReason, EscalationRule]

    @model_validator(mode="after")
    def _complete(self) -> Self:
        for reason in EscalationReason:
            if reason not in self.reason:
                raise ValueError(f"there must be a [reason.{reason}]")
        named = {f"[reason.{name}]": rule.queue for name, rule in self.reason.items()}
        named |= {f'"{code}" under [language]': queue for code, queue in self.language.items()}
        for place, queue in named.items():
            if queue not in self.queue:
                known = ", ".join(self.queue)
                raise ValueError(f'{place} names the queue "{queue}", but there are only: {known}')
        danger = self.reason[EscalationReason.SAFEGUARDING]
        if danger.priority is not Priority.URGENT or not self.queue[danger.queue].guarded:
            raise ValueError(
                "[reason.safeguarding] must be urgent, in a queue with guarded = true: "
                "two people close a case of danger"
            )
        return self

    def queue_for(self, reason: EscalationReason, language: str) -> str:
        """Return the queue of a case: by its reason, and by its language where that queue allows.

        `language` is ISO 639-1.
        """
        name = self.reason[reason].queue
        return name if self.queue[name].any_language else self.language.get(language, name)
