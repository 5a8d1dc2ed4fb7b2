"""What can go wrong in a conversation that is not an outcome of it.

AssistantError
├── PolicyInvalid             a policy file is wrong; names file, line and what to write
├── ConversationUnknown       no such conversation, or it was erased
├── TurnUnknown               no such turn in that conversation
├── TurnInProgress            the same idempotency key is being answered at this moment
├── KeyReused                 the idempotency key was used before with another question
├── QuestionInvalid           empty, too long, or not text
├── DescriptionInvalid        a self-description holds nothing, or what nobody was asked
├── DescribedAlready          this conversation's self-description was counted before
├── AnsweringOff              nothing to answer from: no active snapshot
├── NothingToChange           an operator's move that would change nothing
├── ReleaseUnexamined         the gate: nobody approved what would serve; says what is missing
├── ReleaseUnknown            no release has that digest
├── ReleaseMoveRefused        a move with a release that is not open, or not fully said
├── BoardNoteRefused          a note of the board that is forged, stale or about something else
├── BoardKeyRefused           a board key that cannot be registered, retired or used
├── HooksInvalid              the file of hooks is wrong; names file, line and what to write
├── EndpointUnknown           no hook has that name
├── DeliveryUnknown           the hook was never given that event
├── MessageInvalid            an e-mail or text that cannot be sent as it is
├── ModelUnavailable          the language model failed (the extractive composer answers instead)
└── WeightsMismatch           weights that listen are unreadable, or for other vectors
"""


class AssistantError(Exception):
    """Root of every error this package raises on purpose; its text says what to do."""


class PolicyInvalid(AssistantError):
    """A policy file is wrong. `file` and `line` say where."""

    def __init__(self, file: str, line: int, why: str) -> None:
        super().__init__(f"{file}:{line}: {why}")
        self.file = file
        self.line = line
        self.why = why


class ConversationUnknown(AssistantError):
    """There is no such conversation, or it has been erased."""


class TurnUnknown(AssistantError):
    """The conversation has no such turn."""


class TurnInProgress(AssistantError):
    """The same question, under the same key, is being answered right now."""


class KeyReused(AssistantError):
    """An idempotency key came back with another question."""


class QuestionInvalid(AssistantError):
    """The question is empty, too long, or not text. The message is fit to show."""


class DescriptionInvalid(AssistantError):
    """A self-description cannot be counted. The message is fit to show."""


class DescribedAlready(AssistantError):
    """One self-description a conversation: there has been one."""


class AnsweringOff(AssistantError):
    """No snapshot is active, so there is nothing to answer from."""


class NothingToChange(AssistantError):
    """The move would change nothing: already so, or nothing to return to."""


class WeightsMismatch(AssistantError):
    """Weights that listen to a message cannot be read, or are for another embedding model."""


class ModelUnavailable(AssistantError):
    """The language model did not answer, or not in time."""


class ReleaseUnexamined(AssistantError):
    """What would serve citizens is in no approved release. `shortfalls` say what is missing."""

    def __init__(self, message: str, shortfalls: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.shortfalls = shortfalls


class ReleaseUnknown(AssistantError):
    """No release, or more than one, begins with that digest."""


class ReleaseMoveRefused(AssistantError):
    """The move is not open from where the release stands, or who and why are not said."""


class BoardNoteRefused(AssistantError):
    """The note is not signed by a registered board key, or says something else."""


class BoardKeyRefused(AssistantError):
    """The board key cannot be registered, retired or used as asked."""


class HooksInvalid(AssistantError):
    """The file of hooks is wrong. `file` and `line` say where."""

    def __init__(self, file: str, line: int, why: str) -> None:
        super().__init__(f"{file}:{line}: {why}")
        self.file = file
        self.line = line
        self.why = why


class EndpointUnknown(AssistantError):
    """No hook of that name is in the file, or was ever sent to."""


class DeliveryUnknown(AssistantError):
    """The hook was never given that event."""


class MessageInvalid(AssistantError):
    """An address, subject or text cannot go into an e-mail: it breaks a header, or is empty."""
