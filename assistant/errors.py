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
├── NeverOpen                 opening hours under which nothing opens again
├── HoursRefused              a change of opening hours that cannot be made
├── CodeRefused               a private code that opens nothing, mistyped, unknown or expired
├── SlotTaken                 a call-back slot that is full, or not offered
├── PhoneRefused              a phone number that cannot be called back
├── CallBackUnknown           the conversation has no call-back booked
├── NobodyThere               there is no contact centre here, or it has no case of the conversation
├── CaseUnknown               no such case
├── CaseMoveRefused           a move with a case that is not legal from where it stands
│   ├── CaseMoved             somebody else made a move first: says who, what and when
│   ├── CaseHeldByOther       another adviser has the case
│   ├── NeedsNotAcknowledged  the citizen's support needs were not acknowledged yet
│   └── TwoPeopleNeeded       closing this case takes two different people
├── ChallengeUnknown          no challenge has that reference, or its conversation was deleted
├── ChallengeRefused          a challenge that cannot be made, or cannot be decided so
│   ├── ChallengeMoved        somebody else decided it first: says who and when
│   └── DecidedByHandler      the decider dealt with the conversation
├── KnowledgeUnknown          no reviewed page or candidate has that name
├── KnowledgeInvalid          a text, source or date of a page cannot be used: names the field
├── KnowledgeMoveRefused      a move with a page that is not open from where it stands
│   ├── KnowledgeMoved        somebody else made a move first
│   └── SecondPersonNeeded    who proposed or wrote it decides nothing about it
├── MessageInvalid            a message, note or need is empty, too long, or not text
├── HooksInvalid              the file of hooks is wrong; names file, line and what to write
├── EndpointUnknown           no hook has that name
├── DeliveryUnknown           the hook was never given that event
├── MailInvalid               an e-mail or text that cannot be sent as it is
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


class NeverOpen(AssistantError):
    """Opening hours under which nothing opens again within a year."""


class HoursRefused(AssistantError):
    """A change of opening hours cannot be made as asked."""


class CodeRefused(AssistantError):
    """A private code opens no conversation. The message is fit to show.

    `mistyped`: it can be no code at all, so that trying it costs nobody an attempt.
    """

    def __init__(self, message: str, mistyped: bool = False) -> None:
        super().__init__(message)
        self.mistyped = mistyped


class SlotTaken(AssistantError):
    """The call-back slot is full, or not offered (any more). The message is fit to show."""


class PhoneRefused(AssistantError):
    """The phone number cannot be called back. The message is fit to show."""


class CallBackUnknown(AssistantError):
    """The conversation has no call-back booked, or has one already."""


class NobodyThere(AssistantError):
    """Nobody could act on it: a trial, or nobody was asked for yet. The message is fit to show."""


class CaseUnknown(AssistantError):
    """There is no such case, or its conversation was deleted."""


class CaseMoveRefused(AssistantError):
    """The move is not open from where the case stands."""


class CaseMoved(CaseMoveRefused):
    """Somebody else made a move since the maker of this one looked: `who`, `what` and `when`.

    `who` is a first name, "the citizen" or "the service"; `what` the kind of move; `when` is
    UTC text.
    """

    def __init__(self, number: int, who: str, what: str, when: str) -> None:
        super().__init__(
            f'Case {number} has changed: {who} made the move "{what.replace("_", " ")}" at {when}. '
            "Nothing of yours was done. Look at the case again."
        )
        self.who = who
        self.what = what
        self.when = when


class CaseHeldByOther(CaseMoveRefused):
    """Another adviser has the case, or nobody has."""


class NeedsNotAcknowledged(CaseMoveRefused):
    """The citizen stated support needs: the adviser acknowledges them before replying."""


class TwoPeopleNeeded(CaseMoveRefused):
    """One person proposes to close this case, and a different one confirms it."""


class ChallengeUnknown(AssistantError):
    """No challenge has that reference, or its conversation was deleted."""


class ChallengeRefused(AssistantError):
    """The challenge cannot be made, or not be decided in this way. The message is fit to show."""


class ChallengeMoved(ChallengeRefused):
    """Somebody else decided since this one looked: `who` is a first name, `when` UTC text."""

    def __init__(self, reference: str, who: str, when: str) -> None:
        super().__init__(
            f"{reference} has changed: {who} was there first, at {when}. Nothing of yours was "
            "done. Look at the challenge again."
        )
        self.who = who
        self.when = when


class DecidedByHandler(ChallengeRefused):
    """Who had a case of the conversation, or replied in it, decides no challenge about it."""


class KnowledgeUnknown(AssistantError):
    """No reviewed page or candidate has that name."""


class KnowledgeInvalid(AssistantError):
    """Something filled in cannot be used. `field` names it as forms do."""

    def __init__(self, field: str, why: str) -> None:
        super().__init__(why)
        self.field = field


class KnowledgeMoveRefused(AssistantError):
    """The move is not open from where the page or candidate stands."""


class KnowledgeMoved(KnowledgeMoveRefused):
    """Somebody else made a move since this one looked: `who`, and where it stands now."""

    def __init__(self, name: str, who: str, status: str) -> None:
        by = f" by {who}" if who else ""
        super().__init__(
            f"{name} has changed: it is {status} now{by}. Nothing of yours was done. Look again."
        )
        self.who = who
        self.status = status


class SecondPersonNeeded(KnowledgeMoveRefused):
    """Who proposed a candidate, or wrote the reply it came from, does not decide about it."""


class MessageInvalid(AssistantError):
    """A message is empty, too long, or not text. The text of this error is fit to show."""


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


class MailInvalid(AssistantError):
    """An address, subject or text cannot go into an e-mail: it breaks a header, or is empty."""
