"""What can be recorded: a closed set of kinds, each with one documented meaning."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from audit.canonical import Json
from audit.errors import EventInvalid


class Kind(StrEnum):
    """What becomes a leaf of the log. `docs/audit-format.md` explains each to readers."""

    SERVICE_STARTED = "service_started"
    """A server came up: with which software, settings, policy, snapshot and models."""

    CONVERSATION_STARTED = "conversation_started"
    """A citizen began a conversation, and was shown the notice that it is an AI."""

    TURN_ANSWERED = "turn_answered"
    """A turn got its outcome (an answer, or why there is none); recorded before it is shown."""

    TURN_CLOSED = "turn_closed"
    """A turn left half-done by a crash was closed with a plain message at the next start."""

    TURN_SUPPRESSED = "turn_suppressed"
    """An outcome was ready but not shown, because a person had taken over the conversation."""

    FEEDBACK_GIVEN = "feedback_given"
    """A citizen rated or commented on an answer."""

    PERSON_REQUESTED = "person_requested"
    """A citizen asked for a person."""

    CASE_OPENED = "case_opened"
    """A conversation became a case for a person; its case file is sealed with it."""

    CASE_CLAIMED = "case_claimed"
    """An adviser took a case: from then on the assistant is silent."""

    CASE_REPLIED = "case_replied"
    """An adviser's reply to a citizen; recorded before it is shown."""

    CASE_CONTINUED = "case_continued"
    """The citizen wrote while a person has the conversation."""

    CASE_RELEASED = "case_released"
    """An adviser put a case back into its queue."""

    CASE_TRANSFERRED = "case_transferred"
    """A case went to another queue or to a colleague."""

    CASE_NOTED = "case_noted"
    """An adviser wrote a note that only staff see."""

    CASE_NEEDS_STATED = "case_needs_stated"
    """A citizen said which support they need."""

    CASE_NEEDS_ACKNOWLEDGED = "case_needs_acknowledged"
    """An adviser acknowledged the support needs."""

    CASE_CLOSE_PROPOSED = "case_close_proposed"
    """The first of two people proposed to close a case."""

    CASE_CLOSE_DECLINED = "case_close_declined"
    """A proposal to close a case was declined."""

    CASE_RESOLVED = "case_resolved"
    """A case was closed, with a reason."""

    CASE_REOPENED = "case_reopened"
    """A case that had ended was opened again."""

    CASE_EXPIRED = "case_expired"
    """A case ended because the citizen did not come back in time."""

    CASE_ERASED = "case_erased"
    """A case ended because its citizen deleted the conversation."""

    CHALLENGE_MADE = "challenge_made"
    """A citizen challenged an answer; their reasons are sealed with it."""

    CHALLENGE_DECIDED = "challenge_decided"
    """Somebody who did not handle the conversation decided a challenge; reasons are sealed."""

    CHALLENGE_CLOSED = "challenge_closed"
    """A challenge ended undecided because its citizen deleted the conversation."""

    KNOWLEDGE_PROPOSED = "knowledge_proposed"
    """An adviser's reply was put forward as knowledge; its text is sealed until it is approved."""

    KNOWLEDGE_APPROVED = "knowledge_approved"
    """A different person approved it, with its official source and its last day."""

    KNOWLEDGE_REFUSED = "knowledge_refused"
    """A different person refused it; why is sealed."""

    KNOWLEDGE_WITHDRAWN = "knowledge_withdrawn"
    """A reviewed page was taken out of use, with a reason."""

    KNOWLEDGE_EXPIRED = "knowledge_expired"
    """A reviewed page went out of use because its last day had passed."""

    KNOWLEDGE_CLOSED = "knowledge_closed"
    """A candidate ended because the citizen deleted the conversation it came from."""

    TEXT_REVEALED = "text_revealed"
    """A member of staff had personal data in a citizen's message unmasked, with a reason."""

    LANGUAGE_CHOSEN = "language_chosen"
    """A citizen chose the language in which the service speaks to them."""

    CONVERSATION_ERASED = "conversation_erased"
    """A conversation's ciphertexts were deleted, its key and salts destroyed."""

    SNAPSHOT_ACTIVATED = "snapshot_activated"
    """A snapshot of the guidance began to serve citizens."""

    SNAPSHOT_ROLLED_BACK = "snapshot_rolled_back"
    """An earlier snapshot was brought back."""

    GUIDANCE_WITHDRAWN = "guidance_withdrawn"
    """A page or topic was taken out of use at once, with a reason."""

    GUIDANCE_RESTORED = "guidance_restored"
    """A withdrawn page or topic was put back into use."""

    ASSISTANT_SWITCHED = "assistant_switched"
    """Answering was switched off or on for everybody, with a reason."""

    POLICY_CHANGED = "policy_changed"
    """Another policy (thresholds, scope, wording) came into force: from which to which."""

    EVALUATION_RECORDED = "evaluation_recorded"
    """An evaluation's result, with the digests of all it examined."""

    RELEASE_PROPOSED = "release_proposed"
    """Software, guidance, policy and models were put forward to serve together."""

    RELEASE_APPROVED = "release_approved"
    """A release whose evaluations all passed was approved."""

    RELEASE_REFUSED = "release_refused"
    """A release was refused, or an approval taken back."""

    RELEASE_OVERRIDDEN = "release_overridden"
    """A holder of a board key let a release serve that did not pass, with a reason."""

    RELEASE_ACTIVATED = "release_activated"
    """A release began to serve citizens, in place of the one before."""

    BOARD_KEY_REGISTERED = "board_key_registered"
    """The public half of a board key was registered."""

    BOARD_KEY_RETIRED = "board_key_retired"
    """A board key was taken out of use."""

    HOURS_CHANGED = "hours_changed"
    """Opening hours of a single day were closed, opened, or put back, with a reason."""

    PRIVATE_CODE_MADE = "private_code_made"
    """A citizen was given a code to come back with; one before it ended."""

    PRIVATE_CODE_USED = "private_code_used"
    """A conversation was opened with its private code."""

    CALL_BACK_BOOKED = "call_back_booked"
    """A citizen chose a time to be called back; the number is not in the log."""

    CALL_BACK_ENDED = "call_back_ended"
    """A call-back was made, not answered or cancelled, and its number deleted."""

    RECORD_VIEWED = "record_viewed"
    """A member of staff or of the board read a citizen's text."""

    STAFF_ADDED = "staff_added"
    """An account was made for a member of staff."""

    STAFF_JOINED = "staff_joined"
    """A member of staff set up their own way to sign in."""

    STAFF_ROLES_CHANGED = "staff_roles_changed"
    """What a member of staff may do, or the teams they work in, changed."""

    STAFF_DISABLED = "staff_disabled"
    """An account was closed, and all its sessions ended."""

    STAFF_ENABLED = "staff_enabled"
    """A closed account was opened again."""

    STAFF_SECOND_FACTOR_RESET = "staff_second_factor_reset"
    """Somebody's way to sign in was taken away, so that they join again by a new code."""

    STAFF_CREDENTIAL_CHANGED = "staff_credential_changed"
    """A member of staff changed their own password, second factor or recovery codes."""

    STAFF_SIGNED_IN = "staff_signed_in"
    """A member of staff signed in."""

    STAFF_SIGN_IN_REFUSED = "staff_sign_in_refused"
    """Signing in did not work."""

    STAFF_SIGNED_OUT = "staff_signed_out"
    """A member of staff signed out."""

    STAFF_SESSION_REVOKED = "staff_session_revoked"
    """Sessions of a member of staff were ended from elsewhere."""

    STAFF_ADMIN_RECOVERED = "staff_admin_recovered"
    """Somebody was made an admin from the machine's command line, with a reason."""


@dataclass(frozen=True, slots=True)
class Event:
    """Something to record.

    `facts` must hold nothing personal: it stays readable for ever. `personal` is encrypted under
    the key of `conversation`, which it therefore needs, and can be erased. Both are canonical JSON
    values (no floats). Raises EventInvalid otherwise.
    """

    kind: Kind
    facts: Mapping[str, Json] = field(default_factory=dict)
    conversation: str | None = None
    personal: Mapping[str, Json] | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        if self.conversation == "":
            raise EventInvalid("a conversation's identifier is not empty: use None for no one's")
        if self.personal is not None and self.conversation is None:
            raise EventInvalid(
                "what is personal belongs to a conversation, whose key can be destroyed: name it"
            )
